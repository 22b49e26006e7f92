"""Claims in a TOML file: data, never executed; see `models/claims.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, cast, get_args

from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.explain.claims import (
    Claim,
    CostShown,
    Evidence,
    Judgement,
    PropertyShown,
    SameShown,
)
from deliverycheck.lang.protocol import Receiving
from deliverycheck.load.files import is_possible, read_text
from deliverycheck.load.finding import CLAIMS, files_in, is_claims_file
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.load.values import property_names, wrong_fairness

KEYS = ("section", "text", "source", "judgement", "note", "shown", "but")
ENVIRONMENT = ("faults", "fairness", "messages")
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "model": ("model", "settings", "property", "verdict", "unknown_to", *ENVIRONMENT),
    "compare": ("compare", "verdict", *ENVIRONMENT),
    "cost": ("cost", "verdict"),
}
"""The kinds of evidence by the key that tells them apart, each with the keys it may have."""

VERDICTS: Mapping[str, tuple[str, ...]] = {
    "model": ("holds", "violated"),
    "compare": ("same", "different"),
    "cost": ("more", "less"),
}

Table = Mapping[str, object]


def claim_files(names: Iterable[str]) -> tuple[Path, ...]:
    """The files of claims that names stand for; a folder, for all in it. Raises InputError."""
    found: dict[Path, None] = {}
    wrong: list[Diagnostic] = []
    for name in names:
        path = Path(name)
        if name and is_possible(path) and path.is_dir():
            inside = dict.fromkeys(files_in(path, is_claims_file))
            if not inside:
                remedy = f"A folder is searched for {CLAIMS} and *.{CLAIMS}."
                wrong.append(Diagnostic("DC002", f"there are no claims in {name}", remedy))
            found |= inside
        elif name and is_possible(path) and path.is_file():
            found[path] = None
        else:
            wrong.append(Diagnostic("DC002", f"`{name[:60]}` names no file of claims"))
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def claims_in(file: Path) -> tuple[Claim, ...]:
    """The claims of a file. Raises InputError with all that is wrong in it."""
    try:
        data: object = tomllib.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise InputError(Diagnostic("DC201", f"this is not TOML: {error}", "", str(file))) from None
    entries = cast("Table", data).get("claim")
    if not isinstance(entries, list) or not entries:
        text = "there is no claim in it"
        raise InputError(Diagnostic("DC204", text, "Write `[[claim]]`.", str(file)))
    found: list[Claim] = []
    wrong: list[Diagnostic] = []
    for number, entry in enumerate(cast("list[object]", entries), 1):
        try:
            found.append(_claim(file, entry, f"claim {number}"))
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(list(dict.fromkeys(wrong)))
    return tuple(found)


def _claim(file: Path, entry: object, where: str) -> Claim:
    table = _table(file, entry, where)
    _known_keys(file, table, KEYS, where)
    texts = {key: table.get(key, "") for key in ("section", "text", "source", "judgement", "note")}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise _wrong(file, f"{where}: `{key}` is a text")
    judgement = str(texts["judgement"])
    if judgement not in get_args(Judgement):
        raise _wrong(
            file,
            f"{where}: the judgement cannot be `{judgement}`",
            did_you_mean(judgement, get_args(Judgement)),
        )
    shown, but = (tuple(_evidence(file, table, key, where)) for key in ("shown", "but"))
    if (judgement == "true") == bool(but) or (judgement != "false" and not shown):
        text = f"{where}: the evidence does not fit a judgement of `{judgement}`"
        remedy = "What is true is only `shown`; what is imprecise has a `but` as well, and what is "
        raise _wrong(file, text, f"{remedy}false has at least a `but`.")
    return Claim(
        str(texts["text"]),
        str(texts["section"]),
        cast("Judgement", judgement),
        str(texts["note"]),
        shown,
        but,
        str(texts["source"]),
    )


def _evidence(file: Path, table: Table, key: str, where: str) -> Iterator[Evidence]:
    entries = table.get(key, [])
    if not isinstance(entries, list):
        raise _wrong(file, f"{where}: `{key}` is a list of tables")
    for number, entry in enumerate(cast("list[object]", entries), 1):
        here = f"{where}, {key} {number}"
        one = _table(file, entry, here)
        kinds = [kind for kind in EVIDENCE if kind in one]
        if len(kinds) != 1:
            text = f"{here}: evidence is about one of `model`, `compare` and `cost`"
            raise _wrong(file, text, 'Write `model = "file.py"`, say.')
        (kind,) = kinds
        _known_keys(file, one, EVIDENCE[kind], here)
        verdict = str(one.get("verdict"))
        if verdict not in VERDICTS[kind]:
            near = did_you_mean(verdict, VERDICTS[kind])
            raise _wrong(file, f"{here}: the verdict cannot be `{verdict}`", near)
        yield _one(file, one, kind, verdict, here)


def _one(file: Path, table: Table, kind: str, verdict: str, where: str) -> Evidence:
    if kind == "model":
        question = _question(file, table.get("model"), table, where)
        name = str(table.get("property"))
        if name not in property_names(question.cls):
            near = did_you_mean(name, property_names(question.cls))
            text = f"{where}: `{question.cls.__name__}` has no property `{name}`"
            raise InputError(Diagnostic("DC006", text, near, str(file)))
        who = table.get("unknown_to")
        is_held = cast("Literal['holds', 'violated']", verdict)
        return PropertyShown(question, name, is_held, None if who is None else str(who))
    pair = table.get(kind)
    if not isinstance(pair, list) or len(cast("list[object]", pair)) != 2:
        raise _wrong(file, f"{where}: `{kind}` names two models")
    one, other = (_question(file, name, table, where) for name in cast("list[object]", pair))
    if kind == "compare":
        return SameShown(one, other, verdict == "same")
    return CostShown(one, other) if verdict == "more" else CostShown(other, one)


def _question(file: Path, model: object, table: Table, where: str) -> Question:
    """The question about a model that is named from the file's folder. Raises InputError."""
    settings = _table(file, table.get("settings", {}), f"{where}: settings")
    faults, messages = table.get("faults"), table.get("messages")
    fairness = table.get("fairness")
    if not isinstance(model, str) or not (faults is None or isinstance(faults, str)):
        raise _wrong(
            file, f"{where}: a model and its faults are texts", 'Write `faults = "lose=1"`.'
        )
    if isinstance(messages, bool) or not (messages is None or isinstance(messages, int)):
        raise _wrong(file, f"{where}: `messages` is a whole number")
    if fairness is not None and (wrong := list(wrong_fairness(fairness, str(file)))):
        raise InputError(wrong)
    overrides = Overrides(
        messages,
        None if faults is None else parse_faults(faults),
        {name: str(value) for name, value in settings.items()},
        cast("Receiving | None", fairness),
    )
    found = questions([(file.parent / model).as_posix()], overrides)
    if len(found) != 1:
        names = ", ".join(f"`{model}:{one.name}`" for one in found)
        raise _wrong(file, f"{where}: `{model}` holds {len(found)} models", f"Name one of {names}.")
    return found[0]


def _known_keys(file: Path, table: Table, known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise _wrong(file, f"{where} has no key `{key}`", did_you_mean(key, known))


def _table(file: Path, value: object, where: str) -> Table:
    if not isinstance(value, dict):
        raise _wrong(file, f"{where} is a table")
    return cast("Table", value)


def _wrong(file: Path, text: str, remedy: str = "") -> InputError:
    return InputError(Diagnostic("DC204", text, remedy, str(file)))
