"""draw: the state machines of a model, its state graph, or the lanes of a counterexample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

import click

from deliverycheck.check.checking import Examined, examine, explored, lifted_of
from deliverycheck.check.marked import WHY_STOPPED
from deliverycheck.check.question import Question
from deliverycheck.cli.terminal import clear_progress, progress_for
from deliverycheck.cli.verbs import Asked, known_properties
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.exchange.writing import write_whole
from deliverycheck.explain.dossier.charts import (
    AROUND_A_RUN,
    MOST_NODES,
    Chart,
    chart_of,
    worth_a_chart,
)
from deliverycheck.explain.dossier.machines import Machine, machines_in
from deliverycheck.explain.why.explaining import WORTH_EXPLAINING, explained
from deliverycheck.load.files import is_possible
from deliverycheck.report.jsonout import dumped
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace

What: TypeAlias = Literal["machine", "graph", "lanes"]
Form: TypeAlias = Literal["svg", "dot", "mermaid"]

SUFFIXES: dict[str, Form] = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}
"""What a file is, unless it is said."""


def run_draw(
    model: str,
    what: What,
    prop: str | None,
    actor: str | None,
    form: Form | None,
    out: str | None,
    as_json: bool,
    **options: object,
) -> int:
    """The verb `draw`. The exit code."""
    asked = Asked(models=(model,), **options)  # type: ignore[arg-type]  # click names and types them
    if out is not None and (not Path(out).name or not is_possible(Path(out))):
        raise InputError(Diagnostic("DC003", "no file can have that name"))
    chosen = form or SUFFIXES.get(Path(out or "").suffix.lower(), "svg")
    _fitting(what, chosen, prop, actor)
    question = asked.question("draw")
    known_properties([question], [] if prop is None else [prop])
    try:
        text = _drawn(asked, question, what, prop, actor, chosen)
    finally:
        clear_progress()
    if out is not None:
        write_whole(Path(out), text)
    if as_json:
        document = {
            "schema": "deliverycheck/drawing/1",
            "model": question.name,
            "what": what,
            "as": chosen,
            "text": text,
        }
        click.echo(dumped(document), nl=False)
    elif out is not None:
        click.echo(f"wrote {out}")
    else:
        click.echo(text, nl=False)
    return 0


def _fitting(what: What, form: Form, prop: str | None, actor: str | None) -> None:
    """Raises InputError where options do not go together."""
    if what == "lanes" and form == "dot":
        text = "lanes have no form in DOT, which knows no order in time"
        raise InputError(Diagnostic("DC001", text, "Write `--as svg` or `--as mermaid`."))
    if what == "machine" and prop is not None:
        text = "a state machine is the same for every property"
        raise InputError(Diagnostic("DC001", text, "Write `--what graph` or `--what lanes`."))
    if what != "machine" and actor is not None:
        text = f"`--actor` is for state machines; there is one drawing of the {what} for all actors"
        raise InputError(Diagnostic("DC001", text, "Leave it out, or write `--what machine`."))


def _drawn(
    asked: Asked, question: Question, what: What, prop: str | None, actor: str | None, form: Form
) -> str:
    match what:
        case "machine":
            machines = _machines(asked, question)
            chosen = machines if actor is None else [_of(actor, machines)]
            return _machines_text(chosen, f"{question.name}: state machines", form)
        case "graph":
            chart = _chart(asked, question, prop, form)
            return _chart_text(chart, f"{question.name}: {chart.prop}", form)
        case "lanes":
            return _lanes(asked, question, prop, form)
    assert_never(what)


def _machines(asked: Asked, question: Question) -> list[Machine]:
    lifted = lifted_of(replace(question, messages=1))
    found = explored(lifted, asked.options(), progress_for(question.name))
    if found.stopped == "interrupted":
        raise KeyboardInterrupt
    return list(machines_in(lifted, found))


def _of(actor: str, machines: list[Machine]) -> Machine:
    names = [machine.actor for machine in machines]
    if actor not in names:
        text = f"there is no actor `{actor}`"
        raise InputError(Diagnostic("DC011", text, did_you_mean(actor, names)))
    return machines[names.index(actor)]


def _machines_text(machines: list[Machine], title: str, form: Form) -> str:
    match form:
        case "svg":
            from deliverycheck.report.drawing.machine import machines_svg

            return machines_svg(machines, ident="machines", title=title, standalone=True)
        case "dot":
            from deliverycheck.report.formats.dot import machines_dot

            return machines_dot(machines)
        case "mermaid":
            from deliverycheck.report.formats.statechart import machines_mermaid

            return machines_mermaid(machines)
    assert_never(form)


def _examined(asked: Asked, question: Question, prop: str | None, most: int | None) -> Examined:
    """The model as the explicit engine sees it, in no more than `most` states."""
    options = asked.options([] if prop is None else [prop])
    if most is not None:
        limits = replace(options.limits, states=min(most, asked.limit_states))
        options = replace(options, limits=limits)
    done = examine(question, lifted_of(question), options, progress_for(question.name))
    if done.result.interrupted:
        raise KeyboardInterrupt
    return done


def _chart(asked: Asked, question: Question, prop: str | None, form: Form) -> Chart:
    """The chart of a property; unless one is named, of the first that is violated."""
    done = _examined(asked, question, prop, WORTH_EXPLAINING)
    marked = done.marked
    if marked is None or not marked.found.complete:
        stopped = marked.found.stopped if marked else None
        why = WHY_STOPPED[stopped] if stopped else "not all states were visited"
        raise _too_large(why)
    if marked.found.transitions > WORTH_EXPLAINING:
        raise _too_large(f"the graph has {marked.found.transitions:,} steps")
    chosen = done.result.properties if prop is not None else worth_a_chart(done.result)
    if not chosen:
        text = f"{question.name} has no property that a graph could show"
        raise InputError(Diagnostic("DC011", text, "Name one with `--property`."))
    # Mermaid draws no more than 500 edges
    most = AROUND_A_RUN if form == "mermaid" else MOST_NODES
    return chart_of(marked, chosen[0].name, chosen[0].trace, most)


def _too_large(why: str) -> InputError:
    text = f"the graph is too large to be drawn: {why}"
    remedy = "Ask with `--messages 1` or fewer faults; `--what machine` draws each actor by itself."
    return InputError(Diagnostic("DC011", text, remedy))


def _chart_text(chart: Chart, title: str, form: Form) -> str:
    match form:
        case "svg":
            from deliverycheck.report.drawing.chart import chart_svg

            return chart_svg(chart, ident="graph", title=title, standalone=True)
        case "dot":
            from deliverycheck.report.formats.dot import chart_dot

            return chart_dot(chart)
        case "mermaid":
            from deliverycheck.report.formats.statechart import chart_mermaid

            return chart_mermaid(chart)
    assert_never(form)


def _lanes(asked: Asked, question: Question, prop: str | None, form: Form) -> str:
    result = explained(_examined(asked, question, None, None))
    chosen, trace = _counterexample(result, prop)
    if form == "mermaid":
        from deliverycheck.report.formats.mermaid import sequence_diagram

        return sequence_diagram(trace, title=f"{question.name}: {chosen.name}")
    from deliverycheck.explain.story import outcome
    from deliverycheck.report.drawing.lanes import lanes_svg

    return lanes_svg(
        trace,
        title=f"{question.name}: {chosen.name}",
        description=outcome(chosen),
        ident="lanes",
        point_of_no_return=trace.point_of_no_return,
        standalone=True,
    )


def _counterexample(result: ModelResult, prop: str | None) -> tuple[PropertyResult, Trace]:
    """The property whose counterexample is to be drawn: the one named, else the first."""
    broken = {one.name: (one, one.trace) for one in result.properties if one.trace is not None}
    if prop is None and broken:
        return next(iter(broken.values()))
    if prop is not None and prop in broken:
        return broken[prop]
    what = result.model if prop is None else f"{prop} of {result.model}"
    text = f"{what} has no counterexample to draw"
    remedy = "Another environment may break it: see `deliverycheck frontier`."
    if broken:
        remedy = f"There is one of {', '.join(broken)}."
    raise InputError(Diagnostic("DC011", text, remedy))
