"""Why verdicts hold, in sentences: invariants in words, and who has checked the certificates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deliverycheck.explain.invariants.told import told_invariant
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Evidence, ModelResult, PropertyResult


@dataclass(frozen=True, slots=True)
class Proof:
    """Why some properties hold, or why a loss is for good."""

    names: tuple[str, ...]
    title: str
    """What it is about, without a full stop."""
    opening: str
    """What the invariant is: the beginning of a sentence, with a small letter and a comma."""
    invariant: tuple[str, ...]
    """Its sentences, in the signs of logic."""
    conclusion: str
    """What follows from it, where that is more than the property itself: the end of the sentence,
    without its full stop."""

    @property
    def heading(self) -> str:
        """The title and the opening."""
        return f"{self.title}: {self.opening}"


def proofs(result: ModelResult, told: Sequence[PropertyResult]) -> tuple[Proof, ...]:
    """The proofs of the properties told of; each invariant once."""
    groups: dict[tuple[object, ...], list[PropertyResult]] = {}
    for prop in told:
        if prop.evidence.invariant and prop.verdict in ("holds", "violated"):
            key = (prop.verdict, prop.evidence.invariant, prop.evidence.kind)
            groups.setdefault(key, []).append(prop)
    system = result.system
    return () if system is None else tuple(_proof(system, props) for props in groups.values())


def _proof(system: System, props: Sequence[PropertyResult]) -> Proof:
    names = tuple(prop.name for prop in props)
    evidence = props[0].evidence
    one, several = ("holds", "is"), ("hold", "are")
    hold, be = one if len(props) == 1 else several
    if props[0].verdict == "violated":
        title = f"Why {' and '.join(names)} {be} broken for good"
        opening = "from there on, whatever happens,"
    else:
        title = f"Why {' and '.join(names)} {hold}"
        opening = "true at the start, and kept by every step,"
    lines = told_invariant(system, evidence.invariant)
    return Proof(names, title, opening, lines, _conclusion(evidence))


def _conclusion(evidence: Evidence) -> str:
    detail = evidence.detail
    if evidence.kind == "progress":
        return (
            f"so one of {detail['paths']} sequences of steps (of at most {detail['longest']}) can "
            "always be taken on the way to the effect"
        )
    if evidence.kind == "ranking":
        return (
            f"so a fair run leaves each of {detail['stages']} stages behind for good, one after "
            "the other, until what was promised is there"
        )
    if evidence.kind == "k-induction":
        return (
            f"and after {detail['k']} steps in a row that break nothing, the next one cannot either"
        )
    return ""


def certificates_note(result: ModelResult) -> Iterator[str]:
    """How many certificates there are, and who has accepted them."""
    checked = [prop.evidence.checked for prop in result.properties if prop.evidence.checked]
    by = Counter(" and ".join(one.by) for one in checked if one.status == "accepted")
    if by:
        parts = ", ".join(f"{count} by {names}" for names, count in sorted(by.items()))
        yield f"certificates: {by.total()} of {len(checked)} accepted ({parts})"
    for reason in dict.fromkeys(one.reason for one in checked if one.status == "unchecked"):
        yield f"not certified: {reason}"
