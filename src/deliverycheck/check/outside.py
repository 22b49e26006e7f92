"""The outside: what the world around a design sees of its steps, and when it may see no more.

The world sees the promises and the effects: that a message is accepted, that its effect happens,
what the application is told about it, that it is put aside for a person. All of it is in the
ledger, so what a step shows is read off the ledger before and after it, whatever the model calls
its steps: `accept m1`, `effect m1 again`. What one step changes, it shows at once. A third effect
shows nothing new, since the ledger's counter stops at two; nor does saying the same thing twice.

A step that shows nothing is silent. A run may fall silent for ever where it is fair to go on by
silent steps alone, or to stop. So what can be observed is of two kinds: words of what is shown, one
after the other, and such words with silence for ever after them. Words without end there are hardly
any, for acceptances, effects and parkings are finitely many; only a design that tells the
application now this, now that, for ever, has them (`Outside.endless`).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deliverycheck.check.traces import changes_between
from deliverycheck.explore.edges import Edges, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Possible, fair_in, possible_in
from deliverycheck.system.model import State, System, Variable
from deliverycheck.system.verdicts import Change, Trace

SEEN = ("accepted", "effects", "told", "parked")
"""The ledger's records that the world sees. That somebody took over is known to nobody outside,
and the order of effects is seen in the effects themselves."""


def shown(system: System, before: State, after: State) -> str | None:
    """What a step from one state to another shows, in words no model has a part in.

    None if it shows nothing. `accepted` holds a rank; only that there is one is a promise.
    """
    ledger = {v.name for v in system.variables if _is_seen(v)}
    changes = (c for c in changes_between(system, before, after) if c.variable in ledger)
    words = sorted(filter(None, map(_word, changes)))
    return " and ".join(words) or None


def shown_by(system: System, trace: Trace) -> tuple[str | None, ...]:
    """What each step of a run shows."""
    pairs = zip(trace.states[:-1], trace.states[1:], strict=True)
    return tuple(shown(system, before, after) for before, after in pairs)


def _is_seen(variable: Variable) -> bool:
    return variable.store == "ledger" and variable.name.partition("[")[0] in SEEN


def _word(change: Change) -> str | None:
    record, _, rest = change.variable.partition("[")
    m = rest.removesuffix("]")
    match record:
        case "accepted":
            return None if change.old else f"accept {m}"
        case "effects":
            return f"effect {m}" + (" again" if change.old else " twice" if change.new == 2 else "")
        case "told":
            return f"told {m} {change.new}"
        case _:
            return f"parked {m}"


@dataclass(frozen=True, slots=True)
class Outside:
    """A system that was explored, as the world around it sees it."""

    found: Explored
    edges: Edges
    labels: Sequence[str | None]
    """By edge: what it shows."""
    silent: Possible
    """What fairness needs to know about the silent edges: others are possible, and not taken."""
    silences: Mapping[int, Sequence[int]]
    """By state on a fair component of silent steps: that component. Whoever is there may stay for
    ever and show nothing any more; so may whoever gets there by silent steps."""
    walled: Collection[int]
    """The states on a fair component if what only a bound forbids counts as impossible."""
    cut: Collection[int]
    """The states behind which something was cut off, by a bound or by a limit."""
    endless: bool
    """Whether some fair run goes on showing something for ever."""


def outside_of(found: Explored) -> Outside:
    """What the world sees of all runs that were explored."""
    edges = edges_of(found)
    labels = list(_labels(found, edges))
    every = range(len(found.states))
    possible = possible_in(found, edges)
    within = replace(possible, in_state=possible.within)
    quiet = replace(possible, edges=_silent(edges, labels))
    silences = {state: part for part in fair_in(quiet, every, quiet.relied) for state in part}
    walled: Collection[int] = silences
    if found.hits:
        still = replace(quiet, in_state=quiet.within)
        walled = {state for part in fair_in(still, every, still.relied) for state in part}
    return Outside(
        found, edges, labels, quiet, silences, walled, _cut(found), _endless(within, labels)
    )


def _labels(found: Explored, edges: Edges) -> Iterator[str | None]:
    """What each edge shows; the same change of the ledger is put into words once."""
    packing, words = found.code.packing, found.states
    rows = zip(found.system.variables, packing.slots, strict=True)
    ledger = sum(slot.mask << slot.offset for variable, slot in rows if _is_seen(variable))
    known: dict[tuple[int, int], str | None] = {}
    for number, word in enumerate(words):
        before = word & ledger
        for edge in edges.of(number):
            after = words[edges.targets[edge]] & ledger
            if before == after:
                yield None
                continue
            if (before, after) not in known:
                states = packing.unpack(before), packing.unpack(after)
                known[before, after] = shown(found.system, *states)
            yield known[before, after]


def _silent(edges: Edges, labels: Sequence[str | None]) -> Edges:
    """The edges that show nothing."""
    starts, targets, actions = array("q", [0]), array("q"), array("i")
    for number in range(len(edges.starts) - 1):
        for edge in edges.of(number):
            if labels[edge] is None:
                targets.append(edges.targets[edge])
                actions.append(edges.actions[edge])
        starts.append(len(targets))
    return Edges(starts, targets, actions)


def _cut(found: Explored) -> Collection[int]:
    unseen = range(found.expanded, len(found.states))
    if not found.hits:
        return unseen
    looked_at = enumerate(found.states[: found.expanded])
    return {*unseen, *(number for number, word in looked_at if found.code.withheld(word))}


def _endless(possible: Possible, labels: Sequence[str | None]) -> bool:
    """Whether a run can be fair and go again and again through a step that shows something."""
    edges = possible.edges
    for part in fair_in(possible, range(len(edges.starts) - 1), possible.relied):
        inside = set(part)
        steps = (edge for state in part for edge in edges.of(state))
        if any(labels[edge] and edges.targets[edge] in inside for edge in steps):
            return True
    return False
