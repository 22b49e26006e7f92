"""CHAIN by brute force: every state is put in its place among the stages, then every step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deliverycheck.certify.liveness.fair import Unit, possible, units_of
from deliverycheck.certify.liveness.ordering import Place, misstep
from deliverycheck.certify.meaning import Meaning
from deliverycheck.certify.sentences import Staged
from deliverycheck.certify.wellformed import Refused
from deliverycheck.certify.writing import Evaluator
from deliverycheck.system.certificates import Stage
from deliverycheck.system.model import State


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage, compiled."""

    where: Evaluator
    helpful: int
    unit: Unit
    possible: Evaluator
    inner: tuple[_Stage, ...]


def demand_staged(meaning: Meaning, inside: Iterable[State], obligation: Staged) -> None:
    """Discharge the obligation, given the states that satisfy its terms. Raises Refused."""
    clause, units = obligation.clause, units_of(meaning.system)
    about = f"the clause about `{clause.about}`"
    when, then = meaning.of(clause.when), meaning.of(clause.then)
    stages = _compiled(meaning, units, obligation.stages)
    places = {state: _place(meaning, stages, state) for state in inside if not then(state)}
    for state, place in places.items():
        if not place and when(state):
            raise Refused(f"for {about}, a state is in no stage: {meaning.shown(state)}")
    for state, place in places.items():
        if not place:
            continue
        for number, action in enumerate(meaning.system.actions):
            after = meaning.after(number, state)
            if not isinstance(after, tuple) or after not in places:
                continue  # the terms are closed: what the clause promises is there
            wrong = (
                misstep(units, number, (state, place), (after, places[after]))
                if places[after]
                else "leaves all stages"
            )
            if wrong is not None:
                raise Refused(
                    f"step `{action.name}` {wrong}, among the stages of {about}: "
                    f"from {meaning.shown(state)} to {meaning.shown(after)}"
                )


def _compiled(
    meaning: Meaning, units: Sequence[Unit], stages: Iterable[Stage]
) -> tuple[_Stage, ...]:
    return tuple(
        _Stage(
            meaning.of(stage.where),
            stage.helpful,
            units[stage.helpful],
            meaning.of(possible(meaning.system, units[stage.helpful])),
            _compiled(meaning, units, stage.inner),
        )
        for stage in stages
    )


def _place(meaning: Meaning, stages: Sequence[_Stage], state: State) -> Place:
    """Where a state is; nowhere if it is in no stage at all. Raises Refused."""
    for at, stage in enumerate(stages):
        if not stage.where(state):
            continue
        here = ((at, stage.helpful),)
        if stage.possible(state):
            return here
        deeper = _place(meaning, stage.inner, state)  # a weak one has no inner stages
        if not deeper:
            raise Refused(
                f"{stage.unit} is to help in a stage, and is not possible: {meaning.shown(state)}"
            )
        return here + deeper
    return ()
