"""The marks of a drawing: arrow heads, crosses, boxes, brackets."""

from __future__ import annotations

from math import hypot

from deliverycheck.report.drawing.svg import Attribute, Element, element, number

Point = tuple[float, float]


def path(*commands: str | float, **attributes: Attribute) -> Element:
    """A line by its commands, such as `path("M", 0, 0, "h", 5)`."""
    data = " ".join(one if isinstance(one, str) else number(one) for one in commands)
    return element("path", d=data, **attributes)


def line(points: list[Point], **attributes: Attribute) -> Element:
    """A line through the points."""
    commands: list[str | float] = []
    for x, y in points:
        commands += ["L" if commands else "M", x, y]
    return path(*commands, fill="none", **attributes)


def shortened_line(points: list[Point], by: float) -> list[Point]:
    """The line without its last few pixels, so that an arrow head stays sharp."""
    (x0, y0), (x1, y1) = points[-2:]
    length = hypot(x1 - x0, y1 - y0)
    if length <= by:
        return points
    share = 1 - by / length
    return [*points[:-1], (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)]


def head(tip: Point, start: Point, **attributes: Attribute) -> Element:
    """An arrow head at `tip` of a line that comes from `start`."""
    dx, dy = tip[0] - start[0], tip[1] - start[1]
    length = hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    back = (tip[0] - 9 * ux, tip[1] - 9 * uy)
    left = (back[0] - 3.8 * uy, back[1] + 3.8 * ux)
    right = (back[0] + 3.8 * uy, back[1] - 3.8 * ux)
    return path("M", *tip, "L", *left, "L", *right, "Z", **attributes)


def cross(at: Point, **attributes: Attribute) -> Element:
    """The end of something lost."""
    x, y = at
    commands = ("M", x - 5, y - 5, "l", 10, 10, "M", x + 5, y - 5, "l", -10, 10)
    return path(*commands, fill="none", **attributes)


def dot(at: Point, radius: float = 3.5, **attributes: Attribute) -> Element:
    """Something happens here."""
    return element("circle", cx=at[0], cy=at[1], r=radius, **attributes)


def clock(at: Point, **attributes: Attribute) -> Element:
    """A timer."""
    x, y = at
    hands = ("M", x, y - 3.5, "v", 3.5, "h", 3)
    return element(
        "g",
        element("circle", cx=x, cy=y, r=7, class_="face"),
        path(*hands, fill="none"),
        **attributes,
    )


def bracket(x: float, arm: float, top: float, bottom: float, **attributes: Attribute) -> Element:
    """A bracket; its arms point to the right, or to the left if `arm` is negative."""
    return path("M", x + arm, top, "h", -arm, "V", bottom, "h", arm, fill="none", **attributes)
