"""What files for other programs are written of: shipped models, and results made up by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from hostile import HOSTILE as EVERYWHERE
from support import CORE, EXPLICIT

from deliverycheck.check.checking import check
from deliverycheck.explain.dossier.places import Places, Spot, places_of
from deliverycheck.load.subjects import questions
from deliverycheck.system.build import TRUE
from deliverycheck.system.model import Action, Event, State, System, Variable
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort
from deliverycheck.system.verdicts import (
    Caution,
    Change,
    Evidence,
    Exploration,
    ModelResult,
    PropertyResult,
    Step,
    Trace,
)

Told = tuple[ModelResult, Places]

HOSTILE = (
    *EVERYWHERE,
    "<script>alert(1)</script>",
    "]]><failure/><![CDATA[",
    "\"'&amp;<!-- --> -->",
    "![x](javascript:alert(1)) [click](http://x.invalid) | `a` **b**",
    "\x1b[31mred\x1b[0m\x07\x00\x7f\x9b",
    "::error file=x,line=1::pwned%0A::set-output",
    "{0} {{1}} %s %(x)s ${HOME} $(id)",
    "\u202egnp.exe\u2066\u200f",
    "\ud800 half \udfff",
    "line\r\nbreak\u2028and\u2029more\ttab\x0b\x0c\x85",
    "\ufffe\uffff\U0001fffe",
    "long " * 2000,
    "../../etc/passwd",
    "",
)
"""Labels that mean something to one program or another."""


@cache
def shipped(folder: str = "") -> tuple[Told, ...]:
    """The models that are looked at closely (of a folder), as the explicit engine sees them."""
    asked = [one for one in questions(CORE) if not folder or folder in Path(one.source).parts]
    return tuple((check(question, EXPLICIT), places_of(question)) for question in asked)


def names() -> list[str]:
    """Their names, without checking any."""
    return [question.name for question in questions(CORE)]


def runs(folder: str = "") -> Iterator[tuple[ModelResult, PropertyResult, Trace]]:
    """Every counterexample and every example of the shipped models."""
    for result, _ in shipped(folder):
        for prop in result.properties:
            for trace in (prop.trace, prop.example):
                if trace is not None:
                    yield result, prop, trace


def made_up(label: str, steps: int = 2, loop: int | None = None) -> Told:
    """A result with a label wherever one can stand, and a run of so many steps."""
    sort = EnumSort((f"{label}0", f"{label}1"))
    variables = (
        Variable(f"{label}x", IntSort(0, None), "channel"),
        Variable(f"{label}y", sort, "place"),
        Variable(f"{label}z", BOOL),
    )
    states: tuple[State, ...] = tuple((n, f"{label}{n % 2}", n % 2 == 0) for n in range(steps + 1))
    taken: list[Step] = []
    for number, (old, new) in enumerate(pairwise(states), 1):
        pairs = zip(variables, old, new, strict=True)
        changes = tuple(Change(v.name, a, b) for v, a, b in pairs if a != b)
        kinds = ("put", "write", "say", "effect", "lose", "what")
        events = tuple(Event(kind, label, label, label) for kind in kinds)
        taken.append(
            Step(number, label, f"do{label}({label})@{label}", label, label, changes, events)
        )
    trace = Trace(tuple(taken), states, loop)
    action = Action(f"do{label}", label, TRUE, {})
    system = System(label, variables, (states[0],), (action,))
    evidence = Evidence("run", {})
    verdicts = (
        PropertyResult(label, "violated", "holds", evidence, label, trace, reason=label),
        PropertyResult("no-loss", "violated", "violated", evidence, label, trace),
        PropertyResult("honest-ack", "undetermined", "holds", evidence, reason=label),
        PropertyResult("in-order", "vacuous", "holds", evidence, reason=label),
        PropertyResult("no-deadlock", "error", None, evidence, reason=label),
    )
    result = ModelResult(
        label,
        f"{label}.py",
        "0" * 64,
        2,
        {label: label},
        {label: 1},
        "at-least-once",
        Exploration(True, 1, 1, 1),
        verdicts,
        (Caution("DC503", label, f"{label}.py", 3), Caution(label, label)),
        system=system,
    )
    spot = Spot(f"{label}.py", 7)
    return result, Places(spot, spot, {label: spot}, {}, {f"do{label}": spot})


def doctored(result: ModelResult, name: str, **changes: object) -> ModelResult:
    """A result with one property changed."""
    changed = [
        replace(prop, **changes) if prop.name == name else prop  # type: ignore[arg-type]  # as given
        for prop in result.properties
    ]
    return replace(result, properties=tuple(changed))
