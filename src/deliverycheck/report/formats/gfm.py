"""GitHub Flavored Markdown (https://github.github.com/gfm/) in which labels do nothing.

What a label holds is either escaped or put into a code span: there, GitHub makes no links, mentions
or issue numbers of it either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from deliverycheck.report.formats.plain import one_line

LONGEST = 1_000
"""Characters of a sentence or a name; a longer one is cut, and says so."""

LINKING = re.compile(r"[@$]|://|www\.|#\w|GH-\d|:\w[\w+-]*:|mailto:|xmpp:", re.IGNORECASE)
"""What makes GitHub see a link, a mention, an issue, an emoji or a formula in a word."""

PUNCTUATION = re.compile(r"[\\`*_\[\]#|~^!{}]")
"""What may begin or end something inside of a line."""

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

STARTING = re.compile(r"[-+=]+|\d+[.)]")
"""A word that begins a list, draws a line or underlines a heading, at the start of a line."""


def text(label: str) -> str:
    """A label, or words with labels in them, as text of a line."""
    words = cut(label).split(" ")
    at = next((at for at, word in enumerate(words) if word), 0)
    inert = [_word(word) for word in words]
    if STARTING.fullmatch(words[at]):
        inert[at] = f"{words[at][:-1]}\\{words[at][-1]}"
    return " ".join(inert)


def _word(word: str) -> str:
    if LINKING.search(word):
        name = word.rstrip(",;.")
        return code(name) + word[len(name) :]
    inert = "".join(ENTITIES.get(one, one) for one in word)
    return PUNCTUATION.sub(r"\\\g<0>", inert)


def code(label: str) -> str:
    """A label as it is, in a code span. A bar would end the cell of a table: it is a number."""
    inside = cut(label).replace("|", r"\u007c")
    runs = [len(run) for run in re.findall(r"`+", inside)]
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    # a span loses one space at both ends, if it has any; without anything inside it is no span
    pad = " " if not inside.strip(" ") or {inside[0], inside[-1]} & {"`", " "} else ""
    return f"{fence}{pad}{inside or ' '}{pad}{fence}"


def prose(sentence: str) -> str:
    """A sentence in which names stand in backticks, as the story tells them."""
    parts = cut(sentence).split("`")
    if len(parts) % 2 == 0:
        return text(sentence)
    return "".join(
        (code(part) if part else "") if at % 2 else text(part) for at, part in enumerate(parts)
    )


def cut(label: str, most: int = LONGEST) -> str:
    """In one line, and not longer than may be."""
    whole = _in_one_line(label)
    if len(whole) <= most:
        return whole
    return f"{whole[:most]}\u2026 ({len(whole) - most:,} more characters)"


def _in_one_line(label: str) -> str:
    """In one line, with the spaces at its ends."""
    inner = one_line(label)
    before = " " if label[:1].isspace() else ""
    after = " " if label[-1:].isspace() and inner else ""
    return f"{before}{inner}{after}"


def fenced(lines: Iterable[str], language: str = "text") -> str:
    """Lines of a code block. None of them can end it."""
    inside = [one_line(line) for line in lines]
    longest = max((len(run) for line in inside for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *inside, fence])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def folded(summary: str, inside: str) -> str:
    """What a reader has to open; `summary` is in words of our own, for it is HTML."""
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"
