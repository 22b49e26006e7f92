"""Solvers that hang, lie, crash or eat memory: never a wrong verdict, never an orphan, in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support import MODELS, ROOT, prop, question

from deliverycheck.check.certifying import Certifying
from deliverycheck.check.checking import check
from deliverycheck.check.options import Options
from deliverycheck.errors import DisagreementError
from deliverycheck.explore.limits import Limits
from deliverycheck.prove.engine import Symbolic
from deliverycheck.system.verdicts import ModelResult

MODEL = str(MODELS / "guarantees" / "at_least_once_idempotent.py")

SECONDS = 3.0

OPENING = """
import json, os, signal, sys, time, ctypes
def say(answer): print(json.dumps(answer), flush=True)
line = sys.stdin.readline()
say({})
"""

STUBS = {
    "hangs": "while True: time.sleep(1)",
    "hangs, and listens to nobody": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    ),
    "is busy": "while True: pass",
    "says nonsense": "for line in sys.stdin: print('sat', flush=True)",
    "says something else": "for line in sys.stdin: say({'model': [1, 2]})",
    "says half a line": "sys.stdout.write('{\"found\": '); sys.stdout.flush(); time.sleep(60)",
    "never stops talking": "while True: sys.stdout.write('x' * 65536)",
    "ends at once": "sys.exit(0)",
    "ends with an error": "raise SystemError('no solver today')",
    "is killed": "os.kill(os.getpid(), signal.SIGSEGV)",
    "runs out of memory": "raise MemoryError",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disagreement is stored where one is: not in the checkout."""
    monkeypatch.chdir(tmp_path)


def stub(folder: Path, body: str) -> tuple[str, ...]:
    file = folder / "stub.py"
    file.write_text(OPENING + body + "\n")
    return (sys.executable, str(file))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children() -> set[str]:
    """Command lines of the processes this one has started and that still run."""
    done = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(os.getpid())],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in done.stdout.splitlines() if "stub.py" in line}


@pytest.mark.parametrize("trouble", STUBS)
@pytest.mark.parametrize("engine", ["auto", "symbolic"])
def test_a_solver_in_trouble_decides_nothing(engine: str, trouble: str, tmp_path: Path) -> None:
    command = stub(tmp_path, STUBS[trouble])
    options = Options(Limits(seconds=SECONDS), engine=engine, solver=command)  # type: ignore[arg-type]
    began = time.monotonic()
    result = check(question(MODEL), options)
    assert time.monotonic() - began < SECONDS + 2
    assert not children()
    verdicts = {p.name: p.verdict for p in result.properties}
    if engine == "symbolic":
        assert set(verdicts.values()) == {"undetermined"}
        assert all(p.reason for p in result.properties)
    else:  # what the explicit engine found out stands by itself
        assert verdicts["no-duplicate-effect"] == "holds"
        assert prop(result, "no-duplicate-effect").evidence.kind == "exhaustive"
        assert prop(result, "in-order").verdict == "violated"


LIAR = """
import sys
import deliverycheck.prove.worker as worker
from deliverycheck.supervise.serving import serve
desk = worker.Desk()
proof = {"kind": "INV", "invariant": [True], "sorts": []}
run = {"states": [STATE], "actions": []}
def answer(request):
    if request["do"] == "search" and any(n.startswith(RUNS) for n in request["goals"]):
        lie = {"kind": "TRACE", "runs": [run], "sorts": []}
        return {"found": {name: lie for name in request["goals"] if name.startswith(RUNS)}}
    if request["do"] == "search":  # what is lied about is not found, either
        goals = [name for name in request["goals"] if not name.startswith(PROOFS)]
        if not goals and request["goals"]:
            return {"found": {}}
        return desk.answer({**request, "goals": goals})
    if request["do"] in ("prove", "progress"):
        lies = request.get("goal", "").startswith(PROOFS)
        return {"proof": proof if lies else None, "method": "lies"}
    return desk.answer(request)
serve(answer)
"""


def asked(runs: str, proofs: str, folder: Path, engine: str) -> ModelResult:
    """A check with a solver that invents runs to some goals, and proofs about others."""
    from deliverycheck.check.checking import lifted_of

    start = list(lifted_of(question(MODEL)).system.initial[0])
    body = LIAR.replace("STATE", repr(start))
    file = folder / "stub.py"
    file.write_text(body.replace("RUNS", repr(runs)).replace("PROOFS", repr(proofs)))
    command = (sys.executable, str(file))
    options = Options(Limits(seconds=8.0), engine=engine, solver=command)  # type: ignore[arg-type]
    return check(question(MODEL), options)


def test_a_proof_that_proves_nothing_is_refused_loudly(tmp_path: Path) -> None:
    result = asked("nothing", "breaks ", tmp_path, "symbolic")
    duplicate = prop(result, "no-duplicate-effect")
    assert duplicate.verdict == "undetermined"
    assert duplicate.evidence.checked is not None
    assert duplicate.evidence.checked.status == "refused"
    assert "refused" in duplicate.reason
    assert any(warning.code == "DC402" for warning in result.warnings)
    assert "holds" not in {one.verdict for one in result.properties}


def test_a_lie_that_contradicts_the_other_engine_is_a_disagreement(tmp_path: Path) -> None:
    with pytest.raises(DisagreementError) as caught:  # in-order is violated
        asked("nothing", "breaks in-order", tmp_path, "auto")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "DC902"
    assert "explicit engine says violated" in diagnostic.message
    assert "symbolic one says holds" in diagnostic.message
    stored = json.loads((tmp_path / "deliverycheck-disagreement.json").read_text())
    assert {side["verdict"] for side in stored["sides"].values()} == {"holds", "violated"}
    assert stored["sides"]["explicit"]["actions"]


@pytest.mark.parametrize("runs", ["breaks ", "tests no-duplicate", "mishap"])
@pytest.mark.parametrize("engine", ["auto", "symbolic"])
def test_a_run_to_nowhere_is_caught(engine: str, runs: str, tmp_path: Path) -> None:
    # In the initial state nothing is broken, tested or goes wrong, whatever the solver says.
    proofs = "breaks no-duplicate" if runs.startswith("tests") else "nothing"
    with pytest.raises(DisagreementError):
        asked(runs, proofs, tmp_path, engine)


@pytest.mark.parametrize("trouble", ["hangs", "says nonsense", "is killed"])
def test_a_checker_in_trouble_accepts_nothing(trouble: str, tmp_path: Path) -> None:
    body = "while True: pass" if trouble == "hangs" else STUBS[trouble]
    certifying = Certifying(command=stub(tmp_path, body), seconds=0.3)
    for engine in ("auto", "symbolic"):
        options = Options(engine=engine, certifying=certifying)
        result = check(question(MODEL), options)
        for one in result.properties:
            assert one.evidence.checked is None or one.evidence.checked.status != "accepted"
        duplicate = prop(result, "no-duplicate-effect")
        # The exhaustive search needs no solver's word; a proof nobody checked is no verdict.
        assert duplicate.verdict == ("holds" if engine == "auto" else "undetermined")
    assert not children()


def test_a_checker_that_refuses_everything_is_believed(tmp_path: Path) -> None:
    body = "for line in sys.stdin: say({'status': 'refused', 'by': [], 'reason': 'no'})"
    say_first = OPENING.replace("say({})", "say({'status': 'refused', 'by': [], 'reason': 'no'})")
    file = tmp_path / "stub.py"
    file.write_text(say_first + body)
    certifying = Certifying(command=(sys.executable, str(file)))
    result = check(question(MODEL), Options(certifying=certifying))
    assert {one.verdict for one in result.properties} == {"undetermined"}


def test_ctrl_c_leaves_partial_results_and_nobody_behind(tmp_path: Path) -> None:
    # Four messages keep the solvers busy for much longer than this test lasts.
    command = [
        sys.executable, "-m", "deliverycheck", "check", MODEL,
        str(MODELS / "guarantees" / "exactly_once.py"), "--messages", "4", "--json",
        "--engine", "symbolic",
    ]  # fmt: skip
    script = tmp_path / "run.sh"
    script.write_text("")
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - nothing here runs in threads
    )
    try:
        time.sleep(4)
        solvers = subprocess.run(
            ["pgrep", "-P", str(child.pid)],  # noqa: S607 - wherever it is
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split()
        assert solvers
        pressed = time.monotonic()
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=60)
        assert time.monotonic() - pressed < 3
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130
    assert json.loads(out)["exit"] == 130
    assert not any(alive(int(pid)) for pid in solvers)


def test_the_limits_options_reach_the_solvers() -> None:
    tiny = Options(Limits(memory=30), engine="symbolic")
    result = check(question(MODEL), tiny)  # no Python, let alone Z3, fits in so little
    assert {one.verdict for one in result.properties} == {"undetermined"}
    short = replace(tiny, limits=Limits(seconds=0.2))
    began = time.monotonic()
    result = check(question(MODEL), short)
    assert time.monotonic() - began < 2.2
    assert {one.verdict for one in result.properties} == {"undetermined"}


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "TRACE", "runs": [], "sorts": []},
        {"kind": "TRACE", "runs": [{"states": [], "actions": []}], "sorts": []},
        {"kind": "TRACE", "runs": [{"states": [[]], "actions": []}], "sorts": []},
        {"kind": "TRACE", "runs": [{"states": [[1], [2]], "actions": [0, 0]}], "sorts": []},
        {"kind": "REACH", "states": 1, "states_digest": "0" * 64, "sorts": []},
        {"kind": "INV", "invariant": [True], "sorts": []},
    ],
)
@pytest.mark.parametrize("engine", ["auto", "symbolic"])
def test_an_answer_of_the_wrong_shape_is_garbage(
    engine: str, answer: dict[str, object], tmp_path: Path
) -> None:
    body = (
        f"ANSWER = {answer!r}\n"
        """
for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "search":
        say({"found": {name: ANSWER for name in asked["goals"] + asked["dooms"]}})
    else:
        say({"proof": dict(ANSWER, kind="REACH", states=1, states_digest="0" * 64), "method": "?"})
"""
    )
    options = Options(Limits(seconds=SECONDS), engine=engine, solver=stub(tmp_path, body))  # type: ignore[arg-type]
    result = check(question(MODEL), options)
    duplicate = prop(result, "no-duplicate-effect")
    assert duplicate.verdict == ("holds" if engine == "auto" else "undetermined")
    assert all(one.evidence.kind != "exhaustive" or engine == "auto" for one in result.properties)
    assert engine == "symbolic" or any(w.code == "DC403" for w in result.warnings)


def test_where_the_prover_dies_the_searcher_goes_on(tmp_path: Path) -> None:
    body = """
import deliverycheck.prove.worker as worker
from deliverycheck.supervise.serving import serve
desk = worker.Desk()
def answer(request):
    if request["do"] in ("prove", "progress"):
        os._exit(7)
    return desk.answer(request)
"""
    file = tmp_path / "stub.py"
    file.write_text("import os, sys\n" + body + "serve(answer)\n")
    model = str(MODELS / "guarantees" / "at_least_once.py")
    options = Options(Limits(seconds=30), engine="symbolic", solver=(sys.executable, str(file)))
    result = check(question(model, messages=1), options)
    found = prop(result, "no-duplicate-effect")
    assert found.verdict == "violated"
    assert found.trace is not None
    assert len(found.trace.steps) == 8
    assert prop(result, "honest-ack").verdict == "undetermined"


@pytest.mark.parametrize("engine", ["auto", "symbolic"])
def test_a_proof_that_ctrl_c_left_unchecked_does_not_count(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = Symbolic.wait

    def interrupted(symbolic: Symbolic) -> None:
        finished(symbolic)  # everything is proved, then somebody presses Ctrl-C
        raise KeyboardInterrupt

    monkeypatch.setattr(Symbolic, "wait", interrupted)
    result = check(question(MODEL, messages=1), Options(engine=engine))  # type: ignore[arg-type]
    assert result.interrupted
    duplicate = prop(result, "no-duplicate-effect")
    if engine == "auto":
        assert (duplicate.verdict, duplicate.evidence.kind) == ("holds", "exhaustive")
    else:
        assert duplicate.verdict == "undetermined"
        assert "nobody could check it" in duplicate.reason


def test_a_certificate_of_an_earlier_run_does_not_stay(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    certifying = Certifying(folder=folder)
    check(question(MODEL, messages=1), Options(certifying=certifying))
    file = folder / "no-duplicate-effect.json"
    assert file.exists()
    limits = Limits(states=3)
    check(question(MODEL, messages=1), Options(limits, engine="explicit", certifying=certifying))
    assert not file.exists()
