"""The steps of a drawing: a group for each, with its number, its action and its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.report.drawing.flights import NETWORK, Flight
from deliverycheck.report.drawing.marks import bracket, clock, dot, line
from deliverycheck.report.drawing.measure import width
from deliverycheck.report.drawing.plan import (
    ABOVE,
    BEFORE_TEXT,
    BOX,
    SAID,
    SIZE,
    SMALL,
    Band,
    Plan,
    action_width,
)
from deliverycheck.report.drawing.scene import RECORDS, Part, Row
from deliverycheck.report.drawing.svg import Element, element, isolated, label, plain
from deliverycheck.report.drawing.wording import called, said

CENTRED = 4.5
"""From the middle of words to the line they stand on."""


def step_elements(plan: Plan, told: Sequence[str], ident: str) -> Iterator[Element]:
    """A group per step; `told`: each as a sentence, for who points at it."""
    for row, band, text in zip(plan.scene.rows, plan.bands, told, strict=True):
        step = row.step
        yield element(
            "g",
            element("title", isolated(plain(text))),
            element(
                "rect",
                class_="row",
                x=4,
                y=band.top,
                width=plan.width - 8,
                height=band.bottom - band.top,
                rx=4,
                fill="none",
            ),
            *_heading(plan, row, band),
            *_atomic(plan, row, band),
            *(
                one
                for part, y in zip(row.parts, band.axes, strict=True)
                for one in _part(plan, row, part, y)
            ),
            class_="step fault" if step.fault else "step",
            id=f"{ident}-step-{step.index}",
            data_step=step.index,
        )


def _heading(plan: Plan, row: Row, band: Band) -> Iterator[Element]:
    """The number and the action, and a thin line from there to who acts."""
    y = band.axes[0]
    right = plan.actions - 8
    yield label(
        str(row.step.index), 60, SMALL, class_="number", x=right, y=y + CENTRED,
        text_anchor="end", font_weight=600,
    )  # fmt: skip
    name, about = called(row.step.action)
    first = y - 2.5 if about else y + CENTRED
    yield label(name, plan.room, SIZE, class_="action", x=plan.actions, y=first)
    if about:
        yield label(about, plan.room, SMALL, class_="about", x=plan.actions, y=y + 12)
    start = plan.actions + action_width(row) + 6
    end = _column(plan, row, row.parts[0]) - 8
    if start < end:
        yield line([(start, y), (end, y)], class_="guide")


def _column(plan: Plan, row: Row, part: Part) -> float:
    """Where a part of a step happens."""
    if row.step.actor == NETWORK:
        return plan.of_network(_flight(plan, part) or _first_flight(plan, row))
    return plan.of_actor(row.step.actor)


def _flight(plan: Plan, part: Part) -> Flight | None:
    return None if part.flight is None else plan.scene.flights[part.flight]


def _first_flight(plan: Plan, row: Row) -> Flight | None:
    return next((flight for part in row.parts if (flight := _flight(plan, part))), None)


def _atomic(plan: Plan, row: Row, band: Band) -> Iterator[Element]:
    """The bracket around what happens at once."""
    if len(row.parts) > 1 and row.step.actor != NETWORK:
        x = plan.of_actor(row.step.actor)
        out = 12 if plan.is_right(row.step.actor) else -12
        top, bottom = band.axes[0] - 9, band.axes[-1] + 9
        yield bracket(x + out, -out * 0.4, top, bottom, class_="atomic")


def _part(plan: Plan, row: Row, part: Part, y: float) -> Iterator[Element]:
    x = _column(plan, row, part)
    words = said(part)
    right = x + BEFORE_TEXT if row.step.actor == NETWORK else plan.beside(row, part)
    match part.kind:
        case "put":
            yield dot((x, y), class_="mark")
            flight = _flight(plan, part)
            leftward = flight is not None and _goes_left(plan, flight, x)
            yield label(
                words, SAID, SIZE, class_="item", x=x - BEFORE_TEXT if leftward else right,
                y=y - ABOVE, text_anchor="end" if leftward else "start",
            )  # fmt: skip
        case "take":
            pass  # the arrow head says it
        case "lose" | "gone":
            yield label(words, SAID, SIZE, class_="wrong", x=right, y=y + CENTRED)
        case "duplicate" | "reorder":
            yield dot((x, y), class_="mark wrong")
            yield label(words, SAID, SIZE, class_="wrong", x=right, y=y - ABOVE)
        case "crash":
            yield label(
                words, SAID, SIZE, class_="wrong", x=x, y=y + CENTRED, text_anchor="middle",
                font_weight=600,
            )  # fmt: skip
        case "early":
            yield clock((x, y), class_="clock")
            yield label(words, SAID, SIZE, class_="wrong", x=right, y=y + CENTRED)
        case _ if part.kind in RECORDS:
            yield dot((x, y), class_="mark")
            yield from _recorded(plan, part, words, x, y)
        case _:
            yield dot((x, y), class_="mark wrong" if row.step.fault else "mark")
            if words:
                yield label(words, SAID, SIZE, class_="note", x=right, y=y + CENTRED)


def _goes_left(plan: Plan, flight: Flight, x: float) -> bool:
    """Whether a message sets out to the left; one to oneself goes out to the right and back."""
    home = flight.receiver == flight.sender and not flight.touched
    return not home and plan.of_network(flight) < x


def _recorded(plan: Plan, part: Part, words: str, x: float, y: float) -> Iterator[Element]:
    """What goes into the ledger; an effect in a box, from the second on with a heavy border."""
    left = plan.of_ledger()
    yield line([(x + 7, y), (left - 14, y)], class_="guide")
    yield dot((left - 10, y), 2.5, class_="mark small")
    if part.kind != "effect":
        yield label(words, SAID, SIZE, class_=part.kind, x=left, y=y + CENTRED)
        return
    again = part.count > 1
    wide = min(width(plain(words), SIZE, bold=again), SAID) + 2 * BOX
    kind = "effect again" if again else "effect"
    yield element(
        "rect", class_=kind, x=left, y=y - 11, width=wide, height=22, rx=4,
        stroke_width=2.5 if again else 1.2,
    )  # fmt: skip
    yield label(
        words, SAID, SIZE, class_=kind, x=left + wide / 2, y=y + CENTRED, text_anchor="middle",
        font_weight=600 if again else None,
    )  # fmt: skip
