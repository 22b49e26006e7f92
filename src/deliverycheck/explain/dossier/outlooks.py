"""Outlooks: what can still become of each state, as to one property."""

from __future__ import annotations

from typing import Literal, TypeAlias

from deliverycheck.check.marked import Marked
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.edges import Edges
from deliverycheck.system.model import Property

Outlook: TypeAlias = Literal["well", "either", "wrong", "broken"]
"""What can still become of a state: it can only go well, either way, only wrong; or it is broken
already."""


def outlooks(marked: Marked, prop: Property) -> list[Outlook]:
    """By state what can still become of a run that is there.

    A state is `broken` where the property is, or where no run comes to without having met such a
    state: what is broken stays broken.

    Where the property is a promise (`leads-to`), what becomes of a run depends on what it owes, so
    a state may be several nodes of `Fates`. It can go well (or wrong) if it can from one of them:
    for some run that comes there. It is broken where a run can stay for ever that has not kept its
    promise, if all that come there can only go wrong.

    What is asked of some run only (`sometimes`) is never broken by another: a state is `well` while
    it can still be reached what was asked for, and `wrong` once it cannot.
    """
    if prop.kind == "sometimes":
        return _attainable(marked, prop)
    fates = Fates(marked, prop)
    count = len(marked.found.states)
    well, wrong, lost = bytearray(count), bytearray(count), bytearray(count)
    for node, state in enumerate(fates.nodes.states):
        well[state] |= fates.can_go_well[node]
        wrong[state] |= fates.can_go_wrong[node]
    for node in frozenset[int]().union(*fates.broken):
        lost[fates.nodes.states[node]] = 1
    if prop.kind != "leads-to":
        unbroken = _reached(marked.edges, marked.found.level(0), lost)
        lost = bytearray(not whole for whole in unbroken)
    else:
        lost = bytearray(gone and not able for gone, able in zip(lost, well, strict=True))
    return [_outlook(*flags) for flags in zip(well, wrong, lost, strict=True)]


def _outlook(well: int, wrong: int, lost: int) -> Outlook:
    if lost:
        return "broken"
    if not well:
        return "wrong"
    return "either" if wrong else "well"


def _reached(edges: Edges, starts: range, barred: bytearray) -> bytearray:
    """The states that some run comes to without meeting a barred one."""
    seen = bytearray(len(barred))
    work = [start for start in starts if not barred[start]]
    for start in work:
        seen[start] = 1
    while work:
        for edge in edges.of(work.pop()):
            target = edges.targets[edge]
            if not seen[target] and not barred[target]:
                seen[target] = 1
                work.append(target)
    return seen


def _attainable(marked: Marked, prop: Property) -> list[Outlook]:
    count = len(marked.found.states)
    able = [True] * count
    for number in range(len(prop.clauses)):
        some = marked.leading_to(marked.examples(prop, number))
        able = [a and bool(b) for a, b in zip(able, some, strict=True)]
    return ["well" if one else "wrong" for one in able]
