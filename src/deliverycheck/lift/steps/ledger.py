"""The ledger's records as variables, and what the ledger verbs do to them."""

from __future__ import annotations

from collections.abc import Callable

from deliverycheck.lang.domains import Message
from deliverycheck.lang.hints import things
from deliverycheck.lang.ledger import EFFECTS_STOP
from deliverycheck.lang.shapes import Choice, Flag, Integer, Shape
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.path import Context, Path
from deliverycheck.lift.values.containers import total
from deliverycheck.lift.values.equality import merged, same
from deliverycheck.lift.values.value import Known, Sym, Val, describe, flag, known_terms
from deliverycheck.system import build
from deliverycheck.system.terms import Term

VERBS = ("accept", "effect", "tell_done", "tell_failed", "park", "take_over")

RECORDS = ("accepted", "effects", "told", "parked", "held", "order")
"""The names of the ledger's variables; no field may bear them in a model that speaks to it."""

TOLD = Choice(("nothing", "done", "failed"))
ORDER = Choice(("ordered", "stale", "overtaken"))
ORDER_VARIABLE = "order"

_EVENTS = {
    "accept": "accept",
    "effect": "effect",
    "tell_done": "tell-done",
    "tell_failed": "tell-failed",
    "park": "park",
    "take_over": "take-over",
}


def messages_of(context: Context) -> tuple[Message, ...]:
    """All messages."""
    return tuple(m for m in things(Message, context.settings) if isinstance(m, Message))


def records(context: Context) -> tuple[tuple[str, Shape], ...]:
    """The ledger's variables with their shapes: only of what the model ever says."""
    verbs, messages = context.verbs, messages_of(context)
    found: list[tuple[str, Shape]] = []
    if "accept" in verbs:
        found += [(f"accepted[{m}]", Integer(0, len(messages))) for m in messages]
    if "effect" in verbs:
        found += [(f"effects[{m}]", Integer(0, EFFECTS_STOP)) for m in messages]
    if verbs & {"tell_done", "tell_failed"}:
        found += [(f"told[{m}]", TOLD) for m in messages]
    if "park" in verbs:
        found += [(f"parked[{m}]", Flag()) for m in messages]
    if "take_over" in verbs:
        found += [(f"held[{m}]", Flag()) for m in messages]
    if keeps_order(context):
        found.append((ORDER_VARIABLE, ORDER))
    return tuple(found)


def keeps_order(context: Context) -> bool:
    """Whether there is an order of effects to judge."""
    return {"accept", "effect"} <= context.verbs and len(messages_of(context)) > 1


class LedgerView:
    """The ledger's records of one message, as terms in the state a path has reached."""

    def __init__(self, path: Path, m: Message) -> None:
        self.path = path
        self.m = m
        self.verbs = path.context.verbs

    def rank(self) -> Term:
        """The place of the message in the order of acceptance; 0 before."""
        shape = Integer(0, len(messages_of(self.path.context)))
        return self._term("accept", "accepted", shape, 0)

    def accepted(self) -> Term:
        """Whether it was accepted."""
        return build.less(build.integer(0), self.rank())

    def effects(self) -> Term:
        """How many effects it had, up to 2."""
        return self._term("effect", "effects", Integer(0, EFFECTS_STOP), 0)

    def told(self, answer: str) -> Term:
        """Whether the application was told so."""
        if not self.verbs & {"tell_done", "tell_failed"}:
            return build.truth(answer == "nothing")
        return same(self.path.read(f"told[{self.m}]", TOLD), Known(answer))

    def parked(self) -> Term:
        """Whether it was put aside."""
        return self._term("park", "parked", Flag(), value=False)

    def held(self) -> Term:
        """Whether a durable holder has taken over."""
        return self._term("take_over", "held", Flag(), value=False)

    def _term(self, verb: str, record: str, shape: Shape, value: object) -> Term:
        if verb not in self.verbs:
            return known_terms(shape, value)[0]
        return self.path.read(f"{record}[{self.m}]", shape).terms[0]


def say(path: Path, verb: str, subject: Val) -> bool:
    """Perform a ledger verb about a message; False if the step is not enabled by it."""
    path.tell(_EVENTS[verb], "", describe(subject))
    every = messages_of(path.context)
    concerned = [(m, term) for m in every if (term := same(subject, Known(m))) != build.FALSE]
    if not concerned:
        raise Refusal("DC108", f"`self.{verb}` needs a message")
    if verb == "accept":
        fresh = build.any_of(
            *(
                build.all_of(term, build.negate(LedgerView(path, m).accepted()))
                for m, term in concerned
            )
        )
        if not path.assume(fresh):
            return False
        _update(path, "accepted", concerned, lambda m: _next_rank(path, m))
    elif verb == "effect":
        _note_order(path, concerned)
        _update(
            path,
            "effects",
            concerned,
            lambda m: build.smallest(
                build.plus(LedgerView(path, m).effects(), build.integer(1)),
                build.integer(EFFECTS_STOP),
            ),
        )
    elif verb in ("tell_done", "tell_failed"):
        answer = known_terms(TOLD, verb.removeprefix("tell_"))[0]
        _update(path, "told", concerned, lambda _: answer)
    else:
        record = "parked" if verb == "park" else "held"
        _update(path, record, concerned, lambda _: build.TRUE)
    return True


def _next_rank(path: Path, m: Message) -> Term:
    """One more than the number of messages accepted, where `m` itself is known not to be."""
    others = (LedgerView(path, o).accepted() for o in messages_of(path.context) if o != m)
    ones = (build.choose(t, build.integer(1), build.integer(0)) for t in others)
    return build.plus(total(ones), build.integer(1))


def _note_order(path: Path, concerned: list[tuple[Message, Term]]) -> None:
    """Before the effect is counted: is there an effect of a message accepted later?"""
    if not keeps_order(path.context):
        return
    late: list[Term] = []
    first: list[Term] = []
    for m, term in concerned:
        mine = LedgerView(path, m)
        others = [LedgerView(path, o) for o in messages_of(path.context) if o != m]
        overtaken = build.any_of(
            *(
                build.all_of(
                    build.less(mine.rank(), other.rank()),
                    build.less(build.integer(0), other.effects()),
                )
                for other in others
            )
        )
        late.append(build.all_of(term, mine.accepted(), overtaken))
        first.append(build.all_of(late[-1], build.equal(mine.effects(), build.integer(0))))
    order = path.read(ORDER_VARIABLE, ORDER).terms[0]
    ordered, stale, overtaken_ = (known_terms(ORDER, o)[0] for o in ORDER.options)
    after = build.choose(
        build.all_of(build.any_of(*late), build.equal(order, ordered)), stale, order
    )
    path.write(ORDER_VARIABLE, ORDER, (build.choose(build.any_of(*first), overtaken_, after),))


def _update(
    path: Path, record: str, concerned: list[tuple[Message, Term]], new: Callable[[Message], Term]
) -> None:
    shapes = dict(records(path.context))
    values = {m: new(m) for m, _ in concerned}
    for m, term in concerned:
        name = f"{record}[{m}]"
        shape = shapes[name]
        old = path.read(name, shape).terms[0]
        path.write(name, shape, (build.choose(term, values[m], old),))


def look(path: Path, what: str, subject: Val) -> Val:
    """What a property reads from the ledger."""
    found: Val | None = None
    for m in messages_of(path.context):
        view = LedgerView(path, m)
        value: Val
        match what:
            case "accepted":
                value = flag(view.accepted())
            case "effects":
                value = Sym(Integer(0, EFFECTS_STOP), (view.effects(),))
            case "told":
                options = [known_terms(TOLD, o)[0] for o in TOLD.options]
                value = Sym(
                    TOLD,
                    (
                        build.choose(
                            view.told("done"),
                            options[1],
                            build.choose(view.told("failed"), options[2], options[0]),
                        ),
                    ),
                )
            case "parked":
                value = flag(view.parked())
            case "taken_over":
                value = flag(view.held())
            case _:
                raise Refusal(
                    "DC107",
                    f"the ledger has no `{what}`",
                    "It has accepted, effects, told, parked and taken_over.",
                )
        term = same(subject, Known(m))
        if term == build.TRUE:
            return value
        found = value if found is None else merged(term, value, found, path.context.settings)
    if found is None:
        raise Refusal("DC108", "the ledger is about messages")
    return found
