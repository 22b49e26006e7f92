"""Vacuity: did we really ask? Steps that never happen, premises that are never true, properties
that nothing could break, and conditions that change nothing.

What is said about reachable states is said only where all of them were looked at and no bound cut
anything off; a step that a bound keeps from happening is the one exception.

A single message meets nobody: where messages are told apart, or overtake each other, much is idle
with one. So with one message only that counts which is found with two messages as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deliverycheck.check.coverage import Counted, counted, is_mishap
from deliverycheck.check.finding import Finding
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.notes import is_witness
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.check.unbreakable import says_nothing, unbreakable
from deliverycheck.explore.explored import Explored, ReachableFault, uninterrupted
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.probing import seen
from deliverycheck.lang.source import holds_line
from deliverycheck.lift.code.spots import Spot
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.sources import Named
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Caution

MORE = 2
"""Messages on top of those asked about, with which a property must say nothing either."""

SECOND_LOOK = 100_000
"""States up to which two messages are looked at, where the question was about one."""


DEAD = "nothing can happen at the start"
UNBREAKABLE = "no state that the types of its variables allow could break it"


@dataclass(frozen=True, slots=True)
class Vacuity:
    """What was asked in vain: the findings, and why some properties say nothing."""

    cautions: tuple[Caution, ...]
    empty: Mapping[str, str]
    """By property, why it would hold of whatever happens; `holds` is then no answer."""


@dataclass(frozen=True, slots=True)
class _Vain:
    """A finding, and the property it is about, if it is about one."""

    caution: Caution
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A model with what was found out about it."""

    question: Question
    lifted: Lifted
    found: Explored | None
    count: Counted | None
    """None where not every state was looked at."""
    asked: frozenset[str]
    """The properties that were asked about."""
    untested: frozenset[str]
    """Of these, those that no state puts to the test."""

    @property
    def whole(self) -> Explored | None:
        """All there is to see, if that was seen."""
        return self.found if self.count is not None and self.found and not self.found.hits else None


def vacuity(
    question: Question,
    lifted: Lifted,
    found: Explored | None,
    count: Counted | None,
    findings: Sequence[Finding],
    with_messages: Callable[[int], Lifted],
) -> Vacuity:
    """What of a question was asked in vain.

    `count` counts the edges of `found`, if there is any; `with_messages` lifts the same question
    for another number of messages.
    """
    shown = [finding for finding in findings if not is_witness(finding.prop.name)]
    asked = frozenset(finding.prop.name for finding in shown)
    untested = frozenset(one.prop.name for one in shown if one.verdict == "vacuous")
    complete = found is not None and found.complete
    looked = _Looked(question, lifted, found, count if complete else None, asked, untested)
    vain = list(_vain(looked))
    if any(one.about for one in vain):
        # What a type says of so many messages, it need not say of more.
        more = with_messages(question.messages + MORE)
        larger = set(_properties(_Looked(question, more, None, None, asked, untested)))
        vain = [one for one in vain if not one.about or one in larger]
    if vain and question.messages == 1:
        second = set(_second_look(question, with_messages(2), asked))
        vain = [one for one in vain if one in second]
    empty = {one.about: UNBREAKABLE for one in vain if one.caution.code == "DC514"}
    if any(one.caution.code == "DC510" for one in vain):
        kinds = ((prop.name, prop.kind) for prop in lifted.system.properties)
        empty |= {name: DEAD for name, kind in kinds if kind != "sometimes"}
    return Vacuity(tuple(one.caution for one in vain), empty)


def _second_look(question: Question, lifted: Lifted, asked: frozenset[str]) -> Iterator[_Vain]:
    """What is found in vain with two messages, as far as they can be looked at."""
    try:
        found = uninterrupted(explore_instance(lifted, Options(Limits(states=SECOND_LOOK))))
    except ReachableFault:
        return  # with two messages the model goes wrong, which is not what was asked
    complete = found.complete
    count = counted(found) if complete else None
    untested = frozenset(
        prop.name
        for prop in lifted.system.properties
        if complete and not found.hits and not seen(found, [c.when for c in prop.clauses])
    )
    yield from _vain(_Looked(question, lifted, found, count, asked, untested))


def _vain(looked: _Looked) -> Iterator[_Vain]:
    if _is_dead(looked.lifted.system):
        yield _Vain(Caution("DC510", f"{DEAD}: no step is possible in the initial state"))
        return
    steps = list(_steps(looked))
    yield from steps
    yield from _properties(looked)
    if not steps:  # with a step that never happens, much behind it looks idle that is not
        yield from _conditions(looked)


def _is_dead(system: System) -> bool:
    """Whether no initial state allows any step, whatever the bounds of an instance say."""
    starts = [system.valuation(state) for state in system.initial]
    real = [action.guard for action in system.actions if not is_mishap(action)]
    return not any(evaluate(guard, start) for start in starts for guard in real)


def _steps(looked: _Looked) -> Iterator[_Vain]:
    """Steps that never happen, or that never do anything; faults have findings of their own."""
    found, count = looked.found, looked.count
    if found is None or count is None:
        return
    actions: dict[Named, list[int]] = {}
    for number, action in enumerate(found.system.actions):
        if not is_mishap(action):
            actions.setdefault((action.actor, action.name), []).append(number)
    for step in looked.lifted.sources.steps:
        numbers = [n for named in sorted(step.actions) for n in actions.get(named, ())]
        taken = [n for n in numbers if count.times[n]]
        if taken:
            if looked.whole and count.moves.isdisjoint(taken):
                yield _about(
                    looked, step.spot, "DC512", f"{step} is taken, but never changes anything"
                )
        elif looked.whole:
            if not step.switched_off:
                text = f"{step} is never possible here: no reachable state allows it"
                yield _about(looked, step.spot, "DC511", text)
        elif seen(found, (found.system.actions[n].guard for n in numbers)):
            text = f"{step} is possible, but never taken: a bound cuts it off each time"
            yield _about(looked, step.spot, "DC512", text)


def _properties(looked: _Looked) -> Iterator[_Vain]:
    """Properties somebody relies on, although they say nothing, or in part."""
    for prop in looked.lifted.system.properties:
        name = prop.name
        if name not in looked.asked or looked.question.expected(name) is None:
            continue
        own = looked.lifted.sources.properties.get(name)
        spot = own.spot if own else None
        if name in looked.untested:
            text = f"{name}: its premise is never true, so nothing puts it to the test"
            yield _about(looked, spot, "DC513", text, name)
        elif unbreakable(prop):
            yield _about(looked, spot, "DC514", f"{name}: {UNBREAKABLE}", name)
        else:
            for conjunct in own.conjuncts if own else ():
                if says_nothing(conjunct):
                    what = f"`{conjunct.spot.text}` in {name} changes nothing"
                    why = "it follows from the rest, or from the types of the variables"
                    yield _about(looked, conjunct.spot, "DC515", f"{what}: {why}", name)


def _conditions(looked: _Looked) -> Iterator[_Vain]:
    """Conditions of a `require` that are true wherever they are asked and decide the step."""
    count = looked.count
    alive = {
        (action.actor, action.name)
        for number, action in enumerate(looked.lifted.system.actions)
        if not is_mishap(action) and (count is None or count.times[number])
    }
    told: set[Named] = set()
    for condition in looked.lifted.sources.conditions:
        # Of two that say the same, either can go, but not both: one at a time.
        if condition.actions.isdisjoint(alive) or not condition.actions.isdisjoint(told):
            continue
        if condition.spot.turned or _has_another_use(looked.question, condition.spot):
            continue
        if not condition.matters or (looked.whole and not seen(looked.whole, condition.matters)):
            told |= condition.actions
            text = f"`{condition.spot.text}` changes nothing here"
            why = "where all else allows the step, it is true"
            yield _about(looked, condition.spot, "DC515", f"{text}: {why}")


def _has_another_use(question: Question, spot: Spot) -> bool:
    """Whether a condition may be needed where it changes nothing.

    A type checker asks for `is not None`, and a variant says what its other variants need.
    """
    return spot.text.endswith(" is not None") or not holds_line(question.cls, spot.file, spot.line)


def _about(looked: _Looked, spot: Spot | None, code: str, text: str, about: str = "") -> _Vain:
    """A finding with its place; of a file the question does not name, without its folders."""
    if spot is None:
        return _Vain(Caution(code, text), about)
    file, source = Path(spot.file), looked.question.source
    shown = source if file == Path(source) else file.name
    return _Vain(Caution(code, text, shown, spot.line), about)
