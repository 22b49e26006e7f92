"""The sequence diagram of a run: lanes, messages on their way, what goes wrong and what counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deliverycheck.explain.story import sentences
from deliverycheck.report.drawing.marks import bracket, head, line
from deliverycheck.report.drawing.measure import width
from deliverycheck.report.drawing.plan import (
    AIR,
    BEFORE_TEXT,
    EDGE,
    HEAD,
    LINE,
    NAME,
    NET,
    SAID,
    SIZE,
    SMALL,
    Plan,
    plan_of,
)
from deliverycheck.report.drawing.scene import scene_of
from deliverycheck.report.drawing.steps import step_elements
from deliverycheck.report.drawing.style import FONT, style
from deliverycheck.report.drawing.svg import Element, element, isolated, label, plain, written
from deliverycheck.report.drawing.ways import flight_elements
from deliverycheck.report.drawing.wording import DECIDED
from deliverycheck.system.verdicts import Trace

_IDENT = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


def lanes_svg(
    trace: Trace,
    *,
    title: str,
    description: str,
    ident: str = "lanes",
    point_of_no_return: int | None = None,
    standalone: bool = False,
) -> str:
    """The run as one `<svg>`, to stand in a page that has the style sheet, or by itself.

    `ident` begins every id in it (`lanes-step-3`), so that several can stand in one page. What is
    decided after `point_of_no_return` steps; None: what the trace says. `standalone` brings the
    style along. Raises ValueError for an `ident` that is no name of ASCII letters and digits.
    """
    if not _IDENT.fullmatch(ident):
        raise ValueError(f"not fit for an id: {ident!r}")
    decided = trace.point_of_no_return if point_of_no_return is None else point_of_no_return
    plan = plan_of(scene_of(trace), decided)
    told = [f"{at}. {text}." for at, text in enumerate(sentences(trace.steps), 1)]
    ground = [
        element("style", style("style")),
        element("rect", class_="paper", width=plan.width, height=plan.height),
    ]
    return written(
        element(
            "svg",
            element("title", isolated(plain(title)), id=f"{ident}-title"),
            element("desc", isolated(plain(description)), id=f"{ident}-desc"),
            *(ground if standalone else ()),
            element("g", *_lanes(plan), class_="lane-lines"),
            element("g", *flight_elements(plan), class_="flights"),
            element("g", *_frame(plan), class_="frame"),
            *step_elements(plan, told, ident),
            xmlns="http://www.w3.org/2000/svg",
            class_="drawing lanes",
            role="img",
            aria_labelledby=f"{ident}-title {ident}-desc",
            width=plan.width,
            height=plan.height,
            viewBox=f"0 0 {plan.width:.1f} {plan.height:.1f}",
            font_family=FONT,
            font_size=SIZE,
        )
    )


def _lanes(plan: Plan) -> Iterator[Element]:
    """The lines of the actors, with a gap where one crashes, and the ground of the network."""
    bottom = plan.height - EDGE / 2
    for lane, x in zip(plan.lanes, plan.columns, strict=True):
        if lane.kind == "network":
            yield element(
                "rect",
                class_="network",
                x=x - NET,
                y=HEAD - 12,
                width=2 * NET,
                height=bottom - HEAD + 10,
            )
        elif lane.kind == "ledger":
            yield line([(x - 10, HEAD - 12), (x - 10, bottom)], class_="ledger")
        else:
            ends = [HEAD - 12.0]
            for y in _crashes(plan, lane.name):
                ends += [y - 11, y + 11]
            ends.append(bottom)
            for top, end in zip(ends[::2], ends[1::2], strict=True):
                yield line([(x, top), (x, end)], class_=f"lane {lane.kind}")
            yield from _busy(plan, lane.name, x)


def _crashes(plan: Plan, actor: str) -> Iterator[float]:
    for row, band in zip(plan.scene.rows, plan.bands, strict=True):
        for part, y in zip(row.parts, band.axes, strict=True):
            if part.kind == "crash" and row.step.actor == actor:
                yield y


def _busy(plan: Plan, actor: str, x: float) -> Iterator[Element]:
    """From where a process starts to where it ends, or is cut off by a crash."""
    started: dict[str, float] = {}
    for row, band in zip(plan.scene.rows, plan.bands, strict=True):
        if row.step.actor != actor:
            continue
        for method, what in row.busy:
            if what == "start":
                started[method] = band.axes[0]
            else:
                top = started.pop(method, HEAD)
                end = band.axes[0] - 11 if what == "cut" else band.axes[-1]
                yield _bar(x, top, end, f"busy {what}")
    for top in started.values():
        yield _bar(x, top, plan.bands[-1].bottom, "busy")


def _bar(x: float, top: float, bottom: float, class_: str) -> Element:
    return element("rect", class_=class_, x=x - 4, y=top, width=8, height=bottom - top, rx=2)


def _frame(plan: Plan) -> Iterator[Element]:
    """What belongs to no step: names, the point of no return, a loop, what is still under way."""
    for lane, x in zip(plan.lanes, plan.columns, strict=True):
        ledger = lane.kind == "ledger"
        if lane.kind == "actor":
            half = min(width(plain(lane.name), SIZE, bold=True), NAME) / 2 + 8
            yield element(
                "rect", class_="nameplate", x=x - half, y=HEAD - 38, width=2 * half, height=26, rx=5
            )
        yield label(
            lane.name,
            NAME,
            SIZE,
            class_=f"name {lane.kind}",
            x=x,
            y=HEAD - 20.5,
            text_anchor="start" if ledger else "middle",
            font_weight=600,
        )
    if plan.decided is not None:
        y = plan.decided
        yield line([(EDGE, y), (plan.width - EDGE, y)], class_="decided")
        yield label(DECIDED, SAID, SMALL, class_="decided", x=plan.margin, y=y - 6, font_weight=600)
    loop = plan.scene.loop_start
    if loop is not None and loop < len(plan.bands):
        top, bottom = plan.bands[loop].top + AIR, plan.bands[-1].bottom - AIR
        yield bracket(EDGE - 6, 12, top, bottom, class_="loop")
        yield head((EDGE + 10, top), (EDGE - 6, top), class_="loop head")
    for y, text, number in plan.feet:
        left: float = EDGE - 6
        if number is not None:
            left = plan.of_network(plan.scene.flights[number]) + NET + BEFORE_TEXT
        kind = "foot" if number is not None else "foot loop"
        yield label(text, SAID * 1.5, SIZE, class_=kind, x=left, y=y + LINE / 6)
