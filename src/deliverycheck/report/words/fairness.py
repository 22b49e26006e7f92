"""What verdicts about `leads-to` rest on, as text: which fairness is assumed, and which needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from deliverycheck.explain.story import joined
from deliverycheck.system.verdicts import ModelResult, PropertyResult


def fairness_note(result: ModelResult) -> Iterator[str]:
    """The fairness that verdicts about `leads-to` assume, once for all of them."""
    for prop in result.properties:
        used = prop.evidence.detail.get("fairness")
        if isinstance(used, Mapping):
            weak, strong = (_names(used.get(key)) for key in ("weak", "strong"))
            parts = [f"weak for {joined(weak)}"] if weak else []
            parts += [f"strong for {joined(strong)}"] if strong else []
            parts.append("none for faults and the application")
            yield f"assumes fairness: {'; '.join(parts)}"
            return


def carried(prop: PropertyResult) -> str:
    """Which fairness a `leads-to` property that holds cannot do without; nothing if unknown."""
    found = prop.evidence.detail.get("carried_by")
    if prop.verdict != "holds" or not isinstance(found, list):
        return ""
    rows = cast("list[dict[str, str]]", found)
    weak = [row["step"] for row in rows if row["needs"] == "weak"]
    strong = [row["step"] for row in rows if row["needs"] == "strong"]
    if not rows:
        return f"{prop.name} holds whatever is fair"
    parts: list[str] = []
    if weak:
        taken = "is taken" if len(weak) == 1 else "are taken"
        it = "it" if len(weak) == 1 else "them"
        parts.append(f"because {joined(weak)} {taken} in the end when nothing prevents {it}")
    if strong:
        link = "the link delivers in the end what is sent again and again"
        parts.append(f"because {link} ({joined(strong)})")
    return f"{prop.name} holds only {', and '.join(parts)}"


def _names(found: object) -> list[str]:
    return [str(name) for name in cast("list[object]", found)] if isinstance(found, list) else []
