"""The child's side: answer one line with one line, and never outlive the parent."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, NoReturn

MEMORY = "DELIVERYCHECK_CHILD_MEGABYTES"
"""The environment variable by which the parent tells the child its memory cap."""

LOST_MEMORY = b'{"lost": "memory"}\n'
"""What a child says last when its memory is used up: made beforehand, as nothing may be left."""

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def serve(answer: Callable[[Mapping[str, object]], Mapping[str, object]]) -> NoReturn:
    """Answer each request on standard input with one JSON line, until the parent is gone.

    An exception becomes the answer `{"error": ...}`, MemoryError becomes `{"lost": "memory"}` and
    ends the process; an answer has no such keys of its own. `answer` turns what its solver says
    when out of memory into MemoryError. What it prints goes to standard error.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whether to stop is the parent's to say
    _die_with_the_parent()
    _cap_memory()
    requests, answers = _taken_over()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # A thread of its own sees the end of the input, so the parent's end, while `answer` works.
    threading.Thread(target=_listen, args=(requests, answers, lines), daemon=True).start()
    while True:
        line = _answered(answer, lines.get())
        _say(answers, line)
        if line is LOST_MEMORY:
            os._exit(1)  # memory that ran out once is not to be trusted again


def _answered(
    answer: Callable[[Mapping[str, object]], Mapping[str, object]], request: bytes
) -> bytes:
    try:
        return json.dumps(answer(json.loads(request))).encode() + b"\n"
    except MemoryError:
        return LOST_MEMORY
    except Exception as trouble:
        return json.dumps({"error": f"{type(trouble).__name__}: {trouble}"}).encode() + b"\n"


def _say(answers: IO[bytes], line: bytes) -> None:
    answers.write(line)
    answers.flush()


def _listen(requests: IO[bytes], answers: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    try:
        for line in requests:
            lines.put(line)
    except MemoryError:
        _say(answers, LOST_MEMORY)
    finally:
        os._exit(0)  # the parent is gone: nobody waits for what is being worked on


def _taken_over() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for the protocol alone: their numbers lead elsewhere from now on.

    So what a solver prints is no answer, and what the child starts inherits neither end.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return requests, answers


def _cap_memory() -> None:
    cap = os.environ.get(MEMORY)
    if cap is None or sys.platform == "win32":
        return
    import resource

    wanted = int(float(cap) * 2**20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    # macOS may refuse; a child without a cap still has the parent's clock.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


def _die_with_the_parent() -> None:
    """Ask Linux for SIGKILL at the parent's end: it reaches even code that holds Python's lock."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
