"""Tokens: a message is processed only while its token is there, and the token is used up by it.

An inbox proves what was processed, and has to keep its rows for as long as a copy might still come:
for ever, to be safe. A token proves what was not: it is created before the message is sent for the
first time, and deleted together with the effect. A copy that finds no token is old, however late it
comes. Nothing has to be kept, and nothing expires.

What must not happen is that a token is created again, once the message may have been sent
(`created = "for-every-send"`); and it has to be deleted in the transaction of the effect. Deleted
before it (`deleted = "before"`), a crash in between loses the message and answers for it; deleted
after it, a crash in between doubles the message.

Modelled: a sender that repeats until it is answered, and a worker that can crash between its
steps. The token is created in the step in which the message is accepted: in truth two stores, the
sender's and the receiver's, but as long as nothing was sent, to create it twice is to create it
once. Not modelled: messages that the work sends on, whose tokens have to be there before its own
is gone (two_hops.py is about such chains); and tokens in a store of their own, as in the source:
there they are deleted after the effect, and a record stored with the effect closes the gap.

Source: T. Masternak, S. Pobiega, "Token-based deduplication", exactly-once.github.io, 2020.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, sender, worker


class TokenDedup(RetryUntilAcknowledged):
    """One token, used up with the effect: neither loss nor duplicates, and nothing to expire."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"honest-ack": "holds", "in-order": "violated"}

    created: Literal["once", "for-every-send"] = "once"
    deleted: Literal["before", "together", "after"] = "together"

    tokens: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        super().submit(m)
        self.tokens.add(m)

    @sender
    def send(self, m: Message) -> None:
        super().send(m)
        if self.created == "for-every-send":
            self.tokens.add(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m in self.tokens:
            if self.deleted == "before":
                self.tokens.discard(m)
                yield "deleted"  # a crash here: no token and no effect
            self.effect(m)
            if self.deleted == "after":
                yield "effected"  # a crash here: the effect, and a token for one more
            self.tokens.discard(m)
            yield "processed"
        self.replies.put(m)


class RecreatedToken(TokenDedup):
    """A token for every attempt: each copy is taken for new."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    created = "for-every-send"


class DeletedBefore(TokenDedup):
    """Token first, effect second: never twice, but lost by one crash, and answered for."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "honest-ack": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    deleted = "before"


class DeletedAfter(TokenDedup):
    """Effect first, token second: the crash in between is a duplicate."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    deleted = "after"
