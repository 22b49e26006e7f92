"""The grammar of models: which statements and expressions there are, and why others are refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from deliverycheck.lift.code.refusal import Refusal, shown

_STATEMENTS: dict[type[ast.stmt], tuple[str, str]] = {
    ast.Try: ("`try` hides which steps are enabled", "Test the condition with `if` or `require`."),
    ast.Raise: (
        "a step cannot raise",
        "Use `require(...)`: a step that cannot happen is no error.",
    ),
    ast.Assert: (
        "an `assert` in a step is neither a guard nor a property",
        "Use `require(...)` for a guard, an `@always` method for a property.",
    ),
    ast.With: ("`with` is not part of the language", "Write the steps out."),
    ast.Delete: ("`del` is not part of the language", "Use `.pop(key)` or `.discard(x)`."),
    ast.FunctionDef: ("a function inside a step", "Make it a method."),
    ast.ClassDef: ("a class inside a step", "Define it at the top of the file."),
    ast.Import: ("an import inside a step", "Import at the top of the file."),
    ast.ImportFrom: ("an import inside a step", "Import at the top of the file."),
    ast.Global: ("`global` state is outside the model", "Make it a field of the class."),
    ast.Nonlocal: ("`nonlocal` state is outside the model", "Make it a field of the class."),
    ast.Match: ("`match` is not part of the language", "Use `if` and `elif`."),
    ast.AsyncFor: ("`async` is not part of the language", "Use `yield` between atomic steps."),
    ast.AsyncWith: ("`async` is not part of the language", "Use `yield` between atomic steps."),
    ast.AsyncFunctionDef: (
        "`async` is not part of the language",
        "Use `yield` between atomic steps.",
    ),
}

_EXPRESSIONS: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a `lambda` cannot be lifted", "Make it a method."),
    ast.ListComp: (
        "a list cannot be built in one expression",
        "Use any, all, len or sum over a generator, or a `for` loop.",
    ),
    ast.SetComp: ("a set cannot be built in one expression", "Use a `for` loop with `.add`."),
    ast.DictComp: ("a dict cannot be built in one expression", "Use a `for` loop."),
    ast.Await: ("`await` is not part of the language", 'Use `yield "place"`.'),
    ast.JoinedStr: ("texts cannot be built in a step", "Use a Literal or an Enum."),
    ast.Starred: ("`*` is not part of the language", "Write the arguments out."),
    ast.NamedExpr: ("`:=` is not part of the language", "Assign on a line of its own."),
    ast.Slice: ("a slice is not part of the language", "Use one index, or `.pop(0)`."),
    ast.Yield: ("a `yield` must stand alone", 'Write `yield "place"` on a line of its own.'),
    ast.YieldFrom: ("a `yield from` must stand alone", "Write it on a line of its own."),
}

_OPERATORS = (ast.Add, ast.Sub, ast.Mod)


def refused_statement(node: ast.stmt) -> Refusal:
    """The refusal of a statement that is not part of the language."""
    match node:
        case ast.While() | ast.For() if node.orelse:
            return Refusal("DC104", "a loop cannot have `else`", "Use a flag.", node)
        case ast.For(target=target) if not isinstance(target, ast.Name):
            return Refusal("DC104", "a loop binds one name", "Write `for m in ...`.", node)
        case ast.Assign(targets=targets) if len(targets) > 1:
            return Refusal("DC104", "one assignment at a time", "Write two lines.", node)
        case ast.Expr():
            text = f"`{shown(node)}` does nothing"
            return Refusal("DC104", text, "A line is an assignment or a call.", node)
        case ast.Break() | ast.Continue():
            return Refusal("DC104", f"`{shown(node)}` outside a loop", "", node)
        case _:
            name = type(node).__name__.lower()
            text, remedy = _STATEMENTS.get(
                type(node), (f"the statement `{name}` is not part of the language", "")
            )
            return Refusal("DC104", text, remedy, node)


def refuse_expression(node: ast.expr) -> Iterator[Refusal]:
    """Every part of an expression that is refused by its form alone."""
    for part in ast.walk(node):
        match part:
            case ast.BinOp(op=op) if not isinstance(op, _OPERATORS):
                text = f"`{shown(part)}`: of arithmetic there is `+`, `-` and `%` only"
                yield Refusal("DC105", text, "Count in steps of one, or list the cases.", part)
            case ast.UnaryOp(op=ast.Invert()):
                yield Refusal("DC105", "`~` is not part of the language", "Use `not`.", part)
            case ast.Constant(value=float() | complex() | bytes()):
                text = f"`{shown(part)}` is no value of a model"
                yield Refusal("DC105", text, "Use whole numbers in small units.", part)
            case ast.expr() if type(part) in _EXPRESSIONS:
                text, remedy = _EXPRESSIONS[type(part)]
                yield Refusal("DC105", text, remedy, part)
            case ast.Call(keywords=[_, *_]):
                text = f"`{shown(part)}`: arguments by name are not lifted"
                yield Refusal("DC105", text, "Give the arguments in order.", part)
            case _:
                pass
