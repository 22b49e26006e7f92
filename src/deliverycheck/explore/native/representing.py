"""Representatives in LLVM's language: of all states that differ only in names, the smallest.

    i64 @least(ptr state)
        Puts the representative in the state's place. Returns which permutation makes it.
    i64 @orbit(ptr state)
        How many states have the same representative.

All permutations are tried, as `canonical` does with `trying`. The first that gives the smallest
state counts, so both name the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explore.native.writing import Known, Text
from deliverycheck.explore.packing import WORD, Packing, words_of
from deliverycheck.explore.permuting import Permutation


def representing(packing: Packing, permutations: Sequence[Permutation]) -> Iterator[str]:
    """The functions, and the tables they need."""
    for number, one in enumerate(permutations):
        for move in one.moves:
            if move.codes is not None:
                codes = ", ".join(f"i64 {code}" for code in move.codes)
                kind = f"[{len(move.codes)} x i64]"
                yield f"@t{number}_{move.target} = private constant {kind} [{codes}]"
    yield _least(packing, permutations)
    yield _orbit(packing, permutations)


def _least(packing: Packing, permutations: Sequence[Permutation]) -> str:
    text, known = _begin("define i64 @least(ptr %s) {", packing)
    best, index = list(known.words), "0"
    for number, one in enumerate(permutations):
        if number:
            image = _image(known, one, number)
            less = _is_less(text, image, best)
            index = text.value(f"select i1 {less}, i64 {number}, i64 {index}")
            best = [
                text.value(f"select i1 {less}, i64 {new}, i64 {old}")
                for new, old in zip(image, best, strict=True)
            ]
    for word, value in enumerate(best):
        place = text.value(f"getelementptr i64, ptr %s, i64 {word}")
        text.add(f"store i64 {value}, ptr {place}")
    text.add(f"ret i64 {index}")
    return "\n".join([*text.lines, "}", ""])


def _orbit(packing: Packing, permutations: Sequence[Permutation]) -> str:
    """All permutations, divided by those that leave the state as it is (Lagrange)."""
    text, known = _begin("define i64 @orbit(ptr %s) {", packing)
    still = "1"
    for number, one in enumerate(permutations):
        if number:
            same = "true"
            for new, old in zip(_image(known, one, number), known.words, strict=True):
                equal = text.value(f"icmp eq i64 {new}, {old}")
                same = text.value(f"and i1 {same}, {equal}")
            more = text.value(f"zext i1 {same} to i64")
            still = text.value(f"add i64 {still}, {more}")
    text.add(f"ret i64 {text.value(f'udiv i64 {len(permutations)}, {still}')}")
    return "\n".join([*text.lines, "}", ""])


def _begin(head: str, packing: Packing) -> tuple[Text, Known]:
    text = Text([head, "start:"])
    places = [
        text.value(f"getelementptr i64, ptr %s, i64 {word}") for word in range(words_of(packing))
    ]
    words = tuple(text.value(f"load i64, ptr {place}") for place in places)
    return text, Known(text, packing, words, {})


def _image(known: Known, one: Permutation, number: int) -> list[str]:
    """What a permutation makes of a state, in words."""
    text, slots = known.text, known.packing.slots
    moved = [0] * len(known.words)
    parts: list[list[str]] = [[] for _ in known.words]
    for move in one.moves:
        word, shift = divmod(slots[move.target].offset, WORD)
        moved[word] |= slots[move.target].mask << shift
        code = known.code(move.source)
        if move.codes is not None:
            kind = f"[{len(move.codes)} x i64]"
            table = f"@t{number}_{move.target}"
            place = text.value(f"getelementptr {kind}, ptr {table}, i64 0, i64 {code}")
            code = text.value(f"load i64, ptr {place}")
        parts[word].append(text.value(f"shl i64 {code}, {shift}"))
    image: list[str] = []
    for word, value in enumerate(known.words):
        kept = text.value(f"and i64 {value}, {~moved[word]}") if moved[word] else value
        for part in parts[word]:
            kept = text.value(f"or i64 {kept}, {part}")
        image.append(kept)
    return image


def _is_less(text: Text, one: Sequence[str], other: Sequence[str]) -> str:
    """Whether one state is less than another as a number: the last word counts most."""
    less = "false"
    for a, b in zip(one, other, strict=True):
        below = text.value(f"icmp ult i64 {a}, {b}")
        equal = text.value(f"icmp eq i64 {a}, {b}")
        less = text.value(f"select i1 {equal}, i1 {less}, i1 {below}")
    return less
