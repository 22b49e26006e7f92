"""Where things stand in their source: the syntax tree and line of a class, a method, a field."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path


@cache
def tree_of(file: str) -> ast.Module:
    """The syntax tree of a source file."""
    return ast.parse(Path(file).read_text(encoding="utf-8"), file)


def forget() -> None:
    """Drop the parsed files, because one of them is about to be loaded again."""
    tree_of.cache_clear()


def file_of(thing: type | Callable[..., object]) -> str:
    """The path of the file that defines a class or function."""
    return inspect.getfile(thing)


def class_node(cls: type) -> ast.ClassDef | None:
    """The definition of a class, if its source is there."""
    try:
        tree = tree_of(file_of(cls))
    except (OSError, TypeError):
        return None
    name = cls.__qualname__.rpartition(".")[2]
    found = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name]
    return found[-1] if found else None


def function_node(function: Callable[..., object]) -> ast.FunctionDef | None:
    """The definition of a function, found by file and first line (that of its first decorator)."""
    code = function.__code__
    try:
        tree = tree_of(code.co_filename)
    except OSError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            if code.co_firstlineno in (first, node.lineno):
                return node
    return None


def line_of_class(cls: type) -> int | None:
    """The line of `class X`."""
    node = class_node(cls)
    return node.lineno if node else None


def holds_line(cls: type, file: str, line: int) -> bool:
    """Whether a line belongs to the definition of a class itself, not to one it inherits from."""
    node = class_node(cls)
    if node is None:
        return True
    return file == file_of(cls) and node.lineno <= line <= (node.end_lineno or line)


def place_of_field(cls: type, name: str) -> tuple[str, int | None]:
    """File and line of the declaration of a class attribute, in the class that has it last."""
    for owner in cls.__mro__:
        node = class_node(owner)
        for statement in node.body if node else ():
            match statement:
                case ast.AnnAssign(target=ast.Name(id=found)) if found == name:
                    return file_of(owner), statement.lineno
                case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                    return file_of(owner), statement.lineno
                case _:
                    pass
    return file_of(cls), line_of_class(cls)
