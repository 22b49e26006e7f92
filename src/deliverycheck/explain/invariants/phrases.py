"""Phrases: numbers, copies in channels and places of processes, put in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deliverycheck.explain.invariants.facts import Fact, Spans
from deliverycheck.explain.invariants.processes import IDLE, Process

LOOSE, OR, AND, COMPARED, SUM, WHOLE = range(6)
"""How tightly phrases hold together: `if and only if` least, a word by itself most."""

AND_SIGN = " \N{LOGICAL AND} "
OR_SIGN = " \N{LOGICAL OR} "


class Phrase(NamedTuple):
    """Some words, and how tightly they hold together."""

    text: str
    tie: int = COMPARED

    def inside(self, tie: int) -> str:
        """The words as a part of something that ties this tightly."""
        return self.text if self.tie >= tie else f"({self.text})"


def joined(parts: Sequence[Phrase], sign: str, tie: int) -> Phrase:
    """Phrases with a sign in between."""
    if len(parts) == 1:
        return parts[0]
    # `and` inside `or` would need no brackets, but readers do.
    same = [part.text if part.tie == tie != LOOSE else part.inside(COMPARED) for part in parts]
    return Phrase(sign.join(same), tie)


def copies(span: tuple[int, int | None], last: int | None, item: str, channel: str) -> str:
    """How many copies of an item a channel holds."""
    low, high = span
    of = f"of {item} in {channel}"
    if high == 0:
        return f"no {item} in {channel}"
    if high == last:
        return f"a copy {of}" if low <= 1 else f"at least {low} copies {of}"
    if low not in (0, high):
        return f"{low} to {high} copies {of}"
    many = "copy" if high == 1 else "copies"
    return f"{'exactly' if low else 'at most'} {high} {many} {of}"


def among(noun: str, spans: Spans, rest: Spans, ends: tuple[int, int | None]) -> Phrase:
    """That a number lies in one of the spans; in none of the rest."""
    if len(spans) > 1 and len(rest) == 1 and rest[0][0] == rest[0][1]:
        return Phrase(f"{noun} ≠ {rest[0][0]}")
    parts: list[Phrase] = []
    for low, high in spans:
        if low == high:
            parts.append(Phrase(f"{noun} = {low}"))
        elif high == ends[1]:
            parts.append(Phrase(f"{noun} ≥ {low}"))
        elif low == ends[0]:
            parts.append(Phrase(f"{noun} ≤ {high}"))
        else:
            parts.append(Phrase(f"{low} ≤ {noun} ≤ {high}"))
    return joined(parts, OR_SIGN, OR)


def at_place(process: Process, fact: Fact) -> Phrase:
    """Where a process stands, or does not."""
    labels = fact.labels()
    if IDLE not in labels:
        return standing(process, labels, "", affirmed=True)
    elsewhere = fact.negated().labels()
    if len(labels) == 1:
        idle = f"{process.actor} idle" if process.alone else _in(process, "", affirmed=False)
        return Phrase(idle)
    if len(labels) <= len(elsewhere):
        there = standing(process, labels[1:], "", affirmed=True).text
        return Phrase(f"{process.actor} not in {process.method} or {there}", OR)
    return standing(process, elsewhere, "", affirmed=False)


def standing(process: Process, places: Sequence[str], works: str, *, affirmed: bool) -> Phrase:
    """That a process stands at one of the places (with `works` in hand), or does not."""
    if len(places) == len(process.places) > 1:
        return Phrase(_in(process, works, affirmed))
    told = [
        f"at {process.method}.{place}{works}" if place in process.shared else f"at {place}{works}"
        for place in places
    ]
    if len(told) == 1:
        return Phrase(f"{process.actor} {'' if affirmed else 'not '}{told[0]}")
    if affirmed:
        return Phrase(f"{process.actor} {' or '.join(told)}", OR)
    return Phrase(f"{process.actor} neither {' nor '.join(told)}")


def _in(process: Process, works: str, affirmed: bool) -> str:
    return f"{process.actor} {'' if affirmed else 'not '}in {process.method}{works}"
