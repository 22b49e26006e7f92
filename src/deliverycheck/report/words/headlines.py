"""What was asked and what came of it, in a line each: claim, environment, verdicts, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf

from deliverycheck.explain.story import joined
from deliverycheck.report.words.fairness import carried, fairness_note
from deliverycheck.report.words.proofs import certificates_note
from deliverycheck.report.words.steps import counted
from deliverycheck.system.guarantees import GUARANTEES
from deliverycheck.system.verdicts import Caution, ModelResult, PropertyResult

PROOFS = ("inductive-invariant", "k-induction", "progress", "ranking")
"""Kinds of evidence that hold for any number of copies and retries."""


def headline(result: ModelResult) -> str:
    """The claim and what became of it, and the environment it was asked in."""
    parts = [claim(result), messages_text(result.messages)]
    parts.append(budget_text(result.faults) or "no faults")
    parts += [f"{name}={value}" for name, value in result.settings.items()]
    return " · ".join(parts)


def claim(result: ModelResult) -> str:
    """The claim and whether it is kept."""
    if result.claims is None:
        return "claims nothing"
    verdicts = {prop.name: prop.verdict for prop in result.properties}
    names = GUARANTEES[result.claims]
    promised = [verdicts[name] for name in names if name in verdicts]
    if "violated" in promised:
        return f"claims {result.claims}: broken"
    if "undetermined" in promised or "holds" not in promised:
        return f"claims {result.claims}: open"
    return f"claims {result.claims}: kept" + (
        "" if len(promised) == len(names) else ", as far as checked"
    )


def messages_text(count: int) -> str:
    """`1 message`, `2 messages`."""
    return "1 message" if count == 1 else f"{count} messages"


def budget_text(faults: Mapping[str, float]) -> str:
    """`lose=1 crash=inf`."""
    return " ".join(f"{k}={'inf' if n == inf else int(n)}" for k, n in faults.items() if n)


def looked_at(result: ModelResult) -> str:
    """How much each engine has seen."""
    found = result.exploration
    if not found.states:
        return "by Z3 alone: no state was visited"
    seen = "all of them" if found.complete else f"not all: stopped by {found.stopped}"
    explicit = [a for prop in result.properties for a in prop.answers if a.engine == "explicit"]
    if found.complete and any(answer.within for answer in explicit):
        seen = "all of them within bounds"
        held = [prop.evidence for prop in result.properties if prop.verdict == "holds"]
        if held and all(one.kind in PROOFS and not one.within for one in held):
            seen += ", beyond which the proofs go"
    counts = f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}"
    return f"{counts}: {seen}"


def judged(result: ModelResult) -> str:
    """What the expectations come from; nothing where they are the model's own."""
    return "" if result.judged_by.startswith("what the") else f"judged by {result.judged_by}"


def verdict_notes(prop: PropertyResult) -> list[str]:
    """What stands beside a verdict: whether it was expected, and what it rests on."""
    notes: list[str] = []
    if prop.as_expected is not None:
        notes.append(_expectation(prop))
    if prop.trace is not None:
        count = len(prop.trace.steps)
        loop = prop.trace.loop_start
        round_ = "" if loop in (None, count) else f", for ever from step {(loop or 0) + 1}"
        notes.append(f"{counted(count)}{round_}, {because_of(prop)}")
    if prop.verdict == "holds" and prop.evidence.kind in PROOFS:
        notes.append("proved")
    if prop.verdict == "holds" and prop.evidence.within:
        notes.append("within bounds")
    looked = prop.evidence.detail.get("representatives")
    if looked is not None:
        notes.append(f"{prop.evidence.detail['states']:,} states, by {looked:,} representatives")
    if prop.reason:
        notes.append(prop.reason)
    return notes


def because_of(prop: PropertyResult) -> str:
    """`because of lose`, or that no fault is to blame: for there is none, or none is needed."""
    if prop.because:
        return f"because of {joined(prop.because)}"
    spare = prop.trace.faults if prop.trace is not None else ()
    return (
        f"with {joined(spare)} in it, though no fault is needed"
        if spare
        else "with no fault at all"
    )


def _expectation(prop: PropertyResult) -> str:
    if is_untested(prop):
        return "expected: holds"
    if prop.as_expected:
        return "as expected"
    if prop.verdict == "undetermined":
        return f"expected: {prop.expected}"
    return f"NOT AS EXPECTED: {prop.expected}"


def is_untested(prop: PropertyResult) -> bool:
    """Whether nothing speaks against an expectation, and nothing for it."""
    return prop.expected == "holds" and prop.verdict == "vacuous"


def spoken_of(result: ModelResult) -> tuple[PropertyResult, ...]:
    """The properties the model says something about."""
    return tuple(prop for prop in result.properties if prop.expected is not None)


def notes(result: ModelResult, told: Sequence[PropertyResult]) -> list[str]:
    """What the verdicts rest on, and what weakens them."""
    found = [text for prop in told if (text := carried(prop))]
    found += [*certificates_note(result), *fairness_note(result)]
    found += [f"assumes: {text}" for text in result.assumptions]
    return found + [f"note ({one.code}): {caution_text(one)}" for one in result.warnings]


def caution_text(caution: Caution) -> str:
    """A caution with its place, if it has one."""
    return (f"{caution.file}:{caution.line}: " if caution.file else "") + caution.text


def summary(results: Sequence[ModelResult]) -> Iterator[str]:
    """The last lines: what was not as expected, or that all was."""
    wrong = [
        (result, prop)
        for result in results
        for prop in result.properties
        if prop.as_expected is False
    ]
    if not results:
        return
    count = f"{len(results)} model" + ("s" if len(results) != 1 else "")
    untested = sum(is_untested(prop) for result in results for prop in result.properties)
    if not wrong:
        vain = f"nothing against what was expected, but {untested} not put to the test"
        yield f"{count}: {vain if untested else 'everything as expected'}."
        return
    for result, prop in wrong:
        yield f"{result.model}: {surprise(prop)} ({result.source})"
    yield f"{count}: {len(wrong)} verdict{'s' if len(wrong) != 1 else ''} not as expected."


def surprise(prop: PropertyResult) -> str:
    """What came of a property, why, and what was expected; no full stop."""
    because = f", {because_of(prop)}" if prop.trace is not None and prop.trace.faults else ""
    why = f" ({prop.reason})" if prop.reason else because
    return f"{prop.name} is {prop.verdict}{why}; expected was {prop.expected}"
