"""What Mermaid itself makes of a diagram."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from browser import Browser, Tab, npm_package

KINDS = {0: "->>", 2: "note", 3: "-x", 10: "loop", 11: "end loop", 22: "rect", 23: "end rect"}
"""Mermaid's numbers for the kinds of its signals (`LINETYPE`), those that we use."""


@dataclass(frozen=True)
class Signal:
    """An arrow, a note, or an end of a block, as Mermaid has understood it."""

    kind: str
    source: str
    goal: str
    text: str


@dataclass(frozen=True)
class Understood:
    """A diagram as Mermaid has understood it; names are as the lifelines are headed."""

    title: str
    actors: tuple[str, ...]
    signals: tuple[Signal, ...]

    @property
    def drawn_from(self) -> set[str]:
        """Whoever an arrow starts or ends at, or a note stands beside."""
        return {end for one in self.signals for end in (one.source, one.goal) if end}

    def of(self, *kinds: str) -> list[Signal]:
        """The signals of some kinds."""
        return [one for one in self.signals if one.kind in kinds]


class Mermaid:
    """Mermaid in a page."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        tab.show("<!doctype html><title>Mermaid</title><body></body>")
        tab.run(npm_package("mermaid") / "dist" / "mermaid.min.js")
        tab.page.evaluate("mermaid.initialize({startOnLoad: false})")
        self.drawn = 0

    def understood(self, text: str) -> Understood:
        """The diagram; raises where Mermaid's parser does."""
        self.tab.page.evaluate("text => mermaid.parse(text)", text)
        found: Any = self.tab.page.evaluate(
            """async text => {
                const {db} = await mermaid.mermaidAPI.getDiagramFromText(text);
                const actors = [...db.getActors().values()];
                return {title: db.getDiagramTitle(), order: db.getActorKeys(), actors,
                        signals: db.getMessages()};
            }""",
            text,
        )
        names = {one["name"]: _text(one["description"]) for one in found["actors"]}
        signals = []
        for one in found["signals"]:
            source, goal = (names.get(one.get(end) or "", "") for end in ("from", "to"))
            kind = KINDS.get(one["type"], str(one["type"]))
            signals.append(Signal(kind, source, goal, _text(str(one.get("message") or ""))))
        order = tuple(names[key] for key in found["order"])
        return Understood(_text(found["title"]), order, tuple(signals))

    def drawing(self, text: str) -> dict[str, list[str]]:
        """The elements of the picture, by their names, each with the text in it."""
        self.drawn += 1
        found: Any = self.tab.page.evaluate(
            """async ([name, text]) => {
                const {svg} = await mermaid.render(name, text);
                const page = new DOMParser().parseFromString(svg, "text/html");
                const found = {};
                for (const one of page.body.querySelectorAll("*"))
                    (found[one.localName] ??= []).push(one.textContent);
                return found;
            }""",
            [f"drawing{self.drawn}", text],
        )
        return {str(name): [str(one) for one in texts] for name, texts in found.items()}


def _text(held: str) -> str:
    """What is shown of a text that Mermaid holds with its own marks for entities."""
    return html.unescape(held.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


@contextmanager
def mermaid_in(browser: Browser) -> Iterator[Mermaid]:
    """Mermaid, ready to draw; what it says on the console or asks for is an error."""
    with browser.page() as tab:
        yield Mermaid(tab)
        tab.assert_quiet()
