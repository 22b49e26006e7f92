"""Random small systems and terms: the raw material of every differential test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from random import Random

from hypothesis import strategies as st

from deliverycheck.system import build
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Fairness,
    Property,
    PropertyKind,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Op, Term, Var

KINDS: tuple[PropertyKind, ...] = ("always", "sometimes", "possible", "at-rest")

ENUMS = (EnumSort(("a", "b")), EnumSort(("u", "v", "w")), EnumSort(("p", "q", "r", "s")))

ONE = Const(1, IntSort(1, 1))

MOST_VALUATIONS = 400
"""The product of the domains stays below, so that brute force can walk through all of it."""


def domain(sort: Sort) -> tuple[Value, ...]:
    """Every value of a finite sort, written down without the help of the package."""
    if isinstance(sort, BoolSort):
        return (False, True)
    if isinstance(sort, EnumSort):
        return sort.labels
    assert sort.high is not None
    return tuple(range(sort.low, sort.high + 1))


def all_states(variables: Sequence[Variable]) -> Iterator[State]:
    """The whole product of the domains."""
    return product(*(domain(variable.sort) for variable in variables))


class Maker:
    """Random typed terms over some variables.

    With `raw`, every operator is applied as it is, foolish terms such as `x < x` included;
    otherwise the simplifying constructors are used, as lifted models do.
    """

    def __init__(self, rng: Random, variables: Sequence[Variable], *, raw: bool) -> None:
        self.rng = rng
        self.variables = variables
        self.raw = raw

    def apply(self, op: Op, *args: Term) -> Term:
        return App(op, args) if self.raw else build.apply(op, args)

    def of(self, sort: Sort, depth: int) -> Term:
        """A term of the kind of the sort; integers may lie outside of the sort."""
        if depth <= 0 or self.rng.random() < 0.25:
            return self._leaf(sort)
        if self.rng.random() < 0.2:
            return self.apply(
                "ite", self.of(BOOL, depth - 1), self.of(sort, depth - 1), self.of(sort, depth - 1)
            )
        if isinstance(sort, BoolSort):
            return self._truth(depth)
        if isinstance(sort, IntSort):
            arithmetic: tuple[Op, ...] = ("add", "sub", "min", "max")
            return self.apply(
                self.rng.choice(arithmetic), self.of(sort, depth - 1), self.of(sort, depth - 1)
            )
        return self._leaf(sort)

    def _leaf(self, sort: Sort) -> Term:
        fit = [v for v in self.variables if v.sort == sort or _both_integers(v.sort, sort)]
        if fit and self.rng.random() < 0.7:
            chosen = self.rng.choice(fit)
            return Var(chosen.name, chosen.sort)
        if isinstance(sort, IntSort):
            return build.integer(self.rng.randint(sort.low - 1, (sort.high or 3) + 1))
        return Const(self.rng.choice(domain(sort)), sort)

    def _truth(self, depth: int) -> Term:
        op: Op = self.rng.choice(("not", "and", "or", "eq", "eq", "eq", "lt", "le"))
        if op == "not":
            return self.apply(op, self.of(BOOL, depth - 1))
        if op in {"and", "or"}:
            count = self.rng.choice((1, 2, 2, 3)) if self.raw else self.rng.choice((2, 3))
            return self.apply(op, *(self.of(BOOL, depth - 1) for _ in range(count)))
        ordered = [v.sort for v in self.variables if isinstance(v.sort, IntSort)]
        among = [v.sort for v in self.variables] if op == "eq" else ordered or [IntSort(0, 2)]
        sort = self.rng.choice(among)
        return self.apply(op, self.of(sort, depth - 1), self.of(sort, depth - 1))

    def inside(self, variable: Variable, sort: IntSort, guard: Term) -> tuple[Term, Term]:
        """An update of an integer variable that stays in its sort, and the guard it needs."""
        assert sort.high is not None
        low, high, it = build.integer(sort.low), build.integer(sort.high), Var(variable.name, sort)
        by = build.integer(self.rng.randint(1, 2))
        match self.rng.randint(0, 6):
            case 0:
                return Const(self.rng.choice(domain(sort)), sort), guard
            case 1:
                return self.apply("max", self.apply("min", self.of(sort, 2), high), low), guard
            case 2:
                free = self.of(sort, 2)
                fits = self.apply("and", self.apply("le", low, free), self.apply("le", free, high))
                return self.apply("ite", fits, free, it), guard
            case 3:
                room = self.apply("le", self.apply("add", it, by), high)
                return self.apply("add", it, by), self.apply("and", guard, room)
            case 4:
                step = self.apply("add", it, build.integer(1))
                return step, self.apply("and", guard, self.apply("lt", it, high))
            case 5:
                room = self.apply("lt", low, it)
                return self.apply("sub", it, build.integer(1)), self.apply("and", guard, room)
            case _:
                step = self.apply("sub", it, build.integer(1))
                return self.apply("ite", self.apply("le", it, low), high, step), guard


def _both_integers(one: Sort, other: Sort) -> bool:
    return isinstance(one, IntSort) and isinstance(other, IntSort)


def random_variables(
    rng: Random, most: int = 6, valuations: int = MOST_VALUATIONS
) -> tuple[Variable, ...]:
    """Two or more variables whose domains have at most so many combinations."""
    while True:
        sorts: list[Sort] = []
        for _ in range(rng.randint(2, most)):
            low = rng.randint(-3, 2)
            integers = IntSort(low, low + rng.randint(1, 5))
            sorts.append(rng.choice((BOOL, rng.choice(ENUMS), integers, integers)))
        if prod(len(domain(sort)) for sort in sorts) <= valuations:
            return tuple(Variable(f"x{at}", sort) for at, sort in enumerate(sorts))


def random_state(rng: Random, variables: Sequence[Variable]) -> State:
    """One of the combinations of values."""
    return tuple(rng.choice(domain(variable.sort)) for variable in variables)


def random_action(rng: Random, maker: Maker, at: int, *, wild: bool) -> Action:
    """An action that mostly stays within the domains; a `wild` one may leave them."""
    guard = maker.of(BOOL, rng.choice((1, 2, 2, 3))) if rng.random() < 0.5 else build.TRUE
    if rng.random() < 0.4:
        first = rng.choice(maker.variables)
        value = Const(rng.choice(domain(first.sort)), first.sort)
        if isinstance(first.sort, IntSort):
            value = build.integer(int(value.value))
        settled = maker.apply("eq", Var(first.name, first.sort), value)
        guard = maker.apply("and", settled, guard)
    updates: dict[str, Term] = {}
    bounds: list[Bound] = []
    for variable in rng.sample(list(maker.variables), rng.choice((1, 2, 2))):
        sort = variable.sort
        if not isinstance(sort, IntSort) and rng.random() < 0.4:
            updates[variable.name] = Const(rng.choice(domain(sort)), sort)
        elif not isinstance(sort, IntSort) or (wild and rng.random() < 0.3):
            updates[variable.name] = maker.of(sort, 2)
        elif not bounds and rng.random() < 0.15:
            # The shape that the bounding of endless variables makes.
            more = App("add", (Var(variable.name, sort), build.integer(rng.randint(1, 2))))
            updates[variable.name] = more
            top = (sort.high or 0) + (wild and rng.random() < 0.5)
            fits = App("le", (more, build.integer(top)))
            bounds.append(Bound(fits, f"cut {rng.randint(0, 2)}"))
        else:
            updates[variable.name], guard = maker.inside(variable, sort, guard)
    if not bounds and rng.random() < 0.1:
        bounds.append(Bound(maker.of(BOOL, 2), f"cut {rng.randint(0, 2)}"))
    checks = [Check(guard, "the guard holds")] if rng.random() < 0.1 else []
    if wild and rng.random() < 0.2:
        checks.append(Check(maker.of(BOOL, 2), "as promised"))
    fault = rng.choice(("lose", "crash")) if rng.random() < 0.25 else None
    return Action(f"a{at}", "p", guard, updates, fault, checks=tuple(checks), bounds=tuple(bounds))


def random_system(rng: Random) -> System:
    """A system of 2 to 6 variables and 2 to 10 actions, with properties of every kind."""
    variables = random_variables(rng)
    maker = Maker(rng, variables, raw=rng.random() < 0.5)
    wild = rng.random() < 0.2
    count = max(rng.randint(2, 10), rng.randint(2, 10))
    starts = rng.choice((1, 1, 1, 2, 3))
    properties: list[Property] = []
    for kind in KINDS:
        clauses = [
            Clause(
                f"m{number}",
                build.TRUE if rng.random() < 0.4 else maker.of(BOOL, 2),
                maker.of(BOOL, 2),
            )
            for number in range(rng.randint(1, 2))
        ]
        properties.append(Property(f"is {kind}", kind, tuple(clauses)))
    return System(
        "random",
        variables,
        tuple(random_state(rng, variables) for _ in range(starts)),
        tuple(random_action(rng, maker, at, wild=wild) for at in range(count)),
        tuple(properties),
    )


def system_of(seed: int) -> System:
    """The random system with this number."""
    return random_system(Random(seed))  # noqa: S311


FAIR_VALUATIONS = 60
"""So few that every way round, and often every set of states, can be tried."""

RELIED: tuple[Fairness, ...] = ("weak", "strong")

FAIRNESS: tuple[Fairness, ...] = ("none", *(4 * RELIED))
"""As often as it is to be drawn: most steps are relied upon, or little would ever be promised."""


def fair_system(rng: Random) -> System:
    """A small system with fairness of every kind, steps of several paths, and `leads-to`."""
    walking = rng.random() < 0.5
    places = IntSort(0, rng.randint(3, 9))
    variables = (
        (Variable("x0", places), Variable("x1", BOOL))[: rng.choice((1, 1, 2))]
        if walking
        else random_variables(rng, 4, FAIR_VALUATIONS)
    )
    maker = Maker(rng, variables, raw=rng.random() < 0.5)
    actions: list[Action] = []
    for at in range(rng.randint(4, 7 if walking else 9)):
        action = (
            _walk(rng, maker, at, places) if walking else random_action(rng, maker, at, wild=False)
        )
        fault = action.fault if rng.random() < 0.6 else None
        action = replace(action, fairness=rng.choice(FAIRNESS), fault=fault)
        if actions and rng.random() < 0.3:
            # One more path of a step that is there already, or a like-named step of another actor.
            other = rng.choice(actions)
            actor = "q" if rng.random() < 0.2 else other.actor
            action = replace(action, name=other.name, actor=actor)
            if rng.random() < 0.5:
                action = replace(action, fairness=other.fairness)
        if rng.random() < 0.06:
            # Neither a step without updates nor one that cannot happen is anything to rely on.
            action = replace(action, updates={}) if rng.random() < 0.5 else never(action)
        actions.append(action)
    starts = rng.choice((1, 1, 1, 2, 3))
    clauses = [
        Clause(f"m{number}", *_promise(rng, maker)) for number in range(rng.choice((1, 2, 2)))
    ]
    return System(
        "fair",
        variables,
        tuple(random_state(rng, variables) for _ in range(starts)),
        tuple(actions),
        (Property("arrives", "leads-to", tuple(clauses)),),
    )


def _walk(rng: Random, maker: Maker, at: int, places: IntSort) -> Action:
    """A step that leads from some places to any others: any graph can be drawn by such steps."""
    x = Var("x0", places)
    here = [place for place in domain(places) if rng.random() < 0.5] or [places.low]
    target: Term = x
    for place in here:
        there = Const(rng.choice(domain(places)), places)
        target = App("ite", (App("eq", (x, Const(place, places))), there, target))
    guard = maker.apply("or", *(App("eq", (x, Const(place, places))) for place in here))
    updates: dict[str, Term] = {"x0": target}
    if len(maker.variables) > 1 and rng.random() < 0.5:
        updates["x1"] = maker.of(BOOL, 1)
        guard = maker.apply("and", guard, maker.of(BOOL, 1)) if rng.random() < 0.5 else guard
    bounds: tuple[Bound, ...] = ()
    if rng.random() < 0.15:
        tight = App("eq", (x, Const(rng.choice(here), places)))
        bounds = (Bound(App("not", (tight,)), f"cut {rng.randint(0, 2)}"),)
    fault = "lose" if rng.random() < 0.1 else None
    return Action(f"a{at}", "p", guard, updates, fault, bounds=bounds)


def never(action: Action) -> Action:
    """The same, but it cannot happen, in a way that no simplification sees."""
    return replace(action, guard=App("and", (action.guard, App("lt", (ONE, ONE)))))


def _promise(rng: Random, maker: Maker) -> tuple[Term, Term]:
    """What leads to what; mostly from one value of a variable to another one of its values."""
    if rng.random() < 0.25:
        return build.TRUE if rng.random() < 0.4 else maker.of(BOOL, 2), maker.of(BOOL, 2)
    chosen = rng.choice(maker.variables)
    it, values = Var(chosen.name, chosen.sort), list(domain(chosen.sort))
    goals = [value for value in values if rng.random() < 0.35] or values[-1:]
    then = maker.apply("or", *(App("eq", (it, Const(goal, chosen.sort))) for goal in goals))
    return build.TRUE if rng.random() < 0.5 else build.negate(then), then


def fair_system_of(seed: int) -> System:
    """The random system with fairness that has this number."""
    return fair_system(Random(seed))  # noqa: S311


randoms = st.randoms(use_true_random=False)
"""Sources of randomness that Hypothesis can shrink."""

systems = randoms.map(random_system)

fair_systems = randoms.map(fair_system)
"""The same with fairness and `leads-to`."""
