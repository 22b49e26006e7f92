"""Knowledge: what an actor cannot know when it acts.

An actor knows its memory: the durable fields it reads or writes, its own volatile ones, the places
of its own processes; and, since nothing stops it from keeping a diary, every step it has taken
since it last crashed. Two reachable states that agree in all of that are the same to it: what it
does in one it does in the other, too. (Knowledge is what is true wherever all looks the same, with
perfect recall: Halpern and Moses 1990.) Where such states differ in the ledger, the actor acts
without knowing what matters: so no sender can tell a lost message from a lost acknowledgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from deliverycheck.check.traces import replayed
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explain.why.turning import rests
from deliverycheck.explore.runs import Run, faults_of, first_run
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.explanations import LookAlike
from deliverycheck.system.model import System
from deliverycheck.system.terms import variables_of
from deliverycheck.system.verdicts import Trace


def look_alikes(
    lifted: Lifted, fates: Fates, way: Run, trace: Trace, about: str
) -> Iterator[LookAlike]:
    """What the actors of a run do not know, each the first time that it matters.

    `about` is the message the run goes wrong with. It matters where an actor takes a step after
    which nothing goes well by itself, while it would be the right step in a state that is the same
    to it, but for the effects of that message. Of a loss it matters, too, whether anybody can tell
    in the end. Raises DisagreementError if a run to such a state does not replay.
    """
    system, told = fates.marked.found.system, set[str]()
    if f"effects[{about}]" not in system.index:
        return  # it is not about a message
    for step in trace.steps:
        key = step.actor, step.action
        at = step.index - 1
        if step.actor in told or step.fault == "crash" or not _acts(system, step.actor):
            continue
        if fates.can_go_well_by_itself[way.states[step.index]]:
            continue
        wanted = partial(_is_right, fates, key)
        other = _nearest(fates, way, trace, about, at, step.actor, wanted)
        if other is not None:
            told.add(step.actor)
            yield _told(lifted, fates, trace, about, step.actor, step.index, other)
    if fates.prop.kind not in ("possible", "leads-to") or not rests(fates, way.states[-1]):
        return
    end = len(trace.steps)
    for actor in dict.fromkeys(step.actor for step in trace.steps):
        if _acts(system, actor):
            wanted = partial(_is_applied, fates, about)
            other = _nearest(fates, way, trace, about, end, actor, wanted)
            if other is not None:
                yield _told(lifted, fates, trace, about, actor, None, other)


def _acts(system: System, actor: str) -> bool:
    """Whether an actor does something by itself, unlike the network."""
    return any(action.actor == actor and action.fault is None for action in system.actions)


def memory(system: System, actor: str) -> tuple[str, ...]:
    """The variables whose values an actor knows."""
    own = [one for one in system.actions if one.actor == actor and one.fault is None]
    written = {name for action in own for name in action.updates}
    read = {
        variable.name
        for action in own
        for term in (action.guard, *action.updates.values())
        for variable in variables_of(term)
    }
    return tuple(
        variable.name
        for variable in system.variables
        if (variable.store == "durable" and variable.name in written | read)
        or (variable.store == "volatile" and variable.name in written)
        or (variable.store == "place" and variable.name.startswith(f"{actor}."))
    )


def _is_right(fates: Fates, key: tuple[str, str], node: int) -> bool:
    """Whether a step is possible at a node, and it can go well by itself after it."""
    edges, actions = fates.nodes.edges, fates.marked.found.system.actions
    return any(
        (actions[edges.actions[edge]].actor, actions[edges.actions[edge]].name) == key
        and fates.goes_well_by_itself[edges.targets[edge]]
        for edge in edges.of(node)
    )


def _is_applied(fates: Fates, message: str, node: int) -> bool:
    """Whether nothing has to happen any more at a node, and a message had its effect."""
    found = fates.marked.found
    at = found.system.index[f"effects[{message}]"]
    return rests(fates, node) and bool(found.state(fates.nodes.states[node])[at])


def _nearest(
    fates: Fates,
    way: Run,
    trace: Trace,
    about: str,
    at: int,
    actor: str,
    is_wanted: Callable[[int], bool],
) -> Run | None:
    """A shortest run to a wanted node that is to an actor what the run is after `at` steps.

    Only the effects of the message `about` are others.
    """
    found, edges = fates.marked.found, fates.nodes.edges
    actions = found.system.actions
    known = _mask(fates, memory(found.system, actor))
    effects = _mask(fates, [f"effects[{about}]"])
    here = found.states[fates.nodes.states[way.states[at]]]
    diary = _diary(trace, actor, at)
    torn = len(diary) + 1  # the diary says something else, until a crash begins a new one
    wide = torn + 1

    def onward(key: int) -> Iterator[tuple[int, int]]:
        node, page = divmod(key, wide)
        for edge in edges.of(node):
            action = actions[edges.actions[edge]]
            after = page
            if action.actor == actor and action.fault == "crash":
                after = 0
            elif action.actor == actor:
                is_same = page < len(diary) and diary[page] == action.name
                after = page + 1 if is_same else torn
            yield edges.actions[edge], edges.targets[edge] * wide + after

    def is_goal(key: int) -> bool:
        node, page = divmod(key, wide)
        other = found.states[fates.nodes.states[node]]
        is_same = page == len(diary) and not (other ^ here) & known
        return is_same and bool((other ^ here) & effects) and is_wanted(node)

    starts = (node * wide for node in fates.nodes.starts)
    run = first_run(starts, onward, is_goal, faults_of(found))
    if run is None:
        return None
    return Run(tuple(fates.nodes.states[key // wide] for key in run.states), run.actions)


def _diary(trace: Trace, actor: str, at: int) -> list[str]:
    """The steps an actor has taken since it last crashed, among the first `at` of a run."""
    diary: list[str] = []
    for step in trace.steps[:at]:
        if step.actor == actor:
            diary = [] if step.fault == "crash" else [*diary, step.action]
    return diary


def _mask(fates: Fates, names: Sequence[str]) -> int:
    """The bits of some variables in a packed state."""
    found = fates.marked.found
    slots = (found.code.packing.slots[found.system.index[name]] for name in names)
    return sum(slot.mask << slot.offset for slot in slots)


def _told(
    lifted: Lifted,
    fates: Fates,
    trace: Trace,
    about: str,
    actor: str,
    step: int | None,
    other: Run,
) -> LookAlike:
    found = fates.marked.found
    there = replayed(lifted, found, other)
    here = trace.states[len(trace.steps) if step is None else step - 1]
    place = found.system.index[f"effects[{about}]"]
    counts = int(here[place]), int(there.states[-1][place])
    return LookAlike(actor, step, about, *counts, there, _shared(trace, there))


def _shared(one: Trace, other: Trace) -> int:
    """How many steps two runs have in common before they part."""
    pairs = enumerate(zip(one.steps, other.steps, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one.steps), len(other.steps)))
