"""Mistakes that checkers of fairness have really made, each with a tiny system that shows it.

Wherever nothing else is said, the variable x starts at 0, and it is asked that x = 5 comes in the
end. `step("go", {0: 1})` is a weakly fair step that leads from x = 0 to x = 1. Verdicts are argued
in comments, by hand; where a promise is broken, the steps of the shortest way to a fair loop are
given, and the fewest steps that lead there and once round it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fair_engine import Engine, trace_of
from fair_oracle import Fair, Nearest
from foreign import by_spin_fairly
from support import prop, question

from deliverycheck.certify.checking import certify
from deliverycheck.check.checking import check
from deliverycheck.check.traces import trace_of_run
from deliverycheck.semantics.lassos import broken_clause
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, Lasso, RunOf
from deliverycheck.system.fairness import assumptions_of
from deliverycheck.system.model import (
    Action,
    Bound,
    Clause,
    Fairness,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, IntSort, Sort
from deliverycheck.system.terms import App, Const, Term, Var

PLACES = IntSort(0, 5)
X = Var("x", PLACES)


def at(place: int, it: Var = X) -> Term:
    """That x, or another variable, has a value."""
    return App("eq", (it, Const(place, it.sort)))


def step(
    name: str,
    ways: Mapping[int, int],
    fairness: Fairness = "weak",
    fault: str | None = None,
    actor: str = "p",
    it: Var = X,
) -> Action:
    """A step that leads from some places to others."""
    target: Term = it
    for source, place in ways.items():
        target = App("ite", (at(source, it), Const(place, it.sort), target))
    guard = build.any_of(*(at(source, it) for source in ways))
    return Action(name, actor, guard, {it.name: target}, fault, fairness)


def bounded(action: Action) -> Action:
    """The same, but a bound of the instance always forbids it."""
    return replace(action, bounds=(Bound(build.FALSE, "too far"),))


def places(
    *actions: Action, start: int = 0, when: Term = build.TRUE, then: Term | None = None
) -> System:
    """A system that moves x about."""
    clause = Clause("x", when, at(5) if then is None else then)
    return of({"x": PLACES}, (start,), actions, clause)


def of(
    sorts: Mapping[str, Sort], start: State, actions: tuple[Action, ...], clause: Clause
) -> System:
    variables = tuple(Variable(name, sort) for name, sort in sorts.items())
    asked = Property("arrives", "leads-to", (clause,))
    return System("tiny", variables, (start,), actions, (asked,))


HOLDS = None

GO, BACK = step("go", {0: 1}), step("back", {1: 0})
"""Between 0 and 1."""
FURTHER, NEARER = step("further", {1: 2}), step("nearer", {2: 1})
"""Between 1 and 2."""
ASIDE, HOME = step("aside", {0: 2}), step("home", {2: 0})
"""Between 0 and 2."""


def ship(*sources: int, fairness: Fairness = "strong") -> Action:
    """The step to the goal."""
    return step("ship", dict.fromkeys(sources, 5), fairness)


@dataclass(frozen=True)
class Case:
    """A system, and how its promise is broken, if it is."""

    system: System
    broken: Nearest | None


def stays(system: System, stem: int, loop: int) -> Case:
    """The promise is broken, in a loop of so many steps, after a stem of so many."""
    return Case(system, Nearest(stem, stem + loop))


def holds(system: System) -> Case:
    """The promise is kept."""
    return Case(system, HOLDS)


X1, Y1, N3 = Var("x", IntSort(0, 1)), Var("y", IntSort(0, 1)), Var("n", IntSort(0, 3))
BELOW = Var("x", IntSort(-2, 0))
MORE = App("add", (N3, build.integer(1)))
FLIP = Action(
    "flip",
    "p",
    App("lt", (N3, build.integer(3))),
    {"x": App("sub", (build.integer(1), X1)), "n": MORE},
)
SWAP = Action("swap", "p", build.all_of(at(0, X1), at(1, Y1)), {"x": Y1, "y": X1})
DONE = Action("done", "p", build.all_of(at(1, X1), at(0, Y1)), {"y": build.integer(1)})

CASES: dict[str, Case] = {
    # Taking a whole component for a loop.
    # 0, 1 and 2 hang together, and ship is possible in 2, never taken among them. But a run may
    # keep to 0 and 1: nothing forces `wander`.
    "an unfair component with a fair loop in it": stays(
        places(GO, BACK, step("wander", {1: 2}, "none"), HOME, ship(2)), 0, 2
    ),
    # All of 0, 1, 2 can be gone round, but not just 0 and 1, where `call` is possible all the time.
    "a fair component with an unfair loop in it": stays(
        places(
            step("go", {0: 1}, "none"),
            step("back", {1: 0}, "none"),
            step("call", {0: 2, 1: 2}),
            HOME,
        ),
        0,
        2,
    ),
    # ship waits in 1. The other loop through 0 avoids it: a weakly fair `go` is impossible in 2.
    "two loops that share a state, one of them fair": stays(
        places(GO, BACK, ASIDE, HOME, ship(1)), 0, 2
    ),
    # As before, but `go` is strongly fair, so each fair loop passes 1, where ship must be taken.
    "two loops that share a state, none of them fair": holds(
        places(replace(GO, fairness="strong"), BACK, ASIDE, HOME, ship(1))
    ),
    # Both steps from 0 are strongly fair, and can only be taken in turn: 0 1 0 2 0.
    "a fair loop that must pass a state twice": stays(
        places(replace(GO, fairness="strong"), BACK, replace(ASIDE, fairness="strong"), HOME),
        0,
        4,
    ),
    # Treating states instead of edges as fair.
    # ship is possible in 1 again and again. Visiting 1 does not take it, nor does visiting 0, where
    # its other path, from 3, led once.
    "a state that the step could leave, and one it leads to": holds(
        places(GO, BACK, step("ship", {1: 5, 3: 0}, "strong"), start=3)
    ),
    "the same with weak fairness": holds(
        places(GO, BACK, step("ship", {0: 5, 1: 5, 3: 0}), start=3)
    ),
    # `go` leads from 0 to 1 as well; taking that edge as `go` does not take ship, which leads there
    # from 3 only, and from 0 to the goal.
    "two steps to one state": holds(
        places(GO, BACK, step("ship", {3: 1, 0: 5}, "strong"), start=3)
    ),
    # In 0, ship changes nothing; that does not count as taking it, and in 1 it is possible.
    "a step taken where it changes nothing": holds(
        places(GO, BACK, step("ship", {0: 0, 1: 5}, "strong"))
    ),
    # Forgetting the final stutter.
    # After `go` nothing can happen any more.
    "the end of a run": stays(places(GO), 1, 0),
    # Something can happen in 1, but nothing forces it.
    "an end that only a fault could prevent": stays(
        places(GO, step("lose", {1: 5}, "strong", fault="lose")), 1, 0
    ),
    "an end that only an unforced step could prevent": stays(
        places(step("hand over", {0: 5}, "none")), 0, 0
    ),
    # `idle` can be taken for ever and never changes anything: the run stands still.
    "a step that never changes anything": stays(places(step("idle", {0: 0})), 0, 0),
    # Standing still is not fair as long as `ship` is possible.
    "no end where a fair step is possible": holds(places(ship(0, fairness="weak"))),
    # `ghost` can never be taken, so it need not be.
    "a fair step that is never possible": stays(
        places(GO, BACK, step("ghost", {4: 5}, "strong")), 0, 2
    ),
    # Ignoring one of several fairness conditions.
    # Without `go`, the run might end in 0; without ship, go round for ever.
    "two conditions, both needed": holds(places(GO, BACK, ship(1))),
    "two weak conditions, both needed": holds(places(GO, ship(1, fairness="weak"))),
    # The run cannot pass 0 again and again without `leave` being taken; so it would have to keep to
    # 1 and 2; there it would have to keep to 2, for ship; and there `nearer` must be taken.
    "three conditions, one after the other": holds(
        places(GO, BACK, FURTHER, NEARER, step("leave", {0: 5}, "strong"), ship(1))
    ),
    # Because of `leave`, the run would have to keep to 1 and 2; only there ship is possible all the
    # time, so that weak fairness is enough for it.
    "a weak condition that bites only without some states": holds(
        places(
            GO, BACK, FURTHER, NEARER, step("leave", {0: 5}, "strong"), ship(1, 2, fairness="weak")
        )
    ),
    # ship is possible again and again, but not in 0: weak fairness does not force it.
    "weak fairness where strong is needed": stays(places(GO, BACK, ship(1, fairness="weak")), 0, 2),
    # A loop that closes on a hash, or on some of the variables.
    # x comes back to where it was, n does not: it grows until the goal is reached.
    "a loop in one of two variables": holds(
        of({"x": X1.sort, "n": N3.sort}, (0, 0), (FLIP,), Clause("n", build.TRUE, at(3, N3)))
    ),
    # In Python, hash(-1) == hash(-2).
    "two states of one hash": holds(
        of(
            {"x": BELOW.sort},
            (-1,),
            (step("sink", {-1: -2}, it=BELOW), step("rise", {-2: 0}, it=BELOW)),
            Clause("x", build.TRUE, at(0, BELOW)),
        )
    ),
    # (0, 1) becomes (1, 0), which has the same values, and then (1, 1).
    "two states of the same values": holds(
        of(
            {"x": X1.sort, "y": Y1.sort},
            (0, 1),
            (SWAP, DONE),
            Clause("both", build.TRUE, build.all_of(at(1, X1), at(1, Y1))),
        )
    ),
    # Looking for loops in the wrong places.
    # 3 and 4 are a loop, but no run gets there.
    "a loop that is unreachable": holds(places(ship(0), step("up", {3: 4}), step("down", {4: 3}))),
    # 0 and 2 are a loop, but there nothing is asked for; and in 1, ship must be taken.
    "a loop in which nothing was asked for": holds(
        places(replace(GO, fairness="none"), ASIDE, HOME, ship(1), when=at(1))
    ),
    # 0 and 1 are a fair loop, which matters only to a run that came by 3, and not straight from 4.
    "a loop that may be entered with nothing asked for": stays(
        places(
            GO,
            BACK,
            step("straight", {4: 0}),
            step("ask", {4: 3}, "none"),
            step("enter", {3: 0}),
            start=4,
            when=at(3),
        ),
        2,
        2,
    ),
    # What is asked for in 0 is never given in 1 and 2, where it is not asked for again.
    "a promise given before the loop": stays(places(GO, FURTHER, NEARER, when=at(0)), 1, 2),
    # What is asked for in 0 is given in 1.
    "a promise kept before the loop": holds(
        places(GO, FURTHER, step("up", {2: 3}), step("down", {3: 2}), when=at(0), then=at(1))
    ),
    # What was given in 0 was given before it was asked for in 1.
    "a promise kept only before it was given": stays(places(GO, when=at(1), then=at(0)), 1, 0),
    "a promise kept where it is given": holds(places(when=at(0), then=at(0))),
    "a promise kept in every round": holds(places(GO, BACK, when=at(0), then=at(1))),
    # Taking what a bound forbids for impossible.
    "a weakly fair step beyond a bound": holds(places(bounded(ship(0, fairness="weak")))),
    "a strongly fair step beyond a bound": holds(places(GO, BACK, bounded(ship(1)))),
    # Being fair to each path of a step, or to all steps of one name.
    # `handle` is taken in every round, if always by the path that does not help.
    "fairness to a step, not to each of its paths": stays(
        places(GO, step("handle", {1: 2}, "strong"), step("handle", {1: 5}, "strong"), HOME),
        0,
        3,
    ),
    # One path of `handle` is never relied upon, so neither is the step.
    "a step as fair as its least fair path": stays(
        places(GO, step("handle", {1: 5}, "strong"), step("handle", {4: 0}, "none")), 1, 0
    ),
    # p's `handle` is taken in every round; q's is not, and would have to be.
    "steps of one name and two actors": holds(
        places(
            GO,
            step("handle", {1: 0}, "strong"),
            step("handle", {1: 5}, "strong", actor="q"),
        )
    ),
}

WEAK = [
    name
    for name, case in CASES.items()
    if all(one.fairness == "weak" for one in assumptions_of(case.system))
]
"""Those that SPIN can judge as well."""


@pytest.mark.parametrize("name", CASES)
def test_brute_force_agrees_with_the_argument(name: str) -> None:
    case = CASES[name]
    fair = Fair(case.system)
    ((clause,),) = (asked.clauses for asked in case.system.properties)
    assert fair.nearest(clause) == case.broken
    assert any(fair.fair_sets(list(fair.pending(clause)))) == (case.broken is not None)


@pytest.mark.parametrize("name", CASES)
def test_the_engine_does_not_make_the_mistake(name: str) -> None:
    case, engine = CASES[name], Engine(CASES[name].system)
    lasso = engine.lasso(0)
    assert (lasso is None) == (case.broken is None)
    if lasso is not None and case.broken is not None:
        run = lasso.run
        fair, asked = Fair(case.system), engine.prop
        assert fair.objection(asked.clauses[0], run.states, run.actions, lasso.loop) is None
        assert (lasso.loop, len(run.actions)) == (case.broken.stem, case.broken.total)
        assert broken_clause(case.system, asked, trace_of(case.system, lasso)) is asked.clauses[0]
    certificate = engine.certificate()
    if certificate is not None:
        outcome = certify(certificate)
        assert outcome.status == "accepted", outcome
    else:
        assert not engine.open(0)


@pytest.mark.parametrize("name", WEAK)
def test_spin_does_not_make_it_either(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (asked,) = case.system.properties
    assert by_spin_fairly(case.system, asked, tmp_path) == [case.broken is not None]


def test_a_loop_does_not_close_on_what_only_looks_equal() -> None:
    """In Python True == 1 and 0 == False: such a state is none of the system's."""
    system = CASES["two states of the same values"].system
    (one,) = system.properties
    never = replace(one, clauses=(Clause("", build.TRUE, build.FALSE),))
    for close in ((1, True), (True, 1)):
        lasso = Lasso(RunOf(((0, 1), (1, 0), (1, 1), close), (0, 1, 1)), 2, 0)
        asked = replace(system, properties=(never,))
        outcome = certify(Certificate(asked, one.name, "violated", lasso))
        assert outcome.status == "refused", outcome


@pytest.mark.parametrize(
    "name",
    ["a loop in one of two variables", "two states of one hash", "two states of the same values"],
)
def test_a_run_that_does_not_come_back_is_no_lasso(name: str) -> None:
    """The longest run before the goal is not accepted as a loop, wherever it is said to close."""
    system = CASES[name].system
    (asked,) = system.properties
    fair = Fair(system)
    states, actions = [system.initial[0]], list[int]()
    while fair.onward[states[-1]]:
        ((number, target),) = fair.onward[states[-1]]
        actions.append(number)
        states.append(target)
    # without the last step, which reaches the goal
    run = RunOf(tuple(states[:-1]), tuple(actions[:-1]))
    for loop in range(len(run.states)):
        trace = trace_of_run(system, run.states, run.actions, loop)
        assert broken_clause(system, asked, trace) is None
        outcome = certify(Certificate(system, asked.name, "violated", Lasso(run, loop, 0)))
        assert outcome.status == "refused", outcome


def test_a_truth_value_comes_back_as_itself() -> None:
    """A loop over truth values does close: exact equality is not to be had by refusing them."""
    b = Var("b", BOOL)
    flip = Action("flip", "p", build.TRUE, {"b": App("not", (b,))})
    system = of({"b": BOOL}, (False,), (flip,), Clause("b", build.TRUE, build.FALSE))
    lasso = Engine(system).lasso(0)
    assert lasso is not None
    assert (lasso.loop, lasso.run.states) == (0, ((False,), (True,), (False,)))
    assert certify(Certificate(system, "arrives", "violated", lasso)).status == "accepted"


LAMP = '''
from deliverycheck.lang import Protocol, Role, leads_to, require

hand = Role("hand")


class Lamp(Protocol):
    """It goes on and off for ever, and never breaks."""

    on: bool
    broken: bool

    @hand
    def switch_on(self) -> None:
        require(not self.on)
        self.on = True

    @hand
    def switch_off(self) -> None:
        require(self.on)
        self.on = False

    @leads_to
    def breaks(self) -> tuple[bool, bool]:
        return self.on, self.broken
'''


def test_the_engines_agree_where_the_loop_itself_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """on, off is a lasso of two steps, but only after the first of them something is asked for.

    The shortest way to a loop where it is open, and the shortest lasso, are not the same run.
    """
    monkeypatch.chdir(tmp_path)  # where a disagreement would be kept
    file = tmp_path / "lamp.py"
    file.write_text(LAMP)
    result = prop(check(question(str(file), "", 1)), "breaks")
    assert result.verdict == "violated"
    assert {answer.verdict for answer in result.answers} == {"violated"}
