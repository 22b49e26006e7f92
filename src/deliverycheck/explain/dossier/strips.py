"""Strips: what could still become of each property, step by step along a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deliverycheck.check.checking import Examined
from deliverycheck.explain.dossier.charts import Outlook
from deliverycheck.explain.why.fates import Fates
from deliverycheck.system.verdicts import PropertyResult, Trace


@dataclass(frozen=True, slots=True)
class Strip:
    """The outlook on one property along a run: at its start, and after each step."""

    prop: str
    outlooks: tuple[Outlook, ...]


def strips_of(
    examined: Examined, properties: tuple[PropertyResult, ...], trace: Trace
) -> tuple[Strip, ...]:
    """The strips of all properties that were explained; what holds can go well throughout."""
    marked = examined.marked
    if marked is None:
        return ()
    explained = {one.name for one in properties if one.explanation is not None}
    return tuple(
        Strip(prop.name, tuple(_along(fates, trace)))
        for prop in marked.found.system.properties
        if prop.name in explained
        for fates in (Fates(marked, prop),)
    )


def _along(fates: Fates, trace: Trace) -> Iterator[Outlook]:
    way = fates.along(trace)
    wrong = frozenset[int]().union(*fates.broken)
    # Of a promise, a run is broken by going round for ever: no step of it breaks anything.
    at_once = fates.prop.kind != "leads-to"
    broken = False
    for node in way.states if way is not None else ():
        broken = broken or (at_once and node in wrong)
        well, bad = fates.fate(node)
        yield "broken" if broken else "either" if well and bad else "well" if well else "wrong"
