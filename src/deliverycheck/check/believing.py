"""Believing: a proof counts once somebody else has checked it; until then, what else is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from deliverycheck.certify.states import states_digest
from deliverycheck.check.certifying import Certifying, certified, exhausted
from deliverycheck.check.finding import Finding
from deliverycheck.check.notes import is_witness
from deliverycheck.explore.explored import Explored
from deliverycheck.system.verdicts import Answer, Caution


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a property: what both engines say together, and what each says."""

    finding: Finding
    answers: tuple[Answer, ...] = ()
    instead: Finding | None = None
    """What still stands if nobody can check the certificate of the finding."""
    unchecked: str = ""
    """Why nobody could check a proof that was found."""


def believable(
    found: Explored | None,
    answered: Sequence[Answered],
    how: Certifying,
    deadline: float | None,
) -> Iterator[Answered]:
    """The answers once their certificates were checked, until the deadline (a monotonic time).

    A proof that nobody could check gives way to what the explicit engine found out, or to
    `undetermined`.
    """

    @cache
    def digest() -> str:
        states = () if found is None else map(found.state, range(len(found.states)))
        return states_digest(states)

    kept = [one for one in answered if not is_witness(one.finding.prop.name)]
    checked = certified([_presented(found, one.finding, digest) for one in kept], how, deadline)
    doubtful = [_unsupported(finding) for finding in checked]
    others = [one.instead for one, doubt in zip(kept, doubtful, strict=True) if doubt]
    instead = iter(
        certified(
            [_presented(found, one, digest) for one in others if one is not None], how, deadline
        )
    )
    for one, finding, doubt in zip(kept, checked, doubtful, strict=True):
        if not doubt:
            yield replace(one, finding=finding)
            continue
        why = finding.evidence.checked.reason if finding.evidence.checked else ""
        stands = next(instead) if one.instead is not None else finding
        if _unsupported(stands):
            reason = "a proof was found, but nobody could check it" + (f" ({why})" if why else "")
            stands = replace(stands, verdict="undetermined", trace=None, reason=reason)
        yield replace(one, finding=stands, unchecked=why)
    yield from (one for one in answered if is_witness(one.finding.prop.name))


def doubts(answered: Sequence[Answered]) -> Iterator[Caution]:
    """Where an engine or a checker could not do its part, so that less is known than could be."""
    for one in answered:
        if one.unchecked and one.finding.verdict != "undetermined":
            text = (
                f"{one.finding.prop.name} was proved for any number of copies, but nobody could "
                f"check the proof ({one.unchecked}); the verdict is the explicit engine's"
            )
            yield Caution("DC403", text)
    silent: dict[str, list[str]] = {}
    for one in answered:
        for answer in one.answers if len(one.answers) > 1 else ():
            if answer.engine == "symbolic" and answer.verdict == "undetermined":
                silent.setdefault(answer.reason, []).append(one.finding.prop.name)
    for reason, names in silent.items():
        text = f"Z3 has no answer on {', '.join(names)} ({reason}): not cross-examined"
        yield Caution("DC403", text)


def _presented(found: Explored | None, finding: Finding, digest: Callable[[], str]) -> Finding:
    """The finding with a certificate, if one can be made."""
    own = finding.certificate is None or (
        found is not None and finding.certificate.system is found.system
    )
    return exhausted(found, finding, digest) if found is not None and own else finding


def _unsupported(finding: Finding) -> bool:
    """Whether a verdict rests on a proof that nobody could check.

    A run needs no more support than its replay, unless what matters is what comes after it; and
    the exhaustive search none but its own.
    """
    checked = finding.evidence.checked
    if finding.verdict == "undetermined" or checked is None or checked.status != "unchecked":
        return False
    return checked.kind not in ("TRACE", "REACH", "LASSO", "RANK")
