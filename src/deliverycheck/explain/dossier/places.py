"""Where a model says what: lines of source, for tools that point at them."""

from __future__ import annotations

import ast
import inspect
import posixpath
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from deliverycheck.check.question import Question
from deliverycheck.explain.dossier.toml_lines import Key, lines_of
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import mark_of
from deliverycheck.lang.source import class_node, file_of, function_node

PACKAGE = Path(file_of(Protocol)).parents[1]
"""Where the installed package lies."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; the file is named as the user named it, without folders of the machine."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of a model, from 1."""

    model: Spot
    claim: Spot
    """Where its claim stands; of one without a claim, as `model`. Of a TOML design, in the TOML:
    at its own claim, or else where it names its model."""
    properties: Mapping[str, Spot]
    """By name: the properties that the model states itself."""
    expects: Mapping[str, Spot]
    """By name of the property: where an expectation stands."""
    steps: Mapping[str, Spot]
    """By method: where each step of the model begins."""


def places_of(question: Question) -> Places:
    """Where a model says what. What a class inherits stands where the class it comes from does."""
    cls = question.cls
    node = class_node(cls)
    model = Spot(shown_file(file_of(cls)), node.lineno if node else 1)
    properties: dict[str, Spot] = {}
    steps: dict[str, Spot] = {}
    for name, part, function in _marked(cls):
        if part in ("action", "fault"):
            steps[name] = _spot_of(function)
        else:
            properties[name.replace("_", "-")] = _spot_of(function)
    text = _design(question)
    if text is None:
        claim = _spot_of_claim(cls) if question.claims is not None else None
        expects = {name: _spot_of_expectation(cls, name) or model for name in question.expects}
        return Places(model, claim or model, properties, expects, steps)
    file, lines = shown_file(question.source), lines_of(text)

    def at(*keys: Key) -> Spot:
        return Spot(file, next((lines[key] for key in keys if key in lines), 1))

    claimed = at(("claims",), ("model",)) if question.claims is not None else at(("model",))
    expected = {name: at(("expects", name), ("expects",)) for name in question.expects}
    return Places(model, claimed, properties, expected, steps)


def docstring_of(question: Question) -> str:
    """What a model says of itself: a design's `about`, the class's docstring, else its module's."""
    text = _design(question)
    if text is not None:
        about: object = tomllib.loads(text).get("about")
        if isinstance(about, str) and about.strip():
            return inspect.cleandoc(about)
    module = sys.modules.get(question.cls.__module__)
    own: object = vars(question.cls).get("__doc__")  # what it inherits speaks of another model
    for said in (own, module.__doc__ if module else None):
        if isinstance(said, str) and said.strip():
            return inspect.cleandoc(said)
    return ""


def shown_file(file: str) -> str:
    """A file as it is told: as the user named it, never with the folders of the machine.

    What lies below the folder one is in is told from there; a file of this package from its root;
    of any other that is named from the root of the machine, only the name is left.
    """
    path = Path(file)
    if path.is_absolute():
        for root, front in ((PACKAGE, PACKAGE.name), (Path.cwd(), "")):
            if path.is_relative_to(root):
                return posixpath.join(front, path.relative_to(root).as_posix())
        return path.name
    if PACKAGE.is_relative_to(Path.cwd()) and path.is_relative_to(PACKAGE.relative_to(Path.cwd())):
        path = path.relative_to(PACKAGE.relative_to(Path.cwd()).parent)
    return posixpath.normpath(PurePath(path).as_posix())


def _design(question: Question) -> str | None:
    """The text of the TOML design that the question comes from, if it comes from one."""
    if not question.source.endswith(".toml"):
        return None
    try:
        return Path(question.source).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""  # it was there when it was loaded; all that is lost is its lines


def _marked(cls: type[Protocol]) -> Iterator[tuple[str, str, Callable[..., object]]]:
    """The methods that a decorator has given a part in the model, by name."""
    for name, method in inspect.getmembers(cls):
        mark = mark_of(method)
        if mark is not None and inspect.isfunction(method):
            yield name, mark.part, method


def _spot_of(function: Callable[..., object]) -> Spot:
    code = function.__code__
    node = function_node(function)
    return Spot(shown_file(code.co_filename), node.lineno if node else code.co_firstlineno)


def _spot_of_claim(cls: type[Protocol]) -> Spot | None:
    found = _assignment(cls, "claims")
    return Spot(found[0], found[1].lineno) if found else None


def _spot_of_expectation(cls: type[Protocol], name: str) -> Spot | None:
    """The line of the key, where the table is written out; else of the assignment."""
    found = _assignment(cls, "expects")
    if found is None:
        return None
    file, statement = found
    table = statement.value
    for key in reversed(table.keys) if isinstance(table, ast.Dict) else ():
        if isinstance(key, ast.Constant) and key.value == name:
            return Spot(file, key.lineno)
    return Spot(file, statement.lineno)


def _assignment(cls: type[Protocol], name: str) -> tuple[str, ast.Assign | ast.AnnAssign] | None:
    """Where a class attribute gets its value: the last one, in the nearest class that has any."""
    for owner in cls.__mro__:
        if owner is Protocol:
            return None
        node = class_node(owner) if name in vars(owner) else None
        for statement in reversed(node.body) if node else ():
            match statement:
                case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                    return shown_file(file_of(owner)), statement
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr()) if found == name:
                    return shown_file(file_of(owner)), statement
                case _:
                    pass
    return None
