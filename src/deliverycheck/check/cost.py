"""The cost of a design when nothing goes wrong: messages sent and durable writes per delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.check.traces import trace_of
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.explore.plan import AT_REST, clause_bits
from deliverycheck.explore.runs import shortest_run
from deliverycheck.system import build
from deliverycheck.system.model import Clause, Property
from deliverycheck.system.terms import Term, Var


@dataclass(frozen=True, slots=True)
class Cost:
    """Per delivery, in the shortest run of one message without faults to its very end.

    `messages`: copies put into channels; `durable_writes`: atomic steps that change what survives
    a crash (the ledger apart; the effect itself is not counted).
    """

    messages: int
    durable_writes: int


def cost_of(question: Question, options: Options | None = None) -> Cost | None:
    """The cost of a design, or None if no run without faults brings about the effect and ends.

    Raises KeyboardInterrupt where that ended the search.
    """
    lifted = lifted_of(replace(question, messages=1, faults={}))
    effects = [v for v in lifted.system.variables if v.name.startswith("effects[")]
    if not effects:
        return None
    applied: Term = build.all_of(
        *(build.at_most(build.integer(1), Var(v.name, v.sort)) for v in effects)
    )
    goal = Property("delivered", "at-rest", (Clause("", applied, build.FALSE),))
    system = replace(lifted.system, properties=(goal,))
    found = uninterrupted(explored(replace(lifted, system=system), options))
    when, _ = clause_bits(system)["delivered", 0]
    marks = map(found.code.marks, found.states)
    goals = [number for number, m in enumerate(marks) if m & AT_REST and m & when]
    run = shortest_run(found, goals)
    if run is None:
        return None
    durable = {v.name for v in system.variables if v.store == "durable"}
    steps = trace_of(found, run).steps
    return Cost(
        sum(event.kind == "put" for step in steps for event in step.events),
        sum(any(c.variable in durable for c in step.changes) for step in steps),
    )
