"""init, explain, doctor."""

from __future__ import annotations

import keyword
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import click

from deliverycheck.cli.terminal import width
from deliverycheck.errors import CODES, Diagnostic, InputError, did_you_mean
from deliverycheck.load.files import is_possible
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.layout import wrapped

PACKAGES = ("deliverycheck", "z3-solver", "cvc5", "networkx", "click", "rich", "jinja2")
TOOLS = ("spin", "rumur", "dot")
"""Programs that tests and later reports use where they are installed; none is needed to check."""


def run_init(name: str, as_json: bool) -> int:
    """The verb `init`. The exit code."""
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
    return 0


def run_explain(code: str, as_json: bool) -> int:
    """The verb `explain`. The exit code."""
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
    return 0


def run_doctor(as_json: bool) -> int:
    """The verb `doctor`. The exit code."""
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
        return 0
    click.echo(f"python         {platform.python_version()}")
    for name, found in packages.items():
        click.echo(f"{name:14} {found or 'missing'}")
    for name, there in tools.items():
        click.echo(f"{name:14} {'found' if there else 'not found (optional)'}")
    return 0


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
