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


def budget_key(fault: str, target: str | None, budgets: Mapping[str, float]) -> str:
    """The budget a fault on a target draws from: its own (`crash.worker`), else the common one."""
    own = f"{fault}.{target}"
    return own if target is not None and own in budgets else fault


def budget_variable(key: str) -> str:
    """The variable that holds what is left of a budget."""
    return f"budget.{key}"
