"""Makes the helpers beside the tests importable, and Hypothesis the same on every machine."""

import sys
from pathlib import Path

from hypothesis import settings

pytest_plugins = ["pytester"]
"""Runs pytest inside of pytest, for the tests of our own plugin."""

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("ci")
