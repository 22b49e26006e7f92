"""The findings of a sweep, in sentences: what decides, what is enough, what repairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deliverycheck.explain.story import joined
from deliverycheck.explain.sweep.found import Row, Sufficient, Sweep, Values, Way
from deliverycheck.report.sweep_table import cost_text, is_same, label
from deliverycheck.report.words.headlines import PROOFS, budget_text
from deliverycheck.system.verdicts import Json

MOST_SETS = 8
"""Sufficient sets that are named; all of them are in the JSON."""


def findings(sweep: Sweep) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the table says: headings, each with its sentences (without their full stops)."""
    for title, lines in (
        ("What decides", _decisive(sweep)),
        ("What is enough", _enough(sweep)),
        ("Repairs", repairs(sweep)),
        ("Thresholds", _thresholds(sweep)),
        ("Not settled", _unsettled(sweep)),
    ):
        told = tuple(lines)
        if told:
            yield title, told


def stands(sweep: Sweep) -> str:
    """The model as it stands."""
    base = sweep.row(sweep.base)
    parts = [f"claims {sweep.claims}" if sweep.claims else "claims nothing"]
    parts.append(f"{sweep.messages} message" + ("s" if sweep.messages != 1 else ""))
    parts.append(budget_text(base.faults) or "no faults")
    if base.settings:
        parts.append(values_text(base.settings))
    return f"as it stands (row {sweep.base}): " + " · ".join(parts)


def combined(sweep: Sweep) -> str:
    """How many combinations were looked at."""
    count = len(sweep.rows)
    names = joined([one.name for one in sweep.varied])
    text = f"{count} combination" + ("s" if count != 1 else "") + f" of {names}"
    again = sum(row.again for row in sweep.rows)
    return text + (f", {again} of them checked again" if again else "")


def _decisive(sweep: Sweep) -> Iterator[str]:
    for one in sweep.varied:
        found = [each for each in sweep.decisive if each.name == one.name]
        does = "is load-bearing for" if one.kind == "setting" else "makes the difference for"
        for each in found:
            yield f"{one.name} {does} {each.prop}: compare rows {each.holds} and {each.violated}"
        if one.name in sweep.redundant:
            yield f"{one.name} is redundant here: it changes no verdict"
        elif not found:
            yield f"{one.name}: nothing can be said, too much is not settled or not tested"


def _enough(sweep: Sweep) -> Iterator[str]:
    groups: dict[str, list[Sufficient]] = {}
    for one in sweep.sufficient:
        groups.setdefault(_sets(one.sets), []).append(one)
    for text, group in groups.items():
        names = [one.prop or "all that is wanted" for one in group if _is_told(one, sweep)]
        if names:
            hold = "holds" if len(names) == 1 else "hold"
            yield f"{joined(names)} {hold} {text}"


def _is_told(one: Sufficient, sweep: Sweep) -> bool:
    """Of a single property, that it is all of it need not be told."""
    return one.prop is not None or len(sweep.wanted) > 1


def _sets(sets: Sequence[Values]) -> str:
    if not sets:
        return "in no way that can be told from this table"
    if not sets[0]:
        return "in every combination"
    shown = [values_text(values, " and ") for values in sets[:MOST_SETS]]
    more = f", and in {len(sets) - MOST_SETS} ways more (--json)" if len(sets) > MOST_SETS else ""
    return "wherever " + ", or ".join(shown) + more


def repairs(sweep: Sweep) -> Iterator[str]:
    """The changes with which all that is wanted holds, cheapest first."""
    base = sweep.row(sweep.base)
    broken = [name for name in sweep.wanted if base.verdict(name) == "violated"]
    if sweep.interrupted:
        return
    if not broken:
        kept = base.keeps(sweep.wanted)
        yield (
            "none is needed: all that is wanted holds as it stands"
            if kept
            else (f"none: row {sweep.base} is not settled, so there is nothing to repair yet")
        )
        return
    if not sweep.repairs:
        yield f"no change of settings in this table repairs {joined(broken)}"
    for way in sweep.repairs:
        yield f"{values_text(way.changes, ' and ')} repairs {joined(broken)}: {_backed(sweep, way)}"
    for way in sweep.conditions:
        where = values_text(way.changes, " and ")
        told = "also safe, without a repair," if sweep.repairs else "no repair, but it is safe"
        yield f"{told} with {where}: {_backed(sweep, way)}"


def _backed(sweep: Sweep, way: Way) -> str:
    """What a recommendation rests on, and what it costs."""
    row = sweep.row(way.row)
    return "; ".join((f"row {way.row}", _evidence(sweep, row), _price(sweep, row)))


def _evidence(sweep: Sweep, row: Row) -> str:
    results = [one for one in row.outcome.results if one.name in sweep.wanted]
    engines = {
        answer.engine for one in results for answer in one.answers if answer.verdict == "holds"
    }
    proved = sum(one.evidence.kind in PROOFS for one in results)
    text = f"{proved} of {len(results)} proved" if proved else ""
    parts = [text] if text else []
    if "explicit" in engines:
        parts.append(f"{row.outcome.states:,} states")
    parts.append("checked again by " + ("both engines" if len(engines) > 1 else "one engine"))
    if any(one.evidence.within for one in results):
        parts.append("within bounds")
    return ", ".join(parts)


def _price(sweep: Sweep, row: Row) -> str:
    text = cost_text(row)
    same = is_same(sweep.row(sweep.base).outcome.cost, row.outcome.cost)
    return f"{text}, as before" if same else f"{text}, before {cost_text(sweep.row(sweep.base))}"


def _thresholds(sweep: Sweep) -> Iterator[str]:
    for one in sweep.thresholds:
        (varied,) = (each for each in sweep.varied if each.name == one.name)
        holds, violated = sweep.value(one.holds, one.name), sweep.value(one.violated, one.name)
        where = {
            "from": f"from {one.name}={label(holds)} on",
            "up-to": f"up to {one.name}={label(holds)}",
            "at": f"with {one.name}={label(holds)}",
        }[one.side]
        looked = joined([label(value) for value in varied.json])
        broken = f"violated with {one.name}={label(violated)} (row {one.violated})"
        yield f"{one.prop} holds {where}, and is {broken}; looked at: {looked}"


def _unsettled(sweep: Sweep) -> Iterator[str]:
    for number in sweep.unconfirmed:
        text = "; ".join(f"{name} {sweep.row(number).verdict(name)}" for name in sweep.wanted)
        yield f"row {number}, looked at again, came out otherwise, so it is not relied on: {text}"
    reasons: dict[str, list[str]] = {}
    for row in sweep.rows:
        open_ = (one.reason for one in row.outcome.results if one.verdict == "undetermined")
        for reason in dict.fromkeys((row.outcome.unknown, *open_)):
            if reason:
                reasons.setdefault(reason, []).append(str(row.number))
        if row.outcome.wrong:
            reasons.setdefault("the model goes wrong", []).append(str(row.number))
    for reason, numbers in reasons.items():
        yield f"{'row' if len(numbers) == 1 else 'rows'} {joined(numbers)}: {reason}"


def values_text(values: Mapping[str, Json], between: str = " ") -> str:
    """Settings and budgets with their values."""
    return between.join(f"{name}={label(value)}" for name, value in values.items())
