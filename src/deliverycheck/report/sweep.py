"""The sweep as data."""

from __future__ import annotations

from collections.abc import Iterable

from deliverycheck.explain.sweep.found import Row, Sweep, Threshold, Way
from deliverycheck.report.jsonout import diagnostic_document, tool
from deliverycheck.report.runs import budget_document, trace_document
from deliverycheck.system.verdicts import Json, PropertyResult


def sweep_document(sweep: Sweep, exit_code: int) -> dict[str, Json]:
    """The sweep as data; rows are named by their numbers."""
    base = sweep.row(sweep.base)
    kinds = {one.name: one.kind for one in sweep.varied}
    return {
        "schema": "deliverycheck/sweep/1",
        "tool": tool(),
        "model": sweep.model,
        "source": sweep.source,
        "claims": sweep.claims,
        "messages": sweep.messages,
        "settings": dict(base.settings),
        "faults": budget_document(base.faults),
        "base": sweep.base,
        "varied": [
            {
                "name": one.name,
                "kind": one.kind,
                "values": list(one.json),
                "base": one.json[one.base],
                "added": one.added,
            }
            for one in sweep.varied
        ],
        "wanted": list(sweep.wanted),
        "rows": [_row(row) for row in sweep.rows],
        "load_bearing": [
            {
                "name": one.name,
                "kind": kinds[one.name],
                "property": one.prop,
                "holds": one.holds,
                "violated": one.violated,
            }
            for one in sweep.decisive
        ],
        "redundant": list(sweep.redundant),
        "sufficient": [
            {"property": one.prop, "sets": [dict(values) for values in one.sets]}
            for one in sweep.sufficient
        ],
        "repairs": [_way(sweep, way) for way in sweep.repairs],
        "conditions": [_way(sweep, way) for way in sweep.conditions],
        "thresholds": [_threshold(sweep, one) for one in sweep.thresholds],
        "unconfirmed": list(sweep.unconfirmed),
        "exit": int(exit_code),
    }


def _row(row: Row) -> Json:
    return {
        "number": row.number,
        "settings": dict(row.settings),
        "faults": budget_document(row.faults),
        "properties": {one.name: _property(one) for one in row.outcome.results},
        "states": row.outcome.states,
        "cost": _cost(row),
        "checked_again": row.again,
        "reason": row.outcome.unknown or None,
        "errors": [diagnostic_document(found) for found in row.outcome.wrong],
    }


def _property(result: PropertyResult) -> Json:
    return {
        "verdict": result.verdict,
        "steps": len(result.trace.steps) if result.trace else None,
        "evidence": result.evidence.kind,
        "within": list(result.evidence.within),
        "engines": {answer.engine: answer.verdict for answer in result.answers},
        "reason": result.reason or None,
    }


def _cost(row: Row) -> Json:
    cost = row.outcome.cost
    if cost is None:
        return None
    return {"messages": cost.messages, "durable_writes": cost.durable_writes}


def _way(sweep: Sweep, way: Way) -> Json:
    row = sweep.row(way.row)
    return {
        "changes": dict(way.changes),
        "row": way.row,
        "verdicts": {name: row.verdict(name) for name in sweep.wanted},
        "evidence": {one.name: one.evidence.kind for one in _wanted(sweep, row)},
        "states": row.outcome.states,
        "cost": _cost(row),
        "base_cost": _cost(sweep.row(sweep.base)),
    }


def _wanted(sweep: Sweep, row: Row) -> Iterable[PropertyResult]:
    return (one for one in row.outcome.results if one.name in sweep.wanted)


def _threshold(sweep: Sweep, one: Threshold) -> Json:
    result = sweep.row(one.violated).result(one.prop)
    trace = result.trace if result else None
    return {
        "name": one.name,
        "property": one.prop,
        "side": one.side,
        "holds": {"row": one.holds, "value": sweep.value(one.holds, one.name)},
        "violated": {"row": one.violated, "value": sweep.value(one.violated, one.name)},
        "trace": trace_document(trace) if trace else None,
    }
