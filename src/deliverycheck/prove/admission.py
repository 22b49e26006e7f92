"""Admission: what a solver's process answers is garbage until it has the right shape."""

from __future__ import annotations

from deliverycheck.exchange.certificates import kind_of_proof, proof_from
from deliverycheck.exchange.reading import Reader
from deliverycheck.system.certificates import Chain, Lasso, Proof, RunOf, Runs, Trap
from deliverycheck.system.model import System
from deliverycheck.system.sorts import contains


def admitted(answer: Reader, system: System, *kinds: str) -> Proof:
    """The proof in an answer, of one of the kinds that can answer the question.

    Raises InputError if it is of another kind, or speaks of states and clauses that do not exist.
    """
    proof = proof_from(answer, system)
    if kind_of_proof(proof) not in kinds:
        raise answer.wrong(f"{kind_of_proof(proof)} is no answer to this question")
    match proof:
        case Runs(runs):
            if len(runs) != 1:
                raise answer.wrong("one run is needed")
            _demand_run(answer, system, runs[0])
        case Trap(run, clause):
            _demand_run(answer, system, run)
            if not any(clause < len(prop.clauses) for prop in system.properties):
                raise answer.wrong(f"there is no clause {clause}")
        case Lasso(run, loop, clause):
            _demand_run(answer, system, run)
            if loop >= len(run.states):
                raise answer.wrong(f"there is no state {loop} to return to")
            if not any(clause < len(prop.clauses) for prop in system.properties):
                raise answer.wrong(f"there is no clause {clause}")
        case Chain(_, clauses):
            if not any(len(clauses) == len(prop.clauses) for prop in system.properties):
                raise answer.wrong("there are not as many clauses")
        case _:
            pass
    return proof


def _demand_run(answer: Reader, system: System, run: RunOf) -> None:
    if len(run.states) != len(run.actions) + 1:
        raise answer.wrong("a run has one state more than actions")
    for state in run.states:
        if len(state) != len(system.variables) or not all(
            contains(v.sort, value) for v, value in zip(system.variables, state, strict=True)
        ):
            raise answer.wrong("a state does not fit the system")
