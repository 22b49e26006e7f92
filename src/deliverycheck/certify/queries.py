"""Obligations as questions in SMT-LIB: each must be unsatisfiable.

The state after a step is a state of its own, tied to the one before by equations; nothing is
substituted, as the engine does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from deliverycheck.certify.asking import Asserted, Query, a_state, all_hold, asserted
from deliverycheck.certify.liveness.stage_queries import staged
from deliverycheck.certify.meaning import TooLarge
from deliverycheck.certify.sentences import (
    Base,
    Closed,
    Descent,
    Excluded,
    Induction,
    Staged,
    Symbolic,
    Target,
)
from deliverycheck.export import smtlib
from deliverycheck.export.smtlib_terms import both, denied, either, name_of, written
from deliverycheck.system.model import System

MOST_PATH_STEPS = 2_000


def queries_of(system: System, obligation: Symbolic) -> Iterator[Query | Asserted]:
    """What to tell and ask the solver, in order. Raises TooLarge."""
    match obligation:
        case Closed():
            yield from _closed(system, obligation)
        case Excluded(terms, targets):
            yield from a_state(system, 0)
            yield Asserted(asserted(all_hold(system, terms, 0)))
            for target in targets:
                asked = asserted(written(system, target.term, 0))
                yield Query(asked, f"the invariant does not exclude {target.name}")
            for action in system.actions:
                wrong = asserted(smtlib.goes_wrong(system, action, 0))
                yield Query(
                    wrong, f"the invariant does not exclude that `{action.name}` goes wrong"
                )
        case Base(k, targets):
            yield from a_state(system, 0)
            yield Asserted(asserted(either(smtlib.stated(system, s, 0) for s in system.initial)))
            for depth in range(k):
                asked = asserted(_bad(system, targets, depth))
                yield Query(asked, f"a run of {depth} steps meets a target or goes wrong")
                yield from _one_more(system, depth)
        case Induction(k, lemmas, targets):
            yield from a_state(system, 0)
            for depth in range(k):
                yield Asserted(asserted(all_hold(system, lemmas, depth)))
                yield Asserted(asserted(denied(_bad(system, targets, depth))))
                yield from _one_more(system, depth)
            asked = asserted(all_hold(system, lemmas, k), _bad(system, targets, k))
            yield Query(asked, f"{k} states in a row do not exclude that the next is a target")
        case Descent():
            yield from _descent(system, obligation)
        case Staged():
            yield from staged(system, obligation)
        case _:
            assert_never(obligation)


def _closed(system: System, obligation: Closed) -> Iterator[Query | Asserted]:
    yield from a_state(system, 0)
    outside = denied(all_hold(system, obligation.terms, 0))
    for start in obligation.start:
        asked = asserted(smtlib.stated(system, start, 0), outside)
        yield Query(asked, "a start is outside of the invariant")
    yield Asserted(asserted(all_hold(system, obligation.terms, 0)))
    yield Asserted("\n".join(smtlib.declarations(system, 1)))
    yield Asserted(f"(define-fun kept () Bool {all_hold(system, obligation.terms, 1)})")
    for action in system.actions:
        asked = asserted(smtlib.step(system, action, 0, 1), denied("kept"))
        yield Query(asked, f"step `{action.name}` leaves the invariant")


def _descent(system: System, obligation: Descent) -> Iterator[Query | Asserted]:
    """Each path has moments of its own: its updates lead there, whether its steps can be taken.

    That a path leads on is then one formula; that none does is the conjunction of their denials.
    """
    if sum(map(len, obligation.paths)) > MOST_PATH_STEPS:
        raise TooLarge("there are too many paths")
    clause = obligation.clause
    yield from a_state(system, 0)
    yield Asserted(asserted(all_hold(system, obligation.terms, 0)))
    yield Asserted(asserted(written(system, clause.when, 0)))
    yield Asserted(asserted(denied(written(system, clause.then, 0))))
    latest = 0
    for path in obligation.paths:
        here, taken = 0, list[str]()
        for number in path:
            action = system.actions[number]
            latest += 1
            yield Asserted("\n".join(smtlib.declarations(system, latest)))
            yield Asserted(asserted(smtlib.moves(system, action, here, latest)))
            taken += [
                smtlib.enabled(system, action, here),
                smtlib.goes_right(system, action, here),
            ]
            here = latest
        smaller = f"(< {_sum(system, obligation, here)} {_sum(system, obligation, 0)})"
        onward = both([written(system, clause.when, here), smaller])
        there = either([written(system, clause.then, here), onward])
        yield Asserted(asserted(denied(both([*taken, there]))))
    yield Query("", f"no path leads on for the clause about `{clause.about}`")


def _sum(system: System, obligation: Descent, moment: int) -> str:
    names = (name_of(system.index[name], moment) for name in obligation.measure)
    return f"(+ 0 0 {' '.join(names)})"


def _one_more(system: System, moment: int) -> Iterator[Asserted]:
    """A state one step after the one at the moment."""
    yield Asserted("\n".join(smtlib.declarations(system, moment + 1)))
    steps = (smtlib.step(system, action, moment, moment + 1) for action in system.actions)
    yield Asserted(asserted(either(steps)))


def _bad(system: System, targets: Sequence[Target], moment: int) -> str:
    """That the state is a target, or a step out of it goes wrong."""
    met = [written(system, target.term, moment) for target in targets]
    wrong = [smtlib.goes_wrong(system, action, moment) for action in system.actions]
    return either([*met, *wrong])
