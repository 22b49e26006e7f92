"""Where a model says what: looked up again in the text of the file, by other means."""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

import pytest
from support import MODELS, ROOT
from told import HOSTILE

import deliverycheck.lang
from deliverycheck.check.question import Question
from deliverycheck.explain.dossier.places import Spot, docstring_of, places_of
from deliverycheck.explain.dossier.toml_lines import lines_of
from deliverycheck.load.subjects import Overrides, questions

LANG = Path(deliverycheck.lang.__file__).parent


def line(spot: Spot, root: Path = ROOT) -> str:
    """The text at a spot."""
    inside = spot.file.startswith("deliverycheck/")
    file = LANG.parents[1] / spot.file if inside else root / spot.file
    return file.read_text(encoding="utf-8").split("\n")[spot.line - 1].strip()


def asked(root: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> tuple[Question, ...]:
    """The questions, asked from a folder."""
    monkeypatch.chdir(root)
    return questions(names)


def test_every_line_of_the_shipped_models(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = asked(ROOT, monkeypatch, "models/guarantees", "models/pitfalls", "models/protocols")
    found = [question for question in folders if question.source.endswith(".py")]
    seen: set[str] = set()
    for question in found:
        places = places_of(question)
        assert re.match(rf"class {question.name}\b", line(places.model))
        claimed = places.claim if question.claims else None
        assert claimed is None or line(claimed) == f'claims = "{question.claims}"'
        assert places.expects.keys() == question.expects.keys()
        for name, spot in places.expects.items():
            assert line(spot).startswith("expects = {") or line(spot).startswith(f'"{name}": ')
            assert f'"{name}"' in line(spot)
        assert places.steps
        for name, spot in places.steps.items():
            assert line(spot).startswith(f"def {name}(")
            seen.add(spot.file)
        for name, spot in places.properties.items():
            assert line(spot).startswith(f"def {name.replace('-', '_')}(")
    assert "deliverycheck/lang/parts/sending.py" in seen
    assert any(places_of(question).properties for question in found)


BASE = '''"""Of the base file."""
from deliverycheck.lang import Message, Protocol, Role, always

sender = Role("sender")


class Base(Protocol):
    """Of the base."""

    claims = "at-most-once"
    expects = {
        "no-loss": "violated",
    }
    seen: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)

    @always
    def all_well(self) -> bool:
        return True
'''

DERIVED = '''"""Of the file."""
from deliverycheck.lang import Message

import base_of_places
from base_of_places import sender


class Derived(base_of_places.Base):

    expects = {**base_of_places.Base.expects, "in-order": "holds"}

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)


class Silent(Derived):
    """Claims nothing any more."""

    claims = None
    expects = dict(Derived.expects)
'''


def test_what_a_class_inherits_stands_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base_of_places.py").write_text(BASE)
    (tmp_path / "derived.py").write_text(DERIVED)
    monkeypatch.syspath_prepend(str(tmp_path))
    derived, silent = asked(tmp_path, monkeypatch, "derived.py")
    places = places_of(derived)
    assert places.claim == Spot("base_of_places.py", 10)
    assert line(places.claim, tmp_path) == 'claims = "at-most-once"'
    assert line(places.model, tmp_path) == "class Derived(base_of_places.Base):"
    assert places.expects["in-order"].file == "derived.py"
    assert '"in-order": "holds"' in line(places.expects["in-order"], tmp_path)
    assert line(places.expects["no-loss"], tmp_path).startswith("expects = {**")
    assert places.properties["all-well"].file == "base_of_places.py"
    assert places.steps["submit"].file == "derived.py"
    assert docstring_of(derived) == "Of the file."
    assert places_of(silent).claim == places_of(silent).model
    assert line(places_of(silent).expects["in-order"], tmp_path).startswith("expects = dict(")
    assert docstring_of(silent) == "Claims nothing any more."


def test_no_folder_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "base_of_places.py").write_text(BASE)
    named = str(tmp_path / "here" / "base_of_places.py")
    for root, shown in ((tmp_path, "here/base_of_places.py"), (ROOT, "base_of_places.py")):
        (question,) = asked(root, monkeypatch, named)
        places = places_of(question)
        spots = [places.model, places.claim, *places.steps.values(), *places.expects.values()]
        assert {spot.file for spot in spots} == {shown}


DESIGN = '''# claims = "exactly-once" is not the claim
about = """
claims = "no"  [expects]
"quoted\\"""
  two lines"""
model = "base_of_places.py:Base"  # claims =
claims = "at-most-once"

[settings]
[ expects ] # the table
no-loss = "violated"
"in-order" = 'holds'
'''


def test_a_design_is_told_in_its_own_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base_of_places.py").write_text(BASE)
    (tmp_path / "d.delivery.toml").write_text(DESIGN)
    (question,) = asked(tmp_path, monkeypatch, "d.delivery.toml")
    places = places_of(question)
    assert line(places.claim, tmp_path) == 'claims = "at-most-once"'
    assert line(places.expects["no-loss"], tmp_path) == 'no-loss = "violated"'
    assert line(places.expects["in-order"], tmp_path) == "\"in-order\" = 'holds'"
    assert places.claim.file == "d.delivery.toml"
    assert line(places.model, tmp_path) == "class Base(Protocol):"
    assert docstring_of(question) == 'claims = "no"  [expects]\n"quoted"""\n  two lines'
    (overridden,) = questions(["d.delivery.toml"], Overrides(faults={"lose": 1}))
    assert places_of(overridden).expects == {}
    (tmp_path / "e.delivery.toml").write_text(
        '\nmodel = "base_of_places.py"\nexpects.no-loss = "holds"'
    )
    (question,) = asked(tmp_path, monkeypatch, "e.delivery.toml")
    assert places_of(question).claim == Spot("e.delivery.toml", 2)  # it names the model that claims
    assert places_of(question).expects == {"no-loss": Spot("e.delivery.toml", 3)}
    assert docstring_of(question) == "Of the base."


VALUES = (
    "1", "true", '"x = 1"', "'[a]'", '"""\n[a]\nb = 1\n"""', "'''\n'' b = 1 # '''", "[1, 2]",
    '[\n  "]", # ] = 1\n  [ { a = 1, b = [\n] } ],\n]', '"\\"] = "',
    "1979-05-27 07:32:00", '""""q"""',
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_the_lines_of_any_toml(seed: int) -> None:
    """A document put together at random, with the line of each key kept beside it."""
    rng = random.Random(seed)  # noqa: S311 - a test, not a secret
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()

    def name(front: str) -> tuple[str, str]:
        plain = f"{front}{len(lines)}"
        return rng.choice([(plain, plain), (f'"{plain} ="', f"{plain} ="), (f"'{plain}'", plain)])

    for _ in range(rng.randrange(1, 25)):
        lines += rng.choice([[], [""], ["# k = 1"], ["  # [t]"]])
        shape = rng.choice(["pair", "pair", "dotted", "inline", "header"])
        here = len(lines) + 1
        written, key = name("k")
        front = rng.choice(["", "  ", "\t"])
        if shape == "header":
            table = (key,)
            expected[table] = here
            lines.append(f"{front}[ {written} ]" + rng.choice(["", " # c = ["]))
            continue
        expected[*table, key] = here
        if shape == "dotted":
            inner, known = name("d")
            expected[*table, key, known] = here
            written = f"{written} . {inner}"
        if shape == "inline":
            value = rng.choice(["1", "'}'", "[1, [2]]", "{ }", '", b = 1"'])
            expected[*table, key, "a"] = expected[*table, key, "z"] = here
            lines.append(f"{front}{written} = {{ a = {value}, z = {value} }} # }}")
            continue
        lines += f"{front}{written} = {rng.choice(VALUES)}".split("\n")
    text = rng.choice(["\n", "\r\n"]).join(lines)
    tomllib.loads(text)
    assert lines_of(text) == expected


@pytest.mark.parametrize(
    "text", [*HOSTILE, "a", "[", "a=", "]", "a = {", "=", "." * 50, "[" * 9999]
)
def test_what_is_no_toml_is_read_to_its_end(text: str) -> None:
    lines_of(text)
    lines_of("a = " + text)


def test_a_large_design_is_read_in_no_time() -> None:
    text = "[settings]\n" + "\n".join(f"k{n} = [{n}, 'x']" for n in range(40_000))
    assert lines_of(text)["settings", "k39999"] == 40_001


def test_models_are_found_from_their_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    (question,) = asked(MODELS, monkeypatch, "guarantees/at_least_once.py")
    assert places_of(question).model.file == "guarantees/at_least_once.py"
    (question,) = asked(MODELS / "pitfalls", monkeypatch, "../guarantees/at_least_once.py")
    assert places_of(question).model.file == "../guarantees/at_least_once.py"


def test_a_table_stands_where_it_is_first_named() -> None:
    assert lines_of("a.b = 1\n\na.c = 2\n[d.e]\n[d]\nf = 1") == {
        ("a",): 1,
        ("a", "b"): 1,
        ("a", "c"): 3,
        ("d",): 4,
        ("d", "e"): 4,
        ("d", "f"): 6,
    }
