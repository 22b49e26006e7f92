"""Runs as sequence diagrams of Mermaid (https://mermaid.js.org/syntax/sequenceDiagram.html).

Mermaid draws every arrow level, so a message that is under way for a while cannot be seen to be:
the arrow stands where it arrives, or is lost, and says in which step it was sent; there, a note
says that it is sent. Where it arrives in the very next step, one arrow stands for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from deliverycheck.explain.story import sentences
from deliverycheck.report.drawing.cast import cast_of, goals_of
from deliverycheck.report.drawing.flights import NETWORK, Flight
from deliverycheck.report.drawing.scene import Part, Row, Scene, scene_of
from deliverycheck.report.drawing.wording import DOT, going_round, said, unfinished
from deliverycheck.report.formats.plain import one_line
from deliverycheck.system.verdicts import Trace

MOST_STEPS = 60
"""Steps of a diagram in which a person can find anything."""

MOST_CHARACTERS = 45_000
"""Mermaid refuses to draw a text of more than 50,000 (`maxTextSize`)."""

MOST_LINES = 8
"""Things of one kind that are told one by one; what is more is counted."""

LABEL, SENTENCE = 60, 240
"""Characters of a name and of a sentence; a longer one ends in an ellipsis."""

COLUMNS, WIDE = 30, 48
"""Characters of a line beside one lifeline, and across several."""

ATOMIC = "rect rgba(128, 128, 128, 0.12)"
"""What lies behind all that one step does, where that is more than one thing."""

HARMLESS = frozenset(" .,_+-=/()[]!?'\u00b7\u2026\u2013\u2212")
"""Signs that mean nothing to Mermaid in the text of a statement."""


def sequence_diagram(trace: Trace, *, title: str = "") -> str:
    """The run as a `sequenceDiagram`, with the numbers of its steps.

    Of a run with more than `MOST_STEPS` steps the middle is left out; a note in its place says so.
    """
    most = MOST_STEPS
    while True:
        text = "\n".join(_Diagram.of(trace, most).lines(title)) + "\n"
        if len(text) <= MOST_CHARACTERS or most <= 1:
            return text
        most //= 2


def escaped(text: str) -> str:
    """Text that Mermaid shows as it is: whatever it might take for its own is a number instead.

    `#35;` stands for `#`. A semicolon ends a statement, a colon may come before `wrap:`, `%%`
    begins a comment or a directive, `$$` a formula, and `end` as a word can end a block.
    """
    inert = "".join(
        one if one.isalnum() or one in HARMLESS else f"#{ord(one)};" for one in one_line(text)
    )
    return re.sub(r"\b[Ee][Nn][Dd]\b", lambda m: f"#{ord(m[0][0])};{m[0][1:]}", inert)


def _shown(text: str, most: int = LABEL, columns: int = COLUMNS) -> str:
    """A label or a sentence in lines of the diagram; empty lines are spaces that stay."""
    lines = wrap(_cut(text, most), columns, break_on_hyphens=False)
    return "<br/>".join(map(escaped, lines)) or "#160;"


def _cut(text: str, most: int) -> str:
    whole = one_line(text)
    return whole if len(whole) <= most else whole[: most - 1] + "\u2026"


@dataclass(frozen=True, slots=True)
class _Diagram:
    """A run as it is drawn."""

    scene: Scene
    trace: Trace
    told: tuple[str, ...]
    actors: tuple[str, ...]
    """Whoever has a lifeline, from left to right."""
    cut: range
    """The steps that are left out."""
    opening: int | None
    """The step before which the loop opens."""

    @classmethod
    def of(cls, trace: Trace, most: int) -> _Diagram:
        """With at most so many steps."""
        scene, count = scene_of(trace), len(trace.steps)
        names = [lane.name for lane in cast_of(scene) if lane.kind != "ledger"]
        unsure = any(NETWORK in _ends(flight, names) for flight in scene.flights)
        actors = names if unsure else [name for name in names if name != NETWORK]
        before = -(-most * 2 // 3)
        cut = range(before + 1, count - (most - before) + 1) if count > most else range(0)
        loop = scene.loop_start
        opening = None if loop is None or loop >= count else loop + 1
        opening = cut.start if opening in cut else opening
        told = tuple(sentences(trace.steps))
        return cls(scene, trace, told, tuple(dict.fromkeys(actors or [NETWORK])), cut, opening)

    def lines(self, title: str) -> Iterator[str]:
        """The whole text."""
        yield "sequenceDiagram"
        if title:
            yield f"    title {escaped(_cut(title, SENTENCE)) or '#160;'}"
        for number, name in enumerate(self.actors):
            yield f"    participant p{number} as {_shown(name)}"
        indent = "    "
        for row in self.scene.rows:
            if row.step.index == self.opening:
                yield f"    loop {escaped(self._round())}"
                indent = "        "
            yield from (indent + line for line in self._at(row))
        if self.opening is not None:
            yield "    end"
        yield from ("    " + line for line in self._end())

    def _round(self) -> str:
        return going_round(self.scene.loop_start or 0, len(self.scene.rows))

    def _at(self, row: Row) -> Iterator[str]:
        """What is drawn of a step."""
        step, decided = row.step.index, self.trace.point_of_no_return
        if step in self.cut:
            if step == self.cut.start:
                one = len(self.cut) == 1
                text = f"step {step} is" if one else f"steps {step} to {self.cut[-1]} are"
                yield self._note(self.actors, [f"{text} left out here"])
        else:
            pieces = list(self._pieces(row))
            several = len(pieces) > 1
            yield from [ATOMIC] if several else []
            yield from (("    " if several else "") + piece for piece in pieces)
            yield from ["end"] if several else []
        where = self.cut.start if decided in self.cut else decided
        if where == step and decided != len(self.scene.rows):
            yield self._note(self.actors, [f"after step {decided} it can only go wrong"])

    def _pieces(self, row: Row) -> Iterator[str]:
        """The arrows of a step, and notes of what it does between them."""
        lines: list[str] = []
        over: tuple[str, ...] = ()
        number = f"{row.step.index}."
        for part in row.parts:
            flight = None if part.flight is None else self.scene.flights[part.flight]
            if flight is not None and part.kind == "put" and self._is_one_arrow(flight):
                continue
            arrow = flight is not None and part.kind in ("take", "lose", "gone")
            place = self._place(row, flight)
            if lines and (arrow or place != over):
                yield self._note(over, lines)
                lines = []
            if flight is not None and arrow:
                yield self._arrow(row, part, flight)
            else:
                text = self._words(row, part)
                lines, over = [*lines, text if lines else f"{number} {text}"], place
        if lines:
            yield self._note(over, lines)

    def _place(self, row: Row, flight: Flight | None) -> tuple[str, ...]:
        """Over whose lifelines a note is written."""
        actor = row.step.actor
        if actor in self.actors and actor != NETWORK:
            return (actor,)
        ends = () if flight is None else _ends(flight, self.actors)
        return ends if ends and all(name in self.actors for name in ends) else self.actors

    def _words(self, row: Row, part: Part) -> str:
        if part.kind == "put":
            return f"sends {said(part)}"
        if part.kind in ("do", "crash"):
            return self.told[row.step.index - 1].replace("`", "'")
        return said(part)

    def _is_one_arrow(self, flight: Flight) -> bool:
        """Whether a message arrives, or is lost, before anything else happens."""
        began, ended = flight.began, flight.ended
        if began is None or ended is None or flight.copy_of is not None:
            return False
        if ended.step == began.step:
            return True
        between = (self.opening == ended.step, self.trace.point_of_no_return == began.step)
        hidden = began.step in self.cut or ended.step in self.cut
        return ended.step == began.step + 1 and not any(between) and not hidden

    def _arrow(self, row: Row, part: Part, flight: Flight) -> str:
        source, goal = (self._id(name) for name in _ends(flight, self.actors))
        began, here = flight.began, row.step.index
        number, since = f"{here}", ""
        if began is not None and began.step != here:
            if self._is_one_arrow(flight):
                number = f"{began.step}\u2013{here}"
            else:
                verb = "sent" if flight.copy_of is None else "copied"
                since = f"<br/>({verb} in step {began.step})"
        lost = "" if part.kind == "take" else " lost"
        text = f"{number}. {_cut(part.what, LABEL)} {DOT} {_cut(part.where, LABEL)}{lost}"
        text = _shown(text, SENTENCE)
        return f"{source}{'-x' if lost else '->>'}{goal}: {text}{since}"

    def _end(self) -> Iterator[str]:
        """What is so after the last step."""
        count = len(self.scene.rows)
        if self.scene.loop_start == count:
            yield self._note(self.actors, [self._round()])
        open_ = [flight for flight in self.scene.flights if flight.ended is None]
        for flight in open_[:MOST_LINES]:
            yield self._note(_ends(flight, self.actors), [unfinished(flight)])
        if len(open_) > MOST_LINES:
            yield self._note(self.actors, [f"and {len(open_) - MOST_LINES} more in flight"])

    def _note(self, over: Iterable[str], lines: list[str]) -> str:
        places = sorted({self._number(name) for name in over})
        ends = ",".join(f"p{number}" for number in dict.fromkeys((places[0], places[-1])))
        kept = lines if len(lines) <= MOST_LINES else lines[: MOST_LINES - 1]
        more = [f"and {len(lines) - len(kept)} more"] if len(kept) < len(lines) else []
        columns = WIDE if len(places) > 1 else COLUMNS
        text = "<br/>".join(_shown(text, SENTENCE, columns) for text in kept + more)
        return f"Note over {ends}: {text}"

    def _number(self, name: str) -> int:
        """The lifeline of a name; of one that has none, the network's or the last."""
        known = name if name in self.actors else NETWORK
        return self.actors.index(known) if known in self.actors else len(self.actors) - 1

    def _id(self, name: str) -> str:
        return f"p{self._number(name)}"


def _ends(flight: Flight, actors: Iterable[str]) -> tuple[str, str]:
    """Who sent a message and whom it goes to; the network, where that is nobody or anybody."""
    goals = goals_of(flight, [name for name in actors if name != NETWORK])
    return flight.sender or NETWORK, goals[0] if len(goals) == 1 else NETWORK
