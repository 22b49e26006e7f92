"""Loss: can a goal always still be reached, or is there a state from which nothing leads to it?

That is AG (when -> EF then), which is no plain reachability. Both answers go through *covers*: a
path of actions that ends in `then`, and by weakest precondition all states from which it can be
taken. Where the covers leave no reachable state out, the goal is never lost. A state they leave out
either has a path of its own, which is one more cover, or it is trapped: an inductive set around it
excludes `then`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deliverycheck.prove.goals import breaking, conjuncts, cut_off
from deliverycheck.prove.induction import Induction
from deliverycheck.prove.names import LATE, STAGES
from deliverycheck.prove.paths import Path, Paths, possible_along, value_along
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.samples import FEW, MANY, Amount, Onward
from deliverycheck.prove.search import Search
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.certificates import Inductive, Progress, RunOf, Trap
from deliverycheck.system.model import Clause, Property, State, System
from deliverycheck.system.sorts import IntSort, Value
from deliverycheck.system.terms import Term, Var

MOST_COVERS = 200
"""Paths for one clause; more than that is a sign that they do not generalise."""

MOST_HOPELESS = 30
"""States without a path that are set aside, each for itself."""

SMALL = 3
"""Sums of the measure up to which states without a path are looked for first."""


@dataclass(slots=True)
class Covers:
    """The paths known for one clause, and the term for all states they serve."""

    clause: Clause
    paths: dict[Path, Term] = field(default_factory=dict[Path, Term])
    """Each with the states it serves."""

    @property
    def left(self) -> Term:
        """Meets `when`, not `then`, and no path serves it."""
        return build.all_of(breaking(self.clause), *map(build.negate, self.paths.values()))

    def serve(self, state: Mapping[str, Value]) -> bool:
        """Whether the state needs no path, or has one."""
        if not evaluate(breaking(self.clause), state):
            return True
        return any(
            all(evaluate(part, state) for part in conjuncts(served))
            for served in self.paths.values()
        )


class Doom:
    """Looks for the shortest run to a doomed state, one length after the other."""

    def __init__(self, system: System, prop: Property, effort: int) -> None:
        self.system = system
        self.covers = [Covers(clause) for clause in prop.clauses]
        self.effort = effort
        self._paths = Paths(Onward(system), effort)

    def at(self, search: Search) -> Trap | str | None:
        """A trapped state at the search's depth; None: there is none; else why it stays open."""
        for number, covers in enumerate(self.covers):
            first = False
            while True:
                found = search.run_to(covers.left, first=first)
                if found is None:
                    break
                if isinstance(found, str):
                    return "a question was too hard for Z3"
                last = found.states[-1]
                path = self._paths.path(last, covers.clause.then)
                if path is None:
                    if first:
                        return self._trapped(number, found)
                    # There is one. The first of them is the same whatever the solver came upon:
                    # from now on runs are looked at in their order.
                    first = True
                    continue
                served = possible_along(self.system, path, covers.clause.then)
                covers.paths[path] = served
                if len(covers.paths) > MOST_COVERS:
                    return "too many different paths"
        return None

    def _trapped(self, number: int, run: RunOf) -> Trap | str:
        """The trap around the end of a run."""
        invariant = trap(self.system, run.states[-1], self.covers[number].clause.then, self.effort)
        if invariant is None:
            return "a state seems lost, but no proof was found"
        return Trap(run, number, invariant)


def trap(system: System, state: State, goal: Term, effort: int) -> tuple[Term, ...] | None:
    """An inductive set around a state that excludes the goal, or None if none was found.

    Nor does a bound cut anything off there: the goal could lie behind it.
    """
    prover = Prover(replace(system, initial=(state,)), effort)
    escape = build.any_of(goal, cut_off(system))
    for stage in range(1, STAGES + 1):
        found = prover.unreachable(escape, stage)
        if found is not None and isinstance(found.proof, Inductive):
            return found.proof.invariant
    return None


def progress(prover: Prover, prop: Property, *, many: bool) -> Progress | None:
    """Why every clause's goal can always still be reached, or None if no argument was found.

    The paths of the last proof are tried first. Others are sought for the samples; that no state
    without one of these can be reached is then a goal like any other. If that fails, they are
    sought for whatever else the lemmas allow. With `many`, there are more samples.
    """
    amount = MANY if many else FEW
    covering = [_Covering(prover, Covers(clause)) for clause in prop.clauses]
    for one, paths in zip(covering, prover.paths, strict=False):
        one.try_again(paths)  # two promises about the same message have most ways in common
    for one in covering:
        if not all(one.serves(state) for state in prover.samples(amount)):
            return None
    found = _progress(prover, covering, 2) or _by_more(prover, covering, amount)
    if found is not None:
        prover.paths = found.paths
    return found


def _by_more(prover: Prover, covering: Sequence[_Covering], amount: Amount) -> Progress | None:
    """Progress by paths for what the lemmas allow beside the samples."""
    for one in covering:
        one.serve_all(prover.lemmas(amount, long=True))
    stages = (LATE,) if amount is MANY else (2, 3, 4)
    tried = (_progress(prover, covering, stage) for stage in stages)
    return next(filter(None, tried), None)


def _progress(prover: Prover, covering: Iterable[_Covering], stage: int) -> Progress | None:
    """A proof, by a stage's method, that some path serves each state that can be reached."""
    uncovered = build.any_of(*(one.covers.left for one in covering))
    found = prover.unreachable(uncovered, stage, unseen=True)
    if found is None or not isinstance(found.proof, Inductive):
        return None
    return Progress(
        found.proof.invariant,
        tuple(var.name for var in measured(prover.system)),
        tuple(tuple(one.covers.paths) for one in covering),
    )


def measured(system: System) -> list[Var]:
    """The variables whose sum may shrink on the way: the natural numbers without end."""
    return [
        Var(v.name, v.sort)
        for v in system.variables
        if isinstance(v.sort, IntSort) and v.sort.high is None and v.sort.low >= 0
    ]


class _Covering:
    """The search for paths that serve every state of one clause."""

    def __init__(self, prover: Prover, covers: Covers) -> None:
        self.prover = prover
        self.covers = covers
        self.total: Term = build.integer(0)
        for var in measured(prover.system):
            self.total = build.plus(self.total, var)
        self._paths = Paths(prover.onward, prover.effort)

    def try_again(self, paths: Iterable[Path]) -> None:
        """Begin with paths that were enough elsewhere."""
        for path in paths:
            served = possible_along(self.prover.system, path, self.covers.clause.then)
            if served != build.FALSE:
                self.covers.paths[path] = served

    def serves(self, state: State) -> bool:
        """Whether a path serves the state, now if not before."""
        return self.covers.serve(self.prover.system.valuation(state)) or self._cover(state)

    def serve_all(self, lemmas: list[Term]) -> None:
        """Find paths for what the lemmas allow; what has none is likely to be out of reach."""
        induction = Induction(self.prover.system, self.prover.effort)
        frames, given = induction.frames, list(map(induction.assume, lemmas))
        hopeless = 0
        while hopeless < MOST_HOPELESS and len(self.covers.paths) < MOST_COVERS:
            left = frames.flag(frames.true(self.covers.left))
            if frames.check(left, *given) != "sat":
                return
            for most in range(SMALL):
                small = frames.flag(frames.true(build.at_most(self.total, build.integer(most))))
                if frames.check(left, small, *given) == "sat":
                    break
            else:
                frames.check(left, *given)
            state = frames.state()
            if not self._cover(state):
                hopeless += 1
                given.append(frames.flag(frames.never(frames.same(state))))

    def _cover(self, state: State) -> bool:
        """Add a path from the state to the goal, or to a state with a smaller measure."""
        system, clause = self.prover.system, self.covers.clause
        path = self._paths.path(state, clause.then)
        if path is not None:
            self.covers.paths[path] = possible_along(system, path, clause.then)
            return True
        now = evaluate(self.total, system.valuation(state))
        fewer = build.less(self.total, build.integer(int(now)))
        path = self._paths.path(state, build.all_of(clause.when, fewer)) if now else None
        if path is None:
            return False
        smaller = build.less(value_along(system, path, self.total), self.total)
        along = possible_along(system, path, clause.when)
        self.covers.paths[path] = build.all_of(smaller, along)
        return True
