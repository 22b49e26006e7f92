"""Unbreakable: what no state could break, whether anything leads to it or not.

A property like that says nothing about the model: it follows from the types of the variables.
"""

from __future__ import annotations

from deliverycheck.lift.sources import Condition
from deliverycheck.system import build
from deliverycheck.system.model import Property
from deliverycheck.system.satisfying import satisfiable


def unbreakable(prop: Property) -> bool:
    """Whether no values of the variables could break a property, as far as that can be found out.

    The property must be the whole model's: in a bounded instance a number has an end that nobody
    promised. One that asks for an example is met by whatever state there is.
    """
    if prop.kind == "sometimes":
        broken = [build.negate(build.all_of(c.when, c.then)) for c in prop.clauses]
    else:
        broken = [build.all_of(c.when, build.negate(c.then)) for c in prop.clauses]
    return bool(broken) and all(satisfiable(term) is False for term in broken)


def says_nothing(conjunct: Condition) -> bool:
    """Whether a conjunct of a property follows from the others and the types of the variables."""
    if conjunct.spot.turned:
        return False  # a setting decides it: with another value it may say something
    return all(satisfiable(term) is False for term in conjunct.matters)
