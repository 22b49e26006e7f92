"""Arrival: why what a `leads-to` property promises comes in the end, as a `Chain` of stages.

The stages are guessed from known states, seen through as few variables as will do; the lemmas then
show that no state has a flaw, or name one that has. That one is learnt, and so on. Nothing is lost
where a lemma is missing: that flaws are out of reach can be shown by any of the prover's methods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from deliverycheck.prove.encode import Formula, Frames
from deliverycheck.prove.liveness.cubes import View
from deliverycheck.prove.liveness.division import Division, Part
from deliverycheck.prove.liveness.flaws import Flaw, Weakest, flaws_of
from deliverycheck.prove.liveness.moves import Moves
from deliverycheck.prove.liveness.terrain import Places, Terrain
from deliverycheck.prove.names import LATE
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.samples import FEW, MANY
from deliverycheck.system import build
from deliverycheck.system.certificates import Chain, Inductive, Stage
from deliverycheck.system.model import Clause, Property, State, System
from deliverycheck.system.terms import Term, variables_of

MOST_ROUNDS = 60
"""Guesses for one clause."""

MOST_PARTS = 400
"""Stages of one clause, inner ones included."""


class Arrival:
    """Looks for chains; what it learns about single states serves all of them."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self._moves = Moves(prover.system)

    def chain(self, prop: Property, stage: int) -> Chain | str:
        """A chain, by the means of a stage of the prover; or why none was found, in words.

        First what the samples miss is learnt from what the lemmas allow; where these allow too
        much, the samples are taken for all there is.
        """
        amount = MANY if stage == LATE else FEW
        known = self.prover.samples(amount)
        clauses: list[tuple[Stage, ...]] = []
        flaws, weakest = list[Term](), Weakest(self.prover.system)
        for clause in prop.clauses:
            guessing = _Guessing(self._moves, clause, known, self.prover.effort)
            if stage in (2, LATE):
                stages = guessing.learn(self.prover.lemmas(amount, long=True))
            else:
                # Lemmas that allow too much teach what never happens: then the samples alone do.
                stages = guessing.guess()
            if isinstance(stages, str):
                return stages
            clauses.append(stages)
            for flaw in flaws_of(self.prover.system, clause, stages):
                flaws += weakest.said(flaw)
        method = 2 if stage == 3 else stage
        found = self.prover.unreachable(build.any_of(*flaws), method, unseen=True)
        if found is None or not isinstance(found.proof, Inductive):
            return "stages were found, but not that no reachable state is outside of them"
        return Chain(found.proof.invariant, tuple(clauses))


class _Guessing:
    """Guesses the stages of one clause."""

    def __init__(self, moves: Moves, clause: Clause, known: Iterable[State], effort: int) -> None:
        self.system = moves.system
        self._clause = clause
        self._terrain = Terrain(moves, clause, known)
        self._frames = Frames(self.system, None, effort)
        self._steps = self._frames.step(0)
        self._dropping = list(_dropping(self.system, clause))
        strong = (n for n, one in enumerate(moves.assumptions) if one.fairness == "strong")
        self._strong = sum(1 << number for number in strong)
        self._view: dict[int, int] | None = None

    def learn(self, lemmas: Sequence[Term]) -> tuple[Stage, ...] | str:
        """Stages without a flaw in any state that the lemmas allow; or why there are none."""
        for lemma in lemmas:
            self._frames.require(self._frames.true(lemma))
        for _ in range(MOST_ROUNDS):
            stages = self.guess()
            if isinstance(stages, str):
                return stages
            flawed = self._flawed(stages)
            if flawed is None:
                return "a question was too hard for Z3"
            if not flawed:
                return stages
            if not [state for state in flawed if self._terrain.add(state)]:
                raise ValueError("a flaw in what was known")
        return f"no stages without a flaw in {MOST_ROUNDS} rounds"

    def guess(self) -> tuple[Stage, ...] | str:
        """Stages without a flaw in any known state."""
        view = self._fewest()
        if view is None:
            return "a fair run seems to go on for ever without it"
        places = self._terrain.seen(view)
        parts = Division(places, self._strong).parts()
        if parts is None:
            raise ValueError("a view that does not do")
        if sum(map(_size, parts)) > MOST_PARTS:
            return "there are too many stages"
        shut = set(range(len(places.names))) - set(places.open)
        return tuple(_stages(view, places, parts, shut))

    def _flawed(self, stages: Sequence[Stage]) -> list[State] | None:
        """Some states that the lemmas allow and that have a flaw; None without an answer."""
        found: list[State] = []
        for flaw in flaws_of(self.system, self._clause, stages):
            answer = self._frames.check(*self._said(flaw))
            if answer == "unknown":
                return None
            if answer == "sat":
                found.append(self._frames.state())
        return found

    def _said(self, flaw: Flaw) -> Iterator[Formula]:
        frames = self._frames
        yield frames.flag(frames.true(flaw.here))
        if flaw.there is None:
            return
        yield frames.flag(frames.true(flaw.there, 1))
        if flaw.steps:
            yield frames.flag(frames.never(frames.alike(0, 1)))
            yield frames.flag(frames.either(frames.taken(at, 0) for at in flaw.steps))
        else:
            yield frames.flag(self._steps)

    def _fewest(self) -> View | None:
        """A view of few variables in which no fair run stays for ever; None without any."""
        last = self._terrain.closest()
        if self._view is not None and self._does(self._view):
            last = self._view
        elif not self._does(last):
            return None
        for group in self._dropping:
            dropped = {at: to for at, to in last.items() if at not in group}
            if len(dropped) < len(last) and self._does(dropped):
                last = dropped
                continue
            for at in group:
                for to in (0, 1):
                    tried = {k: min(v, to) if k == at else v for k, v in last.items()}
                    tried = {k: v for k, v in tried.items() if v}
                    if at in last and tried != last and self._does(tried):
                        last = tried
                        break
        self._view = last
        return View(self.system, tuple(sorted(last.items())))

    def _does(self, last: dict[int, int]) -> bool:
        view = View(self.system, tuple(sorted(last.items())))
        return Division(self._terrain.seen(view), self._strong).succeeds()


def _size(part: Part) -> int:
    return 1 + sum(map(_size, part.inner))


def _stages(
    view: View, places: Places, parts: Sequence[Part], shut: Iterable[int]
) -> Iterator[Stage]:
    """The parts as stages; a stage is told apart from later ones, and from what is shut."""
    others = set(shut).union(*(part.places for part in parts))
    for part in parts:
        others -= set(part.places)
        these = [places.names[at] for at in part.places]
        cubes = view.tell_apart(these, [places.names[at] for at in sorted(others)])
        inner = tuple(_stages(view, places, part.inner, ()))
        yield Stage(view.term(cubes), part.helpful, inner)


def _dropping(system: System, clause: Clause) -> Iterator[tuple[int, ...]]:
    """The variables in groups, in the order in which they are left out where that goes.

    First what speaks of other messages, then what is farther from the clause: what decides about
    a variable is nearer than what decides about that.
    """
    own = {var.name for term in (clause.when, clause.then) for var in variables_of(term)}
    messages = {action.message for action in system.actions if action.message is not None}
    about = {word for name in own for word in _words(name)} & messages
    far = _distances(system, own)
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, variable in enumerate(system.variables):
        foreign = tuple(sorted((_words(variable.name) & messages) - about))
        groups.setdefault(foreign, []).append(at)
    for foreign in sorted(groups, reverse=True):
        group = sorted(groups[foreign], key=lambda at: (-far[at], -at))
        if foreign:
            yield tuple(group)
        else:
            yield from ((at,) for at in group)


def _words(name: str) -> set[str]:
    return set(re.split(r"[\[\], ]", name))


def _distances(system: System, own: Iterable[str]) -> list[int]:
    """How far each variable is from some: the ones that decide about those are at 1, and so on."""
    far = dict.fromkeys(own, 0)
    layer = list(far)
    while layer:
        found: dict[str, None] = {}
        for action in system.actions:
            if any(name in action.updates for name in layer):
                terms = [action.guard, *(action.updates[n] for n in layer if n in action.updates)]
                found |= {var.name: None for term in terms for var in variables_of(term)}
        distance = far[layer[0]] + 1
        layer = [name for name in found if name not in far]
        far |= dict.fromkeys(layer, distance)
    return [far.get(variable.name, len(system.variables)) for variable in system.variables]
