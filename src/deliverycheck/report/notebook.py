"""Results in a notebook: HTML that needs no set-up, and the text of the command line.

The HTML is inert wherever it is shown: it has no script, no style sheet and no id, so nothing of
the page around it is changed and two outputs cannot get into each other's way. A picture is an
image with all of its SVG inside (RFC 2397), of which the page sees nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from itertools import takewhile

from deliverycheck.explain.story import ending, going_on, outcome, sentences
from deliverycheck.report.briefly import briefly
from deliverycheck.report.drawing.lanes import lanes_svg
from deliverycheck.report.formats.plain import one_line, plain
from deliverycheck.report.layout import undecorated
from deliverycheck.report.runs import steps_text
from deliverycheck.report.stories import runs_text
from deliverycheck.report.text import model_text
from deliverycheck.report.why import why_text
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace, Verdict

WIDTH = 80
"""Columns of the text."""

ENDLESS = 1_000_000
"""Columns of a line that is never to be broken."""

COLUMNS = ("property", "verdict", "expected")
LEFT = ' style="text-align: left"'
"""Else a notebook moves what is in tables to the right."""

SIGNS: dict[Verdict, str] = {
    "holds": "\N{CHECK MARK}",
    "violated": "\N{BALLOT X}",
    "undetermined": "?",
    "vacuous": "\N{EMPTY SET}",
    "error": "!",
}


def shown(thing: object) -> dict[str, str]:
    """The representations of a result or a run by media type. Raises TypeError for others."""
    match thing:
        case ModelResult():
            html, lines = "".join(_model(thing)), list(model_text(thing, WIDTH))
        case PropertyResult():
            html, lines = "".join(_property(thing)), list(_property_text(thing))
        case Trace():
            html = "".join(_run(thing, "A run", _going_on(thing)))
            lines = [*steps_text(thing, WIDTH, indent=""), *_going_on(thing)]
        case _:
            raise TypeError(f"{type(thing).__name__} is no result")
    text = "\n".join(plain(undecorated(line)).expandtabs(1) for line in lines).rstrip()
    return {"text/plain": text, "text/html": f"<div>{html}</div>"}


def _property_text(prop: PropertyResult) -> Iterator[str]:
    yield f"{prop.name} is {briefly(prop)}"
    yield from runs_text([prop], WIDTH, verbose=False)


def _model(result: ModelResult) -> Iterator[str]:
    """Heading, table of verdicts, and the stories the command line tells."""
    yield f"<p><strong>{_text(result.model)}</strong> <code>{_text(result.source)}</code>"
    head = takewhile(str.strip, model_text(result, ENDLESS))
    yield from (f"<br>{_text(undecorated(line))}" for line in list(head)[1:])
    yield "</p>"
    yield _table(result.properties)
    told = [prop for prop in result.properties if prop.expected is not None] or result.properties
    seen: list[Trace] = []
    for prop in told:
        if prop.trace is not None and prop.trace not in seen:
            seen.append(prop.trace)
            also = [other.name for other in told if other.trace == prop.trace]
            yield from _story(prop, also)
    for warning in result.warnings:
        place = f"{warning.file}:{warning.line}: " if warning.file else ""
        yield f"<p>note ({_text(warning.code)}): {_text(place + warning.text)}</p>"


def _property(prop: PropertyResult) -> Iterator[str]:
    yield _table([prop])
    if prop.trace is not None:
        yield from _story(prop, [prop.name])
    elif prop.example is not None:
        yield from _run(prop.example, f"An example of {prop.name}", _going_on(prop.example))


def _table(properties: Iterable[PropertyResult]) -> str:
    head = "".join(f'<th scope="col"{LEFT}>{name}</th>' for name in COLUMNS)
    rows = "".join(
        f'<tr><th scope="row"{LEFT}>{_text(prop.name)}</th>'
        f"<td{LEFT}>{SIGNS[prop.verdict]} {_text(briefly(prop))}</td>"
        f"<td{LEFT}>{_text(_expectation(prop))}</td></tr>"
        for prop in properties
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _expectation(prop: PropertyResult) -> str:
    if prop.expected is None:
        return ""
    return "as expected" if prop.as_expected else f"NOT AS EXPECTED: {prop.expected}"


def _story(prop: PropertyResult, names: Sequence[str]) -> Iterator[str]:
    """How a property is broken: the picture, the steps, what they show, and why."""
    if prop.trace is None:
        return
    be = "is" if len(names) == 1 else "are"
    title = f"How {', '.join(names)} {be} broken"
    yield f"<details><summary>{_text(title)}</summary>"
    closing = [f"{text}." for text in (ending(prop), f"So {outcome(prop)}") if text]
    yield from _run(prop.trace, title, closing)
    why = [undecorated(line) for line in why_text(prop, WIDTH, verbose=False)]
    if why:
        text = escape("\n".join(plain(line.removeprefix("    ")) for line in why))
        yield f'<pre style="white-space: pre-wrap">{text}</pre>'
    yield "</details>"


def _going_on(trace: Trace) -> list[str]:
    """How a run without end goes on."""
    text = going_on(trace, ())
    return [f"{text}."] if text else []


def _run(trace: Trace, title: str, closing: Sequence[str]) -> Iterator[str]:
    """A run as a picture, and as a list that says the same."""
    told = [
        f"{text}." + (f" [fault: {step.fault}]" if step.fault else "")
        for step, text in zip(trace.steps, sentences(trace.steps), strict=True)
    ]
    picture = _picture(trace, title, told)
    if picture:
        data = b64encode(picture.encode()).decode()
        alt = escape(one_line(f"{title}, as a sequence diagram; the list says the same"))
        yield f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}" style="max-width: 100%">'
    yield f"<ol>{''.join(f'<li>{_text(text)}</li>' for text in told)}</ol>"
    if closing:
        yield f"<p>{_text(' '.join(closing))}</p>"


def _picture(trace: Trace, title: str, told: Sequence[str]) -> str:
    """The lanes of a run as an SVG that stands alone."""
    name, text = one_line(title), one_line(" ".join(told))
    ident = "run-" + sha256(f"{name}\n{text}".encode()).hexdigest()[:12]
    return lanes_svg(trace, title=name, description=text, ident=ident, standalone=True)


def _text(text: str) -> str:
    """Text between tags: markup escaped, and what is not to be seen shown by its number."""
    return escape(one_line(text))
