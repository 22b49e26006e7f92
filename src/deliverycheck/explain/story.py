"""The story of a run: what each step does, said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import PropertyResult, Step, Trace

MEANING = {
    "no-loss": "lost: it was accepted, and from here on nothing can bring about its effect",
    "no-silent-loss": "lost in silence: no effect can come any more, and nobody will be told",
    "honest-ack": "reported done before it had its effect",
    "no-duplicate-effect": "applied twice",
    "no-phantom-effect": "applied although it was never accepted",
    "in-order": "the first effects happened in another order than the acceptances",
    "no-stale-effect": "an earlier message took effect after a later one",
    "eventual-effect": "never applied, and nobody is told",
    "no-deadlock": "nothing is left to do, but something is left undone",
}


def sentences(steps: Sequence[Step]) -> list[str]:
    """What the steps of a run do, each as a sentence without its full stop."""
    return [sentence(step, steps[:at]) for at, step in enumerate(steps)]


def sentence(step: Step, earlier: Sequence[Step] = ()) -> str:
    """What a step does, as a sentence without its full stop; `earlier`: what was done before."""
    if step.fault == "crash":
        return _capital(f"{_the(step.actor)} crashes{_in_the_middle(step)}")
    parts = [
        part + (" again" if _is_repeated(step, event, earlier) else "")
        for event in step.events
        if (part := _part(step, event))
    ]
    said = next((event.what for event in step.events if event.kind == "say"), "")
    moved = [c for c in step.changes if c.variable == f"{step.actor}.{_method(step.action)}"]
    if not parts and not said:
        doing = f"goes on from `{moved[0].old}` to `{moved[0].new}`" if moved else ""
        parts = [doing or f"does `{step.action}`"]
    if said:
        who = "" if step.actor == "environment" else f"{_the(step.actor)}: "
        text = f"{who}{said}" + (f" ({joined(parts)})" if parts else "")
    elif step.actor == "environment":
        text = f"The environment's `{step.action}` {joined(parts)}"
    else:
        text = f"{_the(step.actor)} {joined(parts)}"
    if step.fault in ("delay", "expire"):
        what = "its timer fired" if step.fault == "delay" else "the lease ran out"
        text += f" ({what} too early: an answer could still come)"
    return _capital(text)


def _is_repeated(step: Step, event: Event, earlier: Sequence[Step]) -> bool:
    """Whether the actor has sent or received the same thing before."""
    return event.kind in ("put", "take") and any(
        other.actor == step.actor and event in other.events for other in earlier
    )


def outcome(result: PropertyResult) -> str:
    """What the run has shown at its end, in a few words."""
    meaning = MEANING.get(result.name)
    about = result.about
    if result.name == "no-deadlock" and about:
        return f"nothing is left to do, but {about} is left undone"
    if meaning is None:
        broken = "never comes true" if result.evidence.kind == "lasso" else "is broken"
        return f"{result.name} {broken}" + (f" for {about}" if about else "")
    if result.name in ("in-order", "no-stale-effect") or not about:
        return meaning
    return f"{about} is {meaning}"


def ending(result: PropertyResult) -> str:
    """How a run without end goes on, as a sentence without its full stop; else nothing."""
    waiting = result.evidence.detail.get("unforced")
    names = [str(name) for name in waiting] if isinstance(waiting, list) else []
    return going_on(result.trace, names) if result.trace is not None else ""


def going_on(trace: Trace, waiting: Sequence[str]) -> str:
    """The same of a trace; `waiting` are the steps that are possible again and again in it."""
    if trace.loop_start is None:
        return ""
    first, last = trace.loop_start + 1, len(trace.steps)
    if first > last:
        return "And then nothing happens any more: no step that can be relied upon is possible"
    text = f"And so on: it repeats for ever from step {first}"
    if waiting:
        names = joined([f"`{name}`" for name in waiting])
        be = "is" if len(waiting) == 1 else "are"
        text += f". {names} {be} possible again and again, but never without a break, and weak "
        text += "fairness forces only what stays possible"
    return text


def _part(step: Step, event: Event) -> str:
    what = event.what if event.what != "?" else _seen(step, event)
    match event.kind:
        case "accept":
            return f"accepts {what} from the application"
        case "put":
            return f"sends {what} on `{event.where}` to {_the(event.other)}"
        case "take":
            return f"receives {what} on `{event.where}`"
        case "effect":
            count = next((c.new for c in step.changes if c.variable == f"effects[{what}]"), None)
            times = {1: "", 2: " a second time"}.get(count if isinstance(count, int) else 0)
            return f"APPLIES {what}" + (" once more" if times is None else times)
        case "tell-done":
            return f"tells the application that {what} is done"
        case "tell-failed":
            return f"tells the application that {what} failed"
        case "park":
            return f"puts {what} aside for a person"
        case "take-over":
            return f"takes over {what} durably"
        case "lose":
            return f"loses {what} from `{event.where}`, on its way to {_the(event.other)}"
        case "duplicate":
            return (
                f"makes a second copy of {what} in `{event.where}`, bound for {_the(event.other)}"
            )
        case "reorder":
            return f"lets {what} overtake what was ahead of it in `{event.where}`"
        case "break":
            return f"breaks the connection: all that was in flight on {event.where} is gone"
        case "write":
            return _written(step, event)
        case "say":
            return ""
        case _:
            return f"{event.kind} {event.where} {what}".strip()


def _seen(step: Step, event: Event) -> str:
    """The subject of an event that depends on the state, read off what the step changed."""
    record = {"accept": "accepted", "effect": "effects", "park": "parked", "take-over": "held"}
    record |= {"tell-done": "told", "tell-failed": "told"}
    name = record.get(event.kind, event.where) + "["
    for change in step.changes:
        if change.variable.startswith(name):
            if event.kind == "put" and isinstance(change.new, str):
                return change.new  # a place in an ordered channel holds the item itself
            return change.variable.removeprefix(name).rstrip("]")
    return step.message or "a message"


def _written(step: Step, event: Event) -> str:
    verb, _, rest = event.what.partition(" ")
    match verb:
        case "add" | "append":
            return f"notes {rest} in `{event.where}`"
        case "discard" | "remove" | "pop":
            return f"strikes {rest} from `{event.where}`".replace("  ", " ")
        case "clear":
            return f"empties `{event.where}`"
        case _:
            became = [str(c.new) for c in step.changes if c.variable == event.where]
            value = became[0] if event.what == "?" and became else event.what
            return f"sets `{event.where}`" + ("" if value == "?" else f" to {value}")


def _in_the_middle(step: Step) -> str:
    """Where a crash struck: the process, its message and its place."""
    of_actor = [c for c in step.changes if c.variable.startswith(f"{step.actor}.")]
    lost = [c for c in of_actor if isinstance(c.old, str) and c.new == "idle"]
    if not lost:
        return " and forgets what it only had in memory"
    process = lost[0]
    about = [c.old for c in step.changes if c.variable.startswith(process.variable + ".")]
    with_ = f" {about[0]}" if about else ""
    method = process.variable.partition(".")[2]
    return f" while it is at `{process.old}` in {method}{with_}"


def _method(action: str) -> str:
    return action.partition("(")[0]


def _the(actor: str) -> str:
    if not actor:
        return "someone"
    return actor if actor[-1].isdigit() else f"the {actor}"  # worker1, but the worker


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """`a`, `a and b`, or `a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
