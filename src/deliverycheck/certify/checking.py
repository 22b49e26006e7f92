"""The answer about a certificate: accepted, refused, or unchecked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from deliverycheck.certify.brute_force import by_brute_force
from deliverycheck.certify.liveness.looping import go_round
from deliverycheck.certify.liveness.ranking import rank
from deliverycheck.certify.meaning import TooLarge
from deliverycheck.certify.obligations import obligations_of
from deliverycheck.certify.recomputing import recompute
from deliverycheck.certify.replaying import replay
from deliverycheck.certify.second_solver import Silent, by_cvc5
from deliverycheck.certify.sentences import (
    Looped,
    Obligation,
    Ranked,
    Recomputed,
    Replayed,
    Symbolic,
)
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.certificates import Certificate
from deliverycheck.system.model import System

Checker: TypeAlias = Literal["brute force", "cvc5"]

CHECKERS: tuple[Checker, ...] = ("brute force", "cvc5")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is thought of a certificate.

    `by` names who found every obligation true: `brute force` and `cvc5` (about all states),
    `recomputation` (REACH, RANK), `replay` (runs, with an end or without). `within` names the
    bounds on which the verdict may rest: REACH and RANK know which cut something off; a run rests
    on none; other proofs say nothing about bounds, so all that the system has are named.
    `unchecked` is no yes.
    """

    status: Literal["accepted", "refused", "unchecked"]
    by: tuple[str, ...] = ()
    reason: str = ""
    within: tuple[str, ...] = ()


def certify(
    certificate: Certificate, *, checkers: tuple[Checker, ...] = CHECKERS, seconds: float = 40
) -> Outcome:
    """Check everything a certificate's verdict rests on, sharing no code with what made it.

    Every checker that can discharges all obligations about all states; they must agree. `seconds`
    is the limit for cvc5. A certificate may hold anything: no error is raised.
    """
    try:
        return _checked(certificate, obligations_of(certificate), checkers, seconds)
    except Refused as refusal:
        return Outcome("refused", reason=str(refusal))
    except TooLarge as limit:
        return Outcome("unchecked", reason=f"too large: {limit}")
    except (RecursionError, ValueError) as error:
        # Terms built too deep, or integers too long to be written.
        return Outcome("unchecked", reason=f"too large: {error}")


def _checked(
    certificate: Certificate,
    obligations: tuple[Obligation, ...],
    checkers: tuple[Checker, ...],
    seconds: float,
) -> Outcome:
    """The answer, with runs and recomputations first: they are exact. Raises Refused, TooLarge."""
    system = certificate.system
    by: dict[str, None] = {}
    within: set[str] = set()
    symbolic: list[Symbolic] = []
    for obligation in obligations:
        match obligation:
            case Replayed():
                replay(system, obligation)
                by["replay"] = None
            case Looped():
                go_round(system, obligation)
                by["replay"] = None
            case Recomputed():
                within |= set(recompute(system, obligation))
                by["recomputation"] = None
            case Ranked():
                within |= set(rank(system, obligation))
                by["recomputation"] = None
            case _:
                symbolic.append(obligation)
    if not symbolic:
        return Outcome("accepted", tuple(by), within=tuple(sorted(within)))
    run: dict[Checker, Callable[[], None]] = {
        "brute force": lambda: by_brute_force(system, symbolic),
        "cvc5": lambda: by_cvc5(system, symbolic, seconds),
    }
    answers = {checker: _answer(run[checker]) for checker in checkers}
    agreed = tuple(checker for checker, answer in answers.items() if answer.status == "accepted")
    against = [
        (name, answer.reason) for name, answer in answers.items() if answer.status == "refused"
    ]
    reason = "; ".join(
        f"{name}: {answer.reason}" for name, answer in answers.items() if answer.reason
    )
    if against and agreed:
        return Outcome(
            "refused", reason=f"THE CHECKERS DISAGREE: {agreed[0]} accepts, but {reason}"
        )
    if against:
        return Outcome("refused", reason=against[0][1])
    if not agreed:
        return Outcome("unchecked", reason=reason)
    return Outcome("accepted", (*by, *agreed), within=_bounds(system))


def _answer(discharge: Callable[[], None]) -> Outcome:
    """What one checker thinks."""
    try:
        discharge()
    except Refused as refusal:
        return Outcome("refused", reason=str(refusal))
    except TooLarge as limit:
        return Outcome("unchecked", reason=f"too large: {limit}")
    except Silent as silence:
        return Outcome("unchecked", reason=str(silence))
    return Outcome("accepted")


def _bounds(system: System) -> tuple[str, ...]:
    return tuple(sorted({bound.name for action in system.actions for bound in action.bounds}))
