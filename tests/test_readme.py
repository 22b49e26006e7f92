"""The README says what happens: its transcripts are run, its Python is executed."""

from __future__ import annotations

import os
import re
import shlex

import pytest
from support import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"```console\n\$ deliverycheck ([^\n]*)\n(.*?)```", README, re.DOTALL)


def test_the_readme_has_transcripts() -> None:
    assert len(TRANSCRIPTS) == README.count("$ deliverycheck ") == 7


@pytest.mark.parametrize(("arguments", "expected"), TRANSCRIPTS, ids=[t[0] for t in TRANSCRIPTS])
def test_a_transcript_is_what_the_command_prints(arguments: str, expected: str) -> None:
    done = run(*shlex.split(arguments), env={**os.environ, "COLUMNS": "80"})
    assert _without_proofs(done.out) == _without_proofs(expected)


def _without_proofs(text: str) -> list[str]:
    """The lines, but for those of invariants: another version of Z3 may find another one."""
    kept: list[str] = []
    inside = False
    for line in "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines():
        inside = line.startswith("  Why ") or (inside and line.startswith("    "))
        if not inside or line.startswith("  Why "):
            kept.append(line.rstrip())
    return kept


def test_the_model_in_the_readme_is_the_shipped_one() -> None:
    (shown,) = re.findall(r"```python\n(from deliverycheck.lang .*?)```", README, re.DOTALL)
    shipped = (ROOT / "models/guarantees/at_least_once.py").read_text(encoding="utf-8")

    def code(text: str) -> list[str]:
        text = re.sub(r'^\s*"""[^"]*"""\n', "", text, flags=re.MULTILINE)
        lines = (line.split("  #")[0].rstrip() for line in text.splitlines())
        return [line for line in lines if line]

    assert code(shown) == code(shipped)


def test_the_python_in_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = re.findall(r"```python\n(from deliverycheck.api .*?)```", README, re.DOTALL)
    before = os.getcwd()  # noqa: PTH109 - to go back to where pytest was
    os.chdir(ROOT)
    try:
        exec(shown, {})  # noqa: S102 - our own text
    finally:
        os.chdir(before)
    # 1183 states and 2182 transitions: see tests/test_handmade.py, which counts them by hand
    assert "1183 2182" in capsys.readouterr().out
