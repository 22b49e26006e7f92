"""Notes: what a result rests on, and what weakens it."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.check.finding import Finding
from deliverycheck.explore.explored import Explored
from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.shapes import Bag, Queue, parts_of
from deliverycheck.lift.faults import paid_from
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system import build
from deliverycheck.system.model import Clause, Property
from deliverycheck.system.terms import Term
from deliverycheck.system.verdicts import Caution

WITNESS = "fault happens: "
"""Prefix of the hidden properties that tell whether a budgeted fault ever strikes."""


def witnesses(lifted: Lifted) -> Iterator[Property]:
    """For each budgeted fault, that it strikes in some run."""
    for key, amount in lifted.budgets.items():
        if amount <= 0 or key in lifted.idle_faults:
            continue
        guards = [
            build.all_of(action.guard, *(bound.term for bound in action.bounds))
            for action in lifted.system.actions
            if paid_from(lifted.design, lifted.budgets, action) == key
        ]
        term: Term = build.any_of(*guards)
        yield Property(WITNESS + key, "sometimes", (Clause("", build.TRUE, term),))


def cautions(lifted: Lifted, found: Explored | None, findings: list[Finding]) -> Iterator[Caution]:
    """What weakens a result, or was asked for in vain."""
    for name in _blind_channels(lifted):
        text = f"timers do not see what travels on {name}: its items name no message"
        yield Caution("DC504", text)
    idle = (f for f in findings if is_witness(f.prop.name) and f.verdict == "violated")
    never = [finding.prop.name.removeprefix(WITNESS) for finding in idle]
    for key in (*lifted.idle_faults, *never):
        yield Caution("DC502", f"the fault {key} is allowed, but cannot happen here")
    for finding in findings:
        checked = finding.evidence.checked
        if checked is not None and checked.status == "refused":
            text = f"{finding.prop.name}: a certificate was refused: {checked.reason}"
            yield Caution("DC402", text)
    # Where every verdict is about the whole model, what the instance left out changes nothing.
    shown = [f for f in findings if not is_witness(f.prop.name)]
    within = {bound for f in shown for bound in f.evidence.within}
    if found is not None and not shown:
        within |= {*found.hits}  # nothing was asked, so the instance is all there is
    for bound in sorted(within):
        yield Caution("DC503", f"only looked at within a bound: {bound}")
    if found is None:
        return
    open_ = any(f.verdict == "undetermined" and not is_witness(f.prop.name) for f in findings)
    if not found.complete and open_:
        yield Caution("DC401", f"not every state was looked at: stopped by {found.stopped}")


def _blind_channels(lifted: Lifted) -> Iterator[str]:
    """Channels whose items name nothing a timer can be about, in a model that asks timers."""
    if not lifted.asks_timers:
        return
    for piece in lifted.design.fields:
        if isinstance(piece.shape, Bag | Queue):
            parts = [item for item in piece.shape.items if _names_something(item)]
            if not parts:
                yield piece.name


def _names_something(item: object) -> bool:
    parts = parts_of(item)
    return isinstance(item, Things) or any(map(_names_something, parts or ()))


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
            if event.kind == "effect"
            or (event.kind == "write" and event.where.partition("[")[0] in durable)
        ]
        if any(event.kind == "effect" for event in action.events) and len(parts) > 1:
            message = action.message or ""
            text = f"{action.name} is one atomic step: {', '.join(parts)}"
            told[text.replace(message, "m") if message else text] = None
    yield from told
