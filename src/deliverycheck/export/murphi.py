"""A system in Murphi, as rumur and CMurphi read it.

One rule per action, so `rules fired` counts transitions; every `always` clause is an invariant.
States must be counted with symmetry reduction and deadlock detection off.
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

MURPHI = Dialect(
    {"and": "&", "or": "|", "eq": "=", "lt": "<", "le": "<=", "add": "+", "sub": "-"},
    "!",
    "({0} ? {1} : {2})",
    "true",
    "false",
)


def murphi_of(system: System, *, invariants: bool = True) -> str:
    """The text of a Murphi model. Raises ValueError if a variable has no last value."""
    return "\n".join(_lines(system, invariants=invariants)) + "\n"


def _lines(system: System, *, invariants: bool) -> Iterator[str]:
    yield "var"
    for number, variable in enumerate(system.variables):
        low, high = span_of(variable.sort)
        yield f"  {name_of(number)}: {low} .. {high};  -- {_comment(variable.name)}"
    for state in system.initial:
        yield "startstate begin"
        for number, value in enumerate(numbers_of(system, state)):
            yield f"  {name_of(number)} := {value};"
        yield "end;"
    for number, action in enumerate(system.actions):
        yield from _rule(system, number, action)
    for prop in system.properties if invariants else ():
        for number, clause in enumerate(prop.clauses):
            if prop.kind == "always":
                when = written(clause.when, MURPHI, system)
                then = written(clause.then, MURPHI, system)
                yield f'invariant "{_comment(prop.name)} {number}" (!({when}) | ({then}));'


def _rule(system: System, number: int, action: Action) -> Iterator[str]:
    """All updates at once: through local copies, computed before anything is assigned."""
    yield f'rule "{number} {_comment(action.name)}"'
    yield f"  {enabling(action, MURPHI, system)} ==>"
    targets = {name: system.index[name] for name in action.updates}
    for at in targets.values():
        low, high = span_of(system.variables[at].sort)
        yield f"  var n{at}: {low} .. {high};"
    yield "begin"
    for check in action.checks:
        yield f"  assert {written(check.term, MURPHI, system)};"
    for name, at in targets.items():
        text = written(action.updates[name], MURPHI, system)
        value = f"({text} ? 1 : 0)" if is_truth(system, name) else text
        yield f"  n{at} := {value};"
    for at in targets.values():
        yield f"  {name_of(at)} := n{at};"
    yield "end;"


def _comment(text: str) -> str:
    """A name as it may stand in a comment or a string: letters, digits and a few signs."""
    return "".join(c if (c.isalnum() and c.isascii()) or c in " ._-[](),@?" else "_" for c in text)
