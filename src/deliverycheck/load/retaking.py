"""A run given as plain data, taken again on the model as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from deliverycheck.check.replaying import Replayed, replay
from deliverycheck.load.stored import SCHEMA, stored_of
from deliverycheck.system.sorts import Value

Taking: TypeAlias = tuple[str, str, str | None, Mapping[str, tuple[Value, Value]]]
"""A step: who takes it, its name, the fault it spends, and what it changes from what to what."""


def replay_run(
    about: Mapping[str, object],
    *,
    breaks: str,
    steps: Sequence[Taking],
    loop_start: int | None = None,
    file: str = "",
) -> Replayed:
    """Take a counterexample again, step by step, on the model's own code.

    `about` says of which model it is and in what environment, as a result in JSON does: `model`,
    `source`, `digest`, `messages`, `settings`, `faults`, `fairness`. The source is looked for from
    here, and beside `file`. `breaks`: the property; `loop_start`: how many steps come before those
    that repeat for ever.

    The outcome is `still violated`, `fixed` or `stale` (see `deliverycheck replay`). Raises
    InputError where the model or the run cannot be used, or where the model is unchanged and yet
    this is none of its counterexamples.
    """
    trace = {
        "steps": [
            {
                "index": index,
                "actor": actor,
                "action": action,
                "fault": fault,
                "changes": {name: {"from": old, "to": new} for name, (old, new) in changes.items()},
            }
            for index, (actor, action, fault, changes) in enumerate(steps, 1)
        ],
        "loop_start": loop_start,
    }
    result = {**about, "properties": [{"name": breaks, "trace": trace}]}
    (stored,) = stored_of(Path(file), {"schema": SCHEMA, "results": [result]})
    return replay(stored)
