"""Rendering: HTML that loads nothing and runs nothing but its own script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from deliverycheck.explain.catalogue import Family
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.report.catalogue import (
    answers,
    counted,
    paragraphs,
    setting_text,
    surroundings,
)
from deliverycheck.report.drawing.style import style
from deliverycheck.report.formats.plain import plain
from deliverycheck.report.matrix import COLUMNS, tone
from deliverycheck.report.page.index import Line, lead_of
from deliverycheck.report.page.view import view_of
from deliverycheck.report.words.headlines import (
    budget_text,
    claim,
    judged,
    looked_at,
    verdict_notes,
)
from deliverycheck.report.words.opening import opening, standing

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SIGNS = {"well": "✓", "either": "~", "wrong": "!", "broken": "✗"}
OUTLOOKS = {
    "well": "can only go well",
    "either": "either way",
    "wrong": "can only go wrong",
    "broken": "broken",
}
"""What can still become of a property: as a sign, and in words."""

MARKS = {"holds": "✓", "violated": "✗", "undetermined": "?", "vacuous": "○", "error": "✗"}
"""Verdicts as signs."""


WORDS: Mapping[str, object] = {
    "SIGNS": SIGNS,
    "OUTLOOKS": OUTLOOKS,
    "MARKS": MARKS,
    "budget_text": budget_text,
    "claim": claim,
    "judged": judged,
    "looked_at": looked_at,
    "opening": opening,
    "standing": standing,
    "verdict_notes": verdict_notes,
}
"""What the templates call."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages share: the style, the script, and the policy that allows just these two.

    The policy is that of Content Security Policy Level 3 (W3C): nothing may be loaded, and inline
    styles and scripts only with the hash of their text.
    """

    style: str
    script: str

    @property
    def policy(self) -> str:
        """The content of the policy's header."""
        allowed = f"style-src {_hash(self.style)}; script-src {_hash(self.script)}"
        return f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def page_html(dossier: Dossier, index: str = "") -> str:
    """The page of a model; `index` is where the index lies, seen from the page."""
    return _render("page.html", view=view_of(dossier), index=index)


def index_html(lines: Sequence[Line], missing: str = "") -> str:
    """The index: a line for each model, each answer a link; `missing`: why some are not there."""
    lead = " ".join(filter(None, (missing, lead_of(lines))))
    return _render("index.html", rows=lines, lead=lead, COLUMNS=COLUMNS)


def catalogue_html(families: Sequence[Family]) -> str:
    """What there is: a row for each model, and for each file what it says of itself."""
    models = counted(sum(len(family.entries) for family in families), "model")
    return _render(
        "catalogue.html",
        families=families,
        lead=f"{models} in {counted(len(families), 'file')}.",
        COLUMNS=COLUMNS,
        answers=answers,
        tone=tone,
        surroundings=surroundings,
        setting_text=setting_text,
        paragraphs=paragraphs,
    )


def coded(text: str) -> Markup:
    """A sentence, escaped, in which what stands between backticks is set as code."""
    from markupsafe import Markup, escape

    first, *rest = plain(text).split("`")
    if len(rest) % 2:  # one is left over, so they are no pairs
        return escape(plain(text))
    parts = [escape(first)]
    for code, after in zip(rest[::2], rest[1::2], strict=True):
        parts += [Markup("<code>{}</code>").format(code), escape(after)]
    return Markup("").join(parts)


def _render(template: str, **given: object) -> str:
    frame = Frame(f"{style('style', 'graphs')}\n{_text('style.css')}", _text("script.js"))
    found: dict[str, object] = {
        **WORDS,
        "coded": coded,
        "policy": frame.policy,
        "style": frame.style,
        "script": frame.script,
        "version": version("deliverycheck"),
        **given,
    }
    return _environment().get_template(template).render(found)


def _shown(value: object) -> object:
    """What is put into the page: text in which nothing is hidden, as it may come from a label."""
    from markupsafe import Markup

    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _text(name: str) -> str:
    return (files("deliverycheck.report.page") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """The templates, read and compiled once."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FunctionLoader(_text),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
