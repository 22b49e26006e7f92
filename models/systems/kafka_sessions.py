"""What Kafka's sequence numbers do not outlive: the session they belong to.

A number is good for one session of a producer: a producer id with its epoch, known to the leader.
In the next session what is still unanswered gets new numbers, and the leader cannot tell that it
has one of these records already. So each of these makes a duplicate where an answer was lost:

    restart          the process dies; the application sends what it has no answer for (new id)
    bump_epoch       the client asks for a new epoch, as a way out of an error somewhere else
    forget_producer  the leader loses what it knew of the producer, the client begins at zero
    delivery_timeout the client gives up and says "failed"; what it gave up on may yet be there

Modelled on `kafka_producer.py`. A session begins on a connection of its own: what was on the old
one has arrived, is lost, or is an answer nobody waits for. Numbers only tell the order here; that
they begin at zero again is that the leader knows none. The buffer survives a restart because
the application has kept it (an outbox). After a timeout the application may leave it at that, or
send again (`on_delivery_timeout`); the timeout also begins an epoch, else the numbers had a gap.

Transactions help across restarts (`kafka_transactions.py`), or an identity in the record itself.

Sources: KIP-98, "Idempotent Producer Guarantees" (within one session only); KIP-360, "Improve
reliability of idempotent/transactional producer" (to begin at zero is safe only where the request
in doubt was not written; the client bumps its epoch); KIP-91 (delivery.timeout.ms);
confluentinc/librdkafka issue 4953 (an epoch bumped for one partition doubles a record in another).
"""

from typing import Literal

from deliverycheck.lang import Message, fault, require, sometimes
from deliverycheck.lang.parts import NumberedSender, leader


class KafkaSessions(NumberedSender):
    """One session: no loss, no duplicate, whatever the network loses."""

    claims = "exactly-once"
    faults = {"lose": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    on_delivery_timeout: Literal["report", "send_again"] = "report"

    known: set[Message]  # what the leader has of this session

    @leader
    def append(self, m: Message) -> None:
        self.requests.take(m)
        missing = self.earlier_missing(m, self.in_flight, self.known)
        if m not in self.known and not missing:
            self.effect(m)
            self.known.add(m)
        if m in self.known:
            self.responses.put(m)

    def begin_session(self) -> None:
        """To the leader, a producer it never heard of: all that is unanswered is new."""
        require(len(self.requests) == 0)
        for m in self.messages:
            if m in self.responses:
                self.responses.take(m)
            if m in self.in_flight:
                self.waiting.add(m)
        self.in_flight.clear()
        self.known.clear()

    @fault
    def restart(self) -> None:
        """The process dies and starts again, with a new producer id."""
        require(len(self.in_flight) > 0)
        self.begin_session()

    @fault
    def bump_epoch(self) -> None:
        """An error on another partition makes the client ask for a new epoch."""
        require(len(self.in_flight) > 0)
        self.begin_session()

    @fault
    def forget_producer(self) -> None:
        """The leader loses what it knew (its records are gone, or too old), the client hears."""
        require(len(self.known) > 0 and len(self.in_flight) > 0)
        self.begin_session()

    @fault
    def delivery_timeout(self, m: Message) -> None:
        """The client gives up on a record, and begins an epoch when nothing else is in flight."""
        require(m in self.in_flight and len(self.in_flight) == 1)
        if self.on_delivery_timeout == "report":
            self.in_flight.discard(m)
            self.tell_failed(m)
        self.begin_session()


class KafkaProducerRestarted(KafkaSessions):
    """A second session: what was in doubt at the end of the first is appended again."""

    faults = {"lose": 1, "restart": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "violated",
        "honest-ack": "holds",
    }


class KafkaDeliveryTimeout(KafkaSessions):
    """The client gives up: it says so, and the record may be there all the same."""

    faults = {"lose": 1, "delivery_timeout": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "holds",
        "no-duplicate-effect": "holds",
        "eventual-effect": "holds",
        "in-order": "holds",
    }

    @sometimes
    def failed_yet_there(self, m: Message) -> bool:
        return self.ledger.told(m) == "failed" and self.ledger.effects(m) > 0
