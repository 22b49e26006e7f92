"""What a model class may have in it, and what would run unseen or pass for something else."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from deliverycheck.errors import Diagnostic
from deliverycheck.lang.naming import BUILT_IN_FAULTS
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import mark_of
from deliverycheck.lang.source import file_of, line_of_class
from deliverycheck.system.guarantees import STANDARD

_HIDDEN: tuple[type, ...] = (property, staticmethod, classmethod)
_HARMLESS = ("__module__", "__doc__", "__annotations__", "__dict__", "__weakref__")


def wrong_members(cls: type[Protocol]) -> Iterator[Diagnostic]:
    """Everything in a model class and its bases that a model cannot have."""
    for base in cls.__mro__:
        if base is Protocol or base is object:
            continue
        owner: type = base
        members: dict[str, object] = dict(vars(owner))
        for name, member in members.items():
            in_model = issubclass(base, Protocol)
            found = _wrong(name, member) if in_model else _outside(name, member)
            if found is not None:
                code, text, remedy = found
                source = getattr(member, "__code__", None)
                line = line_of_class(owner) if source is None else source.co_firstlineno
                yield Diagnostic(code, text, remedy, file_of(owner), line)


def _outside(name: str, member: object) -> tuple[str, str, str] | None:
    if mark_of(member) is None:
        return None
    return (
        "DC121",
        f"the action `{name}` is in a class that is no Protocol",
        "Extend Protocol there.",
    )


def _wrong(name: str, member: object) -> tuple[str, str, str] | None:
    """Code, message and remedy of what is wrong with a member, if anything is."""
    mark = mark_of(member)
    is_hidden = type(member) in _HIDDEN
    is_special = name.startswith("__") and name not in _HARMLESS and callable(member)
    if is_hidden or is_special:
        text = f"a model cannot have `{name}`: it would run unseen, outside the steps"
        remedy = "A field's value in the class body is where it starts; else write a method."
        return "DC121", text, remedy
    if inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member):
        return "DC104", f"`{name}` is `async`", "Use `yield` between atomic steps."
    if inspect.isfunction(member) and inspect.unwrap(member) is not member:
        text = f"`{name}` is wrapped by a decorator, which would run unseen"
        return "DC121", text, "Use the decorators of deliverycheck.lang only."
    if mark is not None and mark.part == "fault" and name in BUILT_IN_FAULTS:
        return "DC005", f"`{name}` is a fault every model has", "Give yours another name."
    dashed = name.replace("_", "-")
    if mark is not None and mark.part in ("always", "sometimes", "leads-to") and dashed in STANDARD:
        return "DC006", f"`{dashed}` is a property every model has", "Give yours another name."
    return None
