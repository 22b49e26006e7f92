"""MQTT with QoS 2: a handshake of four packets (OASIS MQTT 5.0 and 3.1.1, section 4.3.3).

    PUBLISH  client -> server  the message        PUBREL   client -> server  forget its identifier
    PUBREC   server -> client  I answer for it    PUBCOMP  server -> client  forgotten

Two ways for the receiver (figure 4.3 of 3.1.1; in 5.0 the second): Method A stores the message at
PUBLISH, and passes it on and discards it at PUBREL. Method B stores the identifier and passes the
message on at PUBLISH, and discards the identifier at PUBREL. Passing on and changing the record
need not be one step. As two, in this order, one crash makes A deliver twice, and B lose (`onward`).

The session ends with a Clean Start (5.0, 3.1.2.4) or when it expires at the server (3.1.2.11.2):
Session Present is 0 then, and the client has to discard its half in 5.0 (3.2.2.1.1), while in 3.1.1
it may go on (3.2.2.2). Packets travel as in `mqtt_qos.py`, one message at a time, so one packet
identifier does for all; a packet names its message for the timers, not for the receiver's check.
"""

from typing import Literal, NamedTuple

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, fault, require

client = Role("client")
server = Role("server", crashes=True)


class Packet(NamedTuple):
    """What travels, in either direction."""

    kind: Literal["PUBLISH", "PUBREC", "PUBREL", "PUBCOMP"]
    m: Message


class MqttQos2(Protocol):
    """Exactly once with either method, whatever breaks or crashes, while the session lasts."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    method: Literal["A", "B"] = "B"
    onward: Literal["with the record", "before it", "after it"] = "with the record"

    sending: Message | None
    released: bool  # PUBREC has come
    record: Message | None  # the receiver's: whose the identifier is
    packets: Connection[Packet] = Connection(client, server, capacity=1)
    answers: Connection[Packet] = Connection(server, client, capacity=1)

    @client
    def submit(self, m: Message) -> None:
        require(self.sending is None)
        self.accept(m)
        self.sending = m

    @client
    def send(self, m: Message) -> None:
        require(self.sending == m and self.timed_out(m))
        self.packets.put(Packet("PUBREL" if self.released else "PUBLISH", m))

    @server
    def receive(self, packet: Packet) -> Steps:
        self.packets.take(packet)
        is_publish = packet.kind == "PUBLISH"
        is_new = is_publish == (self.record is None)
        record: Message | None = packet.m if is_publish else None
        if is_new and is_publish == (self.method == "B"):
            if self.onward == "after it":
                self.record = record
                yield "recorded"  # a crash here: recorded, but never passed on
            self.effect(packet.m)
            if self.onward == "before it":
                yield "passed on"  # a crash here: passed on, but not recorded
        self.record = record
        yield "handled"
        self.answers.put(Packet("PUBREC" if is_publish else "PUBCOMP", packet.m))

    @client
    def hear(self, answer: Packet) -> None:
        self.answers.take(answer)
        if self.sending == answer.m:
            self.released = answer.kind == "PUBREC"  # from here on it is not published again
        if self.sending == answer.m and not self.released:
            self.sending = None
            self.tell_done(answer.m)


class MqttQos2TwoSteps(MqttQos2):
    """Method B as it is listed: store the identifier, then pass on. A crash between: lost."""

    expects = {"no-loss": "violated", "honest-ack": "violated", "eventual-effect": "violated"}

    onward = "after it"


class MqttQos2SessionLost(MqttQos2):
    """The client discards what the session held, as 5.0 asks: lost, and nobody is told."""

    faults = {"lose": 1, "crash": 1, "session_lost": 1}
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}

    without_session: Literal["discard", "publish again", "go on"] = "discard"

    session_present: bool = True

    @client
    def send(self, m: Message) -> None:
        require(self.session_present)
        super().send(m)

    @client
    def start_anew(self, m: Message) -> None:
        require(not self.session_present and self.sending == m and self.timed_out(m))
        self.session_present = True
        self.record = None
        self.released = self.released and self.without_session == "go on"
        self.sending = None if self.without_session == "discard" else m

    @fault
    def session_lost(self) -> None:
        """It has expired, or the client wants none: gone at the next reconnect."""
        self.session_present = False
