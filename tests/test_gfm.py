"""Any text, written as Markdown and read by GitHub's own parser, is that text again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from test_markdown import read

from deliverycheck.report.formats.gfm import code, fenced, prose, table, text
from deliverycheck.report.formats.plain import one_line
from deliverycheck.report.formats.sections import Section, fitted

SIGNS = st.text("\\`*_{}[]()<>#+-=.!|~&;:@$^\"'% 1ax/w\n", max_size=25)
"""Mostly signs that mean something in Markdown."""


def shown(markdown: str, tag: str) -> list[str]:
    """The texts of the elements of a kind; nothing else may be there."""
    page = read(markdown)
    assert set(page.tags) <= {tag, "code", "p", "pre", "table", "thead", "tbody", "tr", "th", "td"}
    assert page.comments == []
    return [one.strip(" \n") for one in page.of(tag)]


def goes_round(label: str) -> None:
    """As text of a paragraph, of a code span, of a block, and of cells of a table."""
    if len(label) >= 1_000:
        return
    line = one_line(label)
    paragraphs = [one.replace(r"\u007c", "|") for one in shown(f"x\n\n{text(label)}\n\nx", "p")]
    assert paragraphs == ["x", *filter(None, [line.replace(r"\u007c", "|")]), "x"]
    assert shown(code(label), "code") == [line.replace("|", r"\u007c")]
    assert shown(fenced([label, "x"]), "code") == [f"{line}\nx".strip(" \n")]
    cells = shown(table((text(label), code(label)), [(code(label), text(label))]), "th")
    assert [cell.replace(r"\u007c", "|") for cell in cells] == [line.replace(r"\u007c", "|")] * 2


@given(SIGNS)
def test_signs_are_only_shown(label: str) -> None:
    goes_round(label)


@given(st.text(max_size=12))
def test_any_text_is_only_shown(label: str) -> None:
    goes_round(label)


@pytest.mark.parametrize("label", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_a_hostile_label_is_only_shown(label: str) -> None:
    goes_round(label)


@pytest.mark.parametrize("label", ["```", "`````", "``` x", "~~~", "x```", "`", "``"])
def test_a_fence_does_not_end_a_block(label: str) -> None:
    goes_round(label)


@given(st.lists(SIGNS, max_size=5))
def test_a_sentence_keeps_its_words(parts: list[str]) -> None:
    sentence = "`".join(["", *parts, "."])
    page = read(f"x {prose(sentence)}")
    assert set(page.tags) <= {"p", "code"}
    words = "".join(page.of("p")).replace("`", "").replace(r"\u007c", "|").split()
    assert "".join(words) == "x" + "".join(one_line(sentence).replace("`", "").split())


def test_names_in_a_sentence_are_code() -> None:
    page = read(prose("The sender notes m1 in `outbox[m1]` and `a_b`."))
    assert page.of("code") == ["outbox[m1]", "a_b"]
    assert page.of("p") == ["The sender notes m1 in outbox[m1] and a_b."]


@given(st.lists(st.tuples(st.text(max_size=9), st.integers(0, 3)), max_size=9), st.integers(0, 150))
def test_sections_are_dropped_by_rank_from_the_end(
    pieces: list[tuple[str, int]], room: int
) -> None:
    """Against the definition: the fewest that must go, in that order, and room for the note."""
    sections = [Section(str(at), f"{at}:{body}", rank) for at, (body, rank) in enumerate(pieces)]

    def missing(titles: Sequence[str], more: int) -> str:
        return f"{len(titles) + max(more, 0)} gone"

    order = sorted(range(len(sections)), key=lambda at: (-sections[at].rank, -at))
    droppable = [at for at in order if sections[at].rank]
    expected = ""
    for count in range(len(droppable) + 1):
        gone = set(droppable[:count])
        bodies = [one.body for at, one in enumerate(sections) if at not in gone]
        expected = "\n\n".join([*bodies, *([f"{count} gone"] if count else [])]) + "\n"
        if len(expected) <= room:
            break
    assert fitted(sections, room, len, missing) == expected
