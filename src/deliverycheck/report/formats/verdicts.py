"""Verdicts as other programs count them: which decide, and what each means in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from deliverycheck.explain.dossier.places import Places, Spot
from deliverycheck.explain.story import outcome
from deliverycheck.report.stories import runs_text
from deliverycheck.report.words.headlines import because_of
from deliverycheck.report.words.steps import counted
from deliverycheck.system.verdicts import ModelResult, PropertyResult

WIDTH = 100
"""Columns of a story in a file."""

PROMISES: Mapping[str, str] = {
    "no-loss": "A message that was accepted, and not put aside for a person, can still have its "
    "effect, whatever has happened so far.",
    "no-silent-loss": "A message that was accepted can still have its effect, or the application "
    "is told that it failed.",
    "honest-ack": "A message is reported done only after it had its effect, or after somebody took "
    "it over durably.",
    "no-duplicate-effect": "A message has its effect at most once.",
    "no-phantom-effect": "Only what was accepted has an effect.",
    "in-order": "Messages have their first effects in the order they were accepted in.",
    "no-stale-effect": "No earlier message takes effect after a later one has.",
    "eventual-effect": "Every message that was accepted has its effect in the end, or the "
    "application is told where the model allows that.",
    "no-deadlock": "Where nothing is left to do, nothing is left undone.",
}
"""What each property says that every model is checked for."""

OWN = "A property that the model states itself."


def decides(result: ModelResult, prop: PropertyResult) -> bool:
    """Whether a verdict counts for the exit code of `check`: somebody said something about it.

    Where nobody said anything about any property, all of them count.
    """
    silent = all(one.expected is None for one in result.properties)
    return silent or prop.expected is not None


def headline(result: ModelResult, prop: PropertyResult) -> str:
    """The verdict and what was expected, as a sentence."""
    text = f"{result.model}: {prop.name} {_said(prop.verdict)}"
    if prop.expected is None:
        return f"{text}; nobody says what it should be."
    if prop.verdict == "vacuous" and prop.as_expected:
        return f"{text}, where it should hold: nothing puts it to the test."
    if prop.as_expected:
        return f"{text}, as expected."
    return f"{text}; expected was that it {_said(prop.expected)}."


def _said(verdict: str) -> str:
    return verdict if verdict == "holds" else f"is {verdict}"


def summary(prop: PropertyResult) -> str:
    """Why the verdict is what it is, in a sentence or none."""
    if prop.trace is not None and prop.verdict == "violated":
        steps = counted(len(prop.trace.steps))
        return f"So {outcome(prop)}, after {steps}, {because_of(prop)}."
    return f"{prop.reason[:1].upper()}{prop.reason[1:]}." if prop.reason else ""


def story(prop: PropertyResult) -> str:
    """The runs of a property as text, with all that is known about why."""
    return "\n".join(runs_text([prop], WIDTH, verbose=False)).strip("\n")


def place_of(prop: PropertyResult, places: Places) -> Spot:
    """The line that a verdict is about: the expectation's, the property's own, or the claim's."""
    own = places.expects.get(prop.name) or places.properties.get(prop.name)
    return places.claim if own is None else own
