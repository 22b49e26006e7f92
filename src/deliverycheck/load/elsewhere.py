"""Elsewhere: the rows of a sweep looked at in several processes at once.

A model's class cannot be sent to another process. So plain data are sent, the name as it was typed
and what the command line says in place of the model, and each process loads the model itself.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from deliverycheck.check.options import Options
from deliverycheck.check.outcome import Outcome, outcome_of
from deliverycheck.check.variation import Place, question_at
from deliverycheck.errors import Diagnostic, DisagreementError, InputError
from deliverycheck.load.subjects import Overrides, questions
from deliverycheck.load.varying import varied_in

LOST = Outcome(unknown="the process that looked at it was lost")


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to sweep, as plain data."""

    name: str
    overrides: Overrides
    vary: tuple[str, ...]
    """As `varied_in` reads it."""


def elsewhere(
    subject: Subject, jobs: int
) -> Callable[[Sequence[Place], Options], Iterator[Outcome]]:
    """A look at combinations in so many processes; what came of them, in their order.

    The processes end when the look does, be it by an exception, and when this process does.
    """

    def look(wanted: Sequence[Place], options: Options) -> Iterator[Outcome]:
        with _outliving_them():
            yield from looking(wanted, options)

    def looking(wanted: Sequence[Place], options: Options) -> Iterator[Outcome]:
        context = get_context("spawn")
        ended, end = context.Pipe(duplex=False)
        pool = ProcessPoolExecutor(
            min(jobs, len(wanted)), context, initializer=_begin, initargs=(ended,)
        )
        try:
            waiting = [pool.submit(_looked, subject, place, options) for place in wanted]
            for future in waiting:
                try:
                    found = future.result()
                except BrokenProcessPool:
                    found = LOST
                if not isinstance(found, Outcome):
                    raise DisagreementError(found)
                yield found
            pool.shutdown()
        finally:
            end.close()
            pool.shutdown(cancel_futures=True)
            ended.close()

    return look


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


def _looked(subject: Subject, place: Place, options: Options) -> Outcome | tuple[Diagnostic, ...]:
    """What came of a combination, or what the engines disagree about."""
    try:
        (question,) = questions([subject.name], subject.overrides)
        varied = varied_in(question, subject.vary)
        return outcome_of(question_at(question, varied, place), options)
    except InputError as error:  # the file was changed meanwhile
        return Outcome(wrong=error.diagnostics)
    except DisagreementError as error:
        return error.diagnostics


def _begin(ended: Connection) -> None:
    """Leave Ctrl-C to the parent, and watch for its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(ended,), daemon=True).start()


def _leave_with(ended: Connection) -> None:
    """End this process as soon as the other end is closed: nobody waits for its work any more."""
    with suppress(EOFError, OSError):
        ended.recv()
    os._exit(1)
