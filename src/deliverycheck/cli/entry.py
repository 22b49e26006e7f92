"""The way in, and every way out: each error leaves with its documented exit code."""

from __future__ import annotations

import io
import signal
import sys
import traceback

import click

from deliverycheck.cli.app import cli
from deliverycheck.errors import DeliveryCheckError, Diagnostic, DisagreementError, Exit, InputError


def main() -> None:
    """Run the command line; every way out has its documented exit code."""
    as_json = "--json" in sys.argv[1:]
    if hasattr(signal, "SIGPIPE"):
        # When the reader of our output goes away, so do we, as other tools do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name a terminal cannot show is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        if not as_json:
            error.show()
            sys.exit(Exit.BAD_INPUT)
        remedy = "`deliverycheck --help` lists the verbs, `deliverycheck VERB --help` the options."
        _tell(
            InputError(Diagnostic("DC001", error.format_message(), remedy)), Exit.BAD_INPUT, as_json
        )
    except click.Abort:
        sys.exit(Exit.INTERRUPTED)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(Exit.INTERRUPTED)
    except InputError as error:
        _tell(error, Exit.BAD_INPUT, as_json)
    except DisagreementError as error:
        _tell(error, Exit.INTERNAL, as_json)
    except OSError as error:
        click.echo(f"the output cannot be written: {error.strerror}", err=True)
        sys.stdout = None
        sys.exit(Exit.INTERNAL)
    except Exception:
        traceback.print_exc()
        click.echo("internal error: please report this with the model that caused it", err=True)
        sys.exit(Exit.INTERNAL)


def _tell(error: DeliveryCheckError, code: int, as_json: bool) -> None:
    from deliverycheck.cli.terminal import width
    from deliverycheck.report.errors import error_document, error_text
    from deliverycheck.report.jsonout import dumped

    for line in error_text(error.diagnostics, width()):
        click.echo(line, err=True)
    if as_json:
        click.echo(dumped(error_document(error.diagnostics, code)), nl=False)
    sys.exit(code)
