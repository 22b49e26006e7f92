"""Charts against the graph: what is in them, and what can become of each state."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from support import EXPLICIT, MODELS, question

from deliverycheck.api import explored, graph_of, lifted_of
from deliverycheck.check.checking import Examined, examine
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options
from deliverycheck.explain.dossier.charts import (
    AROUND_A_RUN,
    Chart,
    chart_of,
    charts_of,
    worth_a_chart,
)
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.model import Action, Clause, Property, System, Variable
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Var
from deliverycheck.system.verdicts import Trace

SMALL = [
    ("guarantees/at_most_once.py", 2),
    ("guarantees/at_least_once.py", 1),
    ("pitfalls/check_then_act.py", 1),
    ("pitfalls/ack_before_work.py", 1),
]
Graph = nx.MultiDiGraph


def _examined(name: str, messages: int, faults: str = "lose=1 crash=1") -> Examined:
    asked = question(f"{MODELS}/{name}", faults, messages)
    return examine(asked, lifted_of(asked), EXPLICIT)


def _marked(done: Examined) -> Marked:
    assert done.marked is not None
    return done.marked


def _forced(marked: Marked, graph: Graph[int]) -> set[int]:
    """The states in which something has to happen: nobody forces a fault, or an application."""
    free = {a.name for a in marked.found.system.actions if a.fairness == "none"}
    return {source for source, _, edge in graph.edges(data=True) if edge["action"] not in free}


def _broken(graph: Graph[int], prop: Property, forced: set[int]) -> set[int]:
    """The states that break a property of a graph without circles, by definition."""
    found = set()
    for number, values in graph.nodes(data="values"):
        after = {number} | nx.descendants(graph, number)
        for clause in prop.clauses:
            if not evaluate(clause.when, values):
                continue
            met = evaluate(clause.then, values)
            if prop.kind == "possible":
                met = any(evaluate(clause.then, graph.nodes[n]["values"]) for n in after)
            if not met and (prop.kind != "at-rest" or number not in forced):
                found.add(number)
    return found


@pytest.mark.parametrize(("name", "messages"), SMALL)
def test_outlooks_by_definition_where_there_are_no_circles(name: str, messages: int) -> None:
    marked = _marked(_examined(name, messages))
    graph = graph_of(marked.found)
    assert nx.is_directed_acyclic_graph(graph)
    for prop in marked.found.system.properties:
        if prop.kind not in ("always", "possible", "at-rest"):
            continue
        forced = _forced(marked, graph)
        broken = _broken(graph, prop, forced)
        well: set[int] = set()
        wrong: set[int] = set()
        whole = {n for n, first in graph.nodes(data="initial") if first} - broken
        for number in nx.topological_sort(graph):
            before = graph.predecessors(number)
            if number not in broken and any(other in whole for other in before):
                whole.add(number)
        for number in reversed(list(nx.topological_sort(graph))):
            after = set(graph.successors(number))
            if number in broken or after & wrong:
                wrong.add(number)
            if number not in broken and (number not in forced or after & well):
                well.add(number)
        for node in chart_of(marked, prop.name, None).nodes:
            at = node.number
            expected = "either" if at in well & wrong else "well" if at in well else "wrong"
            assert node.outlook == ("broken" if at not in whole else expected), (prop.name, at)


def test_what_is_broken_stays_broken() -> None:
    """x counts 0, 1, 2; that it is 1 breaks the property, that it is 2 later mends nothing."""
    sort = IntSort(0, 2)
    x = Var("x", sort)
    step = Action(
        "step",
        "one",
        App("lt", (x, build.integer(2))),
        {"x": App("add", (x, build.integer(1)))},
    )
    never = Clause("", build.TRUE, build.negate(App("eq", (x, build.integer(1)))))
    prop = Property("never-one", "always", (never,))
    system = System("counter", (Variable("x", sort),), ((0,), (2,)), (step,), (prop,))
    for starts, outlook in (((0,),), "broken"), (((0,), (2,)), "well"):
        marked = Marked(explore(replace(system, initial=starts)))
        chart = chart_of(marked, "never-one", None)
        told = {marked.found.state(node.number)[0]: node.outlook for node in chart.nodes}
        assert told == {0: "wrong", 1: "broken", 2: outlook}


@pytest.mark.parametrize(("name", "messages"), SMALL)
def test_a_small_graph_is_whole(name: str, messages: int) -> None:
    done = _examined(name, messages)
    graph = graph_of(_marked(done).found)
    for prop in done.result.properties:
        chart = chart_of(_marked(done), prop.name, prop.trace)
        assert chart.whole
        assert all(n.depth == graph.nodes[n.number]["depth"] for n in chart.nodes)
        assert [n.number for n in chart.nodes] == sorted(graph)
        assert {(e.source, e.target) for e in chart.edges} == set(graph.edges())
        for edge in chart.edges:
            known = graph.get_edge_data(edge.source, edge.target).values()
            faults = {one["fault"] for one in known}
            assert len(edge.steps) == len({one["action"] for one in known})
            assert edge.fault == (faults.pop() if len(faults) == 1 else None)
        _follows(chart, prop.trace)


def _follows(chart: Chart, trace: Trace | None) -> None:
    """The run in a chart is that of the trace."""
    told = sorted(row for edge in chart.edges for row in edge.of_run)
    steps = trace.steps if trace else ()
    assert [at for at, _ in told] == [step.index for step in steps]
    for (_, name), step in zip(told, steps, strict=True):
        assert name.replace(' at "', "@").rstrip('"') == step.action
    reached = {node.number: node.on_run for node in chart.nodes if node.on_run is not None}
    assert len(reached) == len(set(trace.states) if trace else ())
    assert all(e.on_run == bool(e.of_run) for e in chart.edges)


def test_a_lasso_goes_round() -> None:
    done = _examined("protocols/alternating_bit.py:DeadLink", 1, "lose=inf")
    (chart,) = charts_of(done, done.result).values()
    (prop,) = worth_a_chart(done.result)
    _follows(chart, prop.trace)
    assert prop.trace is not None
    outlooks = {node.on_run: node.outlook for node in chart.nodes if node.on_run is not None}
    assert set(outlooks.values()) == {"either"}  # weak fairness: the link may, or may not, drop


def test_around_a_run_are_the_nearest_states() -> None:
    done = _examined("pitfalls/check_then_act.py", 2)
    graph = graph_of(_marked(done).found)
    charts = charts_of(done, done.result)
    assert charts
    for name, chart in charts.items():
        (prop,) = (one for one in done.result.properties if one.name == name)
        assert prop.trace is not None
        assert len(chart.nodes) == AROUND_A_RUN
        assert chart.states == len(graph)
        run = [node.number for node in chart.nodes if node.on_run is not None]
        far = nx.multi_source_dijkstra_path_length(nx.Graph(graph), set(run))
        shown = {node.number for node in chart.nodes}
        last = max((far[n], n) for n in shown)
        assert all((far[n], n) > last for n in graph if n not in shown)
        _follows(chart, prop.trace)
        for node in chart.nodes:
            assert node.beyond == len(set(graph.successors(node.number)) - shown)
        inside = {e for e in graph.edges() if shown >= set(e)}
        assert {(e.source, e.target) for e in chart.edges} == inside


def test_without_a_run_the_first_levels_are_shown() -> None:
    marked = _marked(_examined("guarantees/at_least_once.py", 2))
    chart = chart_of(marked, "no-loss", None)
    assert [node.number for node in chart.nodes] == list(range(200))


def test_what_holds_is_drawn_if_nothing_is_violated() -> None:
    done = _examined("guarantees/at_least_once_idempotent.py", 1)
    (chart,) = charts_of(done, done.result).values()
    (prop,) = (one for one in done.result.properties if one.name == chart.prop)
    assert prop.verdict == "holds"
    assert prop.expected == "holds"
    assert {node.outlook for node in chart.nodes} == {"well"}


def test_an_incomplete_search_has_no_charts() -> None:
    asked = question(str(MODELS / "guarantees/at_least_once.py"))
    few = Options(Limits(states=50), engine="explicit")
    done = examine(asked, lifted_of(asked), few)
    assert not charts_of(done, done.result)


def test_what_is_asked_of_some_run_is_well_while_it_can_be_had() -> None:
    lifted = lifted_of(question(str(MODELS / "guarantees/at_most_once.py"), messages=1))
    marked = Marked(explored(lifted))
    graph = graph_of(marked.found)
    for prop in marked.found.system.properties:
        if prop.kind == "sometimes":
            chart = chart_of(marked, prop.name, None)
            for node in chart.nodes:
                after = {node.number} | nx.descendants(graph, node.number)
                had = all(
                    any(
                        evaluate(c.when, graph.nodes[n]["values"])
                        and evaluate(c.then, graph.nodes[n]["values"])
                        for n in after
                    )
                    for c in prop.clauses
                )
                assert node.outlook == ("well" if had else "wrong")
