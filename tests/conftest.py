"""Makes the helpers beside the tests importable, and Hypothesis the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
