"""Spacer: Z3's engine for Horn clauses, asked for an inductive invariant.

Komuravelli, Gurfinkel, Chaki, *SMT-Based Model Checking for Recursive Programs*, 2014. Its answers
are not believed: the invariant is translated back into terms, and a certificate says what has to be
checked about it. With the default inlining some invariants were wrong (Z3Prover/z3#7319), so it is
switched off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliverycheck.prove.encode import SEED, code_of, span_of
from deliverycheck.prove.expressions import expression, z3
from deliverycheck.prove.goals import conjuncts, enabled, sound
from deliverycheck.system import build
from deliverycheck.system.model import System
from deliverycheck.system.sorts import BoolSort, EnumSort, Sort, Value
from deliverycheck.system.terms import Term, Var

OPTIONS = {
    "engine": "spacer",
    "xform.inline_eager": False,
    "xform.inline_linear": False,
    "spacer.random_seed": SEED,
}


class Untranslatable(Exception):
    """A formula of Z3 that the term language cannot say."""


def spacer(
    system: System, goal: Term, lemmas: Sequence[Term], effort: int
) -> tuple[Term, ...] | None:
    """An inductive invariant that, with the lemmas, keeps the goal out of reach; None without one.

    The lemmas must be inductive.
    """
    context: Any = z3.Context()
    engine: Any = z3.Fixedpoint(ctx=context)
    engine.set(rlimit=effort, **OPTIONS)
    row = {v.name: _declared(number, v.sort, context) for number, v in enumerate(system.variables)}
    names = list(row)
    relation = z3.Function("reached", *(one.sort() for one in row.values()), z3.BoolSort(context))
    goal_met = z3.Function("met", z3.BoolSort(context))
    engine.register_relation(relation, goal_met)
    engine.declare_var(*row.values())
    memo: dict[Term, Any] = {}

    def constant(value: Value, sort: Sort) -> Any:
        if isinstance(value, bool):
            return z3.BoolVal(value, context)
        return z3.IntVal(code_of(sort, value), context)

    def said(term: Term) -> Any:
        if term not in memo:
            memo[term] = expression(term, row, constant, said)
        return memo[term]

    for state in system.initial:
        pairs = zip(system.variables, state, strict=True)
        engine.rule(relation(*(constant(value, v.sort) for v, value in pairs)))
    here = relation(*row.values())
    domain = [part for v in system.variables for part in _domain(row[v.name], v.sort)]
    known = [*domain, *map(said, lemmas)]
    for action in system.actions:
        new = [
            said(action.updates[name]) if name in action.updates else row[name] for name in names
        ]
        can = said(build.all_of(enabled(action), sound(system, action)))
        engine.rule(relation(*new), [here, can, *known])
    engine.rule(goal_met(), [here, said(goal), *known])
    try:
        if str(engine.query(goal_met())) != "unsat":
            return None  # `unsat` says that the goal cannot be derived: it is out of reach
        cover = engine.get_cover_delta(-1, relation)
    except z3.Z3Exception as error:  # a limit is an exception here, and so is what cannot be done
        if "memory" in str(error):
            raise MemoryError from None
        return None
    try:
        return conjuncts(_Back(system).term(cover))
    except Untranslatable:
        return None


def _declared(number: int, sort: Sort, context: Any) -> Any:
    if isinstance(sort, BoolSort):
        return z3.Bool(f"v{number}", context)
    return z3.Int(f"v{number}", context)


def _domain(one: Any, sort: Sort) -> list[Any]:
    if isinstance(sort, BoolSort):
        return []
    low, high = span_of(sort)
    return [one >= low] if high is None else [one >= low, one <= high]


class _Back:
    """From a formula over the arguments of a relation back to a term over the variables."""

    def __init__(self, system: System) -> None:
        self.variables: list[Var] = [Var(v.name, v.sort) for v in system.variables]

    def term(self, one: Any) -> Term:
        if z3.is_var(one):
            # The arguments of the relation, by position.
            return self.variables[int(z3.get_var_index(one))]
        if z3.is_true(one) or z3.is_false(one):
            return build.truth(bool(z3.is_true(one)))
        if z3.is_int_value(one):
            return build.integer(one.as_long())
        arguments: list[Any] = one.children() if z3.is_app(one) else []
        if z3.is_not(one):
            return build.negate(self.term(arguments[0]))
        if z3.is_and(one):
            return build.all_of(*map(self.term, arguments))
        if z3.is_or(one):
            return build.any_of(*map(self.term, arguments))
        if z3.is_implies(one):
            return build.implies(*map(self.term, arguments))
        if z3.is_app_of(one, z3.Z3_OP_ITE):
            return build.choose(*map(self.term, arguments))
        if z3.is_eq(one) or z3.is_le(one) or z3.is_lt(one) or z3.is_ge(one) or z3.is_gt(one):
            return self._comparison(one, arguments)
        raise Untranslatable

    def _comparison(self, one: Any, arguments: list[Any]) -> Term:
        left, right = arguments
        if z3.is_eq(one) and z3.is_bool(left):
            return build.equal(self.term(left), self.term(right))
        if z3.is_ge(one) or z3.is_gt(one):
            left, right = right, left
        a, b = self.number(left), self.number(right)
        if z3.is_eq(one):
            return build.all_of(build.at_most(a, b), build.at_most(b, a))
        strict = z3.is_lt(one) or z3.is_gt(one)
        return build.less(a, b) if strict else build.at_most(a, b)

    def number(self, one: Any) -> Term:
        """An integer term; a label counts as its code."""
        if z3.is_var(one):
            var = self.variables[int(z3.get_var_index(one))]
            return _code(var, var.sort) if isinstance(var.sort, EnumSort) else var
        if z3.is_int_value(one):
            return build.integer(one.as_long())
        parts: list[Any] = one.children() if z3.is_app(one) else []
        if z3.is_add(one):
            total = self.number(parts[0])
            for part in parts[1:]:
                total = build.plus(total, self.number(part))
            return total
        if z3.is_sub(one):
            return build.minus(self.number(parts[0]), self.number(parts[1]))
        if z3.is_app_of(one, z3.Z3_OP_UMINUS):
            return build.minus(build.integer(0), self.number(parts[0]))
        if z3.is_mul(one) and len(parts) == 2 and z3.is_int_value(parts[0]):
            return _times(parts[0].as_long(), self.number(parts[1]))
        if z3.is_app_of(one, z3.Z3_OP_ITE):
            return build.choose(self.term(parts[0]), self.number(parts[1]), self.number(parts[2]))
        raise Untranslatable


MOST_TIMES = 64
"""A coefficient is written as a sum: the term language has no product."""


def _times(count: int, term: Term) -> Term:
    if abs(count) > MOST_TIMES:
        raise Untranslatable
    total: Term = build.integer(0)
    for _ in range(abs(count)):
        total = build.plus(total, term)
    return total if count >= 0 else build.minus(build.integer(0), total)


def _code(var: Var, sort: EnumSort) -> Term:
    """The code of a label, as an integer term."""
    *others, last = range(len(sort.labels))
    term: Term = build.integer(last)
    for code in reversed(others):
        label = build.label(sort.labels[code], sort)
        term = build.choose(build.equal(var, label), build.integer(code), term)
    return term
