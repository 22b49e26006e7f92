"""The files that the ini option `deliverycheck_models` names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from deliverycheck.load.finding import DESIGN, files_in, is_model_file

NAMES = "deliverycheck_models"
"""Files, folders and patterns, seen from pytest's rootdir."""


def named_files(root: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """The models and designs that are named, each once.

    Raises pytest.UsageError for a name that nothing answers to: it was meant to be checked.
    """
    found = (file for name in names for file in _named(root, name))
    return tuple(file for file in dict.fromkeys(found) if file.name != "conftest.py")


def _named(root: Path, name: str) -> Iterator[Path]:
    path = Path(os.path.normpath(root / name))
    if path.is_dir():
        found = list(files_in(path))
    elif path.is_file():
        if not path.name.endswith((DESIGN, ".py")):
            raise pytest.UsageError(
                f"{NAMES}: {name!r} is no model (.py) and no design (*{DESIGN})"
            )
        found = [path]
    else:
        found = [one for one in _matching(root, name) if one.is_file() and is_model_file(one)]
    if not found:
        raise pytest.UsageError(f"{NAMES}: there is no model at {name!r} (seen from {root})")
    yield from found


def _matching(root: Path, pattern: str) -> Sequence[Path]:
    try:
        return sorted(root.glob(pattern))
    except (NotImplementedError, ValueError):  # a path from the top that is not there, or nothing
        return ()


def is_test_module(file: Path, patterns: Iterable[str]) -> bool:
    """Whether a file is a test module by its name (pytest's `python_files`)."""
    return any(
        fnmatch(str(file), pattern if Path(pattern).is_absolute() else f"*{os.sep}{pattern}")
        if os.sep in pattern
        else fnmatch(file.name, pattern)
        for pattern in patterns
    )


def add_to_arguments(config: pytest.Config, files: Iterable[Path]) -> None:
    """Where pytest is asked for everything there is, that includes the named files.

    As with `testpaths`: only if it was started in its rootdir, without naming any path.
    """
    folder = config.invocation_params.dir
    if config.args_source is pytest.Config.ArgsSource.ARGS or folder != config.rootpath:
        return
    covered = [Path(os.path.normpath(folder / argument)) for argument in config.args]
    config.args += [str(file) for file in files if not any(map(file.is_relative_to, covered))]
