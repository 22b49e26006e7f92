"""Results as plain text: at most as wide as the terminal, colour as decoration only."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from textwrap import wrap

import click

from deliverycheck.explain.invariants.told import told_invariant
from deliverycheck.explain.story import outcome, sentence
from deliverycheck.system.guarantees import GUARANTEES
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace, Verdict

PROOFS = ("inductive-invariant", "k-induction", "progress")
"""Kinds of evidence that hold for any number of copies and retries."""

FEW_LINES = 6
"""Lines of an invariant that are shown unless all are asked for."""

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
    parts = [_claim(result), _messages(result.messages)]
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
    for names, prop in _stories(told or result.properties):
        yield ""
        yield from _story(names, prop, width)
    yield from _whys(result, told, width, verbose=verbose)
    notes = [*_certificates(result), *(f"assumes: {text}" for text in result.assumptions)]
    notes += [f"note ({w.code}): {w.text}" for w in result.warnings]
    if notes:
        yield ""
    for note in notes:
        yield from wrapped(note, width, "  ", "    ")
    yield ""


def _looked_at(result: ModelResult) -> str:
    """How much each engine has seen."""
    found = result.exploration
    if not found.states:
        return "by Z3 alone: no state was visited"
    seen = "all of them" if found.complete else f"not all: stopped by {found.stopped}"
    explicit = [a for prop in result.properties for a in prop.answers if a.engine == "explicit"]
    if found.complete and any(answer.within for answer in explicit):
        seen = "all of them within bounds"
        proofs = [prop.evidence for prop in result.properties if prop.evidence.kind in PROOFS]
        if proofs and not any(evidence.within for evidence in proofs):
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
    if not wrong:
        yield f"{count}: everything as expected."
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


def _messages(count: int) -> str:
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
        notes.append(f"{count} step{'s' if count != 1 else ''}{why}")
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


def _expectation(prop: PropertyResult) -> str:
    if prop.as_expected:
        return "as expected"
    if prop.verdict == "undetermined":
        return f"expected: {prop.expected}"
    return f"NOT AS EXPECTED: {prop.expected}"


def _stories(
    properties: Sequence[PropertyResult],
) -> Iterator[tuple[list[str], PropertyResult]]:
    """Each run once, with all the properties it breaks."""
    told: list[tuple[Trace, list[str], PropertyResult]] = []
    for prop in properties:
        if prop.trace is None:
            continue
        for trace, names, _ in told:
            if trace.steps == prop.trace.steps:
                names.append(prop.name)
                break
        else:
            told.append((prop.trace, [prop.name], prop))
    for _, names, prop in told:
        yield names, prop


def _story(names: list[str], prop: PropertyResult, width: int) -> Iterator[str]:
    trace = prop.trace
    if trace is None:
        return
    head = f"How {' and '.join(names)} {'is' if len(names) == 1 else 'are'} broken:"
    yield from wrapped(head, width, "  ")
    for step in trace.steps:
        mark = f"  [fault: {step.fault}]" if step.fault else ""
        yield from wrapped(f"{step.index:>2}. {sentence(step)}.{mark}", width, "    ", "        ")
    yield from wrapped(f"So {outcome(prop)}.", width, "    ")


def _whys(
    result: ModelResult, told: Sequence[PropertyResult], width: int, *, verbose: bool
) -> Iterator[str]:
    """Why properties hold, or why a loss is for good; each invariant once."""
    groups: dict[tuple[object, ...], list[PropertyResult]] = {}
    for prop in told:
        if prop.evidence.invariant and prop.verdict in ("holds", "violated"):
            key = (prop.verdict, prop.evidence.invariant, prop.evidence.kind)
            groups.setdefault(key, []).append(prop)
    for props in groups.values():
        yield ""
        yield from _why(result, props, width, verbose=verbose)


def _why(
    result: ModelResult, props: Sequence[PropertyResult], width: int, *, verbose: bool
) -> Iterator[str]:
    if result.system is None:
        return
    names = " and ".join(prop.name for prop in props)
    evidence = props[0].evidence
    lines = told_invariant(result.system, evidence.invariant)
    shown = lines if verbose else lines[:FEW_LINES]
    if props[0].verdict == "violated":
        head = f"Why {names} {_be(props)} broken for good: from there on, whatever happens,"
    else:
        head = f"Why {names} {_hold(props)}: true at the start, and kept by every step,"
    yield from wrapped(head, width, "  ")
    for line in shown:
        yield from wrapped(line, width, "    ", "        ")
    if len(shown) < len(lines):
        yield f"    and {len(lines) - len(shown)} more (-v shows them)"
    if evidence.kind == "progress":
        count, longest = evidence.detail["paths"], evidence.detail["longest"]
        text = f"so one of {count} sequences of steps (of at most {longest}) can always be taken on"
        yield from wrapped(f"{text} the way to the effect", width, "    ")
    if evidence.kind == "k-induction":
        k = evidence.detail["k"]
        text = f"and after {k} steps in a row that break nothing, the next one cannot either"
        yield from wrapped(text, width, "    ")


def _be(props: Sequence[PropertyResult]) -> str:
    return "is" if len(props) == 1 else "are"


def _hold(props: Sequence[PropertyResult]) -> str:
    return "holds" if len(props) == 1 else "hold"


def _certificates(result: ModelResult) -> Iterator[str]:
    """How many certificates there are, and who has accepted them."""
    checked = [prop.evidence.checked for prop in result.properties if prop.evidence.checked]
    by = Counter(" and ".join(one.by) for one in checked if one.status == "accepted")
    if by:
        parts = ", ".join(f"{count} by {names}" for names, count in sorted(by.items()))
        yield f"certificates: {by.total()} of {len(checked)} accepted ({parts})"
    for reason in dict.fromkeys(one.reason for one in checked if one.status == "unchecked"):
        yield f"not certified: {reason}"


def styled(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """The text with decoration, unless the reader asked for none (https://no-color.org)."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour, bold=bold)


def wrapped(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    """The text in lines, the first and the others indented as given."""
    indent = first if rest is None else rest
    return wrap(
        text,
        max(width, 20),
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
