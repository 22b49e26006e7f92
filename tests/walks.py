"""Random walks on which CPython and the lifted system must agree, step for step."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from deliverycheck.lang.design import design_of
from deliverycheck.lang.machine import Machine, Move
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lift.lifting import Lifted, lift
from deliverycheck.lift.observe import observe
from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
from deliverycheck.system.model import State

LONGEST = 60
"""Steps after which a walk starts again, so that it does not stay in one corner."""


class Disagreement(AssertionError):
    """CPython and the lifted system differ."""


@dataclass(slots=True)
class Enabled:
    """What the lifted system allows in a state."""

    after: dict[Move, State] = field(default_factory=dict[Move, State])
    wrong: dict[Move, ModelFault] = field(default_factory=dict[Move, ModelFault])
    """Steps with which the model itself goes wrong."""
    cut: set[Move] = field(default_factory=set[Move])
    """Steps that a bound of the instance cuts off."""


@dataclass(slots=True)
class Walked:
    """What a walk saw: how many steps, how many mishaps, and how often each step was taken."""

    steps: int = 0
    restarts: int = 0
    mishaps: int = 0
    taken: dict[str, int] = field(default_factory=dict[str, int])


def enabled_in(lifted: Lifted, state: State) -> Enabled:
    """Every step of the reference semantics; two enabled paths of one step are an error."""
    system = lifted.system
    before = system.valuation(state)
    found = Enabled()
    for action in system.actions:
        if not evaluate(action.guard, before):
            continue
        move = Move(action.actor, action.name, action.fault)
        if not all(evaluate(bound.term, before) for bound in action.bounds):
            found.cut.add(move)
            continue
        if move in found.after or move in found.wrong:
            raise Disagreement(f"two paths of {move} are enabled at once")
        try:
            found.after[move] = perform(system, action, before)
        except ModelFault as wrong:
            found.wrong[move] = wrong
    return found


def walk_both(
    cls: type[Protocol],
    messages: int,
    budgets: Mapping[str, float],
    steps: int,
    seed: str,
    settings: Mapping[str, object] | None = None,
    compare_every: int = 1,
) -> Walked:
    """Walk `steps` steps, comparing states after each and what is enabled before each n-th.

    Raises Disagreement, with the seed and the way there.
    """
    design = design_of(cls, messages, settings)
    lifted = lift(design, budgets)
    dice = random.Random(seed)  # noqa: S311 - no secret: the same seed gives the same walk
    walked = Walked()
    while walked.steps < steps:
        machine = Machine(design, budgets, lifted.kept)
        trail: list[Move] = []
        try:
            _one_walk(lifted, machine, dice, min(LONGEST, steps - walked.steps), trail, walked,
                      compare_every)  # fmt: skip
        except Disagreement as found:
            way = "\n  ".join(f"{m.actor}: {m.name} {m.fault or ''}" for m in trail)
            text = f"{found}\nmodel {cls.__name__}, {messages} messages, {dict(budgets)}"
            raise Disagreement(f"{text}, seed {seed!r}, after:\n  {way}") from found
        walked.restarts += 1
        if not trail and walked.mishaps == 0:
            raise Disagreement(f"{cls.__name__} can do nothing at all")
        if not trail:
            break
    return walked


def _one_walk(
    lifted: Lifted,
    machine: Machine,
    dice: random.Random,
    steps: int,
    trail: list[Move],
    walked: Walked,
    compare_every: int,
) -> None:
    state: State = lifted.system.initial[0]
    _same_state(lifted, machine, state)
    for _ in range(steps):
        found = enabled_in(lifted, state)
        for move in found.wrong:
            walked.mishaps += 1
            _goes_wrong(lifted, machine, move)
        if walked.steps % compare_every == 0 and not found.wrong:
            _same_moves(machine, found)
        if not found.after:
            return
        moves = sorted(found.after, key=lambda m: (m.actor, m.name, m.fault or ""))
        (move,) = dice.choices(moves, [_weight(m, walked) for m in moves])
        trail.append(move)
        machine.take(move)
        state = found.after[move]
        walked.steps += 1
        walked.taken[move.name] = walked.taken.get(move.name, 0) + 1
        _same_state(lifted, machine, state)


def _weight(move: Move, walked: Walked) -> float:
    """Rare steps and steps of running processes first, faults last."""
    rare = 3.0 / (1 + walked.taken.get(move.name, 0))
    return rare + (0.4 if move.fault else 3.0 if "@" in move.name else 1.0)


def _same_state(lifted: Lifted, machine: Machine, state: State) -> None:
    seen = observe(lifted, machine)
    if seen == state:
        return
    names = [variable.name for variable in lifted.system.variables]
    rows = [
        f"{name}: CPython {real!r}, lifted {said!r}"
        for name, real, said in zip(names, seen, state, strict=True)
        if real != said or type(real) is not type(said)
    ]
    raise Disagreement("the states differ: " + "; ".join(rows))


def _same_moves(machine: Machine, found: Enabled) -> None:
    try:
        real = set(machine.moves())
    except Exception as error:
        raise Disagreement(f"only CPython goes wrong: {type(error).__name__}: {error}") from error
    said = set(found.after)
    if real - found.cut != said:
        raise Disagreement(f"enabled by CPython only: {real - said}; lifted only: {said - real}")


def _goes_wrong(lifted: Lifted, machine: Machine, move: Move) -> None:
    """CPython must raise too when it tries its steps, or get a value its variable cannot hold."""
    try:
        real = machine.moves()
    except Exception:
        return
    fits = True
    if move in real:
        before = machine.snapshot()
        try:
            machine.take(move)
            seen = observe(lifted, machine)
            pairs = zip(lifted.system.variables, seen, strict=True)
            fits = all(_holds(variable.sort, value) for variable, value in pairs)
        except ValueError:  # a list longer than its cells cannot even be observed
            fits = False
        machine.restore(before)
    if fits:
        raise Disagreement(f"only the lifted system goes wrong with {move}")


def _holds(sort: object, value: object) -> bool:
    low, high = getattr(sort, "low", None), getattr(sort, "high", None)
    if low is not None and isinstance(value, int):
        return bool(low <= value and (high is None or value <= high))
    return True
