"""A design: a Protocol class read once, with its sizes and settings filled in.

Fields that no step assigns are settings; all others are the state. This is what both the running
model and the lifter start from.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import cast, get_type_hints

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.lang.channels import Channel, Connection, Fifo
from deliverycheck.lang.hints import (
    Refused,
    channel_shape,
    is_channel,
    is_volatile,
    number,
    shape_of,
)
from deliverycheck.lang.layout import default
from deliverycheck.lang.membership import wrong_members
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Mark, Role, mark_of
from deliverycheck.lang.shapes import Shape
from deliverycheck.lang.source import file_of, line_of_class, place_of_field

Function = Callable[..., object]

MOST_REPLICAS = 8

_NOBODY = ("environment", "network")
"""Actors that are no role."""

MISSING = object()
"""Stands for a default that is not given; None may be given."""


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of the state: its shape, its value at the start, and whether it dies in a crash."""

    name: str
    shape: Shape
    initial: object
    volatile: bool
    channel: Channel[object] | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A method with a part in the model."""

    name: str
    function: Function
    mark: Mark
    parameters: tuple[tuple[str, Shape], ...]
    is_process: bool


@dataclass(frozen=True, slots=True)
class Design:
    """A Protocol class with the number of messages and the settings it is looked at with."""

    cls: type[Protocol]
    messages: int
    settings: Mapping[str, object]
    fields: tuple[Field, ...]
    methods: tuple[Marked, ...]

    def fresh(self, field: Field) -> object:
        """The value a field starts with, nobody else's."""
        return deepcopy(field.initial)

    def actors(self, role: Role) -> tuple[str, ...]:
        """The names of a role's replicas: the role's own name when there is but one."""
        count = number(role.replicas, self.settings)
        return (role.name,) if count == 1 else tuple(f"{role.name}{i + 1}" for i in range(count))

    def roles(self) -> tuple[Role, ...]:
        """The roles that act, in the order of their first action."""
        found = (m.mark.role for m in self.methods if m.mark.role)
        return tuple(dict.fromkeys(found))


def declared_settings(cls: type[Protocol]) -> dict[str, tuple[object, object]]:
    """Name to (type hint, value) of each setting. Raises InputError if the hints cannot be read."""
    stored = {name for function in _functions(cls).values() for name in _stores(function)}
    found: dict[str, tuple[object, object]] = {}
    for name, hint in _hints(cls).items():
        given: object = inspect.getattr_static(cls, name, MISSING)
        is_scalar = given is None or isinstance(given, bool | int | str | Enum)
        if is_scalar and name not in stored:
            found[name] = (hint, given)
    return found


def design_of(
    cls: type[Protocol],
    messages: int = 2,
    settings: Mapping[str, object] | None = None,
    line: int | None = None,
) -> Design:
    """Read a Protocol class. Raises InputError with all that is wrong in its declarations.

    `line`: how many items of an ordered channel without a limit are looked at.
    """
    declared = declared_settings(cls)
    values: dict[str, object] = {"messages": messages}
    values |= {name: value for name, (_, value) in declared.items()}
    values |= settings or {}
    wrong = list(wrong_members(cls))
    fields = tuple(_fields(cls, declared, values, line or messages + 1, wrong))
    methods = tuple(_methods(cls, values, wrong))
    if not wrong:
        wrong.extend(_wrong_roles(cls, methods, values))
    if wrong:
        raise InputError(wrong)
    return Design(cls, messages, values, fields, methods)


def _hints(cls: type[Protocol]) -> dict[str, object]:
    own = [base for base in reversed(cls.__mro__) if issubclass(base, Protocol)][1:]
    names = [name for base in own for name in inspect.get_annotations(base)]
    try:
        hints = get_type_hints(cls, include_extras=True)
    except (NameError, TypeError, AttributeError, SyntaxError) as error:
        raise InputError(
            Diagnostic(
                "DC109",
                f"the type hints of {cls.__name__} cannot be read: {error}",
                "Import or define every name a hint uses at the top of the file.",
                file_of(cls),
                line_of_class(cls),
            )
        ) from None
    reserved = inspect.get_annotations(Protocol)
    return {name: hints[name] for name in dict.fromkeys(names) if name not in reserved}


def _fields(
    cls: type[Protocol],
    settings: Collection[str],
    values: Mapping[str, object],
    line: int,
    wrong: list[Diagnostic],
) -> Iterator[Field]:
    for name, hint in _hints(cls).items():
        if name in settings:
            continue
        given: object = inspect.getattr_static(cls, name, MISSING)
        try:
            if is_channel(hint):
                yield _channel_field(name, hint, given, values, line)
                continue
            shape = shape_of(hint, values)
            initial = default(shape) if given is MISSING else given
            yield Field(name, shape, initial, is_volatile(hint), None)
        except Refused as refused:
            text = f"field `{name}`: {refused.message}"
            where = place_of_field(cls, name)
            wrong.append(Diagnostic(refused.code, text, refused.remedy, *where))


def _channel_field(
    name: str, hint: object, given: object, values: Mapping[str, object], line: int
) -> Field:
    if type(given) not in (Channel, Fifo, Connection):
        raise Refused(
            "a channel must say from whom to whom, and be one of ours",
            f"Write `{name}: Channel[Message] = Channel(sender, worker)`.",
        )
    channel = cast("Channel[object]", given)
    ends: list[object] = [channel.source, channel.target]
    if any(type(end) is not Role for end in ends):
        raise Refused("a channel leads from a role to a role", "Write `Channel(sender, worker)`.")
    shape = channel_shape(hint, cast("Channel[object]", given), values, line)
    return Field(name, shape, [], volatile=False, channel=cast("Channel[object]", given))


def _functions(cls: type[Protocol]) -> dict[str, Function]:
    """The functions of a model class and of the models it extends, the nearest of each name."""
    found: dict[str, Function] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Protocol) and base is not Protocol:
            found = {name: f for name, f in found.items() if name not in vars(base)}
            found |= {name: f for name, f in vars(base).items() if inspect.isfunction(f)}
    return found


def _stores(function: Function) -> Iterator[str]:
    for instruction in dis.get_instructions(function):
        if instruction.opname == "STORE_ATTR":
            yield str(instruction.argval)


def _methods(
    cls: type[Protocol], values: Mapping[str, object], wrong: list[Diagnostic]
) -> Iterator[Marked]:
    for name, function in _functions(cls).items():
        mark = mark_of(function)
        code = function.__code__
        if mark is None:
            inherited = (mark_of(vars(base).get(name)) for base in cls.__mro__)
            role = next((m.role for m in inherited if m and m.role), None)
            if role is not None:
                text = f"`{name}` replaces an action but has no role"
                remedy = f"Write `@{role.name}` above it."
                wrong.append(
                    Diagnostic("DC112", text, remedy, code.co_filename, code.co_firstlineno)
                )
            continue
        parameters: list[tuple[str, Shape]] = []
        try:
            hints = get_type_hints(function, include_extras=True)
            for parameter, kind in list(inspect.signature(function).parameters.items())[1:]:
                if kind.kind is not kind.POSITIONAL_OR_KEYWORD or kind.default is not kind.empty:
                    raise Refused(
                        f"parameter `{parameter}` of `{name}` is no plain one",
                        "A parameter is a choice over its type: write `m: Message`.",
                        "DC111",
                    )
                if parameter not in hints:
                    raise Refused(
                        f"parameter `{parameter}` of `{name}` has no type",
                        "A parameter is a choice over its type: write `m: Message`.",
                        "DC111",
                    )
                parameters.append((parameter, shape_of(hints[parameter], values)))
        except Refused as refused:
            text = f"`{name}`: {refused.message}"
            wrong.append(
                Diagnostic("DC111", text, refused.remedy, code.co_filename, code.co_firstlineno)
            )
            continue
        except (NameError, TypeError, AttributeError) as error:
            text = f"the type hints of `{name}` cannot be read: {error}"
            wrong.append(Diagnostic("DC109", text, "", code.co_filename, code.co_firstlineno))
            continue
        yield Marked(name, function, mark, tuple(parameters), inspect.isgeneratorfunction(function))


def _wrong_roles(
    cls: type[Protocol], methods: tuple[Marked, ...], values: Mapping[str, object]
) -> Iterator[Diagnostic]:
    by_name: dict[str, Role] = {}
    for method in methods:
        role = method.mark.role
        if role is None:
            continue
        code = method.function.__code__
        if by_name.setdefault(role.name, role) != role:
            text = f"two different roles are called `{role.name}`"
            remedy = "Give each role its own name."
            yield Diagnostic("DC112", text, remedy, code.co_filename, code.co_firstlineno)
        try:
            count = number(role.replicas, values)
        except Refused as refused:
            yield Diagnostic(
                "DC112", refused.message, refused.remedy, code.co_filename, code.co_firstlineno
            )
            continue
        if not role.name.isidentifier() or role.name in _NOBODY:
            text = f"a role cannot be called `{role.name}`"
            remedy = "Use a word, other than environment and network."
            yield Diagnostic("DC112", text, remedy, code.co_filename, code.co_firstlineno)
        if not 1 <= count <= MOST_REPLICAS:
            text = f"role `{role.name}` of {cls.__name__} has {count} replicas"
            remedy = f"A role has from 1 to {MOST_REPLICAS}; two find nearly everything."
            yield Diagnostic("DC112", text, remedy, code.co_filename, code.co_firstlineno)
