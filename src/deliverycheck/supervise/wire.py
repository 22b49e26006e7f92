"""One line to a child process, one line back, and never a wait without end."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import threading
from collections.abc import Callable
from typing import IO, Protocol, TypeAlias, cast

from deliverycheck.supervise.lost import ChildLost, printable

Over: TypeAlias = Callable[[], ChildLost | None]
"""Whether the waiting is over without an answer, and why. Asked at every TICK."""

TICK = 0.05
"""Seconds between two looks at whether it is over."""

CHUNK = 2**18
"""Bytes read or written between two looks at whether it is over."""

LONGEST = 64 * 2**20
"""Bytes of the longest line that is taken for an answer."""

LAST_WORDS = 4096
"""Bytes of standard error that are kept, to tell how a child died."""


class Wire(Protocol):
    """What connects the parent with a child."""

    def exchange(self, line: bytes, over: Over) -> dict[str, object]:
        """The answer to a line. Raises what `over` says, or EOFError when none can come."""
        ...

    def last_words(self) -> str:
        """What a dead child said last on standard error."""
        ...

    def close(self) -> None:
        """Give the pipes back. Twice is as good as once."""
        ...


class AwaitedWire:
    """Pipes that can be waited for, all at once and for a while: everywhere but on Windows."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._last_words = b""
        for pipe in (stdin, stdout, stderr):
            os.set_blocking(pipe.fileno(), False)

    def exchange(self, line: bytes, over: Over) -> dict[str, object]:
        """The answer to a line. Raises what `over` says, or EOFError when none can come."""
        unsent, heard, chunk = memoryview(line), bytearray(), b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._stdin, selectors.EVENT_WRITE)
            waiting.register(self._stdout, selectors.EVENT_READ)
            waiting.register(self._stderr, selectors.EVENT_READ)
            while b"\n" not in chunk:
                if lost := over():
                    raise lost
                ready = {key.fileobj for key, _ in waiting.select(TICK)}
                if self._stderr in ready and not self._overhear():
                    waiting.unregister(self._stderr)
                # Hearing goes before speaking: what was said before the question is no answer.
                if self._stdout in ready:
                    chunk = os.read(self._stdout.fileno(), CHUNK)
                    heard += chunk
                    if not chunk:
                        raise EOFError
                    if len(heard) > LONGEST:
                        raise _too_long()
                elif self._stdin in ready:
                    unsent, broken = self._send(unsent)
                    if broken or not unsent:
                        waiting.unregister(self._stdin)
        answer, _, more = heard.partition(b"\n")
        understood = _understood(bytes(answer))
        if more or unsent:
            raise ChildLost("garbage", "it spoke without being asked")
        return understood

    def last_words(self) -> str:
        """What a dead child said last on standard error."""
        # The dead leave at most a full pipe behind, but what they started may still be talking.
        for _ in range(16):
            try:
                if not self._overhear():
                    break
            except BlockingIOError:
                break
        return printable(self._last_words)

    def close(self) -> None:
        """Give the pipes back. Twice is as good as once."""
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()

    def _send(self, unsent: memoryview) -> tuple[memoryview, bool]:
        try:
            return unsent[os.write(self._stdin.fileno(), unsent[:CHUNK]) :], False
        except BrokenPipeError:  # why it stopped listening may be its last answer
            return unsent, True

    def _overhear(self) -> bool:
        """Keep the end of what is on standard error; False when that has ended."""
        words = os.read(self._stderr.fileno(), CHUNK)
        self._last_words = (self._last_words + words)[-LAST_WORDS:]
        return bool(words)


class WatchedWire:
    """Pipes that block: a thread watches the clock, and kills the child to end the waiting."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], kill: Callable[[], None]) -> None:
        self._stdin, self._stdout, self._kill = stdin, stdout, kill

    def exchange(self, line: bytes, over: Over) -> dict[str, object]:
        """The answer to a line. Raises what `over` says, or EOFError when none can come."""
        if lost := over():
            raise lost
        finished = threading.Event()

        def watch() -> None:
            while not finished.wait(TICK):
                if over():
                    self._kill()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        answer = b""
        try:
            # A broken pipe means that the child is dead or was killed: told apart below.
            with contextlib.suppress(OSError):
                self._stdin.write(line)
                self._stdin.flush()
                answer = self._stdout.readline(LONGEST + 1)
        finally:
            finished.set()
            watcher.join()
        if answer.endswith(b"\n"):
            return _understood(answer)
        if len(answer) > LONGEST:
            raise _too_long()
        raise over() or EOFError

    def last_words(self) -> str:
        """Nothing: standard error is not read here, as it would take one thread more."""
        return ""

    def close(self) -> None:
        """Give the pipes back. Twice is as good as once."""
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):  # what the dead did not read stays unread
                pipe.close()


def _too_long() -> ChildLost:
    return ChildLost("garbage", f"its answer is longer than {LONGEST} bytes")


def _understood(line: bytes) -> dict[str, object]:
    try:
        answer: object = json.loads(line.decode())
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ChildLost("garbage", f"it answered no JSON object: {printable(line[:LAST_WORDS])}")
    said = cast("dict[str, object]", answer)
    if said.get("lost") == "memory":
        raise ChildLost("memory", "its memory was used up")
    if "error" in said:
        raise ChildLost("died", printable(str(said["error"])))
    return said
