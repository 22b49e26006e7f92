"""Results as plain text: at most as wide as the terminal, colour as decoration only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from textwrap import wrap

from deliverycheck.report.coverage import coverage_text
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.liveness import carried, fairness_note
from deliverycheck.report.proofs import certificates_note, proofs_text
from deliverycheck.report.stories import runs_text
from deliverycheck.system.guarantees import GUARANTEES
from deliverycheck.system.verdicts import Caution, ModelResult, PropertyResult, Verdict

PROOFS = ("inductive-invariant", "k-induction", "progress", "ranking")
"""Kinds of evidence that hold for any number of copies and retries."""

NARROW = 20
"""Columns that notes beside a verdict need; with fewer they go below it."""

COLOURS: dict[Verdict, str] = {
    "holds": "green",
    "violated": "red",
    "undetermined": "yellow",
    "vacuous": "yellow",
    "error": "red",
}


def model_text(result: ModelResult, width: int, *, verbose: bool = False) -> Iterator[str]:
    """The lines about one model: heading, verdicts, stories, what they rest on.

    Stories are told of the properties the model says something about; `verbose`: of all.
    """
    yield styled(result.model, bold=True) + f"  {result.source}"
    parts = [_claim(result), messages_text(result.messages)]
    parts.append(budget_text(result.faults) or "no faults")
    parts += [f"{name}={value}" for name, value in result.settings.items()]
    yield from wrapped(" · ".join(parts), width, "  ")
    yield from wrapped(_looked_at(result), width, "  ")
    if not result.judged_by.startswith("what the"):
        yield from wrapped(f"judged by {result.judged_by}", width, "  ")
    yield ""
    longest = max((len(prop.name) for prop in result.properties), default=0)
    for prop in result.properties:
        yield from _verdict_line(prop, longest, width)
    told = [prop for prop in result.properties if verbose or prop.expected is not None]
    yield from runs_text(told or result.properties, width, verbose=verbose)
    yield from proofs_text(result, told, width, verbose=verbose)
    notes = [text for prop in told if (text := carried(prop))]
    notes += [*certificates_note(result), *fairness_note(result)]
    notes += [f"assumes: {text}" for text in result.assumptions]
    notes += [f"note ({w.code}): {_place(w)}{w.text}" for w in result.warnings]
    if notes:
        yield ""
    for note in notes:
        yield from wrapped(note, width, "  ", "    ")
    if verbose and result.coverage is not None:
        yield ""
        yield from coverage_text(result.coverage, width)
    yield ""


def _place(caution: Caution) -> str:
    return f"{caution.file}:{caution.line}: " if caution.file else ""


def _looked_at(result: ModelResult) -> str:
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


def budget_text(faults: Mapping[str, float]) -> str:
    """`lose=1 crash=inf`."""
    return " ".join(f"{k}={'inf' if n == inf else int(n)}" for k, n in faults.items() if n)


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
    untested = sum(_is_untested(prop) for result in results for prop in result.properties)
    if not wrong:
        vain = f"nothing against what was expected, but {untested} not put to the test"
        yield f"{count}: {vain if untested else 'everything as expected'}."
        return
    for result, prop in wrong:
        because = f", because of {' and '.join(prop.because)}" if prop.because else ""
        why = f" ({prop.reason})" if prop.reason else because
        yield (
            f"{result.model}: {prop.name} is {prop.verdict}{why}; expected was {prop.expected} "
            f"({result.source})"
        )
    yield f"{count}: {len(wrong)} verdict{'s' if len(wrong) != 1 else ''} not as expected."


def _claim(result: ModelResult) -> str:
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


def _verdict_line(prop: PropertyResult, longest: int, width: int) -> Iterator[str]:
    word = styled(f"{prop.verdict:12}", COLOURS[prop.verdict])
    notes: list[str] = []
    if prop.as_expected is not None:
        notes.append(_expectation(prop))
    if prop.trace is not None:
        count = len(prop.trace.steps)
        because = " and ".join(prop.because)
        why = f", because of {because}" if because else ", with no fault at all"
        loop = prop.trace.loop_start
        round_ = "" if loop in (None, count) else f", for ever from step {(loop or 0) + 1}"
        notes.append(f"{count} step{'s' if count != 1 else ''}{round_}{why}")
    if prop.verdict == "holds" and prop.evidence.kind in PROOFS:
        notes.append("proved")
    if prop.verdict == "holds" and prop.evidence.within:
        notes.append("within bounds")
    if prop.reason:
        notes.append(prop.reason)
    column = 2 + 12 + 1 + longest + 2
    note = "; ".join(notes)
    if width - column < NARROW:
        yield f"  {word} {prop.name}"
        yield from wrapped(note, width, "      ")
        return
    first, *rest = wrap(note, width - column) or [""]
    yield f"  {word} {prop.name:{longest}}  {first}".rstrip()
    yield from (" " * column + line for line in rest)


def _is_untested(prop: PropertyResult) -> bool:
    """Whether nothing speaks against an expectation, and nothing for it."""
    return prop.expected == "holds" and prop.verdict == "vacuous"


def _expectation(prop: PropertyResult) -> str:
    if _is_untested(prop):
        return "expected: holds"
    if prop.as_expected:
        return "as expected"
    if prop.verdict == "undetermined":
        return f"expected: {prop.expected}"
    return f"NOT AS EXPECTED: {prop.expected}"
