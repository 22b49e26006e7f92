"""The state machine of an actor as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.dossier.machines import Machine, Mode, Move
from deliverycheck.report.drawing.boxes import Box
from deliverycheck.report.drawing.layered import layered
from deliverycheck.report.drawing.layers.measures import Layout, Link, Place, Size, Spacing
from deliverycheck.report.drawing.links import EAR, EAR_HEIGHT, Label, curve, label_of, loop
from deliverycheck.report.drawing.measure import width as text_width
from deliverycheck.report.drawing.shapes import (
    Picture,
    beside,
    drawing,
    line_of_text,
    shortened,
    tag,
)

HEADING, NOTE = 15.0, 11.5
"""Sizes of the actor's name, and of what is said below."""

START = -1
"""The number of the dot from which an arrow leads to where the machine starts."""

MOST_NAME = 40

ROW = 900.0
"""Width up to which machines stand side by side."""

SECOND = 0.3
"""How much a fault wants to be a straight line, compared with what an actor does by itself."""

SPACING = Spacing(28.0, 22.0, 10.0)


def machine_svg(machine: Machine, *, ident: str, title: str, standalone: bool = False) -> str:
    """The state machine of an actor, to inline or to save alone."""
    picture = machine_picture(machine)
    return drawing(picture, ident=ident, title=title, standalone=standalone)


def machines_svg(
    machines: Sequence[Machine], *, ident: str, title: str, standalone: bool = False
) -> str:
    """The state machines of several actors in one drawing."""
    pictures = [machine_picture(machine) for machine in machines]
    picture = beside(pictures, ROW, 24.0)
    return drawing(picture, ident=ident, title=title, standalone=standalone)


def machine_picture(machine: Machine) -> Picture:
    """A machine under the name of its actor, above what is to be said about it."""
    ears = {mode.number: list(_loops(machine, mode.number)) for mode in machine.modes}
    sizes = {mode.number: _size(mode, ears[mode.number]) for mode in machine.modes}
    labels = {_key(moves): _label(moves) for moves in _grouped(machine)}
    links = [
        Link(source, target, label.width, label.height, lane, SECOND if lane else 1.0)
        for (source, target, lane), label in labels.items()
    ]
    starts = [Link(START, mode.number) for mode in machine.modes if mode.initial]
    layout = layered(sizes | {START: Size(12.0, 12.0)}, [*starts, *links], SPACING)
    parts = list(_links(layout, labels))
    for mode in machine.modes:
        place = layout.boxes[mode.number]
        parts.append(_box(mode).drawn(place, sizes[mode.number], "g-mode"))
        parts += _ears(place, sizes[mode.number], ears[mode.number])
    dot = layout.boxes[START]
    parts.append(tag("circle", {"cx": dot.x, "cy": dot.y, "r": 5.0, "class": "g-dot"}))
    return _framed(machine, layout, "".join(parts))


def _framed(machine: Machine, layout: Layout, body: str) -> Picture:
    notes = list(notes_of(machine))
    name = shortened(machine.actor, MOST_NAME)
    width = max(
        layout.width,
        text_width(name, HEADING) + 24,
        *(text_width(note, NOTE) + 24 for note in notes),
    )
    top = HEADING + 18
    heading = line_of_text(12.0, top / 2 + 2, name, HEADING, "g-actor", "start")
    moved = tag("g", {"transform": f"translate({(width - layout.width) / 2:.1f} {top:.1f})"}, body)
    y = top + layout.height
    below: list[str] = []
    for note in notes:
        below.append(line_of_text(12.0, y + 6, note, NOTE, "g-note", "start"))
        y += NOTE + 5
    whole = "".join((heading, moved, *below))
    return Picture(width, y + 4, whole, " ".join(in_words(machine)))


def notes_of(machine: Machine) -> Iterator[str]:
    """What a picture of a machine does not show."""
    if machine.left_out:
        names = shortened(", ".join(machine.left_out), 60)
        yield f"What differs in {names} only is drawn as one."
    if machine.shared:
        yield f"Changed by others, too: {shortened(', '.join(machine.shared), 80)}."
    if machine.within:
        yield f"Not all was looked at: {shortened('; '.join(machine.within), 80)}."


def in_words(machine: Machine) -> Iterator[str]:
    """The machine as sentences."""
    names = [f"“{', '.join(told_mode(mode))}”" for mode in machine.modes]
    starts = " or ".join(names[mode.number] for mode in machine.modes if mode.initial)
    yield f"{machine.actor} starts {starts}."
    for move in machine.moves:
        where = "where it is" if move.source == move.target else f"to {names[move.target]}"
        does = f" ({', '.join(move.does)})" if move.does else ""
        yield f"From {names[move.source]}, {told_move(move)} leads {where}{does}."
    yield from notes_of(machine)


def told_mode(mode: Mode) -> tuple[str, ...]:
    """The lines of a mode; one that nothing is to be said of is as at the start."""
    return mode.lines or ("at rest",)


def told_move(move: Move) -> str:
    """A move's step, who takes it, and the fault it spends, where that is not its name."""
    text = move.step if move.by is None or move.fault is not None else f"{move.by}: {move.step}"
    return text if move.fault in (None, move.step) else f"{text} ({move.fault})"


def _grouped(machine: Machine) -> Iterator[list[Move]]:
    """The moves between two different modes, faults apart from the others."""
    groups: dict[tuple[int, int, int], list[Move]] = {}
    for move in machine.moves:
        if move.source != move.target:
            groups.setdefault(_key([move]), []).append(move)
    yield from groups.values()


def _key(moves: Sequence[Move]) -> tuple[int, int, int]:
    move = moves[0]
    return move.source, move.target, int(move.fault is not None)


def _label(moves: Sequence[Move]) -> Label:
    return label_of([(told_move(move), move.does) for move in moves])


def _loops(machine: Machine, number: int) -> Iterator[tuple[bool, Label]]:
    """The moves of a mode to itself, faults apart from the others."""
    own = [move for move in machine.moves if move.source == move.target == number]
    for is_fault in (False, True):
        some = [move for move in own if (move.fault is not None) == is_fault]
        if some:
            yield is_fault, _label(some)


def _size(mode: Mode, ears: Sequence[tuple[bool, Label]]) -> Size:
    room = sum(max(label.height, EAR_HEIGHT) for _, label in ears) + 6 if ears else 0.0
    aside = max((EAR + label.width for _, label in ears), default=0.0)
    return _box(mode).size(least_height=room, aside=aside)


def _box(mode: Mode) -> Box:
    lines = told_mode(mode)
    return Box(lines, ", ".join(lines))


def _ears(place: Place, size: Size, ears: Sequence[tuple[bool, Label]]) -> Iterator[str]:
    right = place.x + size.width / 2
    y = place.y - sum(max(label.height, EAR_HEIGHT) for _, label in ears) / 2
    for is_fault, label in ears:
        half = max(label.height, EAR_HEIGHT) / 2
        classes = "g-link g-fault" if is_fault else "g-link"
        yield loop(right, y + half, classes, label.whole)
        yield label.drawn(Place(right + EAR, y + half), classes, anchor="start")
        y += 2 * half


def _links(layout: Layout, labels: dict[tuple[int, int, int], Label]) -> Iterator[str]:
    """All curves, and over them all labels."""
    texts: list[str] = []
    for route in layout.routes:
        label = labels.get((route.source, route.target, route.lane))
        classes = "g-link g-fault" if label and route.lane else "g-link"
        yield curve(route, classes, label.whole if label else "start")
        if label and route.label:
            texts.append(label.drawn(route.label, classes))
    yield from texts
