"""Asking: what the solvers' processes are asked about what is wanted, and what may answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deliverycheck.prove.names import LATE, own_names
from deliverycheck.system.model import System


def search_request(system: System, wanted: Sequence[str]) -> Mapping[str, object]:
    """What the searcher is asked at each length of runs."""
    own = own_names(system)
    return {
        "do": "search",
        "goals": [name for name in wanted if name not in own],
        "dooms": [name for name in wanted if own.get(name) == "possible"],
        "lassos": [name for name in wanted if own.get(name) == "leads-to"],
    }


def found_kind(system: System, name: str) -> str:
    """The kind of proof with which the searcher settles a name."""
    match own_names(system).get(name):
        case "possible":
            return "TRAP"
        case "leads-to":
            return "LASSO"
        case _:
            return "TRACE"


def prove_request(system: System, name: str, stage: int) -> Mapping[str, object] | None:
    """What the prover is asked at a stage; None if that stage has nothing to say."""
    kind = own_names(system).get(name)
    if kind is None:
        return {"do": "prove", "goal": name, "stage": stage}
    # Short lemmas only are no help here; paths are looked for by all methods at once.
    useful = (2, LATE) if kind == "possible" else (2, 3, 4, LATE)
    return {"do": "progress", "property": name, "stage": stage} if stage in useful else None


def proof_kinds(system: System, name: str) -> tuple[str, ...]:
    """The kinds of proof with which the prover settles a name."""
    match own_names(system).get(name):
        case "possible":
            return ("PROGRESS",)
        case "leads-to":
            return ("CHAIN",)
        case _:
            return ("INV", "KIND")
