"""The few words beside what is drawn; the story says the same in sentences."""

from __future__ import annotations

from deliverycheck.report.drawing.flights import Flight
from deliverycheck.report.drawing.scene import Part

MINUS = "\N{MINUS SIGN}"
DOT = "\N{MIDDLE DOT}"
DECIDED = "point of no return"

_LEDGER = {
    "accept": "accepted",
    "tell-done": "told done",
    "tell-failed": "told failed",
    "park": "parked",
    "take-over": "taken over",
}
_EARLY = {"delay": "timer too early", "expire": "lease ends too early"}


def said(part: Part) -> str:
    """What is written beside a part of a step."""
    match part.kind:
        case "put":
            return f"{part.what} {DOT} {part.where}"
        case "take":
            return part.what
        case "lose" | "gone":
            return f"{part.what} lost"
        case "duplicate":
            return f"copy of {part.what}"
        case "reorder":
            return f"{part.what} overtakes"
        case "break":
            return "connection breaks"
        case "crash" | "say" | "do":
            return {"crash": "crash", "do": ""}.get(part.kind, part.what)
        case "early":
            return _EARLY[part.what]
        case "effect":
            return f"{part.what} {DOT} effect {part.count}"
        case "write":
            return _written(part)
        case _ if part.kind in _LEDGER:
            return f"{part.what} {_LEDGER[part.kind]}"
        case _:
            return " ".join(filter(None, (part.kind, part.where, part.what)))


def called(action: str) -> tuple[str, str]:
    """An action's name, and what it is about: `handle` and `m1 at received`."""
    name, opened, rest = action.partition("(")
    arguments, closed, place = rest.rpartition(")")
    if not (name and opened and closed) or (place and not place.startswith("@")):
        return action, ""
    return name, " at ".join(filter(None, (arguments, place[1:])))


def unfinished(flight: Flight) -> str:
    """What is written where the drawing ends and a message is still under way."""
    kind = "copy still" if flight.copy_of is not None else "still"
    return f"{flight.item} {DOT} {flight.channel}: {kind} in flight"


def going_round(loop_start: int, steps: int) -> str:
    """What is written below the bracket of a loop."""
    if loop_start >= steps:
        return "nothing happens any more"
    return f"repeats for ever from step {loop_start + 1}"


def _written(part: Part) -> str:
    verb, _, rest = part.what.partition(" ")
    match verb:
        case "add" | "append":
            return f"{part.where} + {rest}"
        case "discard" | "remove" | "pop":
            return f"{part.where} {MINUS} {rest}".rstrip()
        case "clear":
            return f"{part.where} emptied"
        case "":
            return f"{part.where} is set"
        case _:
            return f"{part.where} = {part.what}"
