"""The options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable

import click

POSITIVE = click.FloatRange(0, 1e12, min_open=True)

MODELS = click.argument("models", nargs=-1, required=True, metavar="MODEL...")
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "explicit", "symbolic"]),
    default="auto",
    help="Visit every state, or let Z3 prove it; auto: both, which must agree.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
THREADS = click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Threads of the compiled explorer (one per processor).",
)


def surroundings(command: Callable[..., object]) -> Callable[..., object]:
    """The options that say what is asked about a model, in place of what the model says."""
    for option in reversed(
        (
            click.option("--messages", type=int, help="How many messages (two unless said)."),
            click.option(
                "--faults",
                metavar='"lose=1 crash=inf"',
                help="The environment instead of the model's own; what is not named is 0.",
            ),
            click.option(
                "--fairness",
                type=click.Choice(["strong", "weak"]),
                help="Strong: what is sent again and again arrives in the end; weak: the link may "
                "drop for ever. Instead of the model's own.",
            ),
            click.option(
                "--set", "settings", metavar="NAME=VALUE", multiple=True, help="Change a setting."
            ),
        )
    ):
        command = option(command)
    return command


def environment(command: Callable[..., object]) -> Callable[..., object]:
    """The options that change the system a model becomes."""
    return surroundings(click.option("--copies", type=click.IntRange(1, 255), help=COPIES)(command))


def asked(command: Callable[..., object]) -> Callable[..., object]:
    """The options that change what is asked about a model, and how it is looked at."""
    for option in reversed(
        (
            environment,
            ENGINE,
            click.option(
                "--explorer",
                type=click.Choice(["auto", "plain", "native"]),
                default="auto",
                help="Plain Python or compiled (with deliverycheck[fast]); the answers are the "
                "same. Auto: compiled where there is enough to see.",
            ),
            click.option(
                "--symmetry",
                type=click.Choice(["auto", "off"]),
                default="auto",
                help="Auto: where there are more states than the limits allow, one stands for all "
                "that differ only in what messages are called.",
            ),
            limited,
        )
    ):
        command = option(command)
    return command


def kept(command: Callable[..., object]) -> Callable[..., object]:
    """The options that keep a search on disk."""
    for option in reversed(
        (
            click.option(
                "--checkpoint",
                metavar="DIR",
                help="Keep the search in this folder, and go on from what is kept there.",
            ),
            click.option(
                "--checkpoint-seconds",
                type=POSITIVE,
                default=60,
                show_default=True,
                help="How many seconds of work may be lost.",
            ),
        )
    ):
        command = option(command)
    return command


def limited(command: Callable[..., object]) -> Callable[..., object]:
    """The options that end a search early."""
    for option in reversed(
        (
            click.option(
                "--limit-states",
                type=click.IntRange(1),
                default=5_000_000,
                show_default=True,
                help="Stop beyond this many states.",
            ),
            click.option("--limit-seconds", type=POSITIVE, help="Stop a model after this time."),
            click.option("--limit-memory", type=POSITIVE, metavar="MB", help="Stop at this size."),
        )
    ):
        command = option(command)
    return command


KINDS = "html, markdown, json, itf, junit, sarif, mermaid, dot, svg, pytest"
"""The kinds of reports; a test compares them with those there are."""

COPIES = "Most copies of one item in flight that are looked at, where the model sets no limit."
