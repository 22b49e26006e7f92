"""Errors as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.errors import CODES, Diagnostic
from deliverycheck.report.jsonout import diagnostic_document
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.system.verdicts import Json


def error_text(diagnostics: Sequence[Diagnostic], width: int) -> Iterator[str]:
    """Each finding: where, code, what; what to do instead."""
    for found in diagnostics:
        where = found.file or ""
        if found.file and found.line:
            where = f"{found.file}:{found.line}"
        head = styled(f"error {found.code}", "red")
        yield f"{where}: {head}" if where else head
        yield from wrapped(found.message, width, "  ")
        if found.remedy:
            yield from wrapped(found.remedy, width, "  ")
    codes = [code for code in dict.fromkeys(d.code for d in diagnostics) if code in CODES]
    if codes:
        yield f"Why it matters: deliverycheck explain {codes[0]}"


def error_document(diagnostics: Sequence[Diagnostic], exit_code: int) -> dict[str, Json]:
    """The findings as data."""
    return {
        "schema": "deliverycheck/error/1",
        "errors": [diagnostic_document(found) for found in diagnostics],
        "exit": exit_code,
    }
