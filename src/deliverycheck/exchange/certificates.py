"""Certificates as JSON (schema `deliverycheck/certificate/1`) and back."""

from __future__ import annotations

from collections.abc import Iterable
from re import fullmatch
from typing import assert_never, cast, get_args

from deliverycheck.exchange.loading import Names, names_of, state_from, system_from, term_from
from deliverycheck.exchange.reading import Reader
from deliverycheck.exchange.systems import sort_document, system_document, term_document
from deliverycheck.system.certificates import (
    Certificate,
    Chain,
    Claimed,
    Class,
    Inductive,
    KInduction,
    Lasso,
    Progress,
    Proof,
    Ranking,
    ReachableSet,
    RunOf,
    Runs,
    Stage,
    Trap,
)
from deliverycheck.system.digest import digest_of
from deliverycheck.system.model import System
from deliverycheck.system.sorts import Sort
from deliverycheck.system.terms import IllTyped, Term, kind_of
from deliverycheck.system.verdicts import Json

SCHEMA = "deliverycheck/certificate/1"

_HEAD = ("schema", "kind", "property", "verdict", "clause", "sorts", "digest", "system")
_BODIES = {
    "INV": ("invariant",),
    "KIND": ("k", "lemmas"),
    "REACH": ("states", "states_digest"),
    "TRACE": ("runs",),
    "TRAP": ("run", "trapped", "invariant"),
    "PROGRESS": ("invariant", "measure", "paths"),
    "LASSO": ("run", "loop", "endless"),
    "RANK": ("states", "states_digest", "classes"),
    "CHAIN": ("invariant", "stages"),
}
"""The keys that each kind of proof adds."""


def kind_of_proof(proof: Proof) -> str:
    """The short name of a kind of proof."""
    match proof:
        case Inductive():
            return "INV"
        case KInduction():
            return "KIND"
        case ReachableSet():
            return "REACH"
        case Runs():
            return "TRACE"
        case Trap():
            return "TRAP"
        case Progress():
            return "PROGRESS"
        case Lasso():
            return "LASSO"
        case Ranking():
            return "RANK"
        case Chain():
            return "CHAIN"
    assert_never(proof)


def certificate_document(certificate: Certificate) -> dict[str, Json]:
    """A certificate as JSON; it holds the system it speaks about."""
    return {
        "schema": SCHEMA,
        "property": certificate.prop,
        "verdict": certificate.verdict,
        "clause": certificate.clause,
        **proof_document(certificate.proof),
        "digest": digest_of(certificate.system),
        "system": system_document(certificate.system),
    }


def proof_document(proof: Proof) -> dict[str, Json]:
    """A proof as JSON, without what it speaks about; its terms count sorts in its own list."""
    sorts: list[Sort] = []
    body = _body(proof, sorts)
    return {"kind": kind_of_proof(proof), **body, "sorts": [sort_document(s) for s in sorts]}


def _body(proof: Proof, sorts: list[Sort]) -> dict[str, Json]:
    match proof:
        case Inductive(invariant):
            return {"invariant": _terms_document(invariant, sorts)}
        case KInduction(k, lemmas):
            return {"k": k, "lemmas": _terms_document(lemmas, sorts)}
        case ReachableSet(states, digest):
            return {"states": states, "states_digest": digest}
        case Runs(runs):
            return {"runs": [_run_document(run) for run in runs]}
        case Trap(run, clause, invariant):
            return {
                "run": _run_document(run),
                "trapped": clause,
                "invariant": _terms_document(invariant, sorts),
            }
        case Progress(invariant, measure, paths):
            return {
                "invariant": _terms_document(invariant, sorts),
                "measure": list(measure),
                "paths": [[list(path) for path in of_clause] for of_clause in paths],
            }
        case Lasso(run, loop, clause):
            return {"run": _run_document(run), "loop": loop, "endless": clause}
        case Ranking(states, digest, clauses):
            classes: Json = [[_class_document(c) for c in of_clause] for of_clause in clauses]
            return {"states": states, "states_digest": digest, "classes": classes}
        case Chain(invariant, clauses):
            stages: Json = [[_stage_document(s, sorts) for s in found] for found in clauses]
            return {"invariant": _terms_document(invariant, sorts), "stages": stages}
    assert_never(proof)


def _class_document(one: Class) -> Json:
    inner: Json = [_class_document(part) for part in one.inner]
    return {"states": list(one.states), "helpful": one.helpful, "inner": inner}


def _stage_document(one: Stage, sorts: list[Sort]) -> Json:
    inner: Json = [_stage_document(part, sorts) for part in one.inner]
    return {"where": term_document(one.where, sorts), "helpful": one.helpful, "inner": inner}


def _terms_document(terms: Iterable[Term], sorts: list[Sort]) -> Json:
    return [term_document(term, sorts) for term in terms]


def _run_document(run: RunOf) -> Json:
    return {"states": [list(state) for state in run.states], "actions": list(run.actions)}


def certificate_from(reader: Reader) -> Certificate:
    """The certificate in a document. Raises InputError, also where its digest is wrong."""
    reader.schema(SCHEMA)
    proof = _BODIES[reader.get("kind").choice(*_BODIES)]
    reader.only(*_HEAD, *proof)
    system = system_from(reader.get("system"))
    if reader.get("digest").text() != digest_of(system):
        raise reader.get("digest").wrong("this is not the digest of the system")
    clause = reader.get("clause")
    prop = reader.get("property").text()
    if prop not in {p.name for p in system.properties}:
        raise reader.get("property").wrong(f"the system has no property {prop}")
    return Certificate(
        system,
        prop,
        cast("Claimed", reader.get("verdict").choice(*get_args(Claimed))),
        proof_from(reader, system),
        None if clause.value is None else clause.number(0),
    )


def proof_from(reader: Reader, system: System) -> Proof:
    """The proof in a document, about a system. Raises InputError."""
    names = names_of(reader, system)
    last = len(system.actions) - 1
    match reader.get("kind").choice(*_BODIES):
        case "INV":
            return Inductive(_terms_from(reader.get("invariant"), names))
        case "KIND":
            return KInduction(reader.get("k").number(1), _terms_from(reader.get("lemmas"), names))
        case "REACH":
            return ReachableSet(reader.get("states").number(1), _digest_from(reader))
        case "TRACE":
            return Runs(tuple(_run_from(item, last) for item in reader.get("runs").items()))
        case "TRAP":
            return Trap(
                _run_from(reader.get("run"), last),
                reader.get("trapped").number(0),
                _terms_from(reader.get("invariant"), names),
            )
        case "LASSO":
            return Lasso(
                _run_from(reader.get("run"), last),
                reader.get("loop").number(0),
                reader.get("endless").number(0),
            )
        case "RANK":
            return Ranking(
                reader.get("states").number(1),
                _digest_from(reader),
                tuple(
                    tuple(_class_from(item, 0) for item in of_clause.items())
                    for of_clause in reader.get("classes").items()
                ),
            )
        case "CHAIN":
            return Chain(
                _terms_from(reader.get("invariant"), names),
                tuple(
                    tuple(_stage_from(item, names, 0) for item in of_clause.items())
                    for of_clause in reader.get("stages").items()
                ),
            )
        case _:
            return Progress(
                _terms_from(reader.get("invariant"), names),
                tuple(item.text() for item in reader.get("measure").items()),
                tuple(
                    tuple(
                        tuple(action.number(0, last) for action in path.items())
                        for path in of_clause.items()
                    )
                    for of_clause in reader.get("paths").items()
                ),
            )


MOST_LEVELS = 60
"""Levels of classes or stages inside each other."""


def _class_from(reader: Reader, level: int) -> Class:
    if level > MOST_LEVELS:
        raise reader.wrong("the classes are nested too deep")
    reader.only("states", "helpful", "inner")
    return Class(
        tuple(item.number(0) for item in reader.get("states").items()),
        reader.get("helpful").number(0),
        tuple(_class_from(item, level + 1) for item in reader.get("inner").items()),
    )


def _stage_from(reader: Reader, names: Names, level: int) -> Stage:
    if level > MOST_LEVELS:
        raise reader.wrong("the stages are nested too deep")
    reader.only("where", "helpful", "inner")
    return Stage(
        _truth_from(reader.get("where"), names),
        reader.get("helpful").number(0),
        tuple(_stage_from(item, names, level + 1) for item in reader.get("inner").items()),
    )


def _digest_from(reader: Reader) -> str:
    digest = reader.get("states_digest")
    if not fullmatch("[0-9a-f]{64}", digest.text()):
        raise digest.wrong("this is no digest")
    return digest.text()


def _terms_from(reader: Reader, names: Names) -> tuple[Term, ...]:
    return tuple(_truth_from(item, names) for item in reader.items())


def _truth_from(reader: Reader, names: Names) -> Term:
    """A term that is true or false: a certificate has no others, and no `System` checks them."""
    try:
        term = term_from(reader, names)
        if kind_of(term) != "bool":
            raise reader.wrong("a truth value is needed here")
    except IllTyped as error:
        raise reader.wrong(str(error)) from None
    except RecursionError:
        raise reader.wrong("the term is too deep") from None
    return term


def _run_from(reader: Reader, last: int) -> RunOf:
    return RunOf(
        tuple(state_from(item) for item in reader.only("states", "actions").get("states").items()),
        tuple(item.number(0, last) for item in reader.get("actions").items()),
    )
