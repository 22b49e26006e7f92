"""Properties a model states itself: `@always`, `@sometimes`, `@leads_to`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product

from deliverycheck.errors import Diagnostic
from deliverycheck.lang.design import Marked
from deliverycheck.lang.layout import every_value
from deliverycheck.lang.roles import Part
from deliverycheck.lang.shapes import DomainTooLarge, label_of
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.grammar import refuse_expression
from deliverycheck.lift.code.helpers import returned_expression
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.expressions import condition
from deliverycheck.lift.steps.path import Context, Path
from deliverycheck.lift.values.value import Known
from deliverycheck.system import build
from deliverycheck.system.model import Clause, Property, PropertyKind
from deliverycheck.system.terms import App

KINDS: Mapping[Part, PropertyKind] = {
    "always": "always",
    "sometimes": "sometimes",
    "leads-to": "leads-to",
}
"""The kind of property that a mark makes a method."""


def own(
    context: Context, marked: Marked, owners: Mapping[str, str], refused: list[Diagnostic]
) -> Iterator[Property]:
    """A property the model states itself, with a clause for every choice of its parameters."""
    said = expressions_of(marked)
    if isinstance(said, Refusal):
        refused.append(said.located(marked.function))
        return
    found = [one.located(marked.function) for part in said for one in refuse_expression(part)]
    if found:
        refused.extend(found)
        return
    kind = KINDS[marked.mark.part]
    names = tuple(name for name, _ in marked.parameters)
    scope = Scope((), marked.function, context.design.cls, names)
    clauses: list[Clause] = []
    try:
        for values in product(*(every_value(shape) for _, shape in marked.parameters)):
            path = Path(context, "", None, in_property=True)
            pairs = zip(names, values, strict=True)
            path.locals = {((), name): Known(v) for name, v in pairs}
            terms = [condition(path, part, scope) for part in said]
            crowd = next((name for name in path.touched if _is_crowd(context, owners, name)), None)
            if crowd is not None:
                text = f"`{crowd}` is volatile, and each replica has its own"
                raise Refusal("DC116", text, "Say it of durable fields.")
            if path.mishaps:
                mishap = path.mishaps[0]
                text = f"property `{marked.name}` cannot always be computed: {mishap.message}"
                refused.append(Diagnostic("DC108", text, "", mishap.file, mishap.line))
                return
            about = ", ".join(label_of(v) for v in values)
            when, then = terms if len(terms) == 2 else (build.TRUE, *terms)
            clause = Clause(about, when, then)
            clauses.append(_with_premise(clause) if kind == "always" else clause)
    except Refusal as refusal:
        refused.append(refusal.located(marked.function))
        return
    except DomainTooLarge:
        text = f"a parameter of `{marked.name}` has too many values"
        refused.append(Refusal("DC110", text, "Use a smaller type.").located(marked.function))
        return
    yield Property(name_of(marked), kind, tuple(clauses))


def name_of(marked: Marked) -> str:
    """The name of a property the model states itself."""
    return marked.name.replace("_", "-")


def expressions_of(marked: Marked) -> tuple[ast.expr, ...] | Refusal:
    """The expression a property consists of; of `@leads_to`, its two."""
    value = returned_expression(marked.function)
    leads = marked.mark.part == "leads-to"
    match value:
        case ast.Tuple(elts=[when, then]) if leads:
            return (when, then)
        case ast.expr() if not leads:
            return (value,)
        case _:
            wanted = "two returned expressions" if leads else "one returned expression"
            form = "return ..., ..." if leads else "return ..."
            text = f"property `{marked.name}` must be {wanted}, and nothing else"
            return Refusal("DC104", text, f"Write `{form}`, with any, all, and, or, not.")


def _with_premise(clause: Clause) -> Clause:
    """`not P or Q` says something only where P holds: where it never does, nothing was tested."""
    parts = clause.then.args if isinstance(clause.then, App) and clause.then.op == "or" else ()
    denied = [part for part in parts if isinstance(part, App) and part.op == "not"]
    premises = denied if len(denied) < len(parts) else denied[:-1]
    if not premises:
        return clause
    rest = [part for part in parts if part not in premises]
    when = build.all_of(*(build.negate(part) for part in premises))
    return Clause(clause.about, when, build.any_of(*rest))


def _is_crowd(context: Context, owners: Mapping[str, str], name: str) -> bool:
    """Whether a volatile field exists several times, once in each replica of its role."""
    roles = (role for role in context.design.roles() if role.name == owners.get(name))
    return any(len(context.design.actors(role)) > 1 for role in roles)
