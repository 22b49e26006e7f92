"""The options of `draw`; the verb itself is imported when it runs."""

from __future__ import annotations

import sys

import click

from deliverycheck.cli.options import AS_JSON, environment, limited


@click.command()
@click.argument("model")
@click.option(
    "--what",
    type=click.Choice(["machine", "graph", "lanes"]),
    default="machine",
    help="Each actor's state machine, the state graph, or a counterexample in lanes.",
)
@click.option("--property", "prop", metavar="NAME", help="Of the graph, or of the lanes.")
@click.option("--actor", metavar="NAME", help="The state machine of this actor alone.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["svg", "dot", "mermaid"]),
    help="The form (by the name of the file, or svg).",
)
@click.option("-o", "out", metavar="FILE", help="Write to this file instead of printing.")
@environment
@limited
@AS_JSON
def draw(**options: object) -> None:
    """A picture of a model: state machines, state graph, or lanes of a counterexample.

    A state machine is that of an actor for one message; what only others change is left out. The
    graph and the lanes are of the first property that is violated, unless one is named; a graph of
    more than 200 states is drawn around its run.
    """
    from deliverycheck.cli.drawing import run_draw

    sys.exit(run_draw(**options))  # type: ignore[arg-type]  # click names and types the options
