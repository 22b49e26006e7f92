"""What systems show the world outside, by brute force; and random pairs of systems that show much.

Nothing of the package's ideas is in here: no sets of states that are reached once, no components.
What a system can show is asked word by word, from the start each time; where it may stay silent is
asked of `fair_oracle`, of the graph of silent steps.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

from fair_oracle import Fair

from deliverycheck.system import build
from deliverycheck.system.model import Action, Bound, Fairness, State, System, Variable
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Value
from deliverycheck.system.terms import App, Const, Term, Var

Word = tuple[frozenset[str], ...]
"""What was shown, one step after the other; a step may show several things."""

ANSWERS = EnumSort(("nothing", "done", "failed"))

NOBODYS = -1
"""The number of no action."""

LONGEST = 8
"""Longer words are not looked at. Only an application that is told things to and fro has them."""


class Shown:
    """What the reachable states of a system can show."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.fair = Fair(system)
        """All steps: to judge runs by."""
        quiet = Fair(system)
        for state, steps in quiet.onward.items():
            quiet.onward[state] = [(at, to) for at, to in steps if not self.label(state, to)]
        self.quiet = frozenset(quiet.loops(quiet.onward.keys()))
        """The states on a fair loop of silent steps."""
        self.after = cache(self._after)

    def label(self, before: State, after: State) -> frozenset[str]:
        """What a step shows."""
        found: set[str] = set()
        for at, variable in enumerate(self.system.variables):
            old, new = before[at], after[at]
            if variable.store != "ledger" or old == new:
                continue
            record, m = variable.name.rstrip("]").split("[") if "[" in variable.name else ("", "")
            if record == "accepted" and old == 0:
                found.add(f"accept {m}")
            if record == "effects":
                words: dict[object, str] = {(0, 1): "", (1, 2): " again"}
                found.add(f"effect {m}" + words.get((old, new), " twice"))
            if record == "told":
                found.add(f"told {m} {new}")
            if record == "parked":
                found.add(f"parked {m}")
        return frozenset(found)

    def _after(self, word: Word) -> frozenset[State]:
        """The states it can be in when it has shown a word and nothing else."""
        if not word:
            found = set(self.system.initial)
        else:
            before = self.after(word[:-1])
            steps = ((s, to) for s in before for _, to in self.fair.onward[s])
            found = {to for s, to in steps if self.label(s, to) == word[-1]}
        size = -1
        while size != len(found):
            size = len(found)
            steps = ((s, to) for s in found for _, to in self.fair.onward[s])
            found |= {to for s, to in steps if not self.label(s, to)}
        return frozenset(found)

    def next(self, word: Word) -> list[str]:
        """What it can show after a word, in words."""
        states = self.after(word)
        labels = {self.label(s, to) for s in states for _, to in self.fair.onward[s]}
        told = sorted(" and ".join(sorted(label)) for label in labels if label)
        return [*told, *(["nothing more"] if states & self.quiet else [])]

    def goes_on(self) -> bool:
        """Whether some fair run shows something again and again.

        A step that shows something is made of two, with a place between them where nothing else
        can happen: a fair loop through a state that passes such a place shows something each time.
        """
        split = Fair(self.system)
        real = dict(split.onward)
        between: set[State] = set()
        for state, steps in real.items():
            split.onward[state] = []
            for at, to in steps:
                if not self.label(state, to):
                    split.onward[state].append((at, to))
                    continue
                place = ("between", *state, at, *to)
                between.add(place)
                split.onward[state].append((at, place))
                split.onward[place] = [(NOBODYS, to)]
                split.possible[place] = split.possible[to]
        every = split.onward.keys()
        return any(split.way_round(state, every, between) is not None for state in real)


def nearest(a: Shown, b: Shown) -> int | None:
    """The fewest steps to where one shows what the other cannot, or may be silent and it not."""
    layer: list[tuple[State, Word]] = [(state, ()) for state in a.system.initial]
    seen, steps = set(layer), 0
    while layer:
        for state, word in layer:
            there = b.after(word)
            if not there or (state in a.quiet and not there & b.quiet):
                return steps
        following: list[tuple[State, Word]] = []
        for state, word in layer:
            for _, to in a.fair.onward[state]:
                label = a.label(state, to)
                pair = (to, (*word, label) if label else word)
                if pair not in seen and len(pair[1]) <= LONGEST:
                    seen.add(pair)
                    following.append(pair)
        layer, steps = following, steps + 1
    return None


# Random pairs


def random_pair(seed: int, *, bounds: bool = False) -> tuple[System, System]:
    """Two small systems with a ledger; mostly one is the other one with a few things changed."""
    rng = Random(seed)  # noqa: S311
    places = IntSort(0, rng.randint(2, 6))
    fickle = rng.random() < 0.25
    first = _system(rng, places, fickle, bounds)
    if rng.random() < 0.15:
        return first, _system(rng, places, fickle, bounds)
    actions = list(first.actions)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(actions))
        match rng.randint(0, 3):
            case 0 if len(actions) > 1:
                del actions[at]
            case 1:
                actions.insert(at, _step(rng, first.variables, places, 20 + at, fickle, bounds))
            case 2:
                actions[at] = replace(actions[at], fairness=rng.choice(FAIRNESS))
            case _:
                onward = Const(rng.randint(0, places.high or 0), places)
                actions[at] = replace(actions[at], updates={**actions[at].updates, "x": onward})
    second = replace(first, name="second", actions=tuple(actions))
    return (first, second) if rng.random() < 0.5 else (second, first)


FAIRNESS: tuple[Fairness, ...] = ("none", "weak", "weak", "strong", "strong")


def _system(rng: Random, places: IntSort, fickle: bool, bounds: bool) -> System:
    variables = [Variable("x", places, "place"), Variable("accepted[m1]", IntSort(0, 2), "ledger")]
    variables.append(Variable("effects[m1]", IntSort(0, 2), "ledger"))
    if rng.random() < 0.7 or fickle:
        variables.append(Variable("told[m1]", ANSWERS, "ledger"))
    # A protocol's own field may bear the name of a record, and nobody sees it.
    variables.append(Variable("parked[m1]", BOOL, rng.choice(("ledger", "durable"))))
    if rng.random() < 0.5:
        variables.append(Variable("held[m1]", BOOL, "ledger"))
    rng.shuffle(variables)
    count = rng.randint(3, 9)
    actions = (_step(rng, tuple(variables), places, at, fickle, bounds) for at in range(count))
    start: dict[str, Value] = {"x": 0, "accepted[m1]": 0, "effects[m1]": 0, "told[m1]": "nothing"}
    first = tuple(start.get(variable.name, False) for variable in variables)
    return System("first", tuple(variables), (first,), tuple(actions))


def _step(
    rng: Random,
    variables: tuple[Variable, ...],
    places: IntSort,
    at: int,
    fickle: bool,
    bounds: bool,
) -> Action:
    """A step from some places to one, that mostly records nothing."""
    top = places.high or 0
    x = Var("x", places)
    here = [place for place in range(top + 1) if rng.random() < 0.4] or [rng.randint(0, top)]
    guards = [build.any_of(*(build.equal(x, Const(place, places)) for place in here))]
    updates: dict[str, Term] = {"x": Const(rng.randint(0, top), places)}
    sorts = {variable.name: variable.sort for variable in variables}
    records = [name for name in sorts if name != "x"]
    chosen = rng.sample(records, rng.choice((0, 0, 0, 1, 1, 1, 2)))
    if fickle and rng.random() < 0.4:
        chosen = ["told[m1]"]
    for name in chosen:
        it = Var(name, sorts[name])
        if name == "accepted[m1]":
            # A rank may grow later on, and shows nothing then.
            updates[name] = build.smallest(build.plus(it, build.integer(1)), build.integer(2))
            if rng.random() < 0.8:
                guards.append(build.equal(it, build.integer(0)))
        elif name == "effects[m1]":
            by = build.integer(2 if rng.random() < 0.1 else 1)
            updates[name] = build.smallest(build.plus(it, by), build.integer(2))
        elif name == "told[m1]":
            updates[name] = Const(rng.choice(("done", "failed")), ANSWERS)
            if not fickle:
                guards.append(build.equal(it, Const("nothing", ANSWERS)))
        else:
            updates[name] = build.TRUE
    tight: tuple[Bound, ...] = ()
    if bounds and rng.random() < 0.2:
        wall = App("not", (build.equal(x, Const(rng.choice(here), places)),))
        tight = (Bound(wall, f"cut {at}"),)
    fault = rng.choice(("lose", "crash")) if rng.random() < 0.2 else None
    name = f"a{rng.choice((at, at, at, rng.randint(0, 9)))}"
    fair = "none" if fault else rng.choice(FAIRNESS)
    return Action(name, "p", build.all_of(*guards), updates, fault, fair, bounds=tight)
