"""Reports into files: which were asked for by `--report kind=path`, and writing them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deliverycheck.check.checking import Examined
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.cli.workflow import annotate, in_workflow
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.exchange.writing import write_whole
from deliverycheck.explain.why.explaining import explained
from deliverycheck.load.files import is_possible
from deliverycheck.report.kinds import SUFFIXES, Kind, Reported, beside, files_of, parts_of
from deliverycheck.system.verdicts import ModelResult

if TYPE_CHECKING:
    from deliverycheck.explain.dossier.dossier import Dossier

ALIASES = {"md": "markdown", "mmd": "mermaid", "xml": "junit"}
"""Other names people try."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that was asked for: of which kind, and where to."""

    kind: Kind
    path: str

    @property
    def is_folder(self) -> bool:
        """Whether a folder is meant, rather than a file."""
        named_so = self.path.endswith(("/", os.sep)) or Path(self.path).is_dir()
        return named_so or not Path(self.path).suffix


def wanted_in(texts: Sequence[str]) -> tuple[Wanted, ...]:
    """The reports of `kind=path`, several of which may stand in one text, with commas between.

    Raises InputError with all that is wrong.
    """
    kinds: dict[str, Kind] = {one: one for one in SUFFIXES}
    found: list[Wanted] = []
    wrong: list[Diagnostic] = []
    for text in texts:
        for part in re.split(r",(?=[a-z]+=)", text):
            name, equals, path = part.partition("=")
            kind = kinds.get(ALIASES.get(name, name))
            if kind is None:
                said = f"there is no kind of report `{name[:60]}`"
                wrong.append(Diagnostic("DC010", said, did_you_mean(name, [*SUFFIXES])))
            elif not equals or not path.strip() or not is_possible(Path(path)):
                said = f"`--report {part[:60]}` names no file"
                wrong.append(Diagnostic("DC010", said, f"Write `--report {name}=PATH`."))
            elif any(Path(one.path) == Path(path) and not one.is_folder for one in found):
                said = f"two reports cannot both be `{path[:60]}`"
                wrong.append(Diagnostic("DC010", said, "Give each a file of its own, or a folder."))
            else:
                found.append(Wanted(kind, path))
    if wrong:
        raise InputError(wrong)
    return tuple(found)


@dataclass(slots=True)
class Reporting:
    """The reports that were asked for beside a verb's own output, and what goes into them."""

    wanted: tuple[Wanted, ...]
    dossiers: list[Dossier] = field(default_factory=list["Dossier"])

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be written beside the verb's own output."""
        return bool(self.wanted) or in_workflow()

    def tell(self, options: Options, question: Question, examined: Examined) -> ModelResult:
        """The result, explained; with all that the reports need kept for them."""
        if not self.is_wanted:
            return explained(examined)
        from deliverycheck.explain.dossier.compiling import dossier_of

        dossier = dossier_of(question, examined, options)
        self.dossiers.append(dossier)
        return dossier.result

    def write(self, wrong: Sequence[Diagnostic], code: int) -> None:
        """Write what was asked for; in a workflow, annotations and its summary as well.

        Raises InputError where something cannot be written.
        """
        reported = Reported(tuple(self.dossiers), tuple(wrong), code)
        if in_workflow():
            annotate(reported)
        write_all(self.wanted, reported)


def write_all(wanted: Sequence[Wanted], reported: Reported) -> None:
    """Write reports, and say on stderr what was written.

    One that cannot be written does not keep the others from it: InputError is raised at the end.
    """
    files: list[Path] = []
    wrong: list[Diagnostic] = []
    for one in wanted:
        try:
            found = list(_write(one, reported))
        except InputError as error:
            wrong += error.diagnostics
            continue
        files += found
        if not found:
            text = f"nothing to write as {one.kind}: no property is violated"
            click.echo(text, err=True)
    _tell(files)
    if wrong:
        raise InputError(wrong)


def _write(wanted: Wanted, reported: Reported) -> Iterator[Path]:
    path = Path(wanted.path)
    folder = path if wanted.is_folder else path.parent
    for name, text in _files(wanted, reported):
        _make(folder)
        write_whole(folder / name, text)
        yield folder / name


def _files(wanted: Wanted, reported: Reported) -> Iterator[tuple[str, str]]:
    """Names and texts. Where one file is wanted but there are several, they are called after it."""
    if wanted.is_folder:
        yield from files_of(wanted.kind, reported)
        return
    file = Path(wanted.path).name
    called = partial(beside, wanted.kind, file)
    parts = list(parts_of(wanted.kind, reported, file, called, always=False))
    for part in parts:
        yield (called(part.name) if len(parts) > 1 else file), part.text


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"{folder} cannot be made: {error.strerror or type(error).__name__}"
        raise InputError(Diagnostic("DC003", text)) from None


def _tell(files: Sequence[Path]) -> None:
    if len(files) == 1:
        click.echo(f"wrote {files[0]}", err=True)
    elif files:
        folders = list(dict.fromkeys(str(file.parent) for file in files))
        click.echo(f"wrote {len(files)} files in {' and '.join(folders)}", err=True)
