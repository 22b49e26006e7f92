"""explore: a run taken by hand, in the terminal or from a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from deliverycheck.check.checking import explored, lifted_of, settings_of
from deliverycheck.check.marked import Marked
from deliverycheck.check.question import Question
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.cli.verbs import Asked, known_properties
from deliverycheck.errors import Diagnostic, Exit, InputError, did_you_mean
from deliverycheck.explain.stepping import Walk
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.files import is_possible
from deliverycheck.load.stored import run_in
from deliverycheck.load.values import LONGEST_NUMBER
from deliverycheck.report.jsonout import dumped, tool
from deliverycheck.report.runs import budget_document, steps_text
from deliverycheck.report.walk import position_document, position_text, run_document
from deliverycheck.system.digest import digest_of
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Json

HELP = """\
  a number     take that step
  undo         go back a step
  jump N       go to the point after step N of the run, undone steps included; 0: the start
  story        tell the run so far
  save FILE    write it to a file, for `replay` and `explore --from`
  look         tell once more where the run is
  help         this
  quit         or the end of the input
A word may be cut short: `u`, `j 3`, `st`, `sa FILE`, `l`, `h`, `q`."""

COMMANDS = ("undo", "jump", "story", "save", "look", "help", "quit")


def run_explore(
    model: str, properties: Sequence[str], start: str | None, as_json: bool, **options: object
) -> int:
    """The verb `explore`. The exit code."""
    asked = Asked(models=(model,), **options)  # type: ignore[arg-type]  # as for `check`
    question = asked.question("explore")
    known_properties([question], properties)
    lifted = lifted_of(question)
    try:
        found = explored(lifted, asked.options(), progress_for(question.name))
    finally:
        clear_progress()
    if found.stopped == "interrupted":
        raise KeyboardInterrupt
    props = [prop for prop in found.system.properties if _is_wanted(question, prop, properties)]
    walk = Walk(lifted, Marked(found), props)
    if start is not None:
        _go_along(walk, Path(start))
    _Session(question, lifted, walk, as_json=as_json).run()
    return Exit.AS_EXPECTED


def _is_wanted(question: Question, prop: Property, names: Sequence[str]) -> bool:
    """Whether the outlook on a property is told: of what is expected to hold, or named."""
    if prop.kind == "sometimes":
        return False  # no single run breaks it
    return prop.name in names if names else question.expected(prop.name) is not None


def _go_along(walk: Walk, file: Path) -> None:
    """Take the steps of a saved run. Raises InputError where the model cannot take them."""
    for number, stored in enumerate(run_in(file).steps, 1):
        move = stored.move
        for choice in walk.position().choices:
            step = choice.step
            if (step.actor, step.action, step.fault) == (move.actor, move.name, move.fault):
                walk.take(choice)
                break
        else:
            text = f"step {number} of the run, {move.name}, cannot be taken here"
            remedy = "The model, or its environment, is not that of the run."
            raise InputError(Diagnostic("DC302", text, remedy, str(file)))


class _Session:
    """What is typed, and what is answered."""

    def __init__(self, question: Question, lifted: Lifted, walk: Walk, *, as_json: bool) -> None:
        self.question = question
        self.lifted = lifted
        self.walk = walk
        self.as_json = as_json
        self.here = walk.position()

    def run(self) -> None:
        """Answer each line until there is none, or it says so."""
        if not self.as_json:
            click.echo(f"{self.question.name}  {self.question.source}  (`help` lists what to type)")
        self._show()
        while True:
            if sys.stdin.isatty():
                click.echo("> ", nl=False)
            line = sys.stdin.readline()
            words = line.split()
            if not line or (words and "quit".startswith(words[0])):
                return
            if words:
                try:
                    self._obey(words)
                except InputError as error:
                    for found in error.diagnostics:
                        click.echo(f"{found.message}. {found.remedy}".rstrip(), err=True)

    def _obey(self, words: Sequence[str]) -> None:
        """Do what a line says. Raises InputError if it says nothing that can be done."""
        word, *rest = words
        if word.isdecimal():
            number = _number(word)
            if not 1 <= number <= len(self.here.choices):
                raise _misread(f"there is no step [{word[:LONGEST_NUMBER]}] here", "")
            self.walk.take(self.here.choices[number - 1])
            self._go()
            return
        command = next((name for name in COMMANDS if name.startswith(word)), None)
        match command, rest:
            case "undo", []:
                self._jump(self.walk.at - 1, "this is the start")
            case "jump", [steps] if steps.isdecimal():
                self._jump(_number(steps), f"the run has no step {steps[:LONGEST_NUMBER]}")
            case "story", []:
                for line in steps_text(self.here.trace, width(), indent="  "):
                    click.echo(line)
            case "save", [name]:
                self._save(Path(name))
            case "look", []:
                self._show()
            case "help", []:
                click.echo(HELP)
            case "jump" | "save", _:
                raise _misread(f"`{command}` needs one thing behind it", "`help` says what.")
            case _:
                near = did_you_mean(word, COMMANDS) or "`help` lists what there is."
                raise _misread(f"`{' '.join(words)}` is no command", near)

    def _jump(self, steps: int, otherwise: str) -> None:
        if not self.walk.jump(steps):
            raise _misread(otherwise, "")
        self._go()

    def _go(self) -> None:
        self.here = self.walk.position()
        self._show()

    def _show(self) -> None:
        if self.as_json:
            click.echo(json.dumps(position_document(self.here, self.walk.marked.found.system)))
            return
        for line in position_text(self.here, self.walk.marked.found.system, width()):
            click.echo(line)

    def _save(self, file: Path) -> None:
        """Raises InputError if the file is there already, or cannot be written."""
        if not is_possible(file):
            raise _misread("no file can have that name", "")
        text = dumped(run_document(self._about(), self.here))
        try:
            with file.open("x", encoding="utf-8") as out:
                out.write(text)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise _misread(f"{file} cannot be written: {reason}", "") from None
        if not self.as_json:
            click.echo(f"wrote {file}: `deliverycheck replay {file}` takes it again")

    def _about(self) -> dict[str, Json]:
        question = self.question
        return {
            "tool": tool(),
            "model": question.name,
            "source": question.source,
            "digest": digest_of(self.lifted.system),
            "messages": question.messages,
            "settings": settings_of(self.lifted),
            "faults": budget_document(question.faults),
            "fairness": question.fairness,
        }


def _number(word: str) -> int:
    """The number of a step; none there is, if it has too many digits to be read."""
    return int(word) if len(word) <= LONGEST_NUMBER else sys.maxsize


def _misread(text: str, remedy: str) -> InputError:
    return InputError(Diagnostic("DC001", text, remedy))
