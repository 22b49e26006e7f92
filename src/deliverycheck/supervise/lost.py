"""How a question to a child process can fail."""

from __future__ import annotations

from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["time", "memory", "died", "garbage", "stopped"]
"""Why a child gave no answer."""


class ChildLost(Exception):
    """The child gave no answer and is no more: why (`reason`), and in words (`text`)."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason: Reason = reason
        self.text = text


def printable(said: bytes | str) -> str:
    """What a child said, short and harmless enough to be part of a message."""
    text = said if isinstance(said, str) else said.decode(errors="replace")
    text = "".join(c if c.isprintable() else " " for c in text.strip())
    return text if len(text) <= 300 else "..." + text[-300:]
