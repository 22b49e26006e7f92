"""Lookup: what a name stands for, and what the model has under a name."""

from __future__ import annotations

import builtins

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.domains import Message
from deliverycheck.lang.hints import things
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.value import Known, Val

LEDGER = Known(object())
"""What `self.ledger` is, until it is asked something."""


def name_of(path: Path, name: str, scope: Scope) -> Val:
    """The value of a name: a local, or what the file or Python defines."""
    found = path.locals.get((scope.path, name))
    if found is not None:
        return found
    code, namespace = scope.function.__code__, scope.function.__globals__
    if name in code.co_freevars:
        text = f"`{name}` comes from a function around the class"
        raise Refusal("DC106", text, "Define models, and what they use, at the top of a file.")
    if name in (*code.co_varnames, *code.co_cellvars):
        text = f"`{name}` may have no value here"
        raise Refusal("DC106", text, "Give it one on every way that leads here.")
    if name in namespace:
        return Known(namespace[name])
    if hasattr(builtins, name):
        return Known(getattr(builtins, name))
    known = [*code.co_varnames, *namespace]
    raise Refusal("DC106", f"there is no `{name}`", did_you_mean(name, known))


def own_of(path: Path, name: str) -> Val:
    """The value of `self.name`."""
    context = path.context
    if name in context.fields:
        return path.read_field(name)
    if name == "messages":
        return Known(things(Message, context.settings))
    if name in context.settings:
        return Known(context.settings[name])
    if name == "ledger":
        if path.in_property:
            return LEDGER
        raise Refusal(
            "DC119",
            "a step cannot look into the ledger: no protocol knows what really happened",
            "Keep a field of your own; only `@always`, `@sometimes` and `@leads_to` read it.",
        )
    known = [*context.fields, *(s for s in context.settings if s != "messages")]
    text = f"this model has no field or setting `{name}`"
    raise Refusal("DC107", text, did_you_mean(name, known))
