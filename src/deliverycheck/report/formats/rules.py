"""The rules of a SARIF file: what each property promises, and what each code means, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from deliverycheck.errors import CODES, Diagnostic
from deliverycheck.report.formats.plain import one_line, plain
from deliverycheck.report.formats.verdicts import OWN, PROMISES
from deliverycheck.system.guarantees import GUARANTEES
from deliverycheck.system.verdicts import Json, ModelResult

NOTES = frozenset(("DC502", "DC503", "DC504", "DC512", "DC515"))
"""Codes of what is good to know; the other warnings take something away from a result."""


def rules_of(
    results: Sequence[ModelResult], diagnostics: Sequence[Diagnostic]
) -> tuple[list[Json], Mapping[str, int]]:
    """The rules, and by its id the place of each: properties first, in the order they come up."""
    names = dict.fromkeys(prop.name for result in results for prop in result.properties)
    warned = {one.code: "warning" for result in results for one in result.warnings}
    warned |= {code: "note" for code in warned if code in NOTES}
    rules = {name: _of_property(name) for name in names}
    warned |= {one.code: "error" for one in diagnostics}
    rules |= {code: _of_code(code, warned[code]) for code in sorted(warned)}
    return list(rules.values()), MappingProxyType({name: at for at, name in enumerate(rules)})


def message(text: str) -> str:
    """A text as SARIF takes it: braces that stand for themselves, and no links in it.

    SARIF 2.1.0, 3.11.5 (placeholders) and 3.11.6 (embedded links: `[text](target)`).
    """
    return plain(text).replace("](", "] (").replace("{", "{{").replace("}", "}}")


def _of_property(name: str) -> Json:
    promise = PROMISES.get(name, OWN)
    part_of = [claim for claim, names in GUARANTEES.items() if name in names]
    guarantees = f" It is part of {', '.join(part_of)}." if part_of else ""
    help_ = (
        f"{promise}{guarantees} Where it is violated, the steps of the shortest run that breaks it "
        "are told; `deliverycheck check` tells the whole story, and `frontier` which faults it "
        "takes."
    )
    return _rule(name, promise, help_, "error")


def _of_code(code: str, level: str) -> Json:
    known = CODES.get(code)
    title = f"{known.title[:1].upper()}{known.title[1:]}." if known else code
    return _rule(code, title, known.text if known else title, level)


def _rule(name: str, title: str, text: str, level: str) -> Json:
    return {
        "id": one_line(name),
        "shortDescription": {"text": message(title)},
        "fullDescription": {"text": message(title)},
        "help": {"text": message(text)},
        "defaultConfiguration": {"level": level},
    }
