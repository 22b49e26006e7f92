"""From what pytest has collected to questions: loaded and lifted, but by no engine looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.errors import DeliveryCheckError
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import line_of_class
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.designs import design_in
from deliverycheck.load.files import acts, classes_in
from deliverycheck.load.marks import Mark, marked
from deliverycheck.plugin.state import width_of
from deliverycheck.plugin.telling import complaint


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a model, and the model as the engines see it."""

    question: Question
    lifted: Lifted
    line: int
    """Where it stands in its file, from 1."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its properties."""
        return tuple(prop.name for prop in self.lifted.system.properties)

    @property
    def expects_anything(self) -> bool:
        """Whether anything is expected of any of them."""
        return any(self.question.expected(name) is not None for name in self.names)


def of_design(file: Path, root: Path) -> Asked:
    """What a design asks. Raises InputError."""
    return _asked(design_in(file), file, root, 1)


def models_in(file: Path) -> tuple[type[Protocol], ...]:
    """The models of a file. Raises InputError."""
    return classes_in(file)


def of_model(cls: type, marks: Sequence[Mark], file: Path, root: Path) -> Asked:
    """What a class of a file asks, and its mark, if any. Raises InputError."""
    return _asked(marked(cls, marks, str(file)), file, root, line_of_class(cls) or 1)


def is_model(thing: type) -> bool:
    """Whether a class is a model."""
    return issubclass(thing, Protocol) and acts(thing)


def told(error: DeliveryCheckError, config: pytest.Config) -> list[str]:
    """What is wrong, as the command line says it, with files seen from where pytest was started."""
    found = [
        replace(one, file=one.file and _near(Path(one.file), config.invocation_params.dir))
        for one in error.diagnostics
    ]
    return complaint(found, width_of(config))


def _asked(question: Question, file: Path, root: Path, line: int) -> Asked:
    lifted = lifted_of(question)
    # named without the folders of the machine
    return Asked(replace(question, source=_near(file, root)), lifted, line)


def _near(file: Path, folder: Path) -> str:
    """The file, seen from a folder if it is in it."""
    inside = Path(os.path.abspath(file))  # noqa: PTH100 - resolves no links, unlike `resolve`
    return inside.relative_to(folder).as_posix() if inside.is_relative_to(folder) else str(file)
