"""How proofs are looked for and checked: paths, numbers that are compared, terms as Python."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from brute import truth_of
from hostile import HOSTILE
from support import lifted_with
from systems import all_states, system_of

from deliverycheck.certify import writing
from deliverycheck.certify.checking import certify
from deliverycheck.certify.meaning import Budget, Meaning, TooLarge, Wrong
from deliverycheck.prove import paths
from deliverycheck.prove.goals import goals_of
from deliverycheck.prove.paths import Paths
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.samples import Onward
from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, Inductive
from deliverycheck.system.model import Action, Clause, Property, State, System, Variable
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Op, Term, Var


def after(system: System, action: Action, state: State) -> State | type[Wrong] | None:
    """The state after an action, by the reference interpreter."""
    now = system.valuation(state)
    if not evaluate(action.guard, now) or not all(evaluate(b.term, now) for b in action.bounds):
        return None
    try:
        return perform(system, action, now)
    except ModelFault:
        return Wrong


@pytest.mark.parametrize("seed", [seed for seed in range(60) if not truth_of(seed).faulty])
def test_a_path_that_is_walked_is_as_short_as_one_that_is_solved(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = system_of(seed)
    goals = [clause.then for prop in system.properties for clause in prop.clauses]
    starts = [*truth_of(seed).reachable][::7]
    walked = Paths(Onward(system))
    found = {
        (start, goal): walked.path(start, goal, 5)
        for start in starts
        for goal in goals
        if not evaluate(goal, system.valuation(start))
    }
    monkeypatch.setattr(paths, "MOST_NEW", -1)
    solved = Paths(Onward(system))
    for (start, goal), path in found.items():
        other = solved.path(start, goal, 5)
        assert (path is None) == (other is None)
        if path is None or other is None:
            continue
        assert len(path) == len(other)
        state = start
        for number in path:
            then = after(system, system.actions[number], state)
            assert isinstance(then, tuple)
            state = then
        assert evaluate(goal, system.valuation(state))


FENCE = '''
from deliverycheck.lang import Natural, Protocol, Role, always

one = Role("one")


class Fence(Protocol):
    """A number goes from hand to hand and is never ahead of the one it was copied from."""

    issued: Natural
    held: Natural
    seen: Natural

    @one
    def issue(self) -> None:
        self.issued += 1

    @one
    def hold(self) -> None:
        self.held = self.issued

    @one
    def write(self) -> None:
        self.seen = self.held

    @always
    def nothing_ahead(self) -> bool:
        return self.seen <= self.issued
'''


def test_numbers_without_end_are_compared(tmp_path: Path) -> None:
    """That no copy is ahead takes a lemma about the copy in between: `held <= issued`."""
    file = tmp_path / "fence.py"
    file.write_text(FENCE, encoding="utf-8")
    system = lifted_with(file, "").system
    found = Prover(system).unreachable(goals_of(system)["breaks nothing-ahead"], 1)
    assert found is not None
    assert found.method == "lemmas"


@pytest.mark.parametrize("seed", range(60))
def test_the_checker_and_the_interpreter_take_the_same_steps(seed: int) -> None:
    system = system_of(seed)
    states = list(islice(all_states(system.variables), 200))
    meaning = Meaning(system, Budget(10**9))
    for number, action in enumerate(system.actions):
        expected = {state: after(system, action, state) for state in states}
        together = dict(meaning.steps(number, states))
        for state, one in expected.items():
            alone = meaning.after(number, state)
            assert alone == together.get(state)
            assert (Wrong if isinstance(alone, Wrong) else alone) == one


@pytest.mark.parametrize("op", ["min", "max", "add", "sub", "not", "and", "or", "eq"])
def test_what_is_nested_deep_means_the_same(op: Op) -> None:
    sort = IntSort(-3, 3)
    at = Variable("at", sort if op in ("min", "max", "add", "sub") else BOOL)
    one = Var("at", at.sort)
    term: Term = one
    for _ in range(300):  # Python itself reads some 200 levels
        term = App(op, (term,)) if op == "not" else App(op, (term, one))
    values = (-2, 3) if at.sort == sort else (False, True)
    system = System("deep", (at,), ((values[0],),), ())
    meaning = Meaning(system, Budget(10**9))
    for value in values:
        assert meaning.of(term)((value,)) == evaluate(term, {"at": value})


def test_many_parts_that_are_nested_deep_are_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What parts have in common is given to all of them, not written out for each."""
    lengths: list[int] = []
    real = vars(writing)["_made"]

    def made(text: str) -> object:
        lengths.append(len(text))
        return real(text)

    vars(made)["__wrapped__"] = made
    monkeypatch.setattr(writing, "_made", made)
    sort = IntSort(0, 9_999)
    one = Var("at", sort)
    parts: list[Term] = []
    for number in range(600):
        part: Term = Const(number, sort)
        for _ in range(60):
            part = App("max", (part, one))
        parts.append(App("le", (part, Const(number, sort))))
    nodes = 1 + 600 * (1 + 1 + 1 + 2 * 60)  # `and`; each `le`, its two numbers, and sixty `max`
    budget = Budget(10**9)
    every = Meaning(System("wide", (Variable("at", sort),), ((0,),), ()), budget).of(
        App("and", tuple(parts))
    )
    assert every((0,)) is True
    assert every((1,)) is False
    assert budget.left == 10**9 - 2 * nodes
    assert len(lengths) > 600  # each part is cut in two
    assert sum(lengths) < 10 * nodes


def test_every_evaluation_is_paid_for() -> None:
    """A term of three nodes, asked of ten states at once and of one alone; a step, as well."""
    at = Variable("at", IntSort(0, 9))
    term = App("lt", (Var("at", at.sort), Const(5, at.sort)))
    step = Action("on", "one", term, {"at": App("add", (Var("at", at.sort), Const(1, at.sort)))})
    budget = Budget(1_000)
    meaning = Meaning(System("paid", (at,), ((0,),), (step,)), budget)
    assert len(meaning.meeting(meaning.test(term), [(n,) for n in range(10)])) == 5
    assert budget.left == 1_000 - 10 * 3
    assert meaning.of(term)((0,))
    assert budget.left == 1_000 - 11 * 3
    assert meaning.after(0, (0,)) == (1,)
    assert budget.left == 1_000 - 11 * 3 - 3 - 3  # its guard, and what it writes
    with pytest.raises(TooLarge):
        meaning.meeting(meaning.test(term), [(0,)] * 400)


def test_where_there_is_no_variable_what_is_false_is_still_false() -> None:
    idle = Action("idle", "one", build.TRUE, {})
    always = Property("p", "always", (Clause("it", build.TRUE, build.TRUE),))
    system = System("empty", (), ((),), (idle,), (always,))
    made = Certificate(system, "p", "holds", Inductive((build.FALSE,)))
    assert certify(made, checkers=("brute force",)).status == "refused"
    made = Certificate(system, "p", "holds", Inductive((build.TRUE,)))
    assert certify(made, checkers=("brute force",)).status == "accepted"


def test_no_label_means_anything_to_python() -> None:
    """Labels of a stranger's certificate become constants, whatever is written in them."""
    own = ("'", '"', "\\", "\\'+s[0]+'", "{0}", "__import__")
    sort = EnumSort(tuple(dict.fromkeys((*HOSTILE, *own))))
    system = System("quoting", (Variable("it", sort, "durable"),), ((sort.labels[0],),), (), ())
    meaning = Meaning(system, Budget(10**9))
    for label in sort.labels:
        is_it = meaning.of(build.equal(Var("it", sort), build.label(label, sort)))
        assert [other for other in sort.labels if is_it((other,))] == [label]
