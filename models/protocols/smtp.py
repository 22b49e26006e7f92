"""SMTP: who answers for a mail between the final dot and the reply 250 (RFC 5321, RFC 1047).

The client ends the mail with a line that holds a dot and waits for 250. With 250 the server takes
over: it delivers the mail or says that it could not, and may not lose it because it restarts
(RFC 5321, 4.2.5 and 6.1). Until 250 has arrived, the client has to take the mail for undelivered.
So in between both hold it, and when the connection breaks just then, both will deliver it: RFC 1047
suspected the second most frequent cause of duplicates there. A short wait makes that rarer; it does
not remove it.

The client waits ten minutes (4.5.3.2.6: `delay` is a reply that takes longer), tries again for at
least four to five days (4.5.4.1), and then notifies the author (4.2.5 and 6.1, `give_up`).
`reply` says when the server sends 250; `duplicatesuppression` (Cyrus IMAP, imapd.conf) that it
drops a mail whose Message-ID it has delivered before, which no RFC asks for.

Not modelled: refusals (4xx, 5xx) and the server's own notifications. A mail to one recipient, one
mail at a time on a connection. Delivery and the mark in the duplicate database are one step.
"""

from typing import Literal

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, fault, require

client = Role("client")
server = Role("server", crashes=True)


class Smtp(Protocol):
    """At least once: a reply that is lost or late has the mail delivered twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "honest-ack": "holds",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    reply: Literal["delivered", "stored", "received"] = "stored"
    duplicatesuppression: bool = False

    queue: set[Message]  # the client's
    spool: set[Message]  # the server's
    delivered: set[Message]  # its duplicate database
    mails: Connection[Message] = Connection(client, server, capacity=1)
    replies: Connection[Message] = Connection(server, client, capacity=1)

    @client
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.queue.add(m)

    @client
    def send(self, m: Message) -> None:
        """The mail up to its final dot; again when 250 did not come in time."""
        require(m in self.queue and self.timed_out(m, self.mails, self.replies))
        self.mails.put(m)

    @server
    def receive(self, m: Message) -> Steps:
        self.mails.take(m)
        if self.reply == "received":
            self.replies.put(m)
            yield "promised"  # a crash here: 250 was said of a mail that is nowhere
        self.spool.add(m)
        self.take_over(m)
        if self.reply != "received":
            yield "stored"  # the gap: both sides hold the mail
            require(self.reply == "stored" or m not in self.spool)
            self.replies.put(m)

    @server
    def deliver(self, m: Message) -> None:
        """Into the mailbox, at any time after it was stored, before 250 or later."""
        require(m in self.spool)
        self.spool.discard(m)
        if not self.duplicatesuppression or m not in self.delivered:
            self.effect(m)
        if self.duplicatesuppression:
            self.delivered.add(m)

    @client
    def on_250(self, m: Message) -> None:
        self.replies.take(m)
        self.queue.discard(m)
        self.tell_done(m)

    @fault
    def give_up(self, m: Message) -> None:
        """The days are over: the author hears that the mail was not delivered."""
        require(m in self.queue)
        self.queue.discard(m)
        self.tell_failed(m)


class SmtpCareless(Smtp):
    """Says 250 before the mail is stored: a crash loses what the server has answered for."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    reply = "received"


class SmtpSuppressed(Smtp):
    """The server keeps what it has delivered by Message-ID: the second copy is dropped."""

    expects = {"no-duplicate-effect": "holds", "honest-ack": "holds"}

    duplicatesuppression = True
