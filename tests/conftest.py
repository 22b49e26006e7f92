"""Makes the helpers beside the tests importable, and Hypothesis the same on every machine."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from browser import Browser

pytest_plugins = ["pytester"]
"""Runs pytest inside of pytest, for the tests of our own plugin."""

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, started once for all tests of a process that want it."""
    from browser import started

    with started() as found:
        yield found


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `check --json` says of the core of the models: asked once, for all of xdist."""
    from support import CORE, ROOT, run

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each process has a folder of its own in that of the whole run
    file = folder / "catalogue.json"
    with (folder / "catalogue.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            models = [name.removeprefix(f"{ROOT}/") for name in CORE]
            file.write_text(run("check", *models, "--json").out, encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))
