"""The verbs of the command line. What a verb needs is imported when it runs."""

from __future__ import annotations

import sys
from importlib.metadata import version

import click

from deliverycheck.cli.draw import draw
from deliverycheck.cli.listing import listing
from deliverycheck.cli.options import (
    AS_JSON,
    ENGINE,
    KINDS,
    MODELS,
    THREADS,
    asked,
    environment,
    kept,
    limited,
    surroundings,
)
from deliverycheck.cli.small import doctor, explain, init


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("deliverycheck"), prog_name="deliverycheck")
def cli() -> None:
    """Prove your message pipeline, or see the exact run that breaks it.

    Start with:  deliverycheck check models/guarantees
    """


@cli.command()
@MODELS
@asked
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Models at once (one unless said); of a single model, threads of the explorer.",
)
@click.option("--property", "properties", metavar="NAME", multiple=True, help="Only this property.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Tell every story and every line of every proof."
)
@click.option(
    "--certificate",
    metavar="DIR",
    help="Write a certificate for each settled verdict into this folder.",
)
@kept
@click.option("--strict", is_flag=True, help="Exit 4 where something is vacuous or warned of.")
@click.option(
    "--report",
    metavar="KIND=PATH",
    multiple=True,
    help=f"Write a report, too: {KINDS}. A path without a suffix is a folder.",
)
@AS_JSON
def check(**options: object) -> None:
    """Verdicts for every property, and a story for every violation.

    MODEL is a model file (file.py, or file.py:Class), a design (*.delivery.toml) or a folder.
    Exit code: 0 as expected, 1 not as expected, 2 bad input, 3 undetermined, 4 with --strict
    vacuous or warned, 70 internal error, 130 interrupted. With other --faults, --fairness or --set
    than the model's, its own expectations do not apply; its claim does.
    """
    from deliverycheck.cli.verbs import run_check

    sys.exit(run_check(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@MODELS
@asked
@THREADS
@AS_JSON
def matrix(**options: object) -> None:
    """The table: can it lose, can it duplicate, in which order, and what does it cost?"""
    from deliverycheck.cli.matrix import run_matrix

    sys.exit(run_matrix(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@MODELS
@click.option("-o", "--out", metavar="DIR", required=True, help="The folder to write to.")
@click.option(
    "--as",
    "kinds",
    metavar="KIND",
    type=click.Choice(KINDS.split(", ")),
    multiple=True,
    help=f"Only this kind (all of them unless said): {KINDS}.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes at work (as many as processors).")
@asked
@AS_JSON
def report(**options: object) -> None:
    """Everything there is to say about models: a page for each, and what other tools read.

    Beside what `check` knows, a report holds the frontier of each model, and the repairs of one
    that does not keep its claim. Exit code: as of `check`.
    """
    from deliverycheck.cli.report import run_report

    sys.exit(run_report(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("model")
@asked
@THREADS
@click.option("--property", "properties", metavar="NAME", multiple=True, help="Only this property.")
@AS_JSON
def frontier(**options: object) -> None:
    """The least faults that break each property, and the most that it survives.

    Looks at every budget of up to two faults of each kind, or of as many as --faults says. Exit
    code 3 where a bound or a limit leaves something open; to break is no failure here.
    """
    from deliverycheck.cli.frontier import run_frontier

    sys.exit(run_frontier(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("model")
@click.option(
    "--vary",
    metavar="A,B=x|y,C=1..3",
    multiple=True,
    help="Settings, with all their values or these, and fault budgets, with these.",
)
@asked
@click.option("--property", "properties", metavar="NAME", multiple=True, help="Only this property.")
@click.option("--jobs", type=click.IntRange(1), help="Processes at work (as many as processors).")
@AS_JSON
def sweep(**options: object) -> None:
    """The verdict for every combination of settings and budgets, and what to make of it.

    Which mechanism is load-bearing, which is redundant, what suffices, and the cheapest change of
    settings that repairs what is broken. One engine looks at every combination (with auto: the one
    that visits every state); what is recommended is checked again, by both. Without --vary: all
    settings with a closed list of values. Exit code 3 where something is left open, 2 where the
    model goes wrong in a combination; to break is no failure here.
    """
    from deliverycheck.cli.sweep import run_sweep

    sys.exit(run_sweep(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@environment
@limited
@AS_JSON
def compare(**options: object) -> None:
    """Do two designs show the outside world the same effects under the same faults?

    The world sees acceptances, effects, answers, parkings, and silence for ever. Both are asked
    under the faults of A, or those of --faults. What --faults and --set name, one of them must
    know. Exit code: 0 the same, 1 different, 2 bad input, 3 undetermined.
    """
    from deliverycheck.cli.compare import run_compare

    sys.exit(run_compare(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("model")
@environment
@limited
@click.option("--property", "properties", metavar="NAME", multiple=True, help="Only this property.")
@click.option("--from", "start", metavar="FILE", help="Start at the end of a saved run.")
@AS_JSON
def explore(**options: object) -> None:
    """Take a run by hand: what is possible, and what can still become of it.

    Type the number of a step, or undo, jump N, story, save FILE, quit; from a keyboard or a pipe.
    After each step stands what it decides. With --json each position is a line of JSON.
    """
    from deliverycheck.cli.explore import run_explore

    sys.exit(run_explore(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@ENGINE
@AS_JSON
def claims(**options: object) -> None:
    """What is said about delivery guarantees, and what the models say to it.

    FILE lists claims, each with checks that show it or where it ends: see models/claims.toml; a
    folder stands for all *.claims.toml in it. Exit code: 0 all of the evidence comes out as written
    down, 1 some does not, 3 some is not known.
    """
    from deliverycheck.cli.claims import run_claims

    sys.exit(run_claims(**options))  # type: ignore[arg-type]  # click names and types the options


@cli.command()
@click.argument("model")
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "smtlib", "promela", "murphi"]),
    required=True,
    help="The language of the other checker.",
)
@click.option("-o", "out", metavar="FILE", help="Write to this file instead of printing.")
@click.option(
    "--property",
    "prop",
    metavar="NAME",
    help="For SPIN: a `leads-to` property, under weak fairness, instead of all `always`.",
)
@environment
@AS_JSON
def export(**options: object) -> None:
    """The state machine a model becomes, for a second opinion by another checker.

    Promela is read by SPIN, Murphi by rumur and CMurphi, smtlib by every SMT solver; json holds all
    there is. For Promela and Murphi, what has no end is bounded as `check` does.
    """
    from deliverycheck.cli.exporting import run_export

    sys.exit(run_export(**options))  # type: ignore[arg-type]  # click names and types the options


for command in (draw, listing, init, explain, doctor):
    cli.add_command(command)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="CERTIFICATE...")
@AS_JSON
def certify(paths: tuple[str, ...], as_json: bool) -> None:
    """Check stored certificates (from `check --certificate DIR`) again, without any engine.

    CERTIFICATE is a file or a folder. Exit code: 0 all accepted, 1 one refused, 3 one that nobody
    here can check.
    """
    from deliverycheck.cli.certifying import run_certify

    sys.exit(run_certify(paths, as_json))


@cli.command()
@click.argument("trace")
@click.option("--model", metavar="MODEL", help="Hold a run in ITF, by anybody, against this model.")
@surroundings
@click.option(
    "--property", "properties", metavar="NAME", multiple=True, help="Ask for this property alone."
)
@AS_JSON
def replay(**options: object) -> None:
    """Take stored runs (of `check --json`, or *.itf.json) again on the models as they are now.

    Each is still violated (exit 0), fixed or stale (exit 1); a forged one is refused (exit 2). With
    --model, a run in the Informal Trace Format is held against that model: the first step that is
    not possible is named (exit 2); if there is none, exit 0 where it breaks a property, 1 where it
    breaks none, 3 where that stays open.
    """
    from deliverycheck.cli.replay import run_replay

    sys.exit(run_replay(**options))  # type: ignore[arg-type]  # click names and types the options
