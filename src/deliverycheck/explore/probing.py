"""Probing: whether any state that was found is like this, compiled, and no longer than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from deliverycheck.explore.explored import Explored
from deliverycheck.explore.expressions import python_of
from deliverycheck.explore.native.fitting import are_small
from deliverycheck.explore.packing import Packing
from deliverycheck.system import build
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import Term, variables_of

MOST_AT_ONCE = 200
"""Terms in one function: Python compiles no expression of any size."""


def seen(found: Explored, terms: Iterable[Term]) -> bool:
    """Whether some state that was found satisfies one of the terms.

    The variables are the system's by name; that a bounded instance ends them makes no difference.
    """
    wanted = list(dict.fromkeys(term for term in terms if term != build.FALSE))
    if build.TRUE in wanted:
        return bool(found.states)
    packing = found.code.packing
    if found.space is not None and are_small(packing.system, wanted):
        from deliverycheck.explore.native.probing import seen_in  # heavy

        return seen_in(found.space, packing, wanted)
    return any(
        _probe(packing, wanted[at : at + MOST_AT_ONCE])(found.states)
        for at in range(0, len(wanted), MOST_AT_ONCE)
    )


def _probe(packing: Packing, terms: Sequence[Term]) -> Callable[[Sequence[int]], bool]:
    """The compiled question whether any of some packed states satisfies one of the terms."""
    index = packing.system.index
    names = dict.fromkeys(v.name for term in terms for v in variables_of(term))
    lines = ["def probe(states):", "    for s in states:"]
    for name in names:
        at = index[name]
        slot, sort = packing.slots[at], packing.system.variables[at].sort
        low = f" + {slot.low}" if isinstance(sort, IntSort) and slot.low else ""
        lines.append(f"        v{at} = (s >> {slot.offset} & {slot.mask}){low}")
    lines += [f"        if {python_of(term, index)}: return True" for term in terms]
    lines.append("    return False")
    namespace: dict[str, object] = {}
    # The text is our own, made from checked terms; no name or label of a model goes into it.
    exec(compile("\n".join(lines), "<probe>", "exec"), namespace)  # noqa: S102
    return cast("Callable[[Sequence[int]], bool]", namespace["probe"])
