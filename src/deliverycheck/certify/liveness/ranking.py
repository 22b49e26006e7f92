"""RANK: the states that are open for a clause, computed once more, and their classes."""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.certify.liveness.fair import possible, units_of
from deliverycheck.certify.liveness.ordering import Place, misstep
from deliverycheck.certify.meaning import Budget, Meaning
from deliverycheck.certify.reaching import WORK, demand_stated, reach
from deliverycheck.certify.sentences import Ranked
from deliverycheck.certify.states import line_of
from deliverycheck.certify.wellformed import Refused, demand
from deliverycheck.system.certificates import Class
from deliverycheck.system.model import Clause, State, System


def rank(system: System, obligation: Ranked) -> tuple[str, ...]:
    """Discharge the obligation: the names of the bounds that cut something off.

    Raises Refused, or TooLarge.
    """
    meaning = Meaning(system, Budget(WORK))
    reached = reach(meaning)
    demand_stated(reached, obligation.proof)
    # From here on states have the certificate's numbers, not those of the search.
    states = sorted(reached.states, key=line_of)
    numbers = {reached.states[state]: number for number, state in enumerate(states)}
    onward: list[list[tuple[int, int]]] = [[] for _ in states]
    for source, action, target in reached.steps():
        onward[numbers[source]].append((action, numbers[target]))
    ranks = _Ranks(meaning, states, onward)
    for clause, classes in zip(obligation.clauses, obligation.proof.clauses, strict=True):
        ranks.demand_kept(clause, classes)
    return tuple(sorted(reached.cut))


class _Ranks:
    """The states in the order of a certificate, and who leads to whom by which action."""

    def __init__(
        self, meaning: Meaning, states: list[State], onward: list[list[tuple[int, int]]]
    ) -> None:
        self._meaning = meaning
        self._states = states
        self._onward = onward
        self._units = units_of(meaning.system)
        self._possible = [meaning.of(possible(meaning.system, unit)) for unit in self._units]

    def demand_kept(self, clause: Clause, classes: Sequence[Class]) -> None:
        """No fair run stays open for ever."""
        places: dict[int, Place] = {}
        self._place(classes, self._open(clause), (), places)
        for number, place in places.items():
            here = self._states[number], place
            for action, target in self._onward[number]:
                self._meaning.budget.spend(1)
                if target not in places:
                    continue  # what the clause promises is there
                there = self._states[target], places[target]
                wrong = misstep(self._units, action, here, there)
                if wrong is not None:
                    name = self._meaning.system.actions[action].name
                    raise Refused(
                        f"step `{name}` {wrong}, among the classes of the clause about "
                        f"`{clause.about}`: from {self._shown(number)} to {self._shown(target)}"
                    )

    def _open(self, clause: Clause) -> set[int]:
        """Reachable from a state with `when` through states without `then`, these included."""
        when, then = self._meaning.of(clause.when), self._meaning.of(clause.then)
        without = {number for number, state in enumerate(self._states) if not then(state)}
        found = {number for number in without if when(self._states[number])}
        stack = list(found)
        while stack:
            for _, target in self._onward[stack.pop()]:
                if target in without and target not in found:
                    found.add(target)
                    stack.append(target)
        return found

    def _place(
        self, classes: Sequence[Class], inside: set[int], above: Place, places: dict[int, Place]
    ) -> None:
        """Give all of some states their places: each is in exactly one of the classes."""
        missing = set(inside)
        for at, one in enumerate(classes):
            place = (*above, (at, one.helpful))
            for number in one.states:
                demand(number in missing, f"state {number} is in a class it does not belong to")
                missing.remove(number)
                places[number] = place
            unit, can = self._units[one.helpful], self._possible[one.helpful]
            idle = {number for number in one.states if not can(self._states[number])}
            if unit.strong:
                self._place(one.inner, idle, place, places)
            elif idle:
                where = self._shown(min(idle))
                raise Refused(f"{unit} is to help in a class, and is not possible in {where}")
        if missing:
            raise Refused(f"a state is in no class: {self._shown(min(missing))}")

    def _shown(self, number: int) -> str:
        return f"{number} ({self._meaning.shown(self._states[number])})"
