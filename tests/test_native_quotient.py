"""Representatives found by the native engine are those that plain Python finds by trying all."""

from __future__ import annotations

import sys

import pytest
from support import ROOT
from symmetric import symmetric_of

from deliverycheck.check.reduced import MarkedOrbits
from deliverycheck.explore.edges import edges_of
from deliverycheck.explore.explored import ReachableFault
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.orbits import Quotient, turned_edges
from deliverycheck.explore.quotient import explore_quotient
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import lift
from deliverycheck.lift.mentions import mentions_of
from deliverycheck.system.symmetry import symmetry_of

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

from alo import Alo

SEEDS = range(0, 500, 4)


def rows(found: Quotient) -> list[list[tuple[int, int]]]:
    """By representative, what leads to it, and what is renamed on the way."""
    turned = turned_edges(found)
    parts = zip(turned.starts[:-1], turned.starts[1:], strict=True)
    return [sorted(zip(turned.sources[a:b], turned.turns[a:b], strict=True)) for a, b in parts]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_representatives_steps_turns_and_verdicts(seed: int) -> None:
    made = symmetric_of(seed)
    symmetry = symmetry_of(made.system, made.mentions)
    limits = Limits(states=5000)
    try:
        plain = explore_quotient(
            made.system, symmetry, limits, None, Explorer("plain"), trying=True
        )
    except ReachableFault as fault:
        with pytest.raises(
            ReachableFault, match=str(fault)[:40].replace("(", ".").replace(")", ".")
        ):
            explore_quotient(made.system, symmetry, limits, None, Explorer("native"))
        return
    jobs = 1 + seed // 4 % 2
    native = explore_quotient(made.system, symmetry, limits, None, Explorer("native", jobs))
    assert native.space is not None
    assert list(native.states) == list(plain.states)
    assert native.levels == plain.levels
    assert native.transitions == plain.transitions
    assert native.hits == plain.hits
    assert native.counts() == plain.counts()
    one, other = edges_of(plain), edges_of(native)
    assert list(one.targets) == list(other.targets)
    assert list(one.actions) == list(other.actions)
    assert rows(native) == rows(plain)
    ours, theirs = MarkedOrbits(native), MarkedOrbits(plain)
    for prop in made.system.properties:
        for number in range(len(prop.clauses)):
            if prop.kind != "leads-to":
                assert ours.wrong(prop, number) == theirs.wrong(prop, number)
                assert ours.examples(prop, number) == theirs.examples(prop, number)
                assert ours.unsure(prop, number) == theirs.unsure(prop, number)


def test_the_measuring_protocol_has_a_fifth_of_its_states() -> None:
    """11,041,732 states and 101,933,592 steps (facts of the benchmark) by 3 messages' names."""
    settings = {"tries_limit": 2, "copies": 2}
    lifted = lift(design_of(Alo, 3, settings), Alo.faults)
    symmetry = symmetry_of(lifted.system, mentions_of(lifted))
    found = explore_quotient(lifted.system, symmetry, None, None, Explorer("native", 2))
    assert found.counts() == (11_041_732, 101_933_592)
    assert len(found.states) * 5 < 11_041_732
    assert found.depth == 60
