"""The environment's faults as actions, and what is left of their budgets as variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from deliverycheck.lang.channels import Connection
from deliverycheck.lang.design import Design, Field
from deliverycheck.lang.domains import Message, Sort
from deliverycheck.lang.layout import leaves
from deliverycheck.lang.naming import CHANNEL_FAULTS, budget_key, budget_variable
from deliverycheck.lang.roles import Role
from deliverycheck.lang.shapes import EMPTY, Bag, Queue, label_of, mentions, parts_of
from deliverycheck.lift.values.containers import queue_label
from deliverycheck.system import build
from deliverycheck.system.model import Action, Bound, Event, Variable
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import Term, Var

ONE = build.integer(1)


@dataclass(frozen=True, slots=True)
class Budget:
    """How often each fault may happen: a number, or `inf`; what is not named, never."""

    amounts: Mapping[str, float]

    def variables(self) -> Iterator[tuple[Variable, int]]:
        """A counter for each finite budget, with its start."""
        for key, amount in self.amounts.items():
            if 0 < amount < inf:
                count = int(amount)
                yield Variable(budget_variable(key), IntSort(0, count), "budget"), count

    def left(self, key: str) -> Term:
        """Whether the fault may happen once more."""
        amount = self.amounts.get(key, 0)
        if not 0 < amount < inf:
            return build.truth(amount == inf)
        return build.less(build.integer(0), self._counter(key))

    def spent(self, key: str) -> dict[str, Term]:
        """One less to come."""
        if not 0 < self.amounts.get(key, 0) < inf:
            return {}
        return {budget_variable(key): build.minus(self._counter(key), ONE)}

    def _counter(self, key: str) -> Term:
        return Var(budget_variable(key), IntSort(0, int(self.amounts[key])))


def channel_faults(design: Design, budget: Budget) -> Iterator[Action]:
    """lose, duplicate and reorder on every channel, as far as the budget allows any."""
    for piece in design.fields:
        if piece.channel is None:
            continue
        targets: tuple[str, ...] = (piece.name,)
        if isinstance(piece.channel, Connection):
            found = _breaks(design, piece)
            targets = tuple(direction.name for direction in directions_of(design, piece))
        elif isinstance(piece.shape, Bag):
            found = _bag_faults(piece, piece.shape)
        else:
            found = _queue_faults(piece)
        for action in found:
            yield from _charged(action, targets, budget)


def crash(role: Role, actor: str, budget: Budget, resets: Mapping[Term, Term]) -> Iterator[Action]:
    """A crash of one replica: what it loses goes back to its start, if any of it is elsewhere."""
    changed = build.any_of(*(build.negate(build.equal(v, start)) for v, start in resets.items()))
    updates = {v.name: start for v, start in resets.items() if isinstance(v, Var)}
    event = Event("crash", actor)
    action = Action(f"crash({actor})", actor, changed, updates, "crash", "none", events=(event,))
    if changed != build.FALSE:
        yield from _charged(action, (role.name,), budget)


def paid_from(design: Design, budgets: Mapping[str, float], action: Action) -> str | None:
    """The key of the budget that a fault draws from, counted or endless; None: it is no fault."""
    if action.fault is None:
        return None
    return budget_key(action.fault, tuple(_struck(design, action)), budgets)


def _struck(design: Design, action: Action) -> Iterator[str]:
    """The channels, or the role, whose own budget a fault may have."""
    if action.fault == "crash":
        yield from (one.name for one in design.roles() if action.actor in design.actors(one))
    for event in action.events:
        if event.kind in CHANNEL_FAULTS:
            yield event.where
        elif event.kind == "break":
            first = event.where.partition(" and ")[0]
            (piece,) = (one for one in design.fields if one.name == first)
            yield from (direction.name for direction in directions_of(design, piece))


def _charged(action: Action, targets: tuple[str, ...], budget: Budget) -> Iterator[Action]:
    """The action as a fault that its budget pays for."""
    key = budget_key(action.fault or "", targets, budget.amounts)
    guard = build.all_of(action.guard, budget.left(key))
    if guard != build.FALSE:
        yield Action(
            action.name,
            action.actor,
            guard,
            {**action.updates, **budget.spent(key)},
            action.fault,
            "none",
            action.message,
            action.parameters,
            action.events,
            (),
            action.bounds,
        )


def _fault(
    name: str,
    fault: str,
    guard: Term,
    updates: Mapping[str, Term],
    piece: Field,
    item: object,
    bounds: tuple[Bound, ...] = (),
) -> Action:
    about = next((label_of(m) for m in messages_in(item)), None)
    target = piece.channel.target.name if piece.channel is not None else ""
    event = Event(fault, piece.name, label_of(item), target)
    return Action(name, "network", guard, updates, fault, "none", about, (), (event,), (), bounds)


def messages_in(item: object) -> Iterator[Message]:
    """The messages an item is or holds."""
    if isinstance(item, Message):
        yield item
    for part in parts_of(item) or ():
        yield from messages_in(part)


def _bag_faults(piece: Field, bag: Bag) -> Iterator[Action]:
    for item, leaf in zip(bag.items, leaves(bag, piece.name), strict=True):
        count = Var(leaf.name, leaf.sort)
        some = build.less(build.integer(0), count)
        about = f"{piece.name}, {label_of(item)}"
        fewer = {leaf.name: build.minus(count, ONE)}
        yield _fault(f"lose({about})", "lose", some, fewer, piece, item)
        room = build.TRUE if bag.room is None else build.less(count, build.integer(bag.room))
        more = {leaf.name: build.plus(count, ONE)}
        guard = build.all_of(some, room)
        yield _fault(f"duplicate({about})", "duplicate", guard, more, piece, item)


def _queue_faults(piece: Field) -> Iterator[Action]:
    queue = piece.shape
    assert isinstance(queue, Queue)  # noqa: S101 - an ordered channel has this shape
    spots = leaves(queue, piece.name)
    cells: list[Term] = [Var(leaf.name, leaf.sort) for leaf in spots]
    empty = queue_label(queue, EMPTY)
    free = build.equal(cells[-1], empty)
    for at, cell in enumerate(cells):
        for item in queue.items:
            here = build.equal(cell, queue_label(queue, label_of(item)))
            about = f"{piece.name}, {at}: {label_of(item)}"
            closed = [*cells[:at], *cells[at + 1 :], empty]
            yield _fault(f"lose({about})", "lose", here, _line(queue, piece, closed), piece, item)
            doubled = [*cells[: at + 1], *cells[at:-1]]
            guard = build.all_of(here, free) if queue.bounded_by_model else here
            limit = f"{piece.name}: at most {queue.cells} in flight"
            bounds = () if queue.bounded_by_model else (Bound(free, limit),)
            yield _fault(
                f"duplicate({about})",
                "duplicate",
                guard,
                _line(queue, piece, doubled),
                piece,
                item,
                bounds,
            )
            if at > 0:
                swapped = [*cells[: at - 1], cells[at], cells[at - 1], *cells[at + 1 :]]
                differs = build.negate(build.equal(cells[at - 1], cell))
                yield _fault(
                    f"reorder({about})",
                    "reorder",
                    build.all_of(here, differs),
                    _line(queue, piece, swapped),
                    piece,
                    item,
                )


def _line(queue: Queue, piece: Field, cells: list[Term]) -> dict[str, Term]:
    names = (leaf.name for leaf in leaves(queue, piece.name))
    return {
        name: cell
        for name, cell in zip(names, cells, strict=True)
        if not (isinstance(cell, Var) and cell.name == name)
    }


def directions_of(design: Design, piece: Field) -> list[Field]:
    """The fields that are directions of one connection."""

    def ends(field: Field) -> set[Role]:
        return {field.channel.source, field.channel.target} if field.channel is not None else set()

    return [
        other
        for other in design.fields
        if isinstance(other.channel, Connection) and ends(other) == ends(piece)
    ]


def _breaks(design: Design, piece: Field) -> Iterator[Action]:
    """A connection breaks as a whole: once for both directions, under the first one's name."""
    directions = directions_of(design, piece)
    if directions[0] is not piece:
        return
    updates: dict[str, Term] = {}
    filled: list[Term] = []
    for direction in directions:
        queue = direction.shape
        assert isinstance(queue, Queue)  # noqa: S101 - an ordered channel has this shape
        empty = queue_label(queue, EMPTY)
        spots = leaves(queue, direction.name)
        filled.append(build.negate(build.equal(Var(spots[0].name, spots[0].sort), empty)))
        updates |= {leaf.name: empty for leaf in spots}
    event = Event("break", " and ".join(direction.name for direction in directions))
    yield Action(
        f"lose({piece.name})",
        "network",
        build.any_of(*filled),
        updates,
        "lose",
        "none",
        events=(event,),
    )


def nothing_under_way(design: Design, subject: Sort, among: Sequence[str] = ()) -> Iterator[Term]:
    """No channel, or none of those named, holds anything about `subject`."""
    for piece in design.fields:
        if among and piece.name not in among:
            continue
        match piece.shape:
            case Bag(items, _):
                for item, leaf in zip(items, leaves(piece.shape, piece.name), strict=True):
                    if mentions(item, subject):
                        yield build.equal(Var(leaf.name, leaf.sort), build.integer(0))
            case Queue(items, _, _) as queue:
                for item in items:
                    if mentions(item, subject):
                        label = queue_label(queue, label_of(item))
                        for leaf in leaves(queue, piece.name):
                            yield build.negate(build.equal(Var(leaf.name, leaf.sort), label))
            case _:
                pass
