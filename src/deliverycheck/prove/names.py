"""Names that the two sides of the engine share; whoever only keeps the clock needs no solver."""

from __future__ import annotations

from deliverycheck.system.model import PropertyKind, System

MISHAP = "mishap"
"""The goal in which some step goes wrong: a check fails, or a value leaves its sort."""

DEEPEST = 60
"""Steps up to which runs are looked for, where nothing else ends the search; the bits of the
searcher's integers are chosen for as many."""

STAGES = 5
"""The methods of the prover, in the order in which they are tried."""

LATE = STAGES
"""The last stage, which learns from more samples; what they help is tried once more then."""


def own_names(system: System) -> dict[str, PropertyKind]:
    """The properties that no goal decides: each is settled under its own name."""
    kinds = ("possible", "leads-to")
    return {prop.name: prop.kind for prop in system.properties if prop.kind in kinds}


def goal_names(system: System) -> list[str]:
    """The names of a system's goals (see `goals.goals_of`)."""
    names = [MISHAP]
    for prop in system.properties:
        if prop.kind == "sometimes":
            names += [f"shows {prop.name} {at}" for at in range(len(prop.clauses))]
            continue
        names.append(f"tests {prop.name}")
        if prop.name not in own_names(system):
            names.append(f"breaks {prop.name}")
    return names
