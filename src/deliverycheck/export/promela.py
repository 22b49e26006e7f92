"""A system in Promela, as SPIN reads it: once for what can happen, once for what must.

For what can happen, one process with one `d_step` per action: with `-DNOREDUCE` SPIN stores exactly
the system's states. It counts one transition more than there are (the initial state).

For what must happen, one process per step that is relied upon, since SPIN is fair to processes, and
only weakly; one more that has the steps nothing forces, and may idle for ever; and for each clause
of a `leads-to` property a never claim. To be run with `pan -a -f -N clause0`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deliverycheck.export.c_like import (
    Dialect,
    enabling,
    is_truth,
    name_of,
    numbers_of,
    span_of,
    written,
)
from deliverycheck.system.fairness import Assumption, assumptions_of
from deliverycheck.system.model import Action, Clause, Property, System
from deliverycheck.system.terms import Term

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


def fair_promela_of(system: System, prop: Property) -> str:
    """The text of a Promela model with a never claim for each clause of a `leads-to` property.

    Raises ValueError as `promela_of` does, and where something is strongly fair.
    """
    return "\n".join(_fair_lines(system, prop)) + "\n"


def _lines(system: System, *, assertions: bool) -> Iterator[str]:
    yield from _variables(system)
    claim = _claim(system) if assertions else None
    yield "active proctype everything() {"
    if claim is not None:
        yield f"  assert({claim});"
    yield from _loop(
        line
        for action in system.actions
        for line in _option(system, action, enabling(action, PROMELA, system), claim)
    )


def _fair_lines(system: System, prop: Property) -> Iterator[str]:
    assumptions = assumptions_of(system)
    if any(one.fairness == "strong" for one in assumptions):
        raise ValueError("SPIN knows weak fairness only")
    yield from _variables(system)
    yield "bool cut = false; /* a bound cut something off here: what follows is not known */"
    yield "hidden int idle = 0;"
    for number, one in enumerate(assumptions):
        yield f"active proctype fair{number}() {{ /* {_comment(f'{one.actor}: {one.name}')} */"
        yield from _loop(_fair_options(system, one))
    relied = {at for one in assumptions for at in one.actions}
    yield "active proctype unforced() {"
    rest = [action for at, action in enumerate(system.actions) if at not in relied]
    options = [
        line
        for action in rest
        for line in _option(system, action, f"!cut && {enabling(action, PROMELA, system)}", None)
    ]
    # SPIN takes a step of no effect at all for a mistake
    yield from _loop([*options, "  :: idle = 0"])
    for number, clause in enumerate(prop.clauses):
        yield from _never(system, number, clause)


def _fair_options(system: System, one: Assumption) -> Iterator[str]:
    """The paths of a step, each where it changes something: elsewhere SPIN must not wait for it.

    What only a bound forbids is possible all the same. No fair run may pass it by for ever, and
    none that does it is known: so it leads to where nothing is asked for any more.
    """
    for at in one.actions:
        action = system.actions[at]
        changed = " || ".join(_differs(system, *update) for update in action.updates.items())
        effective = f"!cut && ({changed}) && "
        yield from _option(system, action, effective + enabling(action, PROMELA, system), None)
        if action.bounds:
            guard = written(action.guard, PROMELA, system)
            fits = " && ".join(f"({written(b.term, PROMELA, system)})" for b in action.bounds)
            yield f"  :: d_step {{ !cut && ({guard}) && !({fits}) -> cut = true }}"


def _differs(system: System, name: str, term: Term) -> str:
    """That a variable would get another value."""
    variable = name_of(system.index[name])
    now = f"({variable} == 1)" if is_truth(system, name) else variable
    return f"({now} != {written(term, PROMELA, system)})"


def _never(system: System, number: int, clause: Clause) -> Iterator[str]:
    """What SPIN's translation makes of `!([] (when -> <> then))`.

    It cannot be left to SPIN: in a formula, it takes the arrow of a choice for an implication.
    """
    yield f"#define when{number} ({written(clause.when, PROMELA, system)})"
    yield f"#define then{number} (cut || {written(clause.then, PROMELA, system)})"
    yield f"never clause{number} {{ /* {_comment(clause.about)} */"
    yield "T0_init:"
    yield "  do"
    yield f"  :: (! (then{number}) && (when{number})) -> goto accept_S4"
    yield "  :: (1) -> goto T0_init"
    yield "  od;"
    yield "accept_S4:"
    yield "  do"
    yield f"  :: (! (then{number})) -> goto accept_S4"
    yield "  od;"
    yield "}"


def _variables(system: System) -> Iterator[str]:
    if len(system.initial) != 1:
        raise ValueError("SPIN starts in one state")
    values = numbers_of(system, system.initial[0])
    for number, (variable, value) in enumerate(zip(system.variables, values, strict=True)):
        low, high = span_of(variable.sort)
        kind = "byte" if low >= 0 and high <= 255 else "int"
        yield f"{kind} {name_of(number)} = {value};"
    widest = max((len(action.updates) for action in system.actions), default=0)
    yield from (f"hidden int n{at} = 0;" for at in range(widest))


def _claim(system: System) -> str:
    parts = [
        f"(!({written(c.when, PROMELA, system)}) || ({written(c.then, PROMELA, system)}))"
        for prop in system.properties
        if prop.kind == "always"
        for c in prop.clauses
    ]
    return " && ".join(parts) or "true"


def _loop(options: Iterable[str]) -> Iterator[str]:
    """The rest of a process that does one of these again and again, while it can."""
    yield "end:"
    yield "  do"
    yield from options
    yield "  :: false"
    yield "  od"
    yield "}"


def _option(system: System, action: Action, enabled: str, claim: str | None) -> Iterator[str]:
    """All updates at once: through helpers that are no part of the state."""
    yield f"  :: d_step {{ {enabled} ->"
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
    if claim is not None:
        yield f"      assert({claim});"
    yield "    }"


def _comment(text: str) -> str:
    """A name as it may stand in a comment, which it must not end."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " ._-[](),@?:") else "_" for c in text)
