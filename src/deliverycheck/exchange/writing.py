"""Writing a file whole: whoever looks finds the old one or the new one, never a part."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from deliverycheck.errors import Diagnostic, InputError


def write_whole(file: Path, text: str) -> None:
    """Write beside, then rename. Raises InputError if the file cannot be written."""
    beside: Path | None = None
    try:
        target = file.resolve()  # a link goes on pointing to what it points to
        if target.exists() and not target.is_file():
            raise InputError(Diagnostic("DC003", f"{file} is no ordinary file"))
        beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in a circle
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(Diagnostic("DC003", f"{file} cannot be written: {reason}")) from None
    finally:
        if beside is not None:
            with suppress(OSError):  # renamed, or never written
                beside.unlink()
