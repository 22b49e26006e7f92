"""Did we really ask? Planted models in which something is in vain, each beside its repair.

What is called idle is taken out of the source, and the model must do exactly what it did before;
what is not called idle must be missed. Steps are counted by the reference interpreter.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

import pytest
from brute import value_of
from support import CORE, EXPLICIT, prop
from systems import Maker, domain, random_variables, system_of

from deliverycheck.check.checking import check, explored, lifted_of
from deliverycheck.check.coverage import counted
from deliverycheck.check.question import Question
from deliverycheck.check.unbreakable import unbreakable
from deliverycheck.errors import CODES, DeliveryCheckError, InputError
from deliverycheck.explore.edges import edges_of
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.probing import seen
from deliverycheck.explore.search import explore
from deliverycheck.lang.source import file_of, holds_line, line_of_class
from deliverycheck.lift.sources import Condition
from deliverycheck.load.files import class_in
from deliverycheck.load.subjects import questions
from deliverycheck.report.coverage import coverage_document, coverage_text
from deliverycheck.semantics.interpreter import evaluate, successors
from deliverycheck.system import build
from deliverycheck.system.model import Action, Clause, Property, System, Variable
from deliverycheck.system.satisfying import satisfiable
from deliverycheck.system.sorts import BOOL, NATURAL, IntSort
from deliverycheck.system.terms import App, Term, Var
from deliverycheck.system.verdicts import ModelResult

FOLDER = Path(__file__).parent / "vacuous"
PLANTED = {asked.name: asked for asked in questions([str(FOLDER)])}
SHIPPED = questions(CORE)
FEATURES = Path(__file__).parent / "feature_models"

CAUTIONS = ("DC502", "DC503", *(code for code in CODES if "DC510" <= code <= "DC519"))
"""What this is about."""


def meant(asked: Question) -> set[str]:
    """The codes a planted model must get, and no other."""
    return {*str(getattr(asked.cls, "vain", "")).split()}


@cache
def result_of(name: str, messages: int = 2) -> ModelResult:
    return check(replace(PLANTED[name], messages=messages), EXPLICIT)


def test_enough_is_planted_and_every_code_among_it() -> None:
    codes = Counter(code for asked in PLANTED.values() for code in meant(asked))
    assert sum(bool(meant(asked)) for asked in PLANTED.values()) >= 30
    assert set(codes) == set(CAUTIONS)
    assert all(f"{name}Repaired" in PLANTED for name in PLANTED if meant(PLANTED[name]))


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", PLANTED)
def test_what_is_in_vain_is_flagged_with_its_code_and_repaired_it_is_not(
    name: str, messages: int
) -> None:
    result = result_of(name, messages)
    assert {caution.code for caution in result.warnings} == meant(PLANTED[name])


EMPTY = {"DC510", "DC513", "DC514"}
"""The codes that say of a property that it says nothing."""


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", PLANTED)
def test_a_vacuous_holds_is_vacuous(name: str, messages: int) -> None:
    relied = [p for p in result_of(name, messages).properties if p.expected is not None]
    empty = bool(meant(PLANTED[name]) & EMPTY)
    for found in relied:
        # The engines' own answers stay what they are.
        assert {answer.verdict for answer in found.answers} <= {"holds", "vacuous"}
        assert found.verdict == ("vacuous" if empty else "holds"), found.name
        assert bool(found.reason) == empty


@pytest.mark.parametrize("name", [name for name in PLANTED if meant(PLANTED[name])])
def test_a_finding_names_its_place_in_the_source(name: str) -> None:
    cls = PLANTED[name].cls
    first = line_of_class(cls) or 0
    lines = Path(file_of(cls)).read_text(encoding="utf-8").splitlines()
    for caution in result_of(name).warnings:
        if caution.line is None:
            # Faults, bounds, the start, and the promises of a guarantee stand in no line.
            assert caution.code in ("DC502", "DC503", "DC510", "DC513")
            continue
        assert caution.file == PLANTED[name].source
        assert caution.line > first
        line = lines[caution.line - 1].strip()
        if caution.code == "DC515":
            assert caution.text.split("`")[1].replace("'", '"') in line
        else:
            assert line.startswith("def ")
            named = caution.text.split()[0].rpartition(".")[2].rstrip(":").replace("-", "_")
            assert line.startswith(f"def {named}(")


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("asked", SHIPPED, ids=lambda asked: asked.name)
def test_no_shipped_model_is_flagged(asked: Question, messages: int) -> None:
    codes = {c.code for c in check(replace(asked, messages=messages), EXPLICIT).warnings}
    assert not [code for code in codes if "DC510" <= code <= "DC515"]


# Conditions: out they go.

Graph = frozenset[tuple[object, ...]]

FEW_STATES = 1_500
"""Models larger than this are left out where each condition costs another exploration."""


def graph_of(asked: Question) -> Graph | None:
    """Every step between reachable states; None where a bound or a limit hides some of them."""
    found = explored(lifted_of(asked), replace(EXPLICIT, limits=Limits(states=FEW_STATES)))
    if found.hits or not found.complete:
        return None
    edges: set[tuple[object, ...]] = set()
    for number in range(len(found.states)):
        before = found.state(number)
        for outcome in successors(found.system, before):
            action = outcome.action
            edges.add((before, action.actor, action.name, action.fault, outcome.state))
    return frozenset(edges)


def without(asked: Question, condition: Condition, folder: Path) -> Question | None:
    """The same question about a model in whose source one condition of a `require` is True."""
    spot = condition.spot
    source = Path(spot.file).read_text(encoding="utf-8")
    if Path(spot.file).resolve() != Path(file_of(asked.cls)).resolve():
        return None  # a part that several models share
    for call in ast.walk(ast.parse(source)):
        match call:
            case ast.Call(func=ast.Name(id="require"), args=[test]):
                parts = [n for n in ast.walk(test) if isinstance(n, ast.expr)]
                for part in parts:
                    if part.lineno == spot.line and ast.unparse(part) == spot.text:
                        lines = source.splitlines(keepends=True)
                        assert part.lineno == part.end_lineno
                        line = lines[part.lineno - 1]
                        lines[part.lineno - 1] = (
                            line[: part.col_offset] + "True" + line[part.end_col_offset :]
                        )
                        changed = folder / f"changed_{len(list(folder.iterdir()))}.py"
                        changed.write_text("".join(lines), encoding="utf-8")
                        return replace(asked, cls=class_in(changed, asked.name))
            case _:
                pass
    raise AssertionError(f"the condition {spot} is nowhere in its source")


def examined() -> Iterator[Question]:
    """Models whose conditions are taken out one by one."""
    yield from PLANTED.values()
    yield from SHIPPED
    for file in sorted(FEATURES.glob("[!b]*.py")):
        yield from questions([str(file)])


@pytest.mark.parametrize("asked", list(examined()), ids=lambda asked: asked.name)
def test_what_is_called_idle_can_go_and_what_is_not_is_missed(
    asked: Question, tmp_path: Path
) -> None:
    try:
        result = check(asked, replace(EXPLICIT, limits=Limits(states=FEW_STATES)))
        graph = graph_of(asked)
    except DeliveryCheckError:
        return  # a model that goes wrong is examined elsewhere
    told = {code: [c for c in result.warnings if c.code == code] for code in CAUTIONS}
    if graph is None or told["DC510"] or told["DC511"] or told["DC512"]:
        return
    idle = {(c.line, c.text.split("`")[1]) for c in told["DC515"]}
    taken = {(actor, name) for _, actor, name, _, _ in graph}
    conditions = lifted_of(asked).sources.conditions
    named = [c for c in conditions if (c.spot.line, c.spot.text) in idle]
    for condition in conditions:
        changed = without(asked, condition, tmp_path)
        if changed is None or not condition.actions & taken:
            continue
        try:
            same = graph_of(changed) == graph
        except DeliveryCheckError:
            same = False  # it kept the model from going wrong
        spot = condition.spot
        if condition in named:
            assert same, spot
        elif not spot.turned and not spot.text.endswith(" is not None"):
            # Of one step, one at a time is named; an inherited one never.
            excused = any(condition.actions & other.actions for other in named)
            assert not same or excused or not holds_line(asked.cls, spot.file, spot.line), spot


def test_a_condition_that_a_setting_decides_is_not_idle() -> None:
    (only,) = questions([f"{FOLDER / 'steps.py'}:SwitchedOff"])
    texts = {c.spot.text: c for c in lifted_of(only).sources.conditions}
    assert texts["self.again"].spot.turned
    on = replace(only, settings={"again": True, "mode": "long"})
    assert not check(on, EXPLICIT).warnings


# Terms: what no values satisfy.


@pytest.mark.parametrize("seed", range(30))
def test_satisfiable_is_what_trying_all_values_says(seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    for _ in range(10):
        variables = random_variables(rng, 4)
        term = Maker(rng, variables, raw=rng.random() < 0.5).of(BOOL, rng.choice((2, 3, 4)))
        if rng.random() < 0.5:
            term = App("and", (term, Maker(rng, variables, raw=False).of(BOOL, 3)))
        names = [v.name for v in variables]
        tried = any(
            value_of(term, dict(zip(names, chosen, strict=True)))
            for chosen in product(*(domain(v.sort) for v in variables))
        )
        assert satisfiable(term, 10**6) == tried
        assert satisfiable(term, 3) in (tried, None)


A, B, C = (Var(name, NATURAL) for name in "abc")


def compared(rng: Random) -> Term:
    """x + a < y + b, or the like, of numbers without end."""
    sides = [build.plus(rng.choice((A, B, C)), build.integer(rng.randint(0, 3))) for _ in range(2)]
    op = rng.choice((build.less, build.at_most, build.equal))
    term = op(sides[0], sides[1] if rng.random() < 0.7 else build.integer(rng.randint(0, 4)))
    return build.negate(term) if rng.random() < 0.3 else term


@pytest.mark.parametrize("seed", range(100))
def test_numbers_without_end_are_tried_as_far_as_they_matter(seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    term = build.all_of(*(compared(rng) for _ in range(rng.randint(1, 5))))
    tried = any(
        value_of(term, {"a": a, "b": b, "c": c}) for a, b, c in product(range(16), repeat=3)
    )
    assert satisfiable(term) == tried


def test_sums_of_numbers_without_end_are_left_open() -> None:
    # True of all numbers, which trying some of them does not show.
    term = build.less(build.plus(A, B), A)
    assert satisfiable(term) is None
    assert satisfiable(build.less(build.plus(A, B), C)) is True
    assert satisfiable(build.all_of(build.less(A, B), build.less(B, A))) is False


def test_unbreakable_needs_certainty_and_the_whole_range() -> None:
    small = Var("n", IntSort(0, 3))

    def says(kind: str, then: Term, when: Term = build.TRUE) -> bool:
        return unbreakable(Property("p", kind, (Clause("", when, then),)))  # type: ignore[arg-type]

    three = build.integer(3)
    assert says("always", build.at_most(small, three))
    assert not says("always", build.less(small, three))
    assert says("leads-to", build.at_most(small, three), build.less(small, three))
    assert says("possible", build.less(small, three), build.less(small, build.integer(2)))
    assert says("sometimes", build.at_most(small, three))
    assert not says("sometimes", build.at_most(small, three), build.less(small, three))
    assert not says("always", build.at_most(A, three))
    assert not says("always", build.at_most(A, build.plus(A, B)))  # true, but not found out
    assert not unbreakable(Property("p", "always", ()))


# States: what is seen, and how often.


@pytest.mark.parametrize("seed", range(40))
def test_a_probe_sees_what_the_interpreter_sees(seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    system = system_of(seed)
    try:
        found = explore(system, Limits(states=2_000))
    except ReachableFault:
        return
    states = [system.valuation(found.state(n)) for n in range(len(found.states))]
    for _ in range(5):
        terms = [Maker(rng, system.variables, raw=False).of(BOOL, 3) for _ in range(2)]
        both = [build.all_of(*terms), build.all_of(terms[0], build.negate(terms[1]))]
        tried = any(evaluate(term, state) for term in both for state in states)
        assert seen(found, both) == tried
    assert seen(found, [build.FALSE, build.TRUE])
    assert not seen(found, [])


@pytest.mark.parametrize("seed", range(40))
def test_edges_are_counted_as_the_interpreter_takes_them(seed: int) -> None:
    system = system_of(seed)
    try:
        found = explore(system, Limits(states=2_000))
    except ReachableFault:
        return
    times: Counter[int] = Counter()
    moves: set[int] = set()
    for number in range(found.expanded):
        before = found.state(number)
        for outcome in successors(system, before):
            at = next(i for i, action in enumerate(system.actions) if action is outcome.action)
            times[at] += 1
            moves |= {at} if outcome.state != before else set()
    count = counted(found, edges_of(found))
    assert count.times == tuple(times[n] for n in range(len(system.actions)))
    assert count.moves == moves


def walked(found: Explored) -> Iterator[Action]:
    """The action of each step between reachable states."""
    for number in range(len(found.states)):
        yield from (o.action for o in successors(found.system, found.state(number)))


@pytest.mark.parametrize("name", ["NeverDueRepaired", "AfterReturn", "NoWayOn", "InAFault"])
def test_coverage_says_how_often_and_where(name: str) -> None:
    asked = PLANTED[name]
    lifted = lifted_of(asked)
    found = explored(lifted, EXPLICIT)
    coverage = result_of(name).coverage
    assert coverage is not None
    assert coverage.complete
    times = Counter((a.actor, a.name, a.fault) for a in walked(found))
    assert {(one.actor, one.name, one.fault): one.times for one in coverage.actions} == {
        (one.actor, one.name, one.fault): times[one.actor, one.name, one.fault]
        for one in coverage.actions
    }
    assert {(one.actor, one.name, one.fault) for one in coverage.actions} >= set(times)
    for place in coverage.places:
        at = found.system.index[place.process]
        stood = {found.state(n)[at] for n in range(len(found.states))}
        assert {*place.reached} == stood - {"idle"}
        assert not stood & {*place.never}


def test_coverage_marks_what_never_happened_however_narrow_the_terminal() -> None:
    coverage = result_of("AfterReturn").coverage
    assert coverage is not None
    for width in (40, 80):
        lines = list(coverage_text(coverage, width))
        assert max(map(len, lines)) <= width
        (never,) = (line for line in lines if line.split()[0] == "never")
        assert never.split(None, 1)[1] == 'worker.handle at "marked"'
    steps = {one.step for one in coverage.actions}
    document = coverage_document(coverage)
    assert document["places"] == [
        {"process": "worker.handle", "reached": ["begun"], "never": ["marked"]}
    ]
    assert isinstance(document["actions"], list)
    assert len(document["actions"]) == len(coverage.actions)
    assert steps == {"handle", 'handle at "begun"'}


BY_TYPES = ("TypeSaysSo", "TakenAnyway", "HalfAProperty", "SaidTwice")
"""The planted models whose idle condition shows without any state being looked at."""


def test_of_what_was_not_looked_at_nothing_is_said() -> None:
    few = replace(EXPLICIT, limits=Limits(states=1))
    cut: list[str] = []
    for name, asked in PLANTED.items():
        result = check(asked, few)
        if result.exploration.complete:
            continue
        cut.append(name)
        codes = {caution.code for caution in result.warnings}
        assert not codes & {"DC511", "DC512"}, name
        # What the types say is known all the same; the rest is not.
        assert "DC515" not in codes or name in BY_TYPES, name
        assert "DC513" not in codes or name in ("NoEffect", "NeverTold"), name
        assert result.coverage is None or not result.coverage.complete
    assert "WrongField" in cut
    assert "KnownAlready" in cut


# One message alone.


def test_with_one_message_only_that_counts_which_two_do_not_repair(tmp_path: Path) -> None:
    source = tmp_path / "pairs.py"
    source.write_text(PAIRS, encoding="utf-8")
    for asked in questions([str(source)]):
        for messages in (1, 2):
            assert not check(replace(asked, messages=messages), EXPLICIT).warnings, asked.name


PAIRS = """
from deliverycheck.lang import Message, Protocol, Role, always, require

one = Role("one")


class Turns(Protocol):
    busy: Message | None
    late: set[Message]

    @one
    def begin(self, m: Message) -> None:
        require(self.busy is None)
        self.busy = m

    @one
    def end(self, m: Message) -> None:
        require(self.busy == m)
        self.busy = None
        self.late.clear()

    @one
    def meet(self, m: Message) -> None:
        require(self.busy is not None and self.busy != m and m not in self.late)
        self.late.add(m)

    @always
    def one_at_a_time(self) -> bool:
        return all(a == b or a not in self.late or b not in self.late or self.busy not in (a, b)
                   for a in self.messages for b in self.messages)
"""


def test_a_system_without_a_start_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        System("none", (Variable("n", IntSort(0, 1)),), (), ())
    assert [found.code for found in refused.value.diagnostics] == ["DC701"]


def test_types_are_enough_for_the_symbolic_engine() -> None:
    result = check(PLANTED["ByItsType"], replace(EXPLICIT, engine="symbolic"))
    assert "DC514" in {caution.code for caution in result.warnings}
    assert prop(result, "at-most-three").verdict == "vacuous"
    assert result.coverage is None
