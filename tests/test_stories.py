"""The stories of all shipped counterexamples, as they were read and found good.

They stand in `reports/check.txt`, which `.ci/reports` writes again when they are meant to change.
"""

from __future__ import annotations

import os
import re

import pytest
from support import CORE, ROOT, run

from deliverycheck.load.subjects import questions

KEPT = (ROOT / "reports" / "check.txt").read_text(encoding="utf-8")
SHIPPED = [f"{one.source}:{one.name}" for one in questions(CORE)]


def stories(text: str) -> list[str]:
    """The stories: from the line that begins one to the next line without words."""
    found = re.findall(r"^  How (?!often).*?(?=^ *$)", text, re.DOTALL | re.MULTILINE)
    return [story.rstrip() for story in found]


@pytest.mark.parametrize("model", SHIPPED, ids=lambda one: one.rpartition(":")[2])
def test_a_story_is_told_as_it_was_read(model: str) -> None:
    """By the explicit engine alone: the runs that both engines agree on are the same."""
    name = model.removeprefix(f"{ROOT}/")
    env = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = run("check", name, "--engine", "explicit", "--verbose", env=env)
    cls = name.rpartition(":")[2]
    (kept,) = re.findall(rf"^{cls}  .*?(?=^\S|\Z)", KEPT, re.DOTALL | re.MULTILINE)
    assert stories(done.out) == stories(kept)


def test_there_are_stories() -> None:
    # Of 12 models 11 break something, the idempotent one as to order, most of them in several ways.
    assert len(stories(KEPT)) >= 20
    assert all("point of no return" in story for story in stories(KEPT))
