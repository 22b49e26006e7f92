"""The command line without its start: a process that has imported it, and forks for each run.

    run = forked(["check", "model.py"], cwd=folder, env=None)

What runs is `python -m deliverycheck` in a process of its own, with its own folder, environment,
output and exit code; only Python and the package are there already, which else is most of the time
of a short run. A hash seed and the like are read when Python starts: see `can_fork`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

SECONDS = 900
"""After which a run is killed by SIGALRM."""

AT_THE_START = ("PYTHON", "LANG", "LC_", "MALLOC", "LD_")
"""The environment variables that are read when a process starts, by how they begin."""

IMPORTED = (
    "deliverycheck.cli.entry",
    "deliverycheck.cli.verbs",
    "deliverycheck.cli.compare",
    "deliverycheck.cli.drawing",
    "deliverycheck.cli.exporting",
    "deliverycheck.cli.frontier",
    "deliverycheck.cli.matrix",
    "deliverycheck.cli.replay",
    "deliverycheck.cli.report",
    "deliverycheck.cli.sweep",
    "deliverycheck.report.text",
    "rich.console",
)
"""What most runs need. Solvers are not among them: those are other processes."""


def can_fork(env: Mapping[str, str] | None) -> bool:
    """Whether a fork can do what a new process does in this environment."""
    if not hasattr(os, "fork"):
        return False
    other = os.environ if env is None else env
    return _read_at_the_start(other) == _started_with()


def _read_at_the_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(AT_THE_START)}


@cache
def _started_with() -> dict[str, str]:
    return _read_at_the_start(os.environ)


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks; it ends when its input does, with this one."""
    _started_with()
    server = subprocess.Popen(
        [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(server.__exit__, None, None, None)  # closes its input, and waits
    return server


def forked(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str] | None
) -> tuple[int, str, str]:
    """Run the command line: its exit code (negative: a signal has killed it), and what it said."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        request = {
            "arguments": list(arguments),
            "cwd": str(cwd),
            "env": dict(os.environ if env is None else env),
            "out": str(out),
            "err": str(err),
        }
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


def serve() -> None:
    """Fork for each line that comes in; in the forks, return what is to be run."""
    answers = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    for name in IMPORTED:
        __import__(name)
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            os.dup2(nothing, 0)
            answers.close()
            _run(json.loads(line))
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


def _run(request: Mapping[str, Any]) -> NoReturn:
    """Become `python -m deliverycheck`, as far as a process can."""
    signal.alarm(SECONDS)
    for number, file in ((1, request["out"]), (2, request["err"])):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115 - as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stderr = open(  # noqa: SIM115 - as long as the process
        2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    # `-m` puts the folder first where Python looks for modules; `-P` has put nothing there
    sys.path.insert(0, request["cwd"])
    sys.argv = ["deliverycheck", *request["arguments"]]
    runpy.run_module("deliverycheck", run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    serve()
