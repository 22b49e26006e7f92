"""Counterexamples as a test module: each test takes a run again, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from deliverycheck.report.formats.plain import one_line
from deliverycheck.report.runs import budget_document
from deliverycheck.report.words.steps import Story, stories
from deliverycheck.system.verdicts import ModelResult, Step

LINE = 100
"""Columns of a step that is written in one line."""

WIDTH = 92
"""Columns of a story; a word that is longer stays whole."""

LONGEST = 2_000
"""Characters of a sentence in the story. The steps themselves are complete."""

MOST_OF_A_NAME = 60

HEAD = '''\
"""Runs that break a promise, as tests. Written by deliverycheck.

Each test takes a run again on the model's own code, and passes as long as the run does what is
written here. When a model is mended, its test fails and says what became of the run; what to write
then stands at its end. A model is looked for from the folder in which the tests are run, and from
the one that holds this file.
"""
'''

MENDED = """\
    # Mended? Then the run is "fixed" (still possible, but it breaks nothing) or "stale" (a step of
    # it is not possible any more, or does something else). Write what it is, such as
    #     assert found.outcome == "fixed", found.text
    # and keep the test, so that the run never comes back.
    assert found.outcome == "still violated", found.text
"""


def pytest_of(results: Sequence[ModelResult]) -> str:
    """The module: a test for each violated property, with the story as its docstring.

    Every label in it is a literal in ASCII; nothing of it is code.
    """
    told = [(result, list(_stories(result))) for result in results]
    if not any(runs for _, runs in told):
        return f"{HEAD}\n# There was no run that breaks a promise.\n"
    parts = [HEAD, "from deliverycheck.api import replay_run\n"]
    names: set[str] = set()
    for result, runs in told:
        if runs:
            about = _unused(names, _identifier(result.model).upper())
            parts.append(_about(about, result))
            for story in runs:
                wanted = f"test_{_identifier(result.model)}_breaks_{_identifier(story.names[0])}"
                parts.append("\n" + _test(_unused(names, wanted), about, story))
    return "\n".join(parts)


def _stories(result: ModelResult) -> Iterator[Story]:
    """A story for each property, also where one run breaks several."""
    for prop in result.properties:
        if prop.verdict == "violated":
            yield from stories([prop])


def _about(name: str, result: ModelResult) -> str:
    """Which model, in what environment."""
    pairs: list[tuple[str, object]] = [
        ("model", result.model),
        ("source", result.source),
        ("digest", result.digest),
        ("messages", result.messages),
        ("settings", dict(result.settings)),
        ("faults", budget_document(result.faults)),
        ("fairness", result.fairness),
    ]
    lines = [f"    {key!a}: {value!a}," for key, value in pairs]
    return "\n".join([f"{name} = {{", *lines, "}"]) + "\n"


def _test(name: str, about: str, story: Story) -> str:
    lines = [f"def {name}() -> None:", *_docstring(story)]
    lines += ["    found = replay_run(", f"        {about},"]
    lines += [f"        breaks={story.names[0]!a},", "        steps=["]
    for step, told in zip(story.trace.steps, story.steps, strict=True):
        lines += [f"            # {_ascii(f'{told.number}. {told.text}')}", *_step(step)]
    lines += ["        ],", f"        loop_start={story.trace.loop_start},"]
    lines += ["        file=__file__,", "    )"]
    return "\n".join(lines) + "\n" + MENDED


def _step(step: Step) -> list[str]:
    """A step, as `replay_run` takes it."""
    who = f"{step.actor!a}, {step.action!a}, {step.fault!a},"
    changes = [f"{one.variable!a}: ({one.old!a}, {one.new!a})" for one in step.changes]
    short = f"            ({who} {{{', '.join(changes)}}}),"
    if len(short) <= LINE:
        return [short]
    inner = [f"                    {change}," for change in changes]
    head = ["            (", f"                {who}", "                {"]
    return [*head, *inner, "                },", "            ),"]


def _docstring(story: Story) -> Iterator[str]:
    lines = _wrapped(f"{story.heading}.", "")
    lines.append("")
    for step in story.steps:
        fault = f" [fault: {step.fault}]" if step.fault else ""
        lines += _wrapped(f"{step.number}. {step.text}{fault}", "   ")
    for sentence in story.closing:
        lines += _wrapped(sentence, "")
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    yield f'    """{quoted[0]}'
    yield from (f"    {line}".rstrip() for line in quoted[1:])
    yield '    """'


def _wrapped(text: str, indent: str) -> list[str]:
    kept = _ascii(text)
    return wrap(kept, WIDTH, subsequent_indent=indent, break_long_words=False) or [""]


def _ascii(text: str) -> str:
    """One line of visible ASCII; what is not ASCII is shown by its number."""
    whole = one_line(text)
    kept = whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}..."
    return kept.encode("ascii", "backslashreplace").decode("ascii")


def _identifier(name: str) -> str:
    """`check_then_act` for `CheckThenAct`, and something like it for any text."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")[:MOST_OF_A_NAME] or "model"


def _unused(names: set[str], wanted: str) -> str:
    """The name, with a number if it is taken."""
    start = f"M_{wanted}" if wanted[0].isdecimal() else wanted
    name, count = start, 1
    while name in names:
        count += 1
        name = f"{start}_{count}"
    names.add(name)
    return name
