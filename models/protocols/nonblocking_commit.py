"""Atomic commitment that waits for nobody, and the order of two lines that it rests on.

Two-phase commit blocks, because a participant that has voted cannot know whether the other has
heard a decision. Where a message arrives within a known time or not at all, it need not block:
whoever hears the decision forwards it to the other and only then acts on it. So if anybody has
committed, everybody has heard of it; and whoever has heard nothing when the time is over may abort.

    forward = "first"  hear, forward, commit: agreement, and nobody waits
    forward = "last"   hear, commit, forward: after a crash in between, the other aborts alone

Both participants have voted yes when this begins. The coordinator tells the queue, which forwards
to the database; a coordinator that dies before is a decision that gets lost (`lose`). "In time" is
`timed_out`: the decision is not on its way, and nobody is at work on it; a single message that is
late (`delay`) breaks agreement. What the queue has heard and not forwarded is in its memory only;
after a crash it asks the database. The message is accepted with the decision, and has its effect
when the queue commits; when the queue aborts, the application is told.

Source: Babaoglu and Toueg, "Understanding Non-Blocking Atomic Commitment" (University of Bologna,
UBLCS-93-2, 1993): two-phase commit with a broadcast whose receivers forward before they deliver.
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, always, require

coordinator = Role("coordinator")
queue = Role("queue", crashes=True)
database = Role("database")

Part = Literal["prepared", "committed", "rolled back"]


class NonBlockingCommit(Protocol):
    """Forwards before it commits: both end alike, and both end."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "agreement": "holds",
        "eventual-effect": "holds",
        "no-loss": "violated",
        "no-silent-loss": "holds",
        "no-deadlock": "holds",
    }

    forward: Literal["first", "last"] = "first"

    row: dict[Message, Part]
    sent: dict[Message, Part]
    heard: set[Message]  # by the database
    decisions: Channel[Message] = Channel(coordinator, queue)

    @coordinator
    def decide(self, m: Message) -> None:
        """Both have voted yes: commit."""
        self.accept(m)
        self.row[m] = "prepared"
        self.sent[m] = "prepared"
        self.decisions.put(m)

    @queue
    def on_decision(self, m: Message) -> Steps:
        self.decisions.take(m)
        yield "heard"
        if self.forward == "first":
            self.heard.add(m)
            yield "forwarded"
        require(self.sent.get(m) == "prepared")
        self.sent[m] = "committed"
        self.effect(m)
        if self.forward == "last":
            yield "committed"  # a crash here: the database will never hear of it
            self.heard.add(m)

    @queue
    def catch_up(self, m: Message) -> None:
        """After a crash, or when nothing came: do as the database, or abort."""
        require(self.sent.get(m) == "prepared" and self.timed_out(m))
        if m in self.heard:
            self.sent[m] = "committed"
            self.effect(m)
        else:
            self.sent[m] = "rolled back"
            self.tell_failed(m)

    @database
    def commit_row(self, m: Message) -> None:
        require(self.row.get(m) == "prepared" and m in self.heard)
        self.row[m] = "committed"

    @database
    def abort_row(self, m: Message) -> None:
        """The time is over, and nothing was heard."""
        require(self.row.get(m) == "prepared" and m not in self.heard and self.timed_out(m))
        self.row[m] = "rolled back"

    @always
    def agreement(self, m: Message) -> bool:
        return (self.row.get(m) != "committed" or self.sent.get(m) != "rolled back") and (
            self.row.get(m) != "rolled back" or self.sent.get(m) != "committed"
        )


class CommitThenForward(NonBlockingCommit):
    """Commits before it forwards: one crash, and the queue has sent what the database aborts."""

    expects = {"agreement": "violated"}

    forward = "last"
