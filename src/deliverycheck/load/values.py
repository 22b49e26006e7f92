"""Values given from outside: settings, faults, expectations; checked, with near names suggested."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from math import inf
from typing import Literal, cast, get_args, get_origin

from deliverycheck.errors import Diagnostic, did_you_mean
from deliverycheck.lang.channels import Channel
from deliverycheck.lang.design import declared_settings
from deliverycheck.lang.naming import BUILT_IN_FAULTS, CHANNEL_FAULTS
from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.lang.roles import mark_of
from deliverycheck.lang.source import place_of_field
from deliverycheck.system.guarantees import GUARANTEES, STANDARD

MOST_FAULTS = 1000
LONGEST_NUMBER = 10
"""Digits of a number in text: more is a mistake."""


def fault_names(cls: type[Protocol]) -> list[str]:
    """Every fault this model knows: the environment's and its own."""
    own = [name for name, method in inspect.getmembers(cls) if _part(method) == "fault"]
    return [*BUILT_IN_FAULTS, *own]


def property_names(cls: type[Protocol]) -> list[str]:
    """Every property of this model."""
    own = [n for n, m in inspect.getmembers(cls) if _part(m) in ("always", "sometimes", "leads-to")]
    return [*STANDARD, *(name.replace("_", "-") for name in own)]


def _part(method: object) -> str:
    mark = mark_of(method)
    return mark.part if mark else ""


def targets_of(cls: type[Protocol], fault: str) -> list[str]:
    """What a fault may be narrowed to: channels, or roles."""
    if fault in CHANNEL_FAULTS:
        return [name for name, value in inspect.getmembers(cls) if isinstance(value, Channel)]
    if fault == "crash":
        roles = (mark.role for _, m in inspect.getmembers(cls) if (mark := mark_of(m)))
        return sorted({role.name for role in roles if role})
    return []


def wrong_faults(
    cls: type[Protocol], faults: Mapping[str, object], file: str | None, line: int | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with a fault budget."""
    names = fault_names(cls)
    for key, amount in faults.items():
        fault, dot, target = key.partition(".")
        if fault not in names:
            text = f"`{cls.__name__}` knows no fault `{fault}`"
            yield Diagnostic("DC005", text, did_you_mean(fault, names), file, line)
        elif dot and target not in targets_of(cls, fault):
            text = f"`{fault}` cannot be narrowed to `{target}`"
            yield Diagnostic(
                "DC005", text, did_you_mean(target, targets_of(cls, fault)), file, line
            )
        elif isinstance(amount, bool) or not isinstance(amount, int | float):
            text = f"the budget of `{key}` is no number"
            yield Diagnostic("DC007", text, "Write a whole number or inf.", file, line)
        elif amount != inf and not (0 <= amount <= MOST_FAULTS and amount == int(amount)):
            text = f"the budget of `{key}` is {amount}"
            remedy = f"Write a whole number from 0 to {MOST_FAULTS}, or inf."
            yield Diagnostic("DC007", text, remedy, file, line)


def wrong_expectations(
    cls: type[Protocol], expects: Mapping[str, object], file: str | None, line: int | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with a table of expected verdicts."""
    names = property_names(cls)
    for name, verdict in expects.items():
        if name not in names:
            text = f"`{cls.__name__}` has no property `{name}`"
            yield Diagnostic("DC006", text, did_you_mean(name, names), file, line)
        elif verdict != "holds" and verdict != "violated":
            text = f"the expectation of `{name}` is {verdict!r}"
            yield Diagnostic("DC120", text, "Write `holds` or `violated`.", file, line)


def wrong_claim(claim: object, file: str | None, line: int | None = None) -> Iterator[Diagnostic]:
    """What is wrong with a claimed guarantee."""
    if claim is not None and not (isinstance(claim, str) and claim in GUARANTEES):
        text = f"`{claim}` is no guarantee"
        yield Diagnostic("DC120", text, did_you_mean(str(claim), list(GUARANTEES)), file, line)


def wrong_fairness(
    fairness: object, file: str | None, line: int | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with how fair channels are said to be."""
    known = get_args(Receiving)
    if not isinstance(fairness, str) or fairness not in known:
        text = f"the fairness of receiving cannot be {fairness!r}"
        remedy = did_you_mean(fairness, known) if isinstance(fairness, str) else ""
        yield Diagnostic("DC120", text, remedy or "Write `strong` or `weak`.", file, line)


def setting(
    cls: type[Protocol], name: str, value: object, file: str | None = None
) -> tuple[object, Diagnostic | None]:
    """A setting's value from text (command line) or data (TOML), or what is wrong with it."""
    known = declared_settings(cls)
    if name not in known:
        text = f"`{cls.__name__}` has no setting `{name}`"
        return None, Diagnostic("DC004", text, did_you_mean(name, list(known)), file)
    hint, default = known[name]
    options = options_of(hint, default)
    if options is None:
        number = value
        if isinstance(value, str):
            digits = value.removeprefix("-")
            is_number = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
            number = int(value) if is_number else None
        if isinstance(number, bool) or not isinstance(number, int):
            text = f"the setting `{name}` is a whole number, not {value!r}"
            return None, Diagnostic("DC004", text, f"Write `{name}={default}`, say.", file)
        return number, None
    for label, option in options.items():
        if value == label or (value == option and type(value) is type(option)):
            return option, None
    text = f"the setting `{name}` cannot be {value!r}"
    return None, Diagnostic("DC004", text, did_you_mean(str(value), list(options)), file)


def options_of(hint: object, default: object) -> dict[str, object] | None:
    """The values a setting may have, by their names; None for a whole number."""
    if get_origin(hint) is Literal:
        return {str(option): option for option in cast("tuple[object, ...]", get_args(hint))}
    if isinstance(default, bool):
        return {"true": True, "false": False, "True": True, "False": False}
    if isinstance(default, Enum):
        return {member.name: member for member in type(default)}
    if isinstance(default, str):
        return {default: default}
    return None


def wrong_declarations(cls: type[Protocol]) -> Iterator[Diagnostic]:
    """What is wrong with `claims`, `faults`, `fairness` and `expects` as a model declares them."""
    for name in ("faults", "expects"):
        table: object = getattr(cls, name)
        is_table = isinstance(table, Mapping)
        keys = cast("Mapping[object, object]", table) if is_table else ()
        if not is_table or not all(isinstance(key, str) for key in keys):
            text = f"`{name}` is a table from names"
            remedy = f'Write `{name} = {{"...": ...}}`.'
            yield Diagnostic("DC120", text, remedy, *place_of_field(cls, name))
            return
    yield from wrong_faults(cls, cls.faults, *place_of_field(cls, "faults"))
    yield from wrong_expectations(cls, cls.expects, *place_of_field(cls, "expects"))
    yield from wrong_claim(cls.claims, *place_of_field(cls, "claims"))
    yield from wrong_fairness(cls.fairness, *place_of_field(cls, "fairness"))
