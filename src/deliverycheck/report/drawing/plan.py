"""Where everything is: the columns of the lanes, and the rows of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from deliverycheck.report.drawing.cast import Lane, cast_of, goals_of
from deliverycheck.report.drawing.flights import NETWORK, Flight, Moment
from deliverycheck.report.drawing.measure import width
from deliverycheck.report.drawing.scene import RECORDS, Part, Row, Scene
from deliverycheck.report.drawing.svg import plain
from deliverycheck.report.drawing.wording import DECIDED, called, going_round, said, unfinished

SIZE = 13
"""Of text, in pixels."""
SMALL = 12
LINE = 26
"""The height of one part of a step."""
AIR = 7
"""Above and below the parts of a step."""
EDGE = 16
HEAD = 52
"""From the top to the first step."""
MARKED = 30
"""The height of what is between two steps: the point of no return."""
NEAR = 112
"""Between two lanes, at least."""
NET = 26
"""Half of the network's width."""
FURTHEST = 56
"""How far a message to oneself goes out, at most."""
NAME = 140
"""Room for the name of a lane."""
ACTION = 128
"""Room for the name of an action and what it is about, at most."""
SAID = 212
"""Room for the words beside a part, at most."""
BEFORE_TEXT = 11
"""From a lane to the words beside it."""
ABOVE = 6
"""From words above a line to the line."""
WORDS_ABOVE = ("put", "duplicate", "reorder")
"""Where lines go down from a part, its words stand above it."""
BRACKET = 10
"""What a bracket at the right of a lane takes of it."""
BOX = 8
"""Between the border of a box and its text."""


@dataclass(frozen=True, slots=True)
class Band:
    """The place of a step: from `top` to `bottom`, with an axis for each part."""

    top: float
    bottom: float
    axes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything of a scene is."""

    scene: Scene
    lanes: tuple[Lane, ...]
    columns: tuple[float, ...]
    """The middle of each lane; of the ledger its left edge."""
    margin: float
    """Left of everything: where the bracket of a loop has its place, if there is a loop."""
    actions: float
    """The left edge of the actions' names, and how wide they may be."""
    room: float
    bands: tuple[Band, ...]
    decided: float | None
    """The height of the line that marks the point of no return."""
    feet: tuple[tuple[float, str, int | None], ...]
    """Below the last step: lines of text, each with the flight that goes on, if it is about one."""
    width: float
    height: float

    def of_actor(self, name: str) -> float:
        """The lane of an actor; of one that has none (of the network, say), the network's."""
        for lane, column in zip(self.lanes, self.columns, strict=True):
            if lane.kind in ("actor", "environment") and lane.name == name:
                return column
        return self.of_network(None)

    def of_network(self, flight: Flight | None) -> float:
        """The network between the two ends of a flight."""
        nets = [x for lane, x in zip(self.lanes, self.columns, strict=True) if lane.name == NETWORK]
        if not nets:
            return self.columns[0] if self.columns else self.actions
        if flight is None or len(nets) == 1:
            return nets[0]
        names = [lane.name for lane in self.lanes if lane.kind == "actor"]
        ends = [flight.sender or "", *goals_of(flight, names)[:1]]
        known = [self.of_actor(name) for name in ends if name in names]
        middle = sum(known) / len(known) if known else nets[0]
        between = [x for x in nets if known and min(known) < x < max(known)]
        return min(between or nets, key=lambda x: abs(x - middle))

    def is_right(self, actor: str) -> bool:
        """Whether messages come to the actor from the left, so that its right side is free."""
        own = self.of_actor(actor)
        pairs = zip(self.lanes, self.columns, strict=True)
        return any(lane.kind == "network" and x < own for lane, x in pairs)

    def beside(self, row: Row, part: Part) -> float:
        """Where the words at the right of a part begin."""
        x = self.of_actor(row.step.actor) + BEFORE_TEXT
        if part.kind == "early":
            x += 4
        atomic = len(row.parts) > 1
        return x + (BRACKET if atomic and self.is_right(row.step.actor) else 0)

    def of_ledger(self) -> float:
        """The left edge of the ledger."""
        return self.columns[-1]

    def height_of(self, moment: Moment | None) -> float:
        """The axis of a moment; of what was before, the top."""
        if moment is None:
            return HEAD - AIR
        axes = self.bands[moment.step - 1].axes
        return axes[min(moment.part, len(axes) - 1)]


def plan_of(scene: Scene, decided: int | None) -> Plan:
    """Give everything its place; `decided`: after how many steps the point of no return is."""
    lanes = cast_of(scene)
    bands, mark, bottom = _bands(scene.rows, decided)
    feet = _feet(scene, bottom)
    margin = EDGE + (16 if _loops(scene) else 0)
    actions = margin + width(str(len(scene.rows)), SMALL, bold=True) + 10
    room = max((action_width(row) for row in scene.rows), default=0)
    columns = _columns(lanes, scene, actions + room)
    low = feet[-1][0] + LINE if feet else bottom + EDGE
    plan = Plan(scene, lanes, columns, margin, actions, room, bands, mark, feet, 0, low)
    return replace(plan, width=_right_end(plan) + EDGE)


def action_width(row: Row) -> float:
    """How much room the name of a step's action takes."""
    name, about = map(plain, called(row.step.action))
    return min(max(width(name, SIZE), width(about, SMALL)), ACTION)


def _bands(
    rows: Sequence[Row], decided: int | None
) -> tuple[tuple[Band, ...], float | None, float]:
    """The places of the steps, the mark between two of them, and where they end."""
    bands: list[Band] = []
    top: float = HEAD
    mark: float | None = None
    for at in range(len(rows) + 1):
        if at == decided:
            mark = top + MARKED - AIR
            top += MARKED
        if at < len(rows):
            axes: list[float] = []
            for part in rows[at].parts:
                room = LINE + (ABOVE if axes and part.kind in WORDS_ABOVE else 0)
                axes.append((axes[-1] if axes else top + AIR - LINE / 2) + room)
            bands.append(Band(top, axes[-1] + LINE / 2 + AIR, tuple(axes)))
            top = bands[-1].bottom
    return tuple(bands), mark, top


def _feet(scene: Scene, bottom: float) -> tuple[tuple[float, str, int | None], ...]:
    texts: list[tuple[str, int | None]] = [
        (unfinished(flight), number)
        for number, flight in enumerate(scene.flights)
        if flight.ended is None
    ]
    if scene.loop_start is not None:
        texts.append((going_round(scene.loop_start, len(scene.rows)), None))
    return tuple(
        (bottom + AIR + LINE * (at + 0.5), text, number) for at, (text, number) in enumerate(texts)
    )


def _loops(scene: Scene) -> bool:
    return scene.loop_start is not None and scene.loop_start < len(scene.rows)


def _columns(lanes: Sequence[Lane], scene: Scene, left: float) -> tuple[float, ...]:
    """As near to each other as the names and the words allow."""
    if not lanes:
        return ()
    halves = [min(width(plain(lane.name), SIZE, bold=True), NAME) / 2 + 10 for lane in lanes]
    columns = [left + 20 + halves[0]]
    for at, (one, other) in enumerate(pairwise(lanes)):
        apart = max(halves[at] + halves[at + 1], NEAR)
        if other.kind == "ledger":
            apart = max(halves[at] + 28, 40, BEFORE_TEXT + BRACKET + 18 + _widest(one, scene))
        columns.append(columns[-1] + apart)
    return tuple(columns)


def _widest(lane: Lane, scene: Scene) -> float:
    """The longest words beside the last lane before the ledger."""
    widths = [
        min(width(plain(said(part)), SIZE), SAID)
        for row in scene.rows
        for part in row.parts
        if row.step.actor == lane.name and part.kind not in ("put", "take", "crash", *RECORDS)
    ]
    return max(widths, default=0)


def _right_end(plan: Plan) -> float:
    """Where the last words end at the right."""
    right = [plan.actions + plan.room]
    if plan.decided is not None:
        right.append(plan.margin + width(DECIDED, SMALL, bold=True))
    for lane, column in zip(plan.lanes, plan.columns, strict=True):
        right.append(column + max(min(width(plain(lane.name), SIZE, bold=True), NAME), FURTHEST))
    for row in plan.scene.rows:
        for part in row.parts:
            words = min(width(plain(said(part)), SIZE, bold=part.kind == "effect"), SAID)
            if part.kind in RECORDS:
                right.append(plan.of_ledger() + words + 2 * BOX)
            elif row.step.actor == NETWORK:
                flight = None if part.flight is None else plan.scene.flights[part.flight]
                right.append(plan.of_network(flight) + BEFORE_TEXT + words)
            elif part.kind != "take":
                right.append(plan.beside(row, part) + words)
    for _, text, number in plan.feet:
        start = plan.margin
        if number is not None:
            start = plan.of_network(plan.scene.flights[number]) + NET + BEFORE_TEXT
        right.append(start + min(width(plain(text), SIZE), SAID * 1.5))
    return max(right)
