"""From type hints to shapes: which of Python's types a model may use, and how they are laid out."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import EnumType
from typing import Annotated, Literal, TypeGuard, Union, cast, get_args, get_origin, get_type_hints

from deliverycheck.lang.channels import Channel
from deliverycheck.lang.domains import AtMost, Range, Sort, VolatileMark
from deliverycheck.lang.layout import every_value
from deliverycheck.lang.shapes import (
    EMPTY,
    LARGEST_DOMAIN,
    Bag,
    Choice,
    DomainTooLarge,
    Flag,
    Integer,
    Queue,
    Record,
    Sequel,
    Shape,
    Subset,
    Table,
    is_record,
    labels_of,
    perhaps,
)

LONGEST_LIST = 64
LARGEST_SORT = 255
DEEPEST_RECORD = 8
LARGEST_ROOM = 255
LARGEST_INTEGER = 2**31


class Refused(Exception):
    """A type or bound a model cannot use; `args` are what is wrong and what to write instead."""

    def __init__(self, message: str, remedy: str, code: str = "DC109") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy
        self.code = code


def shape_of(hint: object, settings: Mapping[str, object], depth: int = 0) -> Shape:
    """The shape of a type hint; bounds that name a setting are looked up. Raises Refused.

    `depth`: how many records it is inside of.
    """
    origin: object = get_origin(hint)
    args: tuple[object, ...] = get_args(hint)
    if origin is Annotated:
        return _annotated(args[0], args[1:], settings)
    if hint is bool:
        return Flag()
    if origin is Literal:
        return _choice(tuple(args))
    if origin is Union or origin is types.UnionType:
        return _union(args, settings)
    if is_record(hint):
        try:
            hints = get_type_hints(hint, include_extras=True)
        except (NameError, TypeError, AttributeError) as error:
            raise Refused(f"the record's types cannot be read: {error}", "Define them.") from None
        if depth > DEEPEST_RECORD:
            raise Refused(f"{_name(hint)} contains itself", "Records are finite.")
        return Record(hint, tuple((n, shape_of(h, settings, depth + 1)) for n, h in hints.items()))
    if is_sort(hint):
        return Choice(things(hint, settings))
    if isinstance(hint, EnumType):
        if issubclass(hint, int | str):
            text = f"the members of {_name(hint)} are numbers or texts as well"
            raise Refused(text, "Derive it from Enum alone.")
        return _choice(tuple(cast("Iterable[object]", hint)))
    for part in args if _is_container(origin) else ():
        if _is_container(_base(part)):
            raise Refused(
                "a container cannot be inside another one",
                "Use a NamedTuple as key or element: `set[Pair]` in place of a dict of sets.",
            )
    parts = len(args)
    if (origin is set and parts != 1) or (origin is dict and parts != 2):
        raise Refused(f"{hint} does not say what is in it", "Write `dict[Message, bool]`, say.")
    if origin is set:
        return Subset(_listed(shape_of(args[0], settings), hint))
    if origin is dict:
        return Table(_listed(shape_of(args[0], settings), hint), shape_of(args[1], settings))
    if hint is int:
        raise Refused(
            "an int needs bounds, or its values could not be listed",
            "Write `Annotated[int, Range(0, 3)]`, or `Natural` for one without end.",
        )
    if origin is list:
        raise Refused(
            "a list needs a longest length",
            "Write `Annotated[list[Message], AtMost(3)]`.",
        )
    raise Refused(
        f"a field cannot be a {_name(hint)}",
        "Use bool, Literal, Enum, Annotated[int, Range(..)], Message, T | None, NamedTuple, set, "
        "dict, Annotated[list, AtMost(..)] or Channel.",
    )


def _name(hint: object) -> str:
    return str(getattr(hint, "__name__", hint))


def _is_container(thing: object) -> bool:
    return thing is set or thing is dict or thing is list


def _base(hint: object) -> object:
    """What a hint is a hint of: `set` for `Annotated[set[Message], ...]`."""
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return get_origin(inner) or inner


def is_sort(hint: object) -> TypeGuard[type[Sort]]:
    """Whether a type hint is `Message` or another finite sort."""
    return isinstance(hint, type) and issubclass(hint, Sort)


def channel_shape(
    hint: object, channel: Channel[object], settings: Mapping[str, object], line: int
) -> Shape:
    """The shape of a channel field; its room is what the declaration says. Raises Refused.

    `line` is how much of an ordered channel without a limit is looked at.
    """
    items = _listed(shape_of(get_args(hint)[0], settings), hint)
    if EMPTY in labels_of(items):
        raise Refused(f"an item of a channel cannot be called `{EMPTY}`", "Give it another name.")
    room = None if channel.limit is None else number(channel.limit, settings)
    if room is not None and not 0 < room <= LARGEST_ROOM:
        raise Refused(
            f"a channel with room for {room}", f"Write a number from 1 to {LARGEST_ROOM}.", "DC110"
        )
    if not channel.ordered:
        return Bag(items, room)
    return Queue(items, line if room is None else room, room is not None)


def is_volatile(hint: object) -> bool:
    """Whether the hint was written `Volatile[...]`."""
    marked = get_origin(hint) is Annotated
    return marked and any(isinstance(note, VolatileMark) for note in get_args(hint)[1:])


def is_channel(hint: object) -> bool:
    """Whether the hint is `Channel[...]` or one of its kinds."""
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Channel)


def things(sort: type[Sort], settings: Mapping[str, object]) -> tuple[Sort, ...]:
    """All things of a sort. Raises Refused."""
    count = number(sort.size, settings)
    if not 0 < count <= LARGEST_SORT:
        text = f"{sort.__name__} has {count} things"
        raise Refused(text, f"A sort has from 1 to {LARGEST_SORT}.", "DC110")
    return tuple(sort(i) for i in range(1, count + 1))


def _choice(options: tuple[object, ...]) -> Shape:
    labels = labels_of(options)
    if not options or len(set(labels)) < len(labels):
        text = (
            f"the values {', '.join(map(repr, options)) or '(none)'} cannot be told apart by name"
        )
        raise Refused(text, "Give each value a text of its own.")
    return Choice(options)


def number(value: int | str, settings: Mapping[str, object]) -> int:
    """A number written as such or as the name of a setting. Raises Refused."""
    if isinstance(value, int):
        return value
    found = settings.get(value)
    if isinstance(found, bool) or not isinstance(found, int):
        raise Refused(
            f"`{value}` is no setting that holds a whole number",
            f"Declare `{value}: int = 2` in the class.",
        )
    return found


def _union(args: tuple[object, ...], settings: Mapping[str, object]) -> Shape:
    rest = [arg for arg in args if arg is not types.NoneType]
    if len(rest) != 1 or len(rest) == len(args):
        raise Refused("of unions only `T | None` can be used", "Use a Literal or an Enum instead.")
    return perhaps(shape_of(rest[0], settings))


def _annotated(hint: object, notes: tuple[object, ...], settings: Mapping[str, object]) -> Shape:
    for note in notes:
        match note:
            case Range(low, high) if hint is int:
                first = number(low, settings)
                last = None if high is None else number(high, settings)
                if last is not None and last < first:
                    raise Refused(
                        f"the range {first}..{last} is empty", "Write the lower bound first."
                    )
                if max(abs(first), abs(last or 0)) > LARGEST_INTEGER:
                    raise Refused(
                        f"the range {first}..{last} is too large to explore",
                        f"Keep to {LARGEST_INTEGER} at most; small ranges find the same bugs.",
                        "DC110",
                    )
                return Integer(first, last)
            case AtMost(length) if get_origin(hint) is list:
                longest = number(length, settings)
                if not 0 < longest <= LONGEST_LIST:
                    raise Refused(
                        f"a list of {longest} is outside 1..{LONGEST_LIST}",
                        "Small bounds find the same bugs.",
                        "DC110",
                    )
                return Sequel(shape_of(get_args(hint)[0], settings), longest)
            case _:
                pass
    return shape_of(hint, settings)


def _listed(shape: Shape, hint: object) -> tuple[object, ...]:
    try:
        return every_value(shape)
    except DomainTooLarge:
        raise Refused(
            f"the elements of {hint} cannot be listed, or are more than {LARGEST_DOMAIN}",
            "Use bool, Literal, Enum, Message, small ranges, or a NamedTuple of these.",
            "DC110",
        ) from None
