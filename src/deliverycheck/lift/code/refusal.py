"""Refusals: what the lifter does not take, where it stands, and what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Callable

from deliverycheck.errors import Diagnostic


class Refusal(Exception):
    """A piece of source the lifter cannot take; `located` once the function it is in is known."""

    def __init__(self, code: str, message: str, remedy: str = "", node: ast.AST | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.line: int | None = getattr(node, "lineno", None)
        self.function: Callable[..., object] | None = None

    def at(self, node: ast.AST, function: Callable[..., object]) -> Refusal:
        """The same, with line and function unless nearer ones are known."""
        if self.line is None:
            self.line = getattr(node, "lineno", None)
        self.function = self.function or function
        return self

    def located(self, function: Callable[..., object]) -> Diagnostic:
        """The finding with its place; in `function`, unless a helper is to blame."""
        code = (self.function or function).__code__
        line = self.line or code.co_firstlineno
        return Diagnostic(self.code, self.message, self.remedy, code.co_filename, line)


def shown(node: ast.AST, longest: int = 60) -> str:
    """A piece of source as one short line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= longest else text[: longest - 3] + "..."
