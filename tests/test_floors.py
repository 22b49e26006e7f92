"""The house: imports go downward, rooms are small, heavy things are imported late."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from support import MODELS, ROOT

SRC = ROOT / "src" / "deliverycheck"

# Who may know whom: a package imports from its own floor's list and from itself.
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "system": {"errors"},
    "exchange": {"errors", "system"},
    "supervise": {"errors"},
    "semantics": {"errors", "system"},
    "lang": {"errors", "system"},
    "lift": {"errors", "system", "lang"},
    "explore": {"errors", "system", "semantics"},
    "export": {"errors", "system"},
    "prove": {"errors", "system", "exchange", "supervise", "semantics"},
    "certify": {"errors", "system", "exchange", "supervise", "export"},
    "check": {
        "errors", "system", "exchange", "supervise", "semantics", "lang", "lift", "explore",
        "prove", "certify",
    },
    "explain": {"errors", "system", "semantics", "lang", "lift", "explore", "check"},
    "load": {"errors", "system", "lang", "check", "explain"},
    "report": {"errors", "system", "explain"},
    "cli": {
        "errors", "system", "exchange", "semantics", "lang", "lift", "explore", "export", "certify",
        "check", "load", "explain", "report",
    },
    # Beside the command line, not beside `report`: a test asks `check` and tells with `report`, as
    # a verb does. It knows no engine; of `lift` and `lang` only what it takes to collect a model.
    "plugin": {
        "errors", "system", "exchange", "lang", "lift", "check", "load", "explain", "report",
    },
}  # fmt: skip

FILES = sorted(SRC.rglob("*.py"))


def imported(file: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SRC)))
def test_imports_go_downward(file: Path) -> None:
    parts = file.relative_to(SRC).parts
    if len(parts) == 1:
        return  # the package's front door
    own = parts[0]
    known = {name.split(".")[1] for name in imported(file) if name.startswith("deliverycheck.")}
    assert known <= BELOW[own] | {own}


# Results can be shown in a notebook, which only `report` can do: the one look upward, by name, when
# a notebook asks. It is declared here, so that it stays the only one.
UPWARD = {"system/shown.py": "deliverycheck.report.notebook"}


def test_nobody_looks_upward_by_name_but_who_says_so() -> None:
    found: dict[str, str] = {}
    for file in FILES:
        own, *rest = file.relative_to(SRC).parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(text)) if re.fullmatch(r"deliverycheck(\.\w+)+", text):
                    if rest and text.split(".")[1] not in BELOW[own] | {own}:
                        found[file.relative_to(SRC).as_posix()] = text
                case _:
                    pass
    assert found == UPWARD


# The same inside the largest house.
WITHIN_LIFT = {"code": {"code"}, "values": {"code", "values"}, "steps": {"code", "values", "steps"}}


@pytest.mark.parametrize("room", WITHIN_LIFT)
def test_imports_go_downward_inside_the_lifter(room: str) -> None:
    for file in (SRC / "lift" / room).glob("*.py"):
        names = [name.split(".") for name in imported(file)]
        known = {parts[2] for parts in names if parts[:2] == ["deliverycheck", "lift"]}
        assert known <= WITHIN_LIFT[room], file


def test_every_package_has_its_floor() -> None:
    assert {path.name for path in SRC.iterdir() if path.is_dir()} - {
        "__pycache__",
        ".mypy_cache",
    } == set(BELOW)


def test_models_import_the_language_and_nothing_else() -> None:
    for file in MODELS.rglob("*.py"):
        for name in imported(file):
            assert name.startswith("deliverycheck.lang") or name == "typing", (file, name)


def test_no_room_is_a_hall() -> None:
    for file in FILES:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 300, file


def test_a_model_fits_on_a_wall() -> None:
    for file in MODELS.rglob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 120, file


def test_models_need_no_ignores() -> None:
    for file in MODELS.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "type: ignore" not in text, file
        assert "noqa" not in text, file
