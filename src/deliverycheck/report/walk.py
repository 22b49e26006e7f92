"""A run taken by hand, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deliverycheck.explain.stepping import Choice, Outlook, Position
from deliverycheck.explain.story import sentence, sentences
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import trace_document
from deliverycheck.report.words.steps import shown
from deliverycheck.system.model import Store, System
from deliverycheck.system.verdicts import Json

PLACES: Mapping[Store, str] = {
    "channel": "in flight",
    "durable": "durable",
    "volatile": "in memory",
    "place": "at work",
    "ledger": "on record",
    "budget": "faults left",
}
"""Where variables live, in words, in the order they are told."""

WORDS: Mapping[Outlook, str] = {
    "broken": "broken",
    "doomed": "can only go wrong",
    "open": "can go either way",
    "safe": "cannot go wrong any more",
}


def position_text(here: Position, system: System, width: int) -> Iterator[str]:
    """The last step, the state, what can become of it, and what is possible."""
    steps = here.trace.steps
    told = f"{len(steps)}. {sentences(steps)[-1]}." if steps else "At the start."
    yield from wrapped(told, width, "", "   ")
    for place, values in _state(here, system):
        yield from wrapped(f"{place}: {', '.join(values) or '-'}", width, "   ", "     ")
    for outlook, words in WORDS.items():
        names = [name for name, known in here.outlook.items() if known == outlook]
        if names:
            yield from wrapped(f"{words}: {', '.join(names)}", width, "   ", "     ")
    if here.unseen:
        yield from wrapped("What follows was not looked at: a limit was reached.", width, "   ")
    elif not here.choices:
        yield from wrapped("No step is possible any more.", width, "   ")
    for number, choice in enumerate(here.choices, 1):
        yield from wrapped(_choice(choice, here), width, f"  [{number}] ", "      ")
    for name in here.withheld:
        yield from wrapped(f"(only a bound forbids {name})", width, "   ", "     ")


def _state(here: Position, system: System) -> Iterator[tuple[str, list[str]]]:
    """What is not as it was at the start, and what is left of each budget."""
    rows = list(zip(system.variables, here.trace.states[-1], system.initial[0], strict=True))
    for store, place in PLACES.items():
        values = [
            f"{variable.name.removeprefix('budget.')}={shown(value)}"
            for variable, value, first in rows
            if variable.store == store and (store == "budget" or value != first)
        ]
        if values or store in ("channel", "ledger"):
            yield place, values


def _choice(choice: Choice, here: Position) -> str:
    """A step, and what it would decide."""
    mark = f"  [fault: {choice.step.fault}]" if choice.step.fault else ""
    decides = [
        f"{name} {'is ' if outlook == 'broken' else ''}{WORDS[outlook]}"
        for name, outlook in choice.outlook.items()
        if outlook != here.outlook[name]
    ]
    after = f"  -> {'; '.join(decides)}" if decides else ""
    return f"{sentence(choice.step, here.trace.steps)}.{mark}{after}"


def position_document(here: Position, system: System) -> dict[str, Json]:
    """The same as data."""
    return {
        "schema": "deliverycheck/explore/1",
        "step": len(here.trace.steps),
        "state": dict[str, Json](system.valuation(here.trace.states[-1])),
        "outlook": dict[str, Json](here.outlook),
        "choices": [
            {
                "number": number,
                "actor": choice.step.actor,
                "action": choice.step.action,
                "fault": choice.step.fault,
                "text": sentence(choice.step, here.trace.steps),
                "outlook": dict[str, Json](choice.outlook),
            }
            for number, choice in enumerate(here.choices, 1)
        ],
        "withheld": list(here.withheld),
        "unseen": here.unseen,
    }


def run_document(about: Mapping[str, Json], here: Position) -> dict[str, Json]:
    """The run so far, to be saved; `about`: which model it is of, and in what environment."""
    return {
        "schema": "deliverycheck/run/1",
        **about,
        "trace": trace_document(here.trace),
    }
