"""What pytest collects: designs, model files, models, and their properties as tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import pytest

from deliverycheck.errors import InputError
from deliverycheck.load.finding import DESIGN
from deliverycheck.plugin.asking import (
    Asked,
    is_model,
    models_in,
    of_design,
    of_model,
    told,
)
from deliverycheck.plugin.marks import MARK, all_marks, what_it_says
from deliverycheck.plugin.state import STATE, width_of

if TYPE_CHECKING:
    # pytest's own names for what `repr_failure` takes and gives; it exports no others
    from _pytest._code.code import TerminalRepr, TracebackStyle

N = TypeVar("N", bound="pytest.Collector | pytest.Item")


def child(kind: type[N], parent: pytest.Collector, **known: object) -> N:
    """A node below another one."""
    # pytest gives no types to the keywords of `from_parent`
    return cast("Callable[..., N]", kind.from_parent)(parent, **known)  # pyright: ignore[reportUnknownMemberType]


class Subject(pytest.Collector):
    """A model: set up by checking it, once for all of its properties."""

    asked: Asked

    def ask(self) -> Asked:
        """What is asked about it. Raises InputError."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What the reader calls it."""
        return self.name

    def collect(self) -> Iterator[Property]:
        """Its properties. Raises CollectError with all that is wrong with it."""
        try:
            self.asked = self.ask()
        except InputError as error:
            raise self.CollectError("\n".join(told(error, self.config))) from None
        if self.get_closest_marker(MARK) is None:
            self.add_marker(getattr(pytest.mark, MARK))
        has_xdist = any(line.startswith("xdist_group") for line in self.config.getini("markers"))
        if has_xdist and self.get_closest_marker("xdist_group") is None:
            # With `--dist loadgroup` one worker gets all of its properties.
            self.add_marker(pytest.mark.xdist_group(re.sub(r"\W", "_", self.label)))
        for name in self.asked.names:
            yield child(Property, self, name=name)

    def setup(self) -> None:
        """Check it, unless it was; the engines are asked about the selected properties only."""
        state = self.config.stash[STATE]
        if self.nodeid not in state.found and self.nodeid not in state.failed:
            from deliverycheck.plugin.running import run

            items = [one for one in self.session.items if isinstance(one, Property)]
            chosen = {one.name for one in items if one.subject.nodeid == self.nodeid}
            names = tuple(name for name in self.asked.names if name in chosen)
            run(self.asked, names, self.nodeid, self.config)
        if self.nodeid in state.failed:
            pytest.fail(state.failed[self.nodeid], pytrace=False)


class Design(Subject, pytest.File):
    """A TOML design."""

    def ask(self) -> Asked:
        """What it asks. Raises InputError."""
        return of_design(self.path, self.config.rootpath)

    @property
    def label(self) -> str:
        """Its file's name."""
        return self.path.name.removesuffix(DESIGN)


class ModelFile(pytest.File):
    """A file of models, run as the command line does: as a module of its own."""

    def collect(self) -> Iterator[Model]:
        """Its models. Raises CollectError."""
        try:
            found = models_in(self.path)
        except InputError as error:
            raise self.CollectError("\n".join(told(error, self.config))) from None
        yield from (_model(self, cls) for cls in found)


class Model(Subject):
    """A model class; in a test module, a marked one."""

    cls: type

    def ask(self) -> Asked:
        """What it asks. Raises InputError."""
        around = self.get_closest_marker(MARK)  # of its own, or of its module
        marks = what_it_says(self.cls) or ((around,) if around else ())
        return of_model(self.cls, marks, self.path, self.config.rootpath)


def _model(parent: pytest.Collector, cls: type) -> Model:
    node = child(Model, parent, name=cls.__name__)
    node.cls = cls
    for mark in all_marks(cls):
        node.add_marker(getattr(pytest.mark, mark.name).with_args(*mark.args, **mark.kwargs))
    return node


def model_in(module: pytest.Module, name: str, cls: type, *, is_meant: bool) -> Model | None:
    """The model of this name in a test module; None where there is none.

    `is_meant`: it is marked as one, so it is an error if it is none.
    """
    own: object = module.obj
    is_alias = name != cls.__name__ and getattr(own, cls.__name__, None) is cls
    if cls.__module__ != getattr(own, "__name__", None) or name.startswith("_") or is_alias:
        return None
    return _model(module, cls) if is_meant or is_model(cls) else None


class Property(pytest.Item):
    """One property of a model, as a test."""

    reason = ""
    """Why it failed, in one line."""

    @property
    def subject(self) -> Subject:
        """The model it is a property of."""
        parent = self.parent
        if not isinstance(parent, Subject):
            raise TypeError(f"{parent!r} is no model")
        return parent

    def runtest(self) -> None:
        """Pass, fail or be skipped, as the verdict is judged."""
        __tracebackhide__ = True
        from deliverycheck.plugin.telling import judged

        subject, config = self.subject, self.config
        result = config.stash[STATE].found[subject.nodeid]
        found = judged(
            result,
            self.name,
            expects_anything=subject.asked.expects_anything,
            strict=bool(config.getoption("--delivery-strict")),
            width=width_of(config),
        )
        if found.outcome == "skipped":
            # where the model stands, not this line: what pytest does for its own kinds of tests
            raise pytest.skip.Exception(found.reason, _use_item_location=True)
        if found.outcome == "failed":
            self.reason = found.reason
            is_line = config.getoption("tbstyle", "auto") == "line"
            pytest.fail(found.reason if is_line else found.text, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the model stands, and a heading."""
        subject = self.subject
        return subject.path, subject.asked.line - 1, f"{subject.label}: {self.name}"

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: TracebackStyle | None = None,
    ) -> str | TerminalRepr:
        """A failure as text; what stands in one line of it names the model's line, not ours."""
        told = super().repr_failure(excinfo, style)
        crash = getattr(told, "reprcrash", None)
        if crash is not None and isinstance(excinfo.value, pytest.fail.Exception):
            crash.path, crash.lineno = str(self.path), self.subject.asked.line
            crash.message = self.reason
        return told
