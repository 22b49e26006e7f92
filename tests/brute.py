"""What a system means and can reach, by brute force over the whole product of its domains.

Shares no code with the package's engines: terms are evaluated here once more, reachability,
distances and doom are least fixpoints of sweeps over the whole relation, never a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from systems import all_states, domain, system_of

from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import Value
from deliverycheck.system.terms import Const, Term, Var

Run = tuple[State, tuple[int, ...]]
"""An initial state and the indices of the actions taken from there."""


def value_of(term: Term, env: Mapping[str, Value]) -> Value:
    """The value of a term."""
    if isinstance(term, Const):
        return term.value
    if isinstance(term, Var):
        return env[term.name]
    if term.op == "ite":
        return value_of(term.args[1 if value_of(term.args[0], env) else 2], env)
    args = [value_of(arg, env) for arg in term.args]
    if term.op in {"not", "and", "or"}:
        met = [arg is True for arg in args]
        if term.op == "not":
            return not met[0]
        return False not in met if term.op == "and" else True in met
    if term.op == "eq":
        assert type(args[0]) is type(args[1])
        return args[0] == args[1]
    left, right = args
    assert isinstance(left, int)
    assert isinstance(right, int)
    gap = right - left
    return {
        "lt": gap > 0,
        "le": gap >= 0,
        "add": right + left,
        "sub": -gap,
        "min": left if gap > 0 else right,
        "max": right if gap > 0 else left,
    }[term.op]


@dataclass(frozen=True)
class Unit:
    """A step that fairness speaks of: the numbers of its paths, and how strong it is."""

    name: str
    fairness: Literal["weak", "strong"]
    paths: frozenset[int]


def units_of(system: System) -> list[Unit]:
    """The fair steps: one actor, one name, no fault, something to update; as fair as every path."""
    units: list[Unit] = []
    free = [i for i, a in enumerate(system.actions) if a.fault is None and len(a.updates) > 0]
    names = {i: (system.actions[i].actor, system.actions[i].name) for i in free}
    for name in dict.fromkeys(names.values()):
        paths = [i for i in free if names[i] == name]
        kinds = {system.actions[i].fairness for i in paths}
        if "none" not in kinds:
            least: Literal["weak", "strong"] = "weak" if "weak" in kinds else "strong"
            units.append(Unit(name[1], least, frozenset(paths)))
    return units


def changes(action: Action, env: Mapping[str, Value]) -> bool:
    """Whether an action, were it taken, would give some variable another value."""
    return any(value_of(term, env) != env[name] for name, term in action.updates.items())


Move = tuple[int, set[str], State | None]
"""The number of an action whose guard holds; the bounds that cut it off, or else the state after
it, None where it goes wrong."""


def moves(system: System, state: State) -> Iterator[Move]:
    """What the guards allow in a state."""
    env = {v.name: value for v, value in zip(system.variables, state, strict=True)}
    for at, action in enumerate(system.actions):
        if not value_of(action.guard, env):
            continue
        cut = {bound.name for bound in action.bounds if not value_of(bound.term, env)}
        if cut:
            yield at, cut, None
            continue
        after = dict(env)
        sound = all(value_of(check.term, env) for check in action.checks)
        for variable in system.variables:
            if variable.name in action.updates:
                after[variable.name] = value_of(action.updates[variable.name], env)
                sound = sound and after[variable.name] in domain(variable.sort)
        yield at, cut, tuple(after.values()) if sound else None


@dataclass
class Truth:
    """Everything the tests compare, for one system."""

    system: System
    edges: list[tuple[State, int, State]] = field(default_factory=list)
    broken: set[State] = field(default_factory=set)
    """States, reachable or not, in which an enabled step leaves its domain or fails a check."""
    cuts: dict[State, set[str]] = field(default_factory=dict)
    busy: set[State] = field(default_factory=set)
    """States in which a step that fairness speaks of would change something, if only beyond a
    bound: something still has to happen."""
    cost: dict[State, tuple[int, int]] = field(default_factory=dict)
    """For each reachable state: steps of a shortest run, and the fewest faults on one."""

    def __post_init__(self) -> None:
        self.relied = frozenset(at for unit in units_of(self.system) for at in unit.paths)
        for state in all_states(self.system.variables):
            self._relate(state)
        self.cost = dict.fromkeys(self.system.initial, (0, 0))
        changed = True
        while changed:
            changed = False
            for source, at, target in self.edges:
                if source not in self.cost:
                    continue
                steps, faults = self.cost[source]
                longer = (steps + 1, faults + (self.system.actions[at].fault is not None))
                if target not in self.cost or longer < self.cost[target]:
                    self.cost[target] = longer
                    changed = True

    def _relate(self, state: State) -> None:
        env = self.env(state)
        for at, cut, target in moves(self.system, state):
            if at in self.relied and (cut or changes(self.system.actions[at], env)):
                self.busy.add(state)
            if cut:
                self.cuts.setdefault(state, set()).update(cut)
            elif target is None:
                self.broken.add(state)
            else:
                self.edges.append((state, at, target))

    def env(self, state: State) -> dict[str, Value]:
        return {v.name: value for v, value in zip(self.system.variables, state, strict=True)}

    @property
    def reachable(self) -> AbstractSet[State]:
        return self.cost.keys()

    @property
    def faulty(self) -> bool:
        """Whether the model itself is wrong somewhere it can get to."""
        return not self.broken.isdisjoint(self.reachable)

    @property
    def transitions(self) -> int:
        return sum(source in self.cost for source, _, _ in self.edges)

    @property
    def depth(self) -> int:
        return max(steps for steps, _ in self.cost.values())

    @property
    def hits(self) -> set[str]:
        return set().union(*(self.cuts.get(state, set()) for state in self.reachable))

    @property
    def resting(self) -> set[State]:
        return {state for state in self.reachable if state not in self.busy}

    def where(self, term: Term) -> set[State]:
        """The reachable states in which a condition holds."""
        return {state for state in self.reachable if value_of(term, self.env(state)) is True}

    def doomed(self, then: Term) -> set[State]:
        """The reachable states from which no run gets to `then`: not EF then."""
        able = {s for s in all_states(self.system.variables) if value_of(then, self.env(s)) is True}
        size = -1
        while size != len(able):
            size = len(able)
            able |= {source for source, _, target in self.edges if target in able}
        return set(self.reachable) - able

    def shortest_runs(self, goals: AbstractSet[State]) -> Iterator[Run]:
        """Every run of the least length that ends in a goal."""
        least = min(self.cost[goal][0] for goal in goals)
        onward: dict[State, list[tuple[int, State]]] = {}
        for source, at, target in self.edges:
            onward.setdefault(source, []).append((at, target))

        def go_on(state: State, left: int) -> Iterator[tuple[int, ...]]:
            if left == 0:
                if state in goals:
                    yield ()
                return
            for at, target in onward.get(state, ()):
                # A state that is nearer than this cannot lie on a shortest run, or goal and all
                # would be nearer.
                if self.cost[target][0] == least - left + 1:
                    yield from ((at, *rest) for rest in go_on(target, left - 1))

        for start in dict.fromkeys(self.system.initial):
            yield from ((start, actions) for actions in go_on(start, least))

    def faults_of(self, actions: tuple[int, ...]) -> int:
        return sum(self.system.actions[at].fault is not None for at in actions)

    def violating(self) -> dict[str, set[State]]:
        """By property (but for `sometimes`): the reachable states that break it."""
        found: dict[str, set[State]] = {}
        for prop in self.system.properties:
            bad: set[State] = set()
            for clause in prop.clauses:
                when = self.where(clause.when)
                if prop.kind == "possible":
                    bad |= when & self.doomed(clause.then)
                elif prop.kind != "sometimes":
                    bad |= when - self.where(clause.then)
            found[prop.name] = bad & self.resting if prop.kind == "at-rest" else bad
        return found


@cache
def truth_of(seed: int) -> Truth:
    """The truth about the random system with this number."""
    return Truth(system_of(seed))
