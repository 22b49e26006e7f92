"""Processes: the same work done for many things in several processes at once.

What is sent there and back is plain data: a model's class cannot be sent, so each process loads
the model itself.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
L = TypeVar("L")


def in_processes(
    work: Callable[[T], R], things: Sequence[T], jobs: int, lost: L
) -> Generator[R | L, None, None]:
    """What comes of each thing, in their order; `lost` where the process that had it died.

    `work` is a function of a module. The processes end when the iteration does, which who iterates
    has to see to (`contextlib.closing`), and when this process does.
    """
    with closing(_spread(work, things, jobs, lost)) as found:
        while True:
            with _outliving_them():  # only while we wait: whoever reads our output may go away
                one = next(found, _END)
            if isinstance(one, _End):
                return
            yield one


class _End:
    """Stands for the end of an iteration."""


_END = _End()


def _spread(
    work: Callable[[T], R], things: Sequence[T], jobs: int, lost: L
) -> Generator[R | L, None, None]:
    left = list(things)
    while left:
        done = 0
        with closing(_until_lost(work, left, jobs)) as found:
            for one in found:
                done += 1
                yield one
        left = left[done:]
        if left:  # a process died, nobody knows of what: the first that is open is asked alone
            with closing(_until_lost(work, left[:1], 1)) as found:
                yield next(found, lost)
            left = left[1:]


def _until_lost(work: Callable[[T], R], things: Sequence[T], jobs: int) -> Generator[R, None, None]:
    """What comes of each thing, up to the first that is open when a process dies."""
    context = get_context("spawn")
    ended, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        min(jobs, len(things)), context, initializer=_begin, initargs=(ended,)
    )
    try:
        for future in [pool.submit(work, thing) for thing in things]:
            try:
                found = future.result()
            except BrokenProcessPool:
                return
            yield found
        pool.shutdown()
    finally:
        end.close()
        pool.shutdown(cancel_futures=True)
        ended.close()


@contextmanager
def _outliving_them() -> Generator[None, None, None]:
    """A process that dies while something is sent to it must not take this one along."""
    is_main = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "SIGPIPE") or not is_main:
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def _begin(ended: Connection) -> None:
    """Leave Ctrl-C to the parent, and watch for its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(ended,), daemon=True).start()


def _leave_with(ended: Connection) -> None:
    """End this process as soon as the other end is closed: nobody waits for its work any more."""
    with suppress(EOFError, OSError):
        ended.recv()
    os._exit(1)
