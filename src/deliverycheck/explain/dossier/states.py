"""States in words: what is not as it was at the start, and what a step is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from deliverycheck.explain.invariants.symmetry import messages_of
from deliverycheck.explain.invariants.vocabulary import Vocabulary
from deliverycheck.lift.sources import Named, Sources
from deliverycheck.system import build
from deliverycheck.system.model import Event, Store, System
from deliverycheck.system.sorts import Value
from deliverycheck.system.terms import App, Term, Var

ORDER: Sequence[Store] = ("place", "volatile", "durable", "channel", "ledger", "budget")
"""In which order a state is told: what somebody is doing comes first."""

_SHORT: Mapping[str, str] = {
    "accept": "accepts{what}",
    "put": "sends{what} on {where}",
    "take": "takes{what} from {where}",
    "effect": "applies{what}",
    "tell-done": "says done{of}",
    "tell-failed": "says failed{of}",
    "park": "puts{what} aside",
    "take-over": "takes over{what}",
}
"""What a step does to the world around the actor, by kind of event; the rest is seen in it."""


def vocabulary_of(system: System) -> Vocabulary:
    """The words for a system's conditions, in which every message keeps its name."""
    return Vocabulary(system, {message: message for message in messages_of(system)}, set())


def differences(
    vocabulary: Vocabulary, system: System, known: Mapping[str, Collection[Value]]
) -> tuple[str, ...]:
    """What is not as it was in the first initial state, of the variables that something is known
    of: the values each of them may have. Where that of the start is among them, nothing is told."""
    found = [
        (variable, known[variable.name])
        for variable, first in zip(system.variables, system.initial[0], strict=True)
        if variable.name in known and first not in known[variable.name]
    ]
    found.sort(key=lambda row: ORDER.index(row[0].store))
    terms = [
        build.any_of(*(_is(Var(variable.name, variable.sort), one) for one in some))
        for variable, some in found
    ]
    return vocabulary.each_of(terms)


def _is(variable: Var, value: Value) -> Term:
    """That a variable has a value."""
    if isinstance(value, bool):
        return variable if value else build.negate(variable)
    return App("eq", (variable, build.constant(value, variable.sort)))


def doings(events: Sequence[Event], messages: Sequence[str]) -> tuple[str, ...]:
    """What a step does to the world around its actor; an only message is not named."""
    return tuple(_doing(events, messages))


def _doing(events: Sequence[Event], messages: Sequence[str]) -> Iterator[str]:
    for event in events:
        form = _SHORT.get(event.kind)
        if form is not None:
            is_known = event.what in ("", "?") or [event.what] == list(messages)
            # a label may hold braces, but only the form is read for them
            yield form.format(
                what="" if is_known else f" {event.what}",
                of="" if is_known else f" of {event.what}",
                where=event.where,
            )


def step_names(sources: Sources) -> dict[Named, str]:
    """By actor and action: what people call the step, the message left out."""
    return {
        named: step.method + (f' at "{step.place}"' if step.place else "")
        for step in sources.steps
        for named in step.actions
    }


def plain_step(action: str) -> str:
    """The name of an action without what is in its brackets, its place apart."""
    head, _, rest = action.partition("(")
    place = rest.rpartition(")@")[2] if ")@" in rest else ""
    return head + (f' at "{place}"' if place else "")


def told_step(action: str) -> str:
    """The name of an action as people write it: `handle(m1) at "received"`."""
    head, at, place = action.rpartition(")@")
    return f'{head}) at "{place}"' if at else action
