"""Whether any state that was found satisfies one of some terms, compiled for the occasion."""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.explore.native.building import addressed
from deliverycheck.explore.native.calls import Words, call_one
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.space import Space
from deliverycheck.explore.native.writing import Known, Text
from deliverycheck.explore.packing import Packing
from deliverycheck.system.terms import Term


def seen_in(space: Space, packing: Packing, terms: Sequence[Term]) -> bool:
    """Whether some state satisfies one of the terms."""
    owner, (probe,) = addressed(_probe(packing, space.words, terms), ("probe",))
    parts = space.each(
        lambda part: probed(probe, space.states, part.start, part.stop, space.words),
        space.shared(space.count),
    )
    del owner  # the machine code lives as long as this is held
    return any(parts)


def _probe(packing: Packing, words: int, terms: Sequence[Term]) -> str:
    text = Text(["define i64 @probe(ptr %s) {", "start:"])
    places = [text.value(f"getelementptr i64, ptr %s, i64 {word}") for word in range(words)]
    loaded = tuple(text.value(f"load i64, ptr {place}") for place in places)
    known = Known(text, packing, loaded, {})
    for term in terms:
        yes, no = text.label(), text.label()
        text.split(known.value(term), yes, no)
        text.begin(yes)
        text.add("ret i64 1")
        text.begin(no)
    text.add("ret i64 0")
    return "\n".join([*text.lines, "}", ""])


@kernel
def probed(probe: int, states: Words, first: int, last: int, words: int) -> bool:
    """Whether a function says yes to one of some states."""
    for state in range(first, last):  # noqa: SIM110 - numba compiles no generators in `any`
        if call_one(probe, states, state * words):
            return True
    return False
