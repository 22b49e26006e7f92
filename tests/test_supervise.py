"""Child processes: whatever one does, its question ends in time and nothing of it stays behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deliverycheck.supervise import child as child_module
from deliverycheck.supervise.child import Child
from deliverycheck.supervise.lost import ChildLost, printable
from deliverycheck.supervise.serving import MEMORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stubs use POSIX signals")

LIMIT = 0.5
"""Seconds given to what never answers."""

SLACK = 2.0
"""Seconds that a busy machine may add, and the promised overshoot with them."""

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the cap or the signal is Linux's")

Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a stub; in the end nothing of it may be left."""
    children: list[Child] = []

    def started(code: str, memory_megabytes: float | None = None) -> Child:
        children.append(Child(script(tmp_path, code), memory_megabytes))
        return children[-1]

    yield started
    for child in children:
        child.close()
    assert all(map(reaped, children))


def script(folder: Path, code: str) -> list[str]:
    """The command that runs a stub; one with an `answer` serves."""
    if "def answer" in code:
        code = f"from deliverycheck.supervise.serving import serve\n{code}\nserve(answer)\n"
    file = folder / f"stub{len(list(folder.glob('stub*')))}.py"
    file.write_text(f"import ctypes, os, signal, subprocess, sys, time\n{code}\n", encoding="utf-8")
    return [sys.executable, str(file)]


def lost(child: Child, request: object = None, seconds: float = LIMIT) -> ChildLost:
    """How a question failed, which it did in time."""
    began = time.monotonic()
    with pytest.raises(ChildLost) as caught:
        child.ask({"request": request}, seconds)
    assert time.monotonic() - began < seconds + SLACK
    assert not child.alive
    assert reaped(child)
    return caught.value


def gone(pid: int) -> bool:
    """Whether a process ends within some time. A zombie has ended; its parent is to reap it."""
    deadline = time.monotonic() + SLACK
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2][1] == "Z":
                return True
        except ProcessLookupError:
            return True
        except FileNotFoundError:
            pass  # no /proc here; or it ended just now, and the next round sees it
        time.sleep(0.01)
    return False


def reaped(child: Child) -> bool:
    """Whether a process of ours is no more, not even as a zombie."""
    try:
        os.waitpid(number(child), os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def number(child: Child) -> int:
    """The number of the child's process."""
    return child._process.pid  # noqa: SLF001 - only these tests need to know it


# --- answers ---


ECHO = "def answer(request): return {'got': request}"


def test_a_thousand_quick_questions(start: Start) -> None:
    child = start(ECHO)
    for n in range(1000):
        assert child.ask({"n": n}, 20) == {"got": {"n": n}}
    assert child.alive


def test_a_question_and_an_answer_of_megabytes(start: Start) -> None:
    question = {"text": "ä\n" * 1_000_000}
    assert start(ECHO).ask(question, 20) == {"got": question}


def test_what_a_solver_prints_is_no_answer(start: Start) -> None:
    child = start(
        "def answer(request):\n"
        "    print('{\"fake\": 1}', flush=True)\n"
        "    os.write(1, b'noise' * 100_000)\n"
        "    subprocess.run(['echo', '{}'])\n"
        "    return {'stdin': sys.stdin.read()}"
    )
    assert child.ask({}, 10) == {"stdin": ""}
    assert child.ask({}, 10) == {"stdin": ""}


def test_a_request_that_is_no_json_does_the_child_no_harm(start: Start) -> None:
    child = start(ECHO)
    with pytest.raises(TypeError):
        child.ask({"file": Path()}, 1)
    assert child.ask({}, 10) == {"got": {}}


def test_a_closed_child_is_not_asked(start: Start) -> None:
    child = start(ECHO)
    child.close()
    child.close()
    assert not child.alive
    with pytest.raises(ChildLost, match="closed before"):
        child.ask({}, 1)


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(ChildLost, match="could not be started") as caught:
        Child(["/no/such/command"])
    assert caught.value.reason == "died"


# --- no answer in time ---

HANGS = {
    "hangs": "time.sleep(60)",
    "hangs while it serves": "def answer(request): time.sleep(60)",
    "ignores signals": (
        "for s in signal.SIGTERM, signal.SIGINT, signal.SIGHUP: signal.signal(s, signal.SIG_IGN)\n"
        "time.sleep(60)"
    ),
    "is busy in C, with Python's lock": "def answer(request): sum(range(10**12))",
    "is busy in C, without it": "def answer(request): ctypes.CDLL(None).sleep(60)",
    "stops itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "says half a line": "print('{\"a', end='', flush=True); time.sleep(60)",
    "floods standard error": "while True: os.write(2, b'x' * 65536)",
    "closes its input": "os.close(0); time.sleep(60)",
}


@pytest.mark.parametrize("code", HANGS.values(), ids=HANGS)
def test_a_child_that_does_not_answer_is_killed(start: Start, code: str) -> None:
    assert lost(start(code)).reason == "time"


def test_a_child_that_does_not_read(start: Start) -> None:
    assert lost(start("time.sleep(60)"), "x" * 20_000_000).reason == "time"


def test_no_time_at_all(start: Start) -> None:
    assert lost(start(ECHO), seconds=0).reason == "time"


# --- garbage ---

GARBAGE = {
    "no JSON": "print('sat')",
    "no object": "input(); print('[1]')",
    "no UTF-8": r"os.write(1, b'{\"\xff\": 1}\n')",
    "too deep": "print('[' * 1_000_000)",
    "too long a number": "print('{\"a\":' + '9' * 100_000 + '}')",
    "two answers": "input(); os.write(1, b'{}\\n{}\\n')",
}


@pytest.mark.parametrize("code", GARBAGE.values(), ids=GARBAGE)
def test_garbage(start: Start, code: str) -> None:
    assert (
        lost(start(f"{code}\nsys.stdout.flush(); time.sleep(60)"), seconds=30).reason == "garbage"
    )


def test_an_answer_given_before_the_question(start: Start) -> None:
    child = start("print('{}', flush=True)\nprint(file=sys.stderr, flush=True)\ntime.sleep(60)")
    time.sleep(0.5)  # long enough that the answer is there first
    assert lost(child, seconds=30).reason == "garbage"


def test_endless_garbage_does_not_eat_the_memory(start: Start) -> None:
    gone_wrong = lost(start("while True: os.write(1, b'x' * 65536)"), seconds=30)
    assert (gone_wrong.reason, "longer than" in gone_wrong.text) == ("garbage", True)


def test_what_is_reported_is_harmless() -> None:
    assert printable(b"a\x1b[2J\xff\nb") == "a [2J\ufffd b"
    assert len(printable("x" * 10_000)) < 400


# --- deaths ---

DEATHS = {
    "segfault": ("def answer(request): ctypes.string_at(0)", "SIGSEGV"),
    "abort": ("input(); print('why', file=sys.stderr, flush=True); os.abort()", "SIGABRT: why"),
    "silent": ("def answer(request): os._exit(3)", "exit code 3"),
    "before it is asked": ("sys.exit(4)", "exit code 4"),
    "by a stranger": ("def answer(request): os.kill(os.getpid(), 9)", "killed"),
    "half a line": ("print('{\"a', end='', flush=True)", "exit code 0"),
    "output closed": ("input(); os.close(1); time.sleep(60)", "closed its output"),
    "import error": ("import no_such_module", "No module named 'no_such_module'"),
    "exception": ("def answer(request): raise ValueError('no')", "ValueError: no"),
    "no JSON to send": ("def answer(request): return {'a': {1}}", "TypeError"),
}


@pytest.mark.parametrize(("code", "text"), DEATHS.values(), ids=DEATHS)
def test_deaths(start: Start, code: str, text: str) -> None:
    gone_wrong = lost(start(code), seconds=30)
    assert gone_wrong.reason == "died"
    assert text in gone_wrong.text


MEMORY_ENDS = {
    "MemoryError": "def answer(request): return {'n': len(bytearray(10**10))}",
    "bit by bit": "def answer(request):\n    all = []\n    while True: all.append(bytes(10**6))",
    "said on standard error": "print('std::bad_alloc', file=sys.stderr, flush=True); os.abort()",
}


@LINUX
@pytest.mark.parametrize("code", MEMORY_ENDS.values(), ids=MEMORY_ENDS)
def test_the_memory_cap(start: Start, code: str) -> None:
    assert lost(start(code, memory_megabytes=400), seconds=30).reason == "memory"


@LINUX
def test_a_request_larger_than_the_memory_cap(start: Start) -> None:
    assert lost(start(ECHO, 150), "x" * 60_000_000, seconds=60).reason == "memory"


def test_the_cap_of_one_child_is_not_the_next_ones(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, "1")
    code = f"def answer(request): return {{'cap': os.environ.get({MEMORY!r})}}"
    assert start(code).ask({}, 10) == {"cap": None}
    assert start(code, 500).ask({}, 10) == {"cap": "500"}


# --- stopping ---


@pytest.mark.parametrize("how", ["stop", "close"])
def test_stopped_from_another_thread(start: Start, how: str) -> None:
    child = start("time.sleep(60)")
    timer = threading.Timer(0.2, getattr(child, how))
    timer.start()
    assert lost(child, seconds=20).reason == "stopped"
    timer.join()


def test_stopped_from_a_signal_handler(start: Start) -> None:
    child = start("time.sleep(60)")
    before = signal.signal(signal.SIGALRM, lambda *_: child.stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        began = time.monotonic()
        assert lost(child, seconds=20).reason == "stopped"
        assert time.monotonic() - began < SLACK
    finally:
        signal.signal(signal.SIGALRM, before)


def test_stopped_before_it_is_asked(start: Start) -> None:
    child = start(ECHO)
    child.stop()
    assert not child.alive
    assert lost(child).reason == "stopped"


# --- nothing stays behind ---


@pytest.mark.parametrize("ends", ["time.sleep(60)", "os._exit(0)", "return {'ok': 1}"])
def test_what_the_child_started_is_killed_with_it(start: Start, tmp_path: Path, ends: str) -> None:
    note = tmp_path / "pid"
    child = start(
        "def answer(request):\n"
        "    process = subprocess.Popen(['sleep', '60'])\n"
        f"    open({str(note)!r}, 'w').write(str(process.pid))\n"
        f"    {ends}"
    )
    with contextlib.suppress(ChildLost):
        child.ask({}, 1)
    child.close()
    assert gone(int(note.read_text()))


PARENT = """
from deliverycheck.supervise.child import Child
with Child({command!r}) as child:
    print(child._process.pid, flush=True)
    child.ask({{}}, 60)
"""

WORK = {
    "Python": "def answer(request):\n    while True: pass",
    "C": "def answer(request): ctypes.CDLL(None).sleep(60)",
    "C with Python's lock": "def answer(request): sum(range(10**12))",
}


@contextlib.contextmanager
def parent(folder: Path, code: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A parent that waits for its child, with the number of the child at work."""
    command = script(folder, PARENT.format(command=script(folder, code)))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        time.sleep(0.5)  # the child has begun to work
        try:
            yield process, pid
        finally:
            process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("work", ["Python", "C", pytest.param("C with Python's lock", marks=LINUX)])
def test_no_orphan_when_the_parent_is_killed(tmp_path: Path, work: str) -> None:
    with parent(tmp_path, WORK[work]) as (process, pid):
        process.kill()
        assert gone(pid)


def test_no_orphan_where_there_is_no_signal_at_the_parents_end(tmp_path: Path) -> None:
    without = "import deliverycheck.supervise.serving as s; s._die_with_the_parent = lambda: None\n"
    with parent(tmp_path, without + WORK["C"]) as (process, pid):
        process.kill()
        assert gone(pid)


@pytest.mark.parametrize("work", WORK)
def test_no_orphan_on_ctrl_c(tmp_path: Path, work: str) -> None:
    with parent(tmp_path, WORK[work]) as (process, pid):
        process.send_signal(signal.SIGINT)
        assert gone(pid)
        _, errors = process.communicate(timeout=5)
        assert "KeyboardInterrupt" in errors
        assert process.returncode == -signal.SIGINT


def test_ctrl_c_closes_the_child_before_it_goes_on(start: Start) -> None:
    child = start("time.sleep(60)")
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        child.ask({}, 20)
    timer.join()
    assert not child.alive
    assert reaped(child)


def test_a_child_ignores_sigint(start: Start) -> None:
    child = start("def answer(request): os.kill(os.getpid(), signal.SIGINT); return {'ok': 1}")
    assert child.ask({}, 10) == {"ok": 1}


# --- where pipes cannot be waited for ---

WATCHED = {
    "hangs": ("time.sleep(60)", "time"),
    "half a line": (HANGS["says half a line"], "time"),
    "garbage": ("print('sat', flush=True); time.sleep(60)", "garbage"),
    "endless garbage": ("while True: os.write(1, b'x' * 65536)", "garbage"),
    "death": ("def answer(request): os._exit(3)", "died"),
}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.setattr(child_module, "PIPES_CAN_BE_AWAITED", False)


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(("code", "reason"), WATCHED.values(), ids=WATCHED)
def test_watched_pipes(start: Start, code: str, reason: str) -> None:
    late = reason == "time"  # and it does not read the large question it is asked then
    request, seconds = ("x" * 2_000_000, LIMIT) if late else ("", 30.0)
    assert lost(start(code), request, seconds).reason == reason


@pytest.mark.usefixtures("watched")
def test_watched_pipes_answer_and_stop(start: Start) -> None:
    child = start(ECHO)
    for n in range(20):
        assert child.ask({"n": n}, 10) == {"got": {"n": n}}
    sleeper = start("time.sleep(60)")
    timer = threading.Timer(0.2, sleeper.stop)
    timer.start()
    assert lost(sleeper, seconds=20).reason == "stopped"
    timer.join()
