"""The pytest plugin: models are collected as tests, one for each of their properties.

It is active wherever deliverycheck is installed, so it must cost nothing where there are no models:
until one is collected only pytest and the standard library are imported here, and no engine until
one is run. PYTEST_DONT_REWRITE: see `deliverycheck/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from deliverycheck.load.finding import DESIGN, is_model_file
from deliverycheck.plugin.marks import MARK, what_it_says
from deliverycheck.plugin.named import NAMES, add_to_arguments, is_test_module, named_files
from deliverycheck.plugin.state import STATE, State, width_of

if TYPE_CHECKING:
    from deliverycheck.plugin.nodes import Model

ABOUT_MARK = (
    f"{MARK}(messages=, faults=, fairness=, settings=, expects=): a model of deliverycheck; each "
    "of its properties is a test"
)


class Worker(Protocol):
    """A worker of pytest-xdist, as far as it is needed here."""

    workerinput: dict[str, object]
    workeroutput: dict[str, object]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("deliverycheck", "models of message delivery")
    group.addoption(
        "--delivery-engine",
        choices=("auto", "explicit", "symbolic"),
        default="auto",
        help="Visit every state, or let Z3 prove it; auto (the default): both, which must agree.",
    )
    group.addoption(
        "--delivery-report",
        metavar="DIR",
        help="Write a report of all models that were run into this folder.",
    )
    group.addoption(
        "--delivery-strict",
        action="store_true",
        help="Fail where a verdict is vacuous, or a model's result is weakened by a note.",
    )
    about = "Models (*.py) and designs to check: files, folders and patterns, seen from rootdir."
    parser.addini(NAMES, about, type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, and the files that are models. Raises pytest.UsageError."""
    config.addinivalue_line("markers", ABOUT_MARK)
    files = named_files(config.rootpath, config.getini(NAMES))
    config.stash[STATE] = State(frozenset(files))
    add_to_arguments(config, files)
    folder = config.getoption("--delivery-report")
    if folder is not None and (not folder.strip() or Path(folder).is_file()):
        raise pytest.UsageError(f"--delivery-report: {folder!r} cannot be a folder")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect designs, and the models that are named; those are no test modules."""
    found = yield
    is_named = file_path in parent.config.stash[STATE].named
    if file_path.name.endswith(DESIGN):
        if is_named or is_model_file(file_path) or parent.session.isinitpath(file_path):
            from deliverycheck.plugin.nodes import Design, child

            return [*found, child(Design, parent, path=file_path)]
    elif is_named and not is_test_module(file_path, parent.config.getini("python_files")):
        from deliverycheck.plugin.nodes import ModelFile, child

        others = (one for one in found if type(one) is not pytest.Module)
        return [*others, child(ModelFile, parent, path=file_path)]
    return found


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> Model | None:
    """Collect marked models of a test module, and all models of one that is named."""
    if not isinstance(obj, type) or not isinstance(collector, pytest.Module):
        return None
    is_meant = bool(what_it_says(obj))
    is_named = collector.path in collector.config.stash[STATE].named
    if not (is_meant or is_named or collector.get_closest_marker(MARK)):
        return None
    from deliverycheck.plugin.nodes import model_in

    return model_in(collector, name, obj, is_meant=is_meant)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Worker) -> None:
    """Tell a worker of xdist how wide the terminal is. (xdist's hook.)"""
    config = getattr(node, "config", None)
    if isinstance(config, pytest.Config):
        node.workerinput["deliverycheck_width"] = width_of(config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Worker) -> None:
    """Take over what a worker of xdist has found out. (xdist's hook.)"""
    from deliverycheck.plugin.gathering import take_over

    config = getattr(node, "config", None)
    if isinstance(config, pytest.Config):
        take_over(config.stash[STATE], getattr(node, "workeroutput", None))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was found out, or write the report."""
    state = session.config.stash[STATE]
    if state.found or session.config.getoption("--delivery-report"):
        from deliverycheck.plugin.gathering import finish

        finish(session, state)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what weakens the results, and where the report is."""
    state = terminalreporter.config.stash[STATE]
    if state.notes or state.written:
        from deliverycheck.plugin.gathering import summary

        terminalreporter.section("deliverycheck")
        for line in summary(state, width_of(terminalreporter.config)):
            terminalreporter.write_line(line)
