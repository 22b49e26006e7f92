"""The shipped models, explored natively from the first state on: nothing is said otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import CORE, EXPLICIT

from deliverycheck.check.checking import check, examine
from deliverycheck.check.explicit import judge
from deliverycheck.check.finding import Finding
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.lattice import lattice_of
from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.marked import Marked
from deliverycheck.check.notes import witnesses
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.explain.why.explaining import explained
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.runs import Run
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.report.jsonout import model_document

pytest.importorskip("numba")

ASKED = questions(CORE)

NAMES = [one.name for one in ASKED]

ENVIRONMENTS = (
    "",
    "lose=1 crash=1",
    "lose=1 duplicate=1 delay=1 crash=1 expire=1",
    "lose=inf duplicate=inf crash=inf delay=inf",
)

PLAIN = replace(EXPLICIT, explorer=Explorer("plain"))
NATIVE = replace(EXPLICIT, explorer=Explorer("native"))


def lifted_in(asked: Question, faults: str, messages: int = 1) -> Lifted:
    return lifted_of(replace(asked, messages=messages, faults=parse_faults(faults)))


def findings(lifted: Lifted, options: Options) -> tuple[Marked, list[Finding]]:
    every = (*lifted.system.properties, *witnesses(lifted))
    lifted = replace(lifted, system=replace(lifted.system, properties=every))
    marked = Marked(explore_instance(lifted, options))
    return marked, list(judge(lifted, marked))


@pytest.mark.parametrize("faults", ENVIRONMENTS)
@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_every_finding_is_the_same(asked: Question, faults: str) -> None:
    """With its run, its evidence, and the classes behind a promise that is kept."""
    for messages, most in ((1, 4_000), (2, 4_000), (2, 300)):
        lifted = lifted_in(asked, faults, messages)
        limits = Limits(states=most)
        plain, said = findings(lifted, replace(PLAIN, limits=limits))
        native, found = findings(lifted, replace(NATIVE, limits=limits))
        assert plain.found.space is None
        assert native.found.space is not None
        assert not plain.edges.compiled
        assert native.edges.compiled
        assert found == said


def test_all_verdicts_and_kinds_are_among_them() -> None:
    seen: set[tuple[str, str]] = set()
    for asked in ASKED:
        for faults, most in ((ENVIRONMENTS[1], 4_000), (ENVIRONMENTS[1], 50)):
            limits = Limits(states=most)
            _, found = findings(lifted_in(asked, faults), replace(NATIVE, limits=limits))
            seen |= {(one.prop.kind, one.verdict) for one in found}
    assert {("always", "violated"), ("possible", "violated"), ("leads-to", "violated")} <= seen
    assert {("always", "holds"), ("possible", "holds"), ("leads-to", "holds")} <= seen
    assert {("at-rest", "holds"), ("sometimes", "holds"), ("always", "undetermined")} <= seen


@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_every_document_is_the_same(asked: Question) -> None:
    asked = replace(asked, messages=1, faults=parse_faults("lose=1 duplicate=1 crash=1"))
    assert model_document(check(asked, NATIVE)) == model_document(check(asked, PLAIN))


@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_every_lattice_is_the_same(asked: Question) -> None:
    lifted = lifted_in(asked, "lose=1 duplicate=1 crash=1", 2)
    few = Limits(states=20_000)
    plain, native = replace(PLAIN, limits=few), replace(NATIVE, limits=few)
    assert lattice_of(lifted, native) == lattice_of(lifted, plain)


@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_every_reason_is_the_same(asked: Question) -> None:
    """What is said of why a property breaks rests on the same graph, thinned out in many ways."""
    asked = replace(asked, messages=1, faults=parse_faults("lose=1 crash=1"))
    lifted = lifted_of(asked)
    said = [explained(examine(asked, lifted, options)) for options in (PLAIN, NATIVE)]
    assert said[0] == said[1]


def test_a_run_is_found_whether_or_not_there_are_edges() -> None:
    lifted = lifted_in(ASKED[0], "lose=1 crash=1", 2)
    native, _ = findings(lifted, NATIVE)
    last = len(native.found.states) - 1
    goals = bytearray(last + 1)
    assert native.run_to(goals) is None
    goals[last] = 1
    found = native.run_to(goals)
    assert isinstance(found, Run)
    assert found.states[-1] == last
