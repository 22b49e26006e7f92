"""The measuring protocol has exactly the states that other checkers count."""

from __future__ import annotations

import sys

import pytest
from support import ROOT

from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import explore
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import lift

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

from alo import Alo

# (N, R, C): states, transitions, depth, dead ends: SPIN, rumur, TLC, Stateright, Storm and a
# hand-written C++ search agree on these.
COUNTS = {
    (1, 2, 2): (343, 1_361, 22, 9),
    (2, 2, 1): (2_673, 10_200, 20, 64),
    (2, 2, 2): (67_024, 448_546, 41, 81),
    (3, 2, 1): (114_345, 604_692, 30, 512),
}


@pytest.mark.parametrize("size", COUNTS, ids=str)
def test_states_transitions_depth_and_dead_ends(size: tuple[int, int, int]) -> None:
    messages, tries, copies = size
    settings = {"tries_limit": tries, "copies": copies}
    found = explore(lift(design_of(Alo, messages, settings), Alo.faults).system)
    dead = sum(not found.code.targets(word) for word in found.states)
    assert (len(found.states), found.transitions, found.depth, dead) == COUNTS[size]
    # two effects of one message: the shortest run has 7 steps at every size
    twice = [
        number
        for number in range(len(found.states))
        if any(
            name.startswith("effects[") and value == 2 and not name.endswith("?")
            for name, value in found.system.valuation(found.state(number)).items()
        )
    ]
    run = shortest_run(found, twice)
    assert run is not None
    assert len(run.actions) == 7
