"""Notes: what a result rests on, and what weakens it."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.check.explicit import Finding
from deliverycheck.check.question import Question
from deliverycheck.explore.search import Explored
from deliverycheck.lift.faults import Budget
from deliverycheck.lift.lifting import Lifted, blind_channels
from deliverycheck.system import build
from deliverycheck.system.model import Clause, Property
from deliverycheck.system.terms import Term
from deliverycheck.system.verdicts import Caution

WITNESS = "fault happens: "
"""Prefix of the hidden properties that tell whether a budgeted fault ever strikes."""


def witnesses(lifted: Lifted) -> Iterator[Property]:
    """For each budgeted fault, that it strikes in some run."""
    budget = Budget(lifted.budgets)
    for key, amount in lifted.budgets.items():
        if amount <= 0 or key in lifted.idle_faults:
            continue
        guards = [
            build.all_of(action.guard, *(bound.term for bound in action.bounds))
            for action in lifted.system.actions
            if budget.pays_for(action, key)
        ]
        term: Term = build.any_of(*guards)
        yield Property(WITNESS + key, "sometimes", (Clause("", build.TRUE, term),))


def cautions(
    question: Question, lifted: Lifted, found: Explored | None, findings: list[Finding]
) -> Iterator[Caution]:
    """What weakens a result, or was asked for in vain."""
    for prop in question.unchecked:
        text = f"{prop} is promised, but this version does not check it yet"
        yield Caution("DC501", text)
    for name in blind_channels(lifted):
        text = f"timers do not see what travels on {name}: its items name no message"
        yield Caution("DC504", text)
    idle = (f for f in findings if is_witness(f.prop.name) and f.verdict == "violated")
    never = [finding.prop.name.removeprefix(WITNESS) for finding in idle]
    for key in (*lifted.idle_faults, *never):
        yield Caution("DC502", f"the fault {key} is allowed, but cannot happen in this model")
    for finding in findings:
        checked = finding.evidence.checked
        if checked is not None and checked.status == "refused":
            text = f"{finding.prop.name}: a certificate was refused: {checked.reason}"
            yield Caution("DC402", text)
    # Where every verdict is about the whole model, what the instance left out changes nothing.
    shown = [f for f in findings if not is_witness(f.prop.name)]
    for bound in sorted({bound for f in shown for bound in f.evidence.within}):
        yield Caution("DC503", f"only looked at within a bound: {bound}")
    if found is None:
        return
    open_ = any(f.verdict == "undetermined" and not is_witness(f.prop.name) for f in findings)
    if not found.complete and open_:
        yield Caution("DC401", f"not every state was looked at: stopped by {found.stopped}")


def is_witness(name: str) -> bool:
    """Whether a property is a hidden one."""
    return name.startswith(WITNESS)


def assumptions(lifted: Lifted) -> Iterator[str]:
    """The steps that do several durable things as one: such fusions decide most verdicts."""
    durable = {v.name.partition("[")[0] for v in lifted.system.variables if v.store == "durable"}
    told: dict[str, None] = {}
    for action in lifted.system.actions:
        parts = [
            f"effect({event.what})" if event.kind == "effect" else f"{event.where} {event.what}"
            for event in action.events
            if event.kind == "effect" or (event.kind == "write" and event.where in durable)
        ]
        if any(event.kind == "effect" for event in action.events) and len(parts) > 1:
            message = action.message or ""
            text = f"{action.name} is one atomic step: {', '.join(parts)}"
            told[text.replace(message, "m") if message else text] = None
    yield from told
