"""Why verdicts hold, as text: invariants in words, and who has checked the certificates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from deliverycheck.explain.invariants.told import told_invariant
from deliverycheck.report.layout import wrapped
from deliverycheck.system.verdicts import ModelResult, PropertyResult

FEW_LINES = 6
"""Lines of an invariant that are shown unless all are asked for."""


def proofs_text(
    result: ModelResult, told: Sequence[PropertyResult], width: int, *, verbose: bool
) -> Iterator[str]:
    """Why properties hold, or why a loss is for good; each invariant once."""
    groups: dict[tuple[object, ...], list[PropertyResult]] = {}
    for prop in told:
        if prop.evidence.invariant and prop.verdict in ("holds", "violated"):
            key = (prop.verdict, prop.evidence.invariant, prop.evidence.kind)
            groups.setdefault(key, []).append(prop)
    for props in groups.values():
        yield ""
        yield from _why(result, props, width, verbose=verbose)


def _why(
    result: ModelResult, props: Sequence[PropertyResult], width: int, *, verbose: bool
) -> Iterator[str]:
    if result.system is None:
        return
    names = " and ".join(prop.name for prop in props)
    evidence = props[0].evidence
    lines = told_invariant(result.system, evidence.invariant)
    shown = lines if verbose else lines[:FEW_LINES]
    if props[0].verdict == "violated":
        head = f"Why {names} {_be(props)} broken for good: from there on, whatever happens,"
    else:
        head = f"Why {names} {_hold(props)}: true at the start, and kept by every step,"
    yield from wrapped(head, width, "  ")
    for line in shown:
        yield from wrapped(line, width, "    ", "        ")
    if len(shown) < len(lines):
        yield f"    and {len(lines) - len(shown)} more (-v shows them)"
    if evidence.kind == "progress":
        count, longest = evidence.detail["paths"], evidence.detail["longest"]
        text = f"so one of {count} sequences of steps (of at most {longest}) can always be taken on"
        yield from wrapped(f"{text} the way to the effect", width, "    ")
    if evidence.kind == "ranking":
        text = f"so a fair run leaves each of {evidence.detail['stages']} stages behind for good, "
        yield from wrapped(
            text + "one after the other, until what was promised is there", width, "    "
        )
    if evidence.kind == "k-induction":
        k = evidence.detail["k"]
        text = f"and after {k} steps in a row that break nothing, the next one cannot either"
        yield from wrapped(text, width, "    ")


def _be(props: Sequence[PropertyResult]) -> str:
    return "is" if len(props) == 1 else "are"


def _hold(props: Sequence[PropertyResult]) -> str:
    return "holds" if len(props) == 1 else "hold"


def certificates_note(result: ModelResult) -> Iterator[str]:
    """How many certificates there are, and who has accepted them."""
    checked = [prop.evidence.checked for prop in result.properties if prop.evidence.checked]
    by = Counter(" and ".join(one.by) for one in checked if one.status == "accepted")
    if by:
        parts = ", ".join(f"{count} by {names}" for names, count in sorted(by.items()))
        yield f"certificates: {by.total()} of {len(checked)} accepted ({parts})"
    for reason in dict.fromkeys(one.reason for one in checked if one.status == "unchecked"):
        yield f"not certified: {reason}"
