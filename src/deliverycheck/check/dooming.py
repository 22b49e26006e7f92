"""Dooming: whether nothing can bring about any more what a message was promised."""

from __future__ import annotations

from dataclasses import replace

from deliverycheck.check.certifying import Certifying, checked_by
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.options import Options
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.plan import clause_bits
from deliverycheck.lift.lifting import Lifted
from deliverycheck.prove.engine import Budget, Symbolic
from deliverycheck.system.certificates import Certificate, Trap
from deliverycheck.system.model import Clause, Property, State, System

TRAP_SECONDS = 30.0
"""For the proof of a loss that no bounded search can confirm."""


def is_doomed(lifted: Lifted, prop: Property, clause: Clause, state: State) -> bool | None:
    """Whether from a state no continuation reaches what a clause of a `possible` property asks for.

    The clause's `when` must hold in the state. None where it stays open: a bound cut something off,
    and there is no proof.
    """
    only = replace(prop, clauses=(clause,))
    start = replace(lifted.system, initial=(state,), properties=(only,))
    after = uninterrupted(
        explore_instance(replace(lifted, system=start), Options(Limits(states=None)))
    )
    _, then = clause_bits(after.system)[prop.name, 0]
    if any(after.code.marks(word) & then for word in after.states):
        return False
    if (after.complete and not after.hits) or _trapped(start):
        return True
    return None


def _trapped(start: System) -> bool:
    """Whether Z3 proves that the goal is out of reach from the only initial state."""
    symbolic = Symbolic(start, Budget(TRAP_SECONDS))
    symbolic.start()
    symbolic.wait()
    found = symbolic.settled.get(start.properties[0].name)
    if found is None or not isinstance(found.proof, Trap) or found.proof.run.actions:
        return False
    certificate = Certificate(start, start.properties[0].name, "violated", found.proof)
    return checked_by(certificate, Certifying()).status == "accepted"
