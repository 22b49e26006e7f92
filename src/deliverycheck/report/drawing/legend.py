"""The legend of a chart: only of the signs that are in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deliverycheck.explain.dossier.charts import Chart, Node, Outlook
from deliverycheck.report.drawing.dots import dot, dot_size
from deliverycheck.report.drawing.layers.measures import Place, Route
from deliverycheck.report.drawing.links import curve
from deliverycheck.report.drawing.measure import width as text_width
from deliverycheck.report.drawing.shapes import Picture, clean, line_of_text, shortened, tag

TEXT = 11.5
ROW = 32.0
LOOSE = 1.06
"""How much wider letters may be than they are taken for, in a row of several texts."""


@dataclass(frozen=True, slots=True)
class Key:
    """A sign and what it means."""

    sign: str
    """SVG around the origin."""
    width: float
    text: str


def keys_of(chart: Chart, *, lettered: bool) -> Iterator[Key]:
    """The signs of a chart; `lettered`: in which letters stand for faults."""
    outlooks: dict[Outlook, str] = {
        "well": "can only go well",
        "either": "can go either way",
        "wrong": "can only go wrong",
        "broken": "broken",
    }
    found = {node.outlook for node in chart.nodes}
    for outlook, text in outlooks.items():
        if outlook in found:
            yield _dot(outlook, text)
    yield _dot("either", "start", initial=True)
    if any(node.on_run is not None for node in chart.nodes):
        yield _dot("either", "state of the run, after so many steps", on_run=3)
    if any(edge.on_run for edge in chart.edges):
        yield Key(_line("g-link g-on-run"), 12.0, "step of the run")
    if not lettered and any(edge.fault is not None for edge in chart.edges):
        yield Key(_line("g-link g-fault"), 12.0, "fault")
    for fault, letters in letters_of(e.fault for e in chart.edges).items() if lettered else ():
        text = line_of_text(5.0, 0.0, letters, 10.0, "g-step", "start")
        sign = _line("g-link g-fault") + tag("g", {"class": "g-fault"}, text)
        yield Key(sign, 20.0, shortened(fault, 40))
    if any(node.beyond for node in chart.nodes):
        sign = line_of_text(0.0, 0.0, "+2", 9.5, "g-note")
        yield Key(sign, 16.0, "so many states follow that are not drawn")


def letters_of(faults: Iterable[str | None]) -> dict[str, str]:
    """By fault the first letters of its name, as few as tell it from the others."""
    names = sorted({fault for fault in faults if fault is not None})
    found: dict[str, str] = {}
    for name in names:
        words = clean(name)
        others = [clean(other) for other in names if other != name]
        count = next(
            (n for n in range(1, 4) if all(other[:n] != words[:n] for other in others)), None
        )
        # names that begin alike are numbered
        found[name] = words[:count].capitalize() if count else str(names.index(name) + 1)
    return found


def _dot(outlook: Outlook, text: str, *, initial: bool = False, on_run: int | None = None) -> Key:
    node = Node(0, 0, initial, outlook, on_run, ())
    classes = f"g-state g-{outlook}" + ("" if on_run is None else " g-on-run")
    return Key(dot(node, Place(0.0, 0.0), classes, text), dot_size(node).width, text)


def _line(classes: str) -> str:
    return curve(Route(0, 1, 0, (Place(0.0, -11.0), Place(0.0, 11.0)), None), classes, "")


def legend(keys: Iterator[Key], most: float) -> Picture:
    """The keys in rows no wider than `most`."""
    parts: list[str] = []
    x, y, width = 14.0, ROW / 2 + 4, 0.0
    for key in keys:
        length = key.width + 8 + text_width(key.text, TEXT) * LOOSE
        if x > 14 and x + length > most:
            x, y = 14.0, y + ROW
        parts.append(_at(x + key.width / 2, y, key.sign))
        parts.append(line_of_text(x + key.width + 7, y, key.text, TEXT, "g-detail", "start"))
        width = max(width, x + length)
        x += length + 18
    return Picture(width + 14, y + ROW / 2 + 2, "".join(parts), "")


def _at(x: float, y: float, sign: str) -> str:
    return tag("g", {"transform": f"translate({x:.1f} {y:.1f})"}, sign)
