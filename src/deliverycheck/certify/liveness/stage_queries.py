"""CHAIN as questions: every state in its stage, no step to an earlier one, none that helps stays.

Stages, outer before inner, are numbered. At moment 0, `in-3.0` says that the state is in stage 3,
`idle-3.0` that its helpful assumption is not possible there; `past-3.0`, that the state satisfies
its term, or that of an earlier one of its siblings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from deliverycheck.certify.asking import Asserted, Query, a_state, all_hold, asserted
from deliverycheck.certify.liveness.fair import possible, units_of
from deliverycheck.certify.sentences import Staged
from deliverycheck.export import smtlib
from deliverycheck.export.smtlib_terms import both, denied, either, name_of, written
from deliverycheck.system.certificates import Stage
from deliverycheck.system.model import Action, System


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage with its number."""

    number: int
    stage: Stage
    inner: tuple[_Stage, ...]


def staged(system: System, obligation: Staged) -> Iterator[Query | Asserted]:
    """What to tell and ask the solver."""
    clause, units = obligation.clause, units_of(system)
    stages = _numbered(obligation.stages, count())
    helpful = {stage.stage.helpful for stage in _every(stages)}
    yield from a_state(system, 0)
    yield Asserted("\n".join(smtlib.declarations(system, 1)))
    for moment in (0, 1):
        open_still = [
            all_hold(system, obligation.terms, moment),
            denied(written(system, clause.then, moment)),
        ]
        yield _defined(f"open.{moment}", both(open_still))
        for number in sorted(helpful):
            can = possible(system, units[number])
            yield _defined(f"possible-{number}.{moment}", written(system, can, moment))
        yield from _membership(system, stages, f"open.{moment}", moment)
    yield Asserted(asserted("open.0"))
    about = f"the clause about `{clause.about}`"
    outside = denied(_placed(stages, 0))
    yield Query(
        asserted(written(system, clause.when, 0), outside),
        f"for {about}, a state is in no stage",
    )
    yield from _divided(stages, about)
    leaving = [both([_placed(stages, 0), "open.1", denied(_placed(stages, 1))])]
    back = either([*leaving, *_back(stages, "open.1")])
    for at, action in enumerate(system.actions):
        taken = smtlib.step(system, action, 0, 1)
        yield Query(
            asserted(taken, back),
            f"step `{action.name}` goes back, or leaves all stages of {about}",
        )
        helps = {number for number, unit in enumerate(units) if at in unit.actions}
        stays = [
            f"(and in-{one.number}.0 in-{one.number}.1)"
            for one in _every(stages)
            if one.stage.helpful in helps
        ]
        if stays:
            yield Query(
                asserted(taken, _changed(system, action), either(stays)),
                f"step `{action.name}` helps, and goes nowhere, in a stage of {about}",
            )


def _numbered(stages: Sequence[Stage], numbers: Iterator[int]) -> tuple[_Stage, ...]:
    return tuple(_Stage(next(numbers), one, _numbered(one.inner, numbers)) for one in stages)


def _every(stages: Sequence[_Stage]) -> Iterator[_Stage]:
    for one in stages:
        yield one
        yield from _every(one.inner)


def _membership(
    system: System, stages: Sequence[_Stage], inside: str, moment: int
) -> Iterator[Asserted]:
    """The definitions for some siblings, which divide what is `inside`, and for what is in them."""
    earlier = "false"
    for one in stages:
        name, idle = f"{one.number}.{moment}", f"idle-{one.number}.{moment}"
        here = written(system, one.stage.where, moment)
        yield _defined(f"past-{name}", either([earlier, here]))
        new = [inside, f"past-{name}", denied(earlier)]
        yield _defined(f"in-{name}", both(new))
        can = f"possible-{one.stage.helpful}.{moment}"
        yield _defined(idle, both([f"in-{name}", denied(can)]))
        yield from _membership(system, one.inner, idle, moment)
        earlier = f"past-{name}"


def _placed(stages: Sequence[_Stage], moment: int) -> str:
    """That a state is in one of some siblings, if it is in what they divide."""
    return f"past-{stages[-1].number}.{moment}" if stages else "false"


def _divided(stages: Sequence[_Stage], about: str) -> Iterator[Query]:
    """Where the helpful assumption is not possible, an inner stage helps; a weak one has none."""
    for one in stages:
        alone = denied(_placed(one.inner, 0))
        yield Query(
            asserted(f"idle-{one.number}.0", alone),
            f"an assumption is to help in a stage of {about}, and is not possible",
        )
        yield from _divided(one.inner, about)


def _back(stages: Sequence[_Stage], inside: str) -> Iterator[str]:
    """That the step leads to an earlier one of some siblings, and not out of what they divide."""
    for before, one in zip((None, *stages), stages, strict=False):
        if before is not None:
            yield f"(and in-{one.number}.0 {inside} past-{before.number}.1)"
        yield from _back(one.inner, f"idle-{one.number}.1")


def _changed(system: System, action: Action) -> str:
    """That the step changes the state."""
    at = sorted(system.index[name] for name in action.updates)
    same = (f"(= {name_of(i, 0)} {name_of(i, 1)})" for i in at)
    return denied(both(same))


def _defined(name: str, text: str) -> Asserted:
    return Asserted(f"(define-fun {name} () Bool {text})")
