"""init, explain, doctor: what needs no model."""

from __future__ import annotations

import click

from deliverycheck.cli.options import AS_JSON

PACKAGES = ("deliverycheck", "z3-solver", "cvc5", "networkx", "click", "rich", "jinja2")
TOOLS = ("spin", "rumur", "dot")
"""Programs that tests and later reports use where they are installed; none is needed to check."""


@click.command()
@click.argument("name")
@AS_JSON
def init(name: str, as_json: bool) -> None:
    """Start a model: writes NAME.py, a small at-least-once to change."""
    import keyword
    from importlib.resources import files
    from pathlib import Path

    from deliverycheck.errors import Diagnostic, InputError
    from deliverycheck.load.files import is_possible
    from deliverycheck.report.jsonout import dumped

    file = Path(name if name.endswith(".py") else f"{name}.py")
    stem = file.stem.replace("-", "_")
    cls = "".join(part.capitalize() for part in stem.split("_")) or "Mine"
    if not stem.isidentifier() or not cls.isidentifier() or keyword.iskeyword(cls):
        text = f"`{file.stem}` cannot name a model"
        raise InputError(Diagnostic("DC001", text, "Use letters, digits and underscores."))
    if not is_possible(file):
        raise InputError(Diagnostic("DC003", "no file can have that name"))
    if file.exists():
        raise InputError(Diagnostic("DC303", f"{file} is already there", "Choose another name."))
    template = files("deliverycheck.cli").joinpath("template.txt").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(template.replace("CLASS_NAME", cls))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(Diagnostic("DC003", f"{file} cannot be written: {reason}")) from None
    if as_json:
        document = {"schema": "deliverycheck/init/1", "file": file.as_posix(), "model": cls}
        click.echo(dumped(document), nl=False)
    else:
        click.echo(f"wrote {file}: now run  deliverycheck check {file}")


@click.command()
@click.argument("code")
@AS_JSON
def explain(code: str, as_json: bool) -> None:
    """What the code of a message means, such as DC104."""
    from deliverycheck.cli.terminal import width
    from deliverycheck.errors import CODES, Diagnostic, InputError, did_you_mean
    from deliverycheck.report.jsonout import dumped
    from deliverycheck.report.layout import wrapped

    found = CODES.get(code.upper())
    if found is None:
        text = f"no message has the code `{code}`"
        raise InputError(Diagnostic("DC001", text, did_you_mean(code.upper(), list(CODES))))
    if as_json:
        document = {
            "schema": "deliverycheck/explain/1",
            "code": code.upper(),
            "title": found.title,
            "text": found.text,
        }
        click.echo(dumped(document), nl=False)
    else:
        click.echo(f"{code.upper()}: {found.title}\n")
        for line in wrapped(found.text, width(), ""):
            click.echo(line)


@click.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """What is installed."""
    import platform
    import shutil

    from deliverycheck.report.jsonout import dumped

    packages = {name: _version(name) for name in PACKAGES}
    tools = {name: shutil.which(name) is not None for name in TOOLS}
    if as_json:
        document = {
            "schema": "deliverycheck/doctor/1",
            "python": platform.python_version(),
            "packages": dict(packages),
            "tools": dict(tools),
        }
        click.echo(dumped(document), nl=False)
        return
    click.echo(f"python         {platform.python_version()}")
    for name, found in packages.items():
        click.echo(f"{name:14} {found or 'missing'}")
    for name, there in tools.items():
        click.echo(f"{name:14} {'found' if there else 'not found (optional)'}")


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
