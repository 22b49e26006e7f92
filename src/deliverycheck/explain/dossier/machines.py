"""The state machine of each actor: what it can be in, as to one message, and what it does there.

A machine is the explored graph seen by one actor: states that agree in what is the actor's own are
one mode. So every run of the model is a run of each machine, in which a step is either a move or
leaves it in the mode it is in (the machine is a quotient of the graph); the converse need not hold,
since what the others do is not seen.

How often a message was applied is no memory of anybody's. Modes that differ in nothing but that are
one: told apart, every loop would be a spiral that ends where the faults run out. What is always so
in a mode is told all the same, such as `effects(m1) ≥ 1`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.check.marked import WHY_STOPPED
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.explain.dossier.owned import Thing, names_of, things_of
from deliverycheck.explain.dossier.states import (
    differences,
    doings,
    plain_step,
    step_names,
    vocabulary_of,
)
from deliverycheck.explain.invariants.processes import NOTHING
from deliverycheck.explain.invariants.symmetry import messages_of
from deliverycheck.explore.edges import Edges, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.lang.naming import process_variable
from deliverycheck.lang.roles import Role
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.sorts import EnumSort, Value

MOST_MODES = 16
"""Modes of a machine beyond which details are left out of it."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What an actor can be in: what its own variables say, the rest of the world left out."""

    number: int
    """Its place in `Machine.modes`; those nearer to the start come first."""
    lines: tuple[str, ...]
    """What is not as it was at the start, in the model's words, such as `at received(m1)` or
    `m1 ∈ outbox`; empty where nothing differs."""
    initial: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A step of an actor between two modes (of itself, or a fault that strikes it)."""

    source: int
    target: int
    step: str
    """As people name it, such as `send` or `handle at "received"`."""
    fault: str | None
    by: str | None = None
    """Who takes the step, where it is not the actor itself: the environment, or a replica."""
    does: tuple[str, ...] = ()
    """What it does to the world around the actor, such as `sends on requests`."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The state machine of one actor, for one message."""

    actor: str
    modes: tuple[Mode, ...]
    moves: tuple[Move, ...]
    left_out: tuple[str, ...] = ()
    """Its own records and fields that are not told apart, so that there are not too many modes."""
    shared: tuple[str, ...] = ()
    """Fields that it changes, and others as well: they are in no machine."""
    within: tuple[str, ...] = ()
    """What cut off a part of the behaviour: bounds that were hit, or what ended the search."""


EFFECTS = "effects"
"""The record of how often a message was applied."""


def machines_of(question: Question, options: Options) -> tuple[Machine, ...]:
    """The machines of a model's actors, for one message in the question's environment.

    Raises InputError for a bad model, ReachableFault if a reachable step goes wrong.
    """
    lifted = lifted_of(replace(question, messages=1))
    return machines_in(lifted, explored(lifted, options))


def machines_in(lifted: Lifted, found: Explored) -> tuple[Machine, ...]:
    """The machines of the actors of an instance, in the order of the roles."""
    edges = edges_of(found)
    return tuple(
        _machine(lifted, found, edges, role, actor)
        for role in lifted.design.roles()
        for actor in lifted.design.actors(role)
    )


def _machine(lifted: Lifted, found: Explored, edges: Edges, role: Role, actor: str) -> Machine:
    own, shared = things_of(lifted, role, actor)
    kept = legible(found, own)
    mode_of = _numbered(found, names_of(kept))
    starts = {mode_of[state] for state in found.level(0)}
    worded = names_of(own) - frozenset(_in_hand(lifted, found, actor))
    told = _told(found, mode_of, worded, actor)
    return Machine(
        actor,
        tuple(Mode(number, lines, number in starts) for number, lines in enumerate(told)),
        tuple(sorted(set(_moves(lifted, found, edges, mode_of, actor)), key=_order)),
        tuple(thing.name for thing in own if thing not in kept),
        tuple(thing.name for thing in shared),
        found.hits if found.stopped is None else (*found.hits, WHY_STOPPED[found.stopped]),
    )


def legible(found: Explored, own: Sequence[Thing]) -> list[Thing]:
    """What to tell modes apart by, so that they do not become too many.

    Records go first, then fields: each time what leaves the fewest modes. Places always stay.
    """
    kept = list(own)

    def count_without(thing: Thing) -> int:
        return len(_words(found, [other for other in kept if other is not thing]))

    for thing in own:
        if thing.name == EFFECTS and count_without(thing) < len(_words(found, kept)):
            kept.remove(thing)
    while len(_words(found, kept)) > MOST_MODES:
        records = [thing for thing in kept if thing.sort == "record"]
        spare = records or [thing for thing in kept if thing.sort == "field"]
        if not spare:
            break
        kept.remove(min(reversed(spare), key=count_without))
    return kept


def _words(found: Explored, things: Sequence[Thing]) -> set[int]:
    """What the states are as to some things, in as many ways as there are modes."""
    mask = _mask(found, names_of(things))
    return {word & mask for word in found.states}


def _mask(found: Explored, names: Collection[str]) -> int:
    slots = (found.code.packing.slots[found.system.index[name]] for name in names)
    return sum(slot.mask << slot.offset for slot in slots)


def _numbered(found: Explored, names: Collection[str]) -> list[int]:
    """By state the number of its mode, in the order in which modes are met first."""
    mask, numbers = _mask(found, names), dict[int, int]()
    return [numbers.setdefault(word & mask, len(numbers)) for word in found.states]


def _told(
    found: Explored, mode_of: Sequence[int], names: Collection[str], actor: str
) -> Iterator[tuple[str, ...]]:
    """Mode by mode what is always so in it, and was not at the start."""
    own = [at for at, variable in enumerate(found.system.variables) if variable.name in names]
    known: list[dict[str, dict[Value, None]]] = []
    for state, mode in enumerate(mode_of):
        if mode == len(known):
            known.append({found.system.variables[at].name: {} for at in own})
        values = found.state(state)
        for at in own:
            known[mode][found.system.variables[at].name][values[at]] = None
    vocabulary = vocabulary_of(found.system)
    for of_mode in known:
        lines = differences(vocabulary, found.system, of_mode)
        yield tuple(line.removeprefix(f"{actor} ") for line in lines)


def _in_hand(lifted: Lifted, found: Explored, actor: str) -> Iterator[str]:
    """The parameters that tell no more than the place does: there is only one message."""
    only = [EnumSort((NOTHING, message)) for message in messages_of(found.system)]
    for process in lifted.processes:
        for parameter, _ in process.parameters if process.actor == actor else ():
            name = process_variable(actor, process.method, parameter)
            if found.system.variables[found.system.index[name]].sort in only:
                yield name


def _moves(
    lifted: Lifted, found: Explored, edges: Edges, mode_of: Sequence[int], actor: str
) -> Iterator[Move]:
    """The steps of an actor, and all that changes its mode, as moves; some more than once."""
    names, messages = step_names(lifted.sources), messages_of(found.system)
    for source, mode in enumerate(mode_of):
        for edge in edges.of(source):
            after = mode_of[edges.targets[edge]]
            action = found.system.actions[edges.actions[edge]]
            step = names.get((action.actor, action.name)) or plain_step(action.name)
            if action.actor == actor:
                does = doings(action.events, messages)
                yield Move(mode, after, step, action.fault, None, does)
            elif mode != after:
                yield Move(mode, after, step, action.fault, action.actor)


def _order(move: Move) -> tuple[int, int, str, str, str, tuple[str, ...]]:
    """By where it starts and ends; what is no fault comes first."""
    return move.source, move.target, move.fault or "", move.step, move.by or "", move.does
