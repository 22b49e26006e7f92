"""Models of the catalogue have exactly the states of models that were written by hand elsewhere.

The exporters write what the lifter made: other checkers that count the same confirm the search, not
the lifting. So here are models in Murphi and Promela, written from the descriptions of the
protocols alone (`by_hand/`), and counts that others have published of theirs (`published/`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from foreign import rumur_on, spin_on
from support import MODELS, ROOT, question

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.explore.search import explore

BY_HAND = ROOT / "tests" / "by_hand"
PUBLISHED = ROOT / "tests" / "published"

# our model, its environment, theirs with the constants to change
PAIRS = {
    "alternating bit": ("alternating_bit.py:AlternatingBit", "lose=inf", "alternating_bit", {}),
    "Stenning": ("stenning.py:Stenning", "lose=inf duplicate=inf", "stenning", {}),
    "two numbers": (
        "stenning.py:StenningTwoNumbers",
        "lose=inf duplicate=inf",
        "stenning",
        {"Modulus": "2"},
    ),
    "alternating bit, unordered": (
        "alternating_bit.py:AlternatingBitUnordered",
        "lose=inf duplicate=inf",
        "stenning",
        {"Modulus": "2"},
    ),
    "Go-Back-N": ("sliding_window.py:GoBackN", "lose=inf", "go_back_n", {}),
    "Go-Back-N, too few": (
        "sliding_window.py:GoBackNOneNumberTooFew",
        "lose=inf",
        "go_back_n",
        {"Modulus": "2"},
    ),
    "durable numbers": ("endpoint_crash.py:DurableNumbers", "lose=1 crash=1", "endpoint_crash", {}),
    "receiver forgets": (
        "endpoint_crash.py:ReceiverForgets",
        "lose=1 crash=1",
        "endpoint_crash",
        {"Forgets": "true"},
    ),
}


def by_hand(name: str, constants: dict[str, str]) -> str:
    """A model in Murphi with its ledger, and some constants changed."""
    text = (BY_HAND / f"{name}.m").read_text()
    for constant, value in constants.items():
        (line,) = (one for one in text.splitlines() if one.startswith(f"  {constant}: "))
        text = text.replace(line, f"  {constant}: {value};")
    return (BY_HAND / "ledger.m").read_text() + text


@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
def test_the_same_states_as_by_hand(
    pair: tuple[str, str, str, dict[str, str]], tmp_path: Path
) -> None:
    model, faults, name, constants = pair
    found = explored(lifted_of(question(f"{MODELS}/protocols/{model}", faults)))
    theirs = rumur_on(by_hand(name, constants), tmp_path)
    assert (len(found.states), found.transitions) == (theirs.states, theirs.transitions)


def test_the_two_generals_as_by_hand_in_promela(tmp_path: Path) -> None:
    model = f"{MODELS}/protocols/two_generals.py:TwoGenerals"
    found = explored(lifted_of(question(model, "lose=1")))
    theirs = spin_on((BY_HAND / "two_generals.pml").read_text(), tmp_path)
    assert (len(found.states), found.transitions) == (theirs.states, theirs.transitions)


# TLC counts levels, of which the first holds the initial states, and each way it finds to a state,
# the initial ones among them.


def test_two_phase_commit_has_the_states_that_tlc_counts() -> None:
    """Published: manifest.json of transaction_commit in tlaplus/Examples, for three managers; a
    comment at the end of TwoPhase.tla, for six."""
    published = {3: 288, 6: 50_816}
    for managers, states in published.items():
        asked = question(f"{PUBLISHED}/tla_two_phase.py", "", settings={"managers": managers})
        found = explored(lifted_of(asked))
        assert len(found.states) == states
        if managers == 3:
            assert (found.transitions + 1, found.depth + 1) == (1_146, 11)


def test_the_alternating_bit_has_the_states_that_tlc_counts() -> None:
    """Published: manifest.json of SpecifyingSystems in tlaplus/Examples, MCAlternatingBit.cfg.

    The specification starts with any bit and any two values. TLC makes a step into a longer line
    than the configuration allows, counts it, and goes no further; ours waits for room.
    """
    system = lifted_of(question(f"{PUBLISHED}/tla_alternating_bit.py", "lose=inf")).system
    empty = system.initial[0][5:]
    starts = tuple(
        (bit, bit, bit, *values, *empty)
        for bit in "01"
        for values in product(("d1", "d2"), repeat=2)
    )
    found = explore(replace(system, initial=starts))
    beyond = 0
    for number in range(len(found.states)):
        state = system.valuation(found.state(number))
        if state["packets[1]"] != "-":
            beyond += 2 if state["sender_bit"] == state["sender_heard"] else 1
        if state["answers[1]"] != "-":
            beyond += 1
    assert (len(found.states), found.depth + 1) == (240, 10)
    assert len(starts) + found.transitions + beyond == 1_392
