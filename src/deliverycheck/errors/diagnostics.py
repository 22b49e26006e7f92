"""What is said when something is wrong: where, what, why it matters, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong with the input.

    `code` is a key of `deliverycheck.errors.CODES`; `file` and `line` (1-based) are None where the
    fault lies in no file, such as a mistyped option.
    """

    code: str
    message: str
    remedy: str = ""
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = (
            "" if self.file is None else self.file + (f":{self.line}" if self.line else "") + ": "
        )
        return f"{where}{self.code}: {self.message}" + (f"\n  {self.remedy}" if self.remedy else "")


class DeliveryCheckError(Exception):
    """Base of every error this package raises on purpose; carries all findings, not the first."""

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(dict.fromkeys(found))
        super().__init__("\n".join(map(str, self.diagnostics)))


class InputError(DeliveryCheckError):
    """The user's input (model, design, option, trace) cannot be used: exit code 2."""


class DisagreementError(DeliveryCheckError):
    """Two things that must agree do not, such as a trace and CPython: exit code 70."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A remedy that names the nearest of the known names, or lists them all."""
    known = tuple(dict.fromkeys(known))
    near = get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known: {', '.join(f'`{k}`' for k in known)}." if known else "There are none."
