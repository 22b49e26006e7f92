"""The names that the running model and the lifted one share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deliverycheck.lang.shapes import label_of

IDLE = "idle"
"""The place of a process that is not running."""

CHANNEL_FAULTS = ("lose", "duplicate", "reorder")
TIMER_FAULTS = ("delay", "expire")
BUILT_IN_FAULTS = (*CHANNEL_FAULTS, "crash", *TIMER_FAULTS)


def step_name(method: str, arguments: Sequence[object], place: str | None = None) -> str:
    """`send(m1)`, or `handle(m1)@received` for the step that goes on from a place."""
    inner = ", ".join(map(label_of, arguments))
    return f"{method}({inner})" + (f"@{place}" if place else "")


def process_variable(actor: str, method: str, *rest: str) -> str:
    """The variable of a process's place, or of a parameter or local of it."""
    return ".".join((actor, method, *rest))


def owned_variable(name: str, actor: str, actors: Sequence[str]) -> str:
    """A volatile field of one replica; a role that is alone needs no prefix."""
    return name if len(actors) == 1 else f"{actor}.{name}"


def budget_key(fault: str, targets: Sequence[str], budgets: Mapping[str, float]) -> str:
    """The budget a fault draws from: that of a target (`crash.worker`), else the common one.

    Only the two directions of a connection are two targets of one fault.
    """
    own = (f"{fault}.{target}" for target in targets)
    return next((key for key in own if key in budgets), fault)


def budget_variable(key: str) -> str:
    """The variable that holds what is left of a budget."""
    return f"budget.{key}"
