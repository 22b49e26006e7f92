"""What the environment does to a running model: it loses, copies, reorders, and crashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import cast

from deliverycheck.lang.channels import Channel, Connection
from deliverycheck.lang.design import Design
from deliverycheck.lang.roles import Role
from deliverycheck.lang.shapes import label_of


@dataclass(frozen=True, slots=True)
class Turbulence:
    """One fault that can strike now. `targets`: the channels or role whose budget it may have."""

    actor: str
    name: str
    fault: str
    targets: tuple[str, ...]
    strike: Callable[[], None]


def turbulences(
    design: Design,
    fields: Mapping[str, object],
    processes: MutableMapping[tuple[str, str], object],
    owned: MutableMapping[str, dict[str, object]],
) -> Iterator[Turbulence]:
    """Every built-in fault that would change something, whatever is left of its budget."""
    for piece in design.fields:
        if piece.channel is None:
            continue
        channel = cast("Channel[object]", fields[piece.name])
        if isinstance(channel, Connection):
            yield from _breaks(design, fields, piece.name, channel)
        elif channel.ordered:
            yield from _queue_faults(piece.name, channel)
        else:
            yield from _bag_faults(piece.name, channel)
    for role in design.roles():
        if role.crashes:
            yield from _crashes(design, role, processes, owned)


def _bag_faults(name: str, channel: Channel[object]) -> Iterator[Turbulence]:
    for item in dict.fromkeys(channel.items):
        about = f"{name}, {label_of(item)}"

        def lose(item: object = item) -> None:
            channel.items.remove(item)

        def duplicate(item: object = item) -> None:
            channel.items.append(item)

        yield Turbulence("network", f"lose({about})", "lose", (name,), lose)
        if channel.has_room(item):
            yield Turbulence("network", f"duplicate({about})", "duplicate", (name,), duplicate)


def _queue_faults(name: str, channel: Channel[object]) -> Iterator[Turbulence]:
    for at, item in enumerate(channel.items):
        about = f"{name}, {at}: {label_of(item)}"

        def lose(at: int = at) -> None:
            channel.items.pop(at)

        def duplicate(at: int = at, item: object = item) -> None:
            channel.items.insert(at, item)

        def reorder(at: int = at) -> None:
            channel.items.insert(at - 1, channel.items.pop(at))

        yield Turbulence("network", f"lose({about})", "lose", (name,), lose)
        if channel.has_room(item):
            yield Turbulence("network", f"duplicate({about})", "duplicate", (name,), duplicate)
        if at > 0 and channel.items[at - 1] != item:
            yield Turbulence("network", f"reorder({about})", "reorder", (name,), reorder)


def _breaks(
    design: Design, fields: Mapping[str, object], name: str, channel: Channel[object]
) -> Iterator[Turbulence]:
    """A connection breaks as a whole: the fault goes by the name of its first direction."""
    ends = {channel.source, channel.target}
    directions = [
        (piece.name, cast("Channel[object]", fields[piece.name]))
        for piece in design.fields
        if isinstance(piece.channel, Connection)
        and {piece.channel.source, piece.channel.target} == ends
    ]

    def lose() -> None:
        for _, direction in directions:
            direction.items.clear()

    if directions[0][0] == name and any(direction.items for _, direction in directions):
        names = tuple(direction for direction, _ in directions)
        yield Turbulence("network", f"lose({name})", "lose", names, lose)


def _crashes(
    design: Design,
    role: Role,
    processes: MutableMapping[tuple[str, str], object],
    owned: MutableMapping[str, dict[str, object]],
) -> Iterator[Turbulence]:
    """A crash is a step only where there is something to lose."""
    volatile = {piece.name: piece for piece in design.fields if piece.volatile}
    for actor in design.actors(role):
        running = [key for key in processes if key[0] == actor]
        changed = any(owned[actor][name] != piece.initial for name, piece in volatile.items())

        def crash(actor: str = actor, running: list[tuple[str, str]] = running) -> None:
            for key in running:
                del processes[key]
            for name, piece in volatile.items():
                owned[actor][name] = design.fresh(piece)

        if running or changed:
            yield Turbulence(actor, f"crash({actor})", "crash", (role.name,), crash)
