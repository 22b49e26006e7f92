"""Demands: what an author's `require` asks for, condition by condition, and the timers asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lift.code.flow import TIMERS, Ask, Scope
from deliverycheck.lift.code.refusal import Refusal, shown
from deliverycheck.lift.code.spots import Spot, is_turned, spot_of
from deliverycheck.lift.steps.expressions import condition
from deliverycheck.lift.steps.path import Path, Timer
from deliverycheck.lift.values.value import Known, Val
from deliverycheck.system import build
from deliverycheck.system.sorts import BOOL
from deliverycheck.system.terms import Term, Var


def demand(path: Path, test: ast.expr, scope: Scope) -> bool:
    """Go on only where the test holds; False if that is nowhere.

    Its conjuncts are kept apart, so that each can be asked whether it matters. Each is looked at
    only where those before it hold, as Python does it.
    """
    going = True
    asked: Term = build.TRUE
    for part in _conjuncts(test):
        term = condition(path, part, scope)
        going = path.assume(term, spot(path, part, scope)) and going
        asked = build.all_of(asked, term)
        if asked == build.FALSE:
            break
    return going


def _conjuncts(test: ast.expr) -> Iterator[ast.expr]:
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                yield from _conjuncts(part)
        case _:
            yield test


def spot(path: Path, node: ast.expr, scope: Scope) -> Spot:
    """Where a condition stands, and whether a setting is part of it."""
    design = path.context.design
    turned = is_turned(design.cls, node, scope, design.settings)
    return replace(spot_of(node, scope.function), turned=turned)


def quiet(path: Path, asked: Ask, subject: Val) -> tuple[Var, Spot]:
    """Stands for "the timer is due" until all processes are known."""
    timers = path.context.timers
    name = f"timer {len(timers)}"
    process = f"{path.actor}.{path.process}"
    among = tuple(_channel(path, node, asked) for node in asked.among)
    store = dict(path.store)
    timers[name] = Timer(asked.fault, _subject(subject), path.actor, process, store, among)
    text = f"self.{_word(asked)}({', '.join(map(shown, (asked.subject, *asked.among)))})"
    return Var(name, BOOL), spot_of(asked.subject, asked.scope.function, text)


def _word(asked: Ask) -> str:
    return next(word for word, fault in TIMERS.items() if fault == asked.fault)


def _channel(path: Path, node: ast.expr, asked: Ask) -> str:
    """The channel a timer listens to."""
    channels = [piece.name for piece in path.context.design.fields if piece.channel is not None]
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            if name in channels and asked.fault == "delay":
                return name
        case _:
            name = ""
    if asked.fault != "delay":
        text = f"`self.{_word(asked)}` listens to no channel"
        raise Refusal("DC115", text, "Ask it about the message alone.", node)
    near = did_you_mean(name, channels) if name else "Name channels: `self.requests`."
    raise Refusal("DC115", f"a timer cannot listen to `{shown(node)}`", near, node)


def _subject(value: Val) -> Things:
    if isinstance(value, Known) and isinstance(value.value, Things):
        return value.value
    text = "a timer is about a message that is known when the step starts"
    raise Refusal("DC115", text, "Make the message a parameter of the action.")
