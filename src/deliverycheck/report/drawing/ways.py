"""The ways that messages go: slanted lines from lane to lane, or to where they are lost."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.report.drawing.flights import Flight
from deliverycheck.report.drawing.marks import Point, cross, head, line, path, shortened_line
from deliverycheck.report.drawing.plan import FURTHEST, NET, Plan
from deliverycheck.report.drawing.svg import Element, element

CLEAR = 12
"""Between a line and what an actor does that it passes."""
APART = 9
"""Between the ends of two messages that are still under way."""


def flight_elements(plan: Plan) -> Iterator[Element]:
    """The messages on their way: slanted lines."""
    open_ends = _open_ends(plan)
    for number, flight in enumerate(plan.scene.flights):
        points = _way(plan, flight, open_ends.get(number))
        kind = "flight" + (" copy" if flight.copy_of is not None else "")
        kind += {"arrives": "", "lost": " lost", "in flight": " open"}[flight.fate]
        last = flight.ended.step if flight.ended is not None else None
        yield element(
            "g",
            *_drawn(points, flight.fate),
            class_=kind,
            data_from=flight.began.step if flight.began is not None else 0,
            data_to=last,
        )


def _way(plan: Plan, flight: Flight, open_end: Point | None) -> list[Point]:
    """Where it goes along."""
    middle = plan.of_network(flight)
    before = flight.copy_of is not None or flight.sender is None
    start = middle if before else plan.of_actor(flight.sender or "")
    points = [(start, plan.height_of(flight.began))]
    points += [(middle, plan.height_of(moment)) for moment in flight.touched]
    if open_end is not None:
        return _past_others(plan, [*points, open_end])
    end = middle if flight.receiver is None else plan.of_actor(flight.receiver)
    return _past_others(plan, [*points, (end, plan.height_of(flight.ended))])


def _open_ends(plan: Plan) -> dict[int, Point]:
    """Where the messages that are still under way at the end have come, by number."""
    found: dict[int, Point] = {}
    for y, _, number in plan.feet:
        if number is not None:
            middle = plan.of_network(plan.scene.flights[number])
            before = sum(abs(x - middle) < NET for x, _ in found.values())
            found[number] = (middle + NET - 8 - (before * APART) % (2 * NET - 12), y)
    return found


def _past_others(plan: Plan, points: list[Point]) -> list[Point]:
    """The line with a bend where it would seem to end at an actor that it only passes."""
    (x0, y0), (x1, y1) = points[-2:]
    bends: list[Point] = []
    for lane, x in zip(plan.lanes, plan.columns, strict=True):
        if lane.kind != "actor" or not min(x0, x1) < x < max(x0, x1):
            continue
        y = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        acts = [
            axis
            for row, band in zip(plan.scene.rows, plan.bands, strict=True)
            for axis in band.axes
            if row.step.actor == lane.name and abs(axis - y) < CLEAR
        ]
        if acts:
            below = acts[0] + CLEAR
            bends.append((x, below if below < y1 - 4 else acts[0] - CLEAR))
    heights = sorted(y for _, y in bends)
    fit = all(y0 < y < y1 for y in heights) and [y for _, y in _along(bends, x0)] == heights
    return [*points[:-1], *_along(bends, x0), points[-1]] if fit else points


def _along(bends: list[Point], start: float) -> list[Point]:
    """The points in the order they are come to."""
    return sorted(bends, key=lambda point: abs(point[0] - start))


def _drawn(points: list[Point], fate: str) -> Iterator[Element]:
    (x0, y0), (x1, y1) = points[0], points[-1]
    if len(points) == 2 and x0 == x1 and fate == "arrives":  # to itself: out and back
        out = x0 + min(26 + (y1 - y0) / 8, FURTHEST)
        yield path("M", x0, y0, "C", out, y0, out, y1, x1 + 8, y1, fill="none")
        yield head((x1 + 1, y1), (x1 + 9, y1), class_="head")
        return
    if fate == "lost":
        yield line(points)
        yield cross(points[-1], class_="cross")
        return
    yield line(shortened_line(points, 8))
    yield head(points[-1], points[-2], class_="head open" if fate == "in flight" else "head")
