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
    heading: str
    """What the invariant is to them; a sentence that ends in a comma."""
    invariant: tuple[str, ...]
    """Its sentences, in the signs of logic."""
    conclusion: str
    """What follows from it, where that is more than the property itself; no full stop."""


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
    one = len(props) == 1
    if props[0].verdict == "violated":
        be = "is" if one else "are"
        head = f"Why {' and '.join(names)} {be} broken for good: from there on, whatever happens,"
    else:
        hold = "holds" if one else "hold"
        head = f"Why {' and '.join(names)} {hold}: true at the start, and kept by every step,"
    lines = told_invariant(system, evidence.invariant)
    return Proof(names, head, lines, _conclusion(evidence))


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
