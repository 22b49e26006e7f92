"""Runs to draw: random walks through every model, and hand-made ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from math import inf
from pathlib import Path

from deliverycheck.check.traces import trace_of_run
from deliverycheck.lang.design import design_of
from deliverycheck.lang.layout import leaves
from deliverycheck.lang.shapes import Bag, Queue, labels_of
from deliverycheck.lift.lifting import Lifted, lift
from deliverycheck.load.files import classes_in
from deliverycheck.semantics.interpreter import ModelFault, can_happen, evaluate, perform
from deliverycheck.system.model import State
from deliverycheck.system.verdicts import Trace

HERE = Path(__file__).parent
FILES = sorted((HERE.parent / "models").rglob("*.py")) + sorted(
    file for file in (HERE / "feature_models").glob("*.py") if not file.name.startswith("bugs_")
)
FAULTS = ("lose", "duplicate", "reorder", "crash", "delay", "expire")


@cache
def lifted_models() -> tuple[Lifted, ...]:
    """Every shipped model and every feature of the language, in an environment that can do all."""
    found: list[Lifted] = []
    for file in FILES:
        for cls in classes_in(file):
            for budget in (dict.fromkeys(FAULTS, 2.0), dict.fromkeys(FAULTS, inf)):
                own = {name: 2.0 for name in cls.faults if name not in FAULTS}
                settings = {"workers": 2} if hasattr(cls, "workers") else None
                settings = {"helpers": 2} if hasattr(cls, "helpers") else settings
                found.append(lift(design_of(cls, 2, settings), {**budget, **own}))
    return tuple(found)


def walk(lifted: Lifted, seed: object, longest: int) -> Trace:
    """A random run: rare actions and the steps of running processes are preferred."""
    system = lifted.system
    dice = random.Random(f"{system.name} {seed}")  # noqa: S311 - the same seed, the same walk
    taken: Counter[str] = Counter()
    states: list[State] = [system.initial[0]]
    actions: list[int] = []
    while len(actions) < longest:
        before = system.valuation(states[-1])
        able: dict[int, State] = {}
        for at, action in enumerate(system.actions):
            bounds = all(evaluate(bound.term, before) for bound in action.bounds)
            if bounds and evaluate(action.guard, before):
                try:
                    able[at] = perform(system, action, before)
                except ModelFault:
                    continue
        if not able:
            break
        weights = [3 / (1 + taken[system.actions[at].name.partition("(")[0]]) + 0.5 for at in able]
        (at,) = dice.choices(list(able), weights)
        taken[system.actions[at].name.partition("(")[0]] += 1
        states.append(able[at])
        actions.append(at)
    return trace_of_run(system, states, actions)


def in_the_air(lifted: Lifted, state: State) -> Mapping[str, Counter[str]]:
    """What the channel variables of a state hold: by channel, how many of each item."""
    values = lifted.system.valuation(state)
    found: dict[str, Counter[str]] = {}
    for piece in lifted.design.fields:
        match piece.shape:
            case Bag(items, _):
                pairs = zip(labels_of(items), leaves(piece.shape, piece.name), strict=True)
                amounts = {item: int(values[leaf.name]) for item, leaf in pairs}
                found[piece.name] = +Counter(amounts)
            case Queue():
                held = [str(values[leaf.name]) for leaf in leaves(piece.shape, piece.name)]
                found[piece.name] = Counter(item for item in held if item != "-")
            case _:
                pass
    return found


def line_in(lifted: Lifted, state: State) -> Iterator[tuple[str, list[str]]]:
    """What the ordered channels of a state hold, in order."""
    values = lifted.system.valuation(state)
    for piece in lifted.design.fields:
        if isinstance(piece.shape, Queue):
            held = [str(values[leaf.name]) for leaf in leaves(piece.shape, piece.name)]
            yield piece.name, [item for item in held if item != "-"]
