"""The parent's side: ask a child process, and kill it when it does not answer as it should."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from deliverycheck.supervise.lost import ChildLost
from deliverycheck.supervise.serving import MEMORY
from deliverycheck.supervise.wire import AwaitedWire, Over, WatchedWire, Wire

PIPES_CAN_BE_AWAITED = sys.platform != "win32"
"""Windows can wait for sockets only."""

SIGNS_OF_NO_MEMORY = ("MemoryError", "bad_alloc", "out of memory")
"""Last words that tell why: Python's, those of the C++ library, and Z3's."""


class Child:
    """A process that answers JSON lines (see `serving.serve`), killed at the end of the `with`.

    On Linux it also dies with the *thread* that started it, so that one should outlive it. A
    command that does not `serve` has no memory cap, and may survive a parent that is killed.
    """

    def __init__(self, command: Sequence[str], memory_megabytes: float | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != MEMORY}
        if memory_megabytes is not None:
            environment[MEMORY] = str(memory_megabytes)
        self._turn = threading.RLock()
        self._stopping = False
        self._closed = False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the program itself names the command
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if PIPES_CAN_BE_AWAITED else subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # out of reach of Ctrl-C, and a group that can be killed
            )
        except OSError as trouble:
            raise ChildLost("died", f"it could not be started: {trouble}") from trouble
        self._wire = self._wired()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether it may be asked. If it dies between two questions, the second one shows it."""
        return not (self._closed or self._stopping)

    def ask(self, request: Mapping[str, object], seconds: float) -> dict[str, object]:
        """The child's answer. Raises ChildLost if there is none in time; the child is closed then.

        One question at a time; a second thread waits for its turn.
        """
        deadline = time.monotonic() + seconds
        line = json.dumps(request).encode() + b"\n"

        def over() -> ChildLost | None:
            if self._stopping:
                return ChildLost("stopped", "it was stopped")
            if time.monotonic() >= deadline:
                return ChildLost("time", f"it gave no answer within {seconds:g} seconds")
            return None

        with self._turn:
            if self._closed:
                raise ChildLost("stopped", "it was closed before")
            try:
                return self._exchange(line, over)
            except BaseException:  # Ctrl-C as well: who owes an answer cannot be asked again
                self._end()
                raise

    def stop(self) -> None:
        """Make the question being asked, or the next one, end with ChildLost("stopped").

        Safe from any thread and from a signal handler, as it waits for nothing. The child itself
        is killed by the question that ends, or by `close`.
        """
        self._stopping = True

    def close(self) -> None:
        """Kill the child and all it started, and reap it. Twice is as good as once.

        Safe from any thread. A signal handler calls `stop`.
        """
        self.stop()
        with self._turn:
            self._end()

    def _exchange(self, line: bytes, over: Over) -> dict[str, object]:
        try:
            return self._wire.exchange(line, over)
        except EOFError:
            raise self._death() from None

    def _wired(self) -> Wire:
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None  # noqa: S101 - a pipe, as asked for above
        assert stdout is not None  # noqa: S101 - the same
        return (
            AwaitedWire(stdin, stdout, stderr) if stderr else WatchedWire(stdin, stdout, self._kill)
        )

    def _kill(self) -> None:
        if self._process.returncode is not None:
            return  # it was reaped, and its number may be another's by now
        if sys.platform != "win32":
            # macOS does not permit killing a group of which all are dead already.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _death(self) -> ChildLost:
        """How it died, now that its output has ended: killing the dead does not change that."""
        self._kill()
        how = _ending(self._process.wait())
        words = self._wire.last_words()
        if any(sign in words for sign in SIGNS_OF_NO_MEMORY):
            return ChildLost("memory", f"{how}: {words}")
        return ChildLost("died", f"{how}: {words}" if words else how)

    def _end(self) -> None:
        """Kill, reap, give back: each can be done again, should Ctrl-C have come between them."""
        self._kill()
        self._process.wait()
        self._wire.close()
        self._closed = True


def _ending(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    if code == -9:  # SIGKILL: a stranger's, or ours
        return "it was killed, or closed its output"
    try:
        return f"it was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was killed by signal {-code}"
