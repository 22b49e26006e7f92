"""Model files: Python source that is run, as a test file is, to get its Protocol classes."""

from __future__ import annotations

import inspect
import io
import sys
import traceback
from contextlib import redirect_stdout
from itertools import count
from pathlib import Path
from types import ModuleType

from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import mark_of
from deliverycheck.lang.source import forget, line_of_class

_LOADED = count(1)


def classes_in(file: Path) -> tuple[type[Protocol], ...]:
    """The models a file defines, in the order it does. Raises InputError."""
    module = _run(file)
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Protocol)
        and thing.__module__ == module.__name__
        and not thing.__name__.startswith("_")
        and acts(thing)
    ]
    if not found:
        raise InputError(
            Diagnostic(
                "DC103",
                "there is no model in this file",
                "A model is a class that extends Protocol and has actions: "
                "`class Mine(Protocol):` with methods under `@sender`, `@worker`, ...",
                str(file),
            )
        )
    return tuple(sorted(dict.fromkeys(found), key=lambda cls: line_of_class(cls) or 0))


def class_in(file: Path, name: str) -> type[Protocol]:
    """The model of this name in a file. Raises InputError."""
    classes = classes_in(file)
    for cls in classes:
        if cls.__name__ == name:
            return cls
    remedy = did_you_mean(name, [cls.__name__ for cls in classes])
    raise InputError(
        Diagnostic("DC103", f"there is no model `{name}` in this file", remedy, str(file))
    )


def acts(cls: type[Protocol]) -> bool:
    """Whether a class has an action, and so is a model, not a base for models."""
    return any(mark_of(method) is not None for _, method in inspect.getmembers(cls))


def _run(file: Path) -> ModuleType:
    """Run the file as a module of its own."""
    source = read_text(file)
    try:
        # The path as the user wrote it; none of this module's own `from __future__ import`.
        code = compile(source, str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        text = f"this is not Python: {error.msg}"
        raise InputError(Diagnostic("DC101", text, "", str(file), error.lineno)) from None
    except (ValueError, RecursionError, MemoryError) as error:
        text = f"Python cannot read this: {error or type(error).__name__}"
        raise InputError(Diagnostic("DC101", text, "", str(file))) from None
    # A name of its own each time: a class loaded earlier must not see the names of this one.
    name = f"deliverycheck_model_{next(_LOADED)}_{file.stem}"
    module = ModuleType(name)
    module.__file__ = str(file)
    forget()
    sys.modules[name] = module  # where type hints are looked up
    try:
        # What a model prints while it is read is no part of any result.
        with redirect_stdout(sys.stderr or io.StringIO()):
            exec(code, vars(module))  # noqa: S102 - a model file is code, run like a test file
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        del sys.modules[name]
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == str(file)), None)
        text = f"running the file failed: {type(error).__name__}: {error}"
        remedy = "A model file is run to read it; it must import without error."
        raise InputError(Diagnostic("DC102", text, remedy, str(file), line)) from None
    return module


def is_possible(path: Path) -> bool:
    """Whether the system could have a file of this name: not too long, no strange characters."""
    try:
        path.exists()
    except (OSError, ValueError):
        return False
    return True


def read_text(file: Path) -> str:
    """The text of a file. Raises InputError."""
    if is_possible(file) and file.exists() and not (file.is_file() or file.is_dir()):
        raise InputError(Diagnostic("DC003", "this is no ordinary file", "", str(file)))
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        beside = sorted(file.parent.glob("*")) if file.parent.is_dir() else []
        near = [path.name for path in beside if not path.name.startswith((".", "_"))]
        remedy = did_you_mean(file.name, near) if near else "Give a .py file, a design or a folder."
        raise InputError(Diagnostic("DC003", f"there is no file {file}", remedy)) from None
    except UnicodeDecodeError:
        raise InputError(Diagnostic("DC003", "the file is not UTF-8 text", "", str(file))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(
            Diagnostic("DC003", f"the file cannot be read: {reason}", "", str(file))
        ) from None
