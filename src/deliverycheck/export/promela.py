"""A system in Promela, as SPIN reads it.

One process, one `d_step` per action: with `-DNOREDUCE` SPIN stores exactly the system's states. It
counts one transition more than there are (the initial state).
"""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.export.c_like import (
    Dialect,
    enabling,
    is_truth,
    name_of,
    numbers_of,
    span_of,
    written,
)
from deliverycheck.system.model import Action, System

PROMELA = Dialect(
    {"and": "&&", "or": "||", "eq": "==", "lt": "<", "le": "<=", "add": "+", "sub": "-"},
    "!",
    "(({0}) -> ({1}) : ({2}))",
    "true",
    "false",
)


def promela_of(system: System, *, assertions: bool = True) -> str:
    """The text of a Promela model; with `assertions`, of every `always` clause after each step.

    Raises ValueError if a variable has no last value or if there are several initial states.
    """
    return "\n".join(_lines(system, assertions=assertions)) + "\n"


def _lines(system: System, *, assertions: bool) -> Iterator[str]:
    if len(system.initial) != 1:
        raise ValueError("SPIN starts in one state")
    values = numbers_of(system, system.initial[0])
    for number, (variable, value) in enumerate(zip(system.variables, values, strict=True)):
        low, high = span_of(variable.sort)
        kind = "byte" if low >= 0 and high <= 255 else "int"
        yield f"{kind} {name_of(number)} = {value};"
    widest = max((len(action.updates) for action in system.actions), default=0)
    yield from (f"hidden int n{at} = 0;" for at in range(widest))
    claim = _claim(system) if assertions else "true"
    yield "active proctype everything() {"
    if assertions:
        yield f"  assert({claim});"
    yield "end:"
    yield "  do"
    for action in system.actions:
        yield from _option(system, action, claim, assertions=assertions)
    yield "  :: false"
    yield "  od"
    yield "}"


def _claim(system: System) -> str:
    parts = [
        f"(!({written(c.when, PROMELA, system)}) || ({written(c.then, PROMELA, system)}))"
        for prop in system.properties
        if prop.kind == "always"
        for c in prop.clauses
    ]
    return " && ".join(parts) or "true"


def _option(system: System, action: Action, claim: str, *, assertions: bool) -> Iterator[str]:
    """All updates at once: through helpers that are no part of the state."""
    yield f"  :: d_step {{ {enabling(action, PROMELA, system)} ->"
    for check in action.checks:
        yield f"      assert({written(check.term, PROMELA, system)});"
    for helper, (name, term) in enumerate(action.updates.items()):
        text = written(term, PROMELA, system)
        yield f"      n{helper} = " + (
            f"({text} -> 1 : 0);" if is_truth(system, name) else f"{text};"
        )
    for helper, name in enumerate(action.updates):
        at = system.index[name]
        low, high = span_of(system.variables[at].sort)
        yield f"      assert({low} <= n{helper} && n{helper} <= {high});"
        yield f"      {name_of(at)} = n{helper};"
    yield from (f"      n{helper} = 0;" for helper in range(len(action.updates)))
    if assertions:
        yield f"      assert({claim});"
    yield "    }"
