"""Whatever the language does not have is refused: with the right code, file and line, all at once.

In the files of tests/refused a comment `# refused: DC104` says what its line must be refused with.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.errors.codes import CODES
from deliverycheck.lang.design import design_of
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import class_node
from deliverycheck.lift.lifting import lift
from deliverycheck.load.files import classes_in

REFUSED = Path(__file__).parent / "refused"
PLAIN = ("statements", "expressions", "flow", "types")

MARK = re.compile(r"# refused: (DC\d+)")

SHORTEST = 10
"""Characters of a message that says anything."""


@cache
def classes_of(name: str) -> tuple[type[Protocol], ...]:
    return classes_in(REFUSED / f"{name}.py")


def marks_in(file: Path, first: int = 1, last: int | None = None) -> set[tuple[str, int]]:
    """Code and line of every mark between two lines."""
    lines = file.read_text(encoding="utf-8").splitlines()[first - 1 : last]
    rows = ((MARK.search(line), number) for number, line in enumerate(lines, first))
    return {(found[1], number) for found, number in rows if found}


def marks_of(cls: type[Protocol], file: Path) -> set[tuple[str, int]]:
    """The marks within a class."""
    node = class_node(cls)
    assert node is not None
    return marks_in(file, node.lineno, node.end_lineno)


def refusals_of(cls: type[Protocol]) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as refused:
        lift(design_of(cls, 2), {"lose": 1, "crash": 1, "delay": 1})
    return refused.value.diagnostics


def wrong_classes() -> list[object]:
    """Every class with a mark."""
    return [
        pytest.param(name, cls, id=f"{name}:{cls.__name__}")
        for name in PLAIN
        for cls in classes_of(name)
        if marks_of(cls, REFUSED / f"{name}.py")
    ]


@pytest.mark.parametrize(("name", "cls"), wrong_classes())
def test_each_marked_line_is_refused_and_no_other(name: str, cls: type[Protocol]) -> None:
    file = REFUSED / f"{name}.py"
    found = refusals_of(cls)
    assert {(d.code, d.line) for d in found} >= marks_of(cls, file)
    assert {d.line for d in found} == {line for _, line in marks_of(cls, file)}
    assert {d.file for d in found} == {str(file)}
    assert all(d.code in CODES and len(d.message) > SHORTEST for d in found)


@pytest.mark.parametrize("name", PLAIN)
def test_the_base_of_the_refused_models_is_fine(name: str) -> None:
    base = classes_of(name)[0]
    lift(design_of(base, 2), {})


def test_three_refusals_in_one_model_are_told_at_once() -> None:
    (cls,) = (c for c in classes_of("statements") if c.__name__ == "ThreeAtOnce")
    assert list(dict.fromkeys(d.code for d in refusals_of(cls))) == ["DC104", "DC105", "DC107"]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_mistake_in_a_base_class_is_told_in_its_own_file(at: int) -> None:
    base = REFUSED / "base.py"
    (found,) = refusals_of(classes_of("derived")[at])
    expected = sorted(marks_in(base), key=lambda mark: mark[1])[at]
    assert (found.code, found.line, found.file) == (*expected, str(base))


@pytest.mark.parametrize("cls", classes_of("crashes"), ids=lambda cls: cls.__name__)
def test_odd_models_are_refused_at_a_line_and_never_crash(cls: type[Protocol]) -> None:
    own = (c for c in cls.__mro__ if c.__module__ == cls.__module__)
    nodes = [node for c in own if (node := class_node(c)) is not None]
    lines = {line for n in nodes for line in range(_first(n), (n.end_lineno or 0) + 1)}
    for found in refusals_of(cls):
        assert found.file == str(REFUSED / "crashes.py")
        assert found.line in lines


def _first(node: ast.ClassDef) -> int:
    return node.decorator_list[0].lineno if node.decorator_list else node.lineno


def test_a_property_for_every_natural_number_is_refused() -> None:
    (cls,) = (c for c in classes_of("types") if c.__name__ == "NaturalChoice")
    assert "too many values" in refusals_of(cls)[0].message
