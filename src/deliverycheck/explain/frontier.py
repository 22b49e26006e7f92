"""The frontier: how little breaks a property, and how much it survives.

Of all fault budgets up to some caps, the least that break a property, and the most that it
tolerates. They are read off one exploration (`check.lattice`); each is then checked again on its
own, so no budget is named whose run was not replayed, or whose verdict the engines did not give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from deliverycheck.check.checking import check, lifted_of
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.lattice import Amounts, Lattice, broken_at_once, lattice_of
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.check.traces import replayed
from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.system.model import PropertyKind
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace

CAP = 2
"""Faults of one kind that are looked at, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A fault budget, without what may never happen, and what becomes of the property under it."""

    faults: Mapping[str, float]
    """`inf`, where a proof needs no number."""
    result: PropertyResult


@dataclass(frozen=True, slots=True)
class Harm:
    """The least faults with which a property is broken for so many messages at once."""

    messages: int
    faults: Mapping[str, int]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Border:
    """Where a property begins to break."""

    name: str
    minimal_breaking: tuple[Budgeted, ...]
    """No budget below one of these breaks it."""
    maximal_tolerated: tuple[Budgeted, ...]
    """No budget above one of these, within the caps, is tolerated."""
    open: tuple[Mapping[str, int], ...]
    """The least budgets about which nothing is known, since a bound or a limit was hit."""
    harm: tuple[Harm, ...] = ()
    """What it takes to harm more messages, from one on, each with fewest faults; of a property that
    is a promise, or about no single message, nothing."""
    kind: PropertyKind = "always"
    """Of `sometimes`, to break means that no example is reached."""
    examples: tuple[Mapping[str, float], ...] = ()
    """Of `sometimes`: the least budgets under which an example is reached."""
    curve: tuple[int, ...] = ()
    """By number of faults, of whatever kinds within the caps, from none on: the most messages it
    can be broken for at once; of what `harm` says nothing about, nothing."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """The borders of all properties of a model."""

    model: str
    source: str
    messages: int
    caps: Mapping[str, int]
    """The faults that can happen in this model, and how often each may at most."""
    borders: tuple[Border, ...]
    unfinished: tuple[str, ...] = ()
    """The properties that Ctrl-C left without a border."""


def frontier_of(
    question: Question,
    caps: Mapping[str, int],
    options: Options,
    report: Report | None = None,
) -> Frontier:
    """The frontier of a model under some faults, each up to its cap.

    The second look is the explicit engine's, too: whatever a frontier names has an end. Unless it
    alone is asked, Z3 tries to prove that what the caps do not break no number of faults does.
    Ctrl-C ends it with the borders that are known. Raises InputError for a model that goes wrong,
    DisagreementError where a second look at a budget finds another verdict.
    """
    engine = options.engine
    if engine == "auto":
        options = replace(options, engine="explicit")
    idle = lifted_of(replace(question, faults=dict(caps))).idle_faults
    wide = {fault: cap for fault, cap in caps.items() if cap > 0 and fault not in idle}
    lifted = lifted_of(replace(question, faults=wide))
    kinds: dict[str, PropertyKind] = {
        prop.name: prop.kind
        for prop in lifted.system.properties
        if not options.properties or prop.name in options.properties
    }
    borders: list[Border] = []
    try:
        lattice = lattice_of(lifted, options, report)
        every = [_drawn(lattice, name, kind) for name, kind in kinds.items()]
        again = _Again(question, replace(options, copies=lattice.copies), lattice.faults, every)
        for drawn in every:
            border = _border(again, lattice, drawn)
            if engine != "explicit":
                prover = replace(options, engine="symbolic", properties=(drawn.name,), copies=None)
                tolerated = (
                    _without_end(again.question, one, wide, prover)
                    for one in border.maximal_tolerated
                )
                border = replace(border, maximal_tolerated=tuple(tolerated))
            borders.append(border)
    except KeyboardInterrupt:
        known = {border.name for border in borders}
        unfinished = tuple(name for name in kinds if name not in known)
    else:
        unfinished = ()
    return Frontier(
        question.name, question.source, question.messages, wide, tuple(borders), unfinished
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A border as the lattice shows it."""

    name: str
    kind: PropertyKind
    broken: tuple[Amounts, ...]
    survived: tuple[Amounts, ...]
    unknown: tuple[Amounts, ...]
    examples: tuple[Amounts, ...]

    @property
    def named(self) -> set[Amounts]:
        """The budgets that are to be looked at again."""
        return {*self.broken, *self.survived, *self.examples}


def _drawn(lattice: Lattice, name: str, kind: PropertyKind) -> _Drawn:
    fates = lattice.fates[name]
    broken, kept, unknown = (
        [one for one, fate in fates.items() if fate == wanted]
        for wanted in ("broken", "kept", "open")
    )
    examples = _least(kept) if kind == "sometimes" else []
    found = (_least(broken), _most(kept), _least(unknown), examples)
    return _Drawn(name, kind, *map(tuple, found))


def _border(again: _Again, lattice: Lattice, drawn: _Drawn) -> Border:
    """Where a property begins to break, each budget looked at again by itself."""
    name = drawn.name
    return Border(
        name,
        tuple(again.look(one, name, "violated") for one in drawn.broken),
        tuple(again.look(one, name, "holds") for one in drawn.survived),
        tuple(_named(lattice.faults, one) for one in drawn.unknown),
        harm_of(again.question, name, lattice, again.options),
        drawn.kind,
        tuple(again.look(one, name, "holds").faults for one in drawn.examples),
        curve_of(lattice.harm.get(name, {})),
    )


def curve_of(harm: Mapping[Amounts, int]) -> tuple[int, ...]:
    """By number of faults, from none on: the most messages they can harm at once."""
    sizes = range(max(map(sum, harm), default=-1) + 1)
    return tuple(max(n for budget, n in harm.items() if sum(budget) <= size) for size in sizes)


def _without_end(
    question: Question, found: Budgeted, caps: Mapping[str, int], options: Options
) -> Budgeted:
    """A tolerated budget in which no cap is left of which Z3 proves that it needs none."""
    at_cap = [fault for fault, amount in found.faults.items() if amount == caps[fault]]
    # All at once, as mostly goes; else one after the other.
    for some in ([at_cap], [[fault] for fault in at_cap]):
        for freed in some:
            faults = {**found.faults, **dict.fromkeys(freed, inf)}
            (prop,) = _checked(replace(question, faults=faults), options).properties
            if prop.verdict == "holds" and not prop.evidence.within:
                found = Budgeted(faults, prop)
        if inf in found.faults.values():
            break
    return found


def _checked(question: Question, options: Options) -> ModelResult:
    """The result for one budget. Raises KeyboardInterrupt where that ended an engine."""
    result = check(question, options)
    if result.interrupted:
        raise KeyboardInterrupt
    return result


def harm_of(question: Question, name: str, lattice: Lattice, options: Options) -> tuple[Harm, ...]:
    """What it takes to break a property for one message, for two, and so on."""
    harm = lattice.harm.get(name, {})
    found: list[Harm] = []
    for messages in range(1, max(harm.values(), default=0) + 1):
        least = _least([budget for budget, most in harm.items() if most >= messages])
        faults = _named(lattice.faults, least[0])
        lifted = lifted_of(replace(question, faults=faults))
        explored = uninterrupted(explore_instance(lifted, options))
        marked = Marked(explored)
        (prop,) = (prop for prop in lifted.system.properties if prop.name == name)
        broken = broken_at_once(marked, prop)[messages - 1 : messages]
        run = marked.run_to(broken[0]) if broken else None
        if run is None:
            text = (
                f"{name} is broken for {messages} messages in the lattice, but not under {faults}"
            )
            raise DisagreementError(Diagnostic("DC901", f"{question.name}: {text}"))
        found.append(Harm(messages, faults, replayed(lifted, explored, run)))
    return tuple(found)


class _Again:
    """Checks budgets on their own, each budget once, for all properties whose borders name it."""

    def __init__(
        self, question: Question, options: Options, faults: Sequence[str], every: Sequence[_Drawn]
    ) -> None:
        self.question = replace(question, expects={}, judged_by="the frontier")
        self.options = options
        self._faults = faults
        self._every = every
        self._results: dict[Amounts, Mapping[str, PropertyResult]] = {}

    def look(self, budget: Amounts, name: str, verdict: str) -> Budgeted:
        """The result of one property. Raises DisagreementError if it is another one."""
        faults: Mapping[str, float] = dict(_named(self._faults, budget))
        if budget not in self._results:
            names = tuple(drawn.name for drawn in self._every if budget in drawn.named)
            options = replace(self.options, properties=names)
            result = _checked(replace(self.question, faults=faults), options)
            self._results[budget] = {prop.name: prop for prop in result.properties}
        prop = self._results[budget][name]
        said = "holds" if prop.verdict == "vacuous" else prop.verdict
        if said not in (verdict, "undetermined"):  # a limit may end the second look too soon
            text = f"{name} is {verdict} in the lattice of budgets, and {said} under {faults}"
            raise DisagreementError(Diagnostic("DC901", f"{self.question.name}: {text}"))
        return Budgeted(faults, prop)


def _named(faults: Sequence[str], amounts: Amounts) -> dict[str, int]:
    return {fault: amount for fault, amount in zip(faults, amounts, strict=True) if amount}


def _least(budgets: Sequence[Amounts]) -> list[Amounts]:
    """Those that no other one lies below; few faults first."""
    least = [one for one in budgets if not any(_below(other, one) for other in budgets)]
    return sorted(least, key=lambda one: (sum(one), tuple(-amount for amount in one)))


def _most(budgets: Sequence[Amounts]) -> list[Amounts]:
    """Those that no other one lies above; many faults first."""
    most = [one for one in budgets if not any(_below(one, other) for other in budgets)]
    return sorted(most, key=lambda one: (-sum(one), tuple(-amount for amount in one)))


def _below(one: Amounts, other: Amounts) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
