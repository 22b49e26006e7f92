"""Traces: a run of the search as steps a person can follow, and its replay in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.runs import Run
from deliverycheck.lang.channels import Blocked
from deliverycheck.lang.machine import Machine, Move
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.observe import observe
from deliverycheck.semantics.interpreter import at_rest, can_happen, successors
from deliverycheck.system.fairness import assumptions_of
from deliverycheck.system.model import Event, State, System
from deliverycheck.system.verdicts import Change, Step, Trace


def trace_of(found: Explored, run: Run, loop: int | None = None) -> Trace:
    """The run with values and changes; one without end goes round from its state `loop`."""
    states = [found.state(number) for number in run.states]
    return trace_of_run(found.system, states, run.actions, loop)


def replayed(lifted: Lifted, found: Explored, run: Run, loop: int | None = None) -> Trace:
    """The run as a trace that both the interpreter and CPython have taken."""
    trace = trace_of(found, run, loop)
    replay_by_interpreter(found.system, trace)
    replay_by_cpython(lifted, trace)
    return trace


def trace_of_run(
    system: System, states: Sequence[State], actions: Sequence[int], loop: int | None = None
) -> Trace:
    """The run through these states with changes."""
    steps: list[Step] = []
    for index, at in enumerate(actions):
        action = system.actions[at]
        changes = changes_between(system, states[index], states[index + 1])
        steps.append(
            Step(
                index + 1,
                action.actor,
                action.name,
                action.message,
                action.fault,
                changes,
                action.events,
            )
        )
    return Trace(tuple(steps), tuple(states), loop)


def changes_between(system: System, before: State, after: State) -> tuple[Change, ...]:
    """The variables whose values differ, in the system's order."""
    rows = zip(system.variables, before, after, strict=True)
    return tuple(Change(v.name, old, new) for v, old, new in rows if old != new)


def replay_by_interpreter(system: System, trace: Trace) -> None:
    """Run the trace in the reference semantics. Raises DisagreementError if it differs."""
    if trace.states[0] not in system.initial:
        raise _unreplayed(system.name, 0, "it does not start in an initial state")
    for step, before, after in zip(trace.steps, trace.states[:-1], trace.states[1:], strict=True):
        if not any(
            (o.action.actor, o.action.name, o.action.fault) == (step.actor, step.action, step.fault)
            and o.state == after
            for o in successors(system, before)
        ):
            raise _unreplayed(system.name, step.index, "the interpreter cannot take this step")


def replay_by_cpython(lifted: Lifted, trace: Trace) -> None:
    """Run the trace on the model's own code. Raises DisagreementError at the first difference.

    A loop is run through twice: what the state does not show could differ the second time. What
    fairness relies upon must be possible in it just where the interpreter says so.
    """
    machine = Machine(lifted.design, lifted.budgets, lifted.kept)
    name = lifted.system.name
    if observe(lifted, machine) != trace.states[0]:
        raise _unreplayed(name, 0, "the model's own code starts elsewhere")
    again = len(trace.steps) if trace.loop_start is None else trace.loop_start
    steps = trace.steps + trace.steps[again:]
    after = trace.states[1:] + trace.states[again + 1 :]
    for step, expected in zip(steps, after, strict=True):
        try:
            machine.take(Move(step.actor, step.action, step.fault))
        except Blocked:
            raise _unreplayed(name, step.index, "the model's own code cannot do this") from None
        seen = observe(lifted, machine)
        if seen != expected:
            changed = changes_between(lifted.system, expected, seen)
            text = ", ".join(f"{c.variable}: {c.old} here, {c.new} there" for c in changed)
            raise _unreplayed(name, step.index, f"the model's own code differs: {text}")
    if trace.loop_start is not None:
        _compare_possible(lifted, machine, trace.states[-1])
        for step, state in zip(trace.steps[again:], trace.states[again + 1 :], strict=True):
            machine.take(Move(step.actor, step.action, step.fault))
            _compare_possible(lifted, machine, state)


def confirm_rest(lifted: Lifted, trace: Trace) -> None:
    """Where a run ends nothing must have to happen, for the interpreter and for CPython alike.

    Raises DisagreementError.
    """
    if not at_rest(lifted.system, trace.states[-1]):
        raise mismatch(lifted.system.name, "a run that is said to end at rest does not")
    replay_by_cpython(lifted, replace(trace, loop_start=len(trace.steps)))


def _compare_possible(lifted: Lifted, machine: Machine, state: State) -> None:
    """CPython must see the same relied-upon steps as possible. Raises DisagreementError."""
    relied = assumptions_of(lifted.system)
    able = {(one.actor, one.name) for one in relied if can_happen(lifted.system, one, state)}
    seen = {(move.actor, move.name) for move in machine.moves() if move.fault is None}
    for actor, name in sorted(able - seen):
        text = f"the model's own code cannot do {name} of {actor}, which is said to be possible"
        raise mismatch(lifted.system.name, text)
    for actor, name in sorted(seen & {(one.actor, one.name) for one in relied} - able):
        before = machine.snapshot()
        machine.take(Move(actor, name, None))
        changed = observe(lifted, machine) != state
        machine.restore(before)
        if changed:
            text = f"the model's own code can do {name} of {actor}, which is said to be impossible"
            raise mismatch(lifted.system.name, text)


def stepped(lifted: Lifted, moves: Iterable[Move]) -> tuple[Trace, int | None]:
    """Let CPython take the moves as far as they are legal.

    Gives the trace so far, and the number (from 1) of the first illegal move, if there is one.
    """
    machine = Machine(lifted.design, lifted.budgets, lifted.kept)
    states: list[State] = [observe(lifted, machine)]
    steps: list[Step] = []
    for index, move in enumerate(moves, 1):
        try:
            machine.take(move)
        except Blocked:
            return Trace(tuple(steps), tuple(states)), index
        states.append(observe(lifted, machine))
        message, events = _notes(lifted.system, states[-2], states[-1], move)
        changes = changes_between(lifted.system, states[-2], states[-1])
        steps.append(Step(index, move.actor, move.name, message, move.fault, changes, events))
    return Trace(tuple(steps), tuple(states)), None


def _notes(
    system: System, before: State, after: State, move: Move
) -> tuple[str | None, tuple[Event, ...]]:
    for outcome in successors(system, before):
        action = outcome.action
        same = (action.actor, action.name, action.fault) == (move.actor, move.name, move.fault)
        if same and outcome.state == after:
            return action.message, action.events
    return None, ()


def mismatch(model: str, text: str) -> DisagreementError:
    """What is said when two things that must agree about a run do not."""
    remedy = "This is a fault of deliverycheck, not of the model: please report it with the model."
    return DisagreementError(Diagnostic("DC901", f"{model}: {text}", remedy))


def _unreplayed(model: str, step: int, text: str) -> DisagreementError:
    return mismatch(model, f"a counterexample does not replay, at step {step}: {text}")
