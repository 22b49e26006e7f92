"""Two-phase commit: a row in a database and a message in a queue, both or neither (X/Open XA).

The coordinator asks both to prepare. Who says yes keeps its part, with its locks, and may no longer
decide alone. When both have said yes, the coordinator writes "commit" into its log: from there on
the message is accepted. After a refusal it writes "abort". Then it tells both; the message has its
effect when the queue commits, for that is when its receiver gets it.

No run leaves one part committed and the other rolled back (`agreement`). The price: whoever has
said yes waits for a coordinator that is down, for ever if nobody brings it back (`restart`, which
like every fault need not come). A participant may decide by itself then. Such a heuristic decision
can be wrong; the coordinator hears of it and reports it (XA_HEURRB), and nothing is repaired.

A request, its answer and what they cause are one step; one that is lost is repeated. Only the
database refuses, only the queue decides by itself. An aborted transaction is not tried again. An
outage before the decision blocks both as well, but nothing has been promised then.

Sources: X/Open, "Distributed Transaction Processing: The XA Specification" (1991), section 2.3 and
xa_commit; Gray, "Notes on Data Base Operating Systems" (1978), two-phase commit; Red Hat, JBoss EAP
5, "Transactions Development Guide", 17.8 "Non-Atomic Transactions and Heuristic Outcomes".
"""

from typing import Literal

from deliverycheck.lang import Message, Protocol, Role, always, fault, require

coordinator = Role("coordinator")

Part = Literal["prepared", "committed", "rolled back"]


class TwoPhaseCommit(Protocol):
    """Never one without the other; but while the coordinator is down, both have to wait."""

    claims = "at-most-once"
    faults = {"refuse": 1, "outage": 1, "restart": 1}
    expects = {"agreement": "holds", "no-loss": "holds", "eventual-effect": "violated"}

    down: bool
    log: dict[Message, Literal["commit", "abort", "ended"]]  # the coordinator's
    row: dict[Message, Part]  # in the database
    sent: dict[Message, Part]  # in the queue

    @coordinator
    def prepare(self, m: Message) -> None:
        require(not self.down and m not in self.sent)
        self.sent[m] = "prepared"
        if m not in self.row:
            self.row[m] = "prepared"

    @coordinator
    def decide(self, m: Message) -> None:
        require(not self.down and m not in self.log and m in self.sent)
        if self.row.get(m) == "prepared":
            self.log[m] = "commit"
            self.accept(m)
        else:
            self.log[m] = "abort"

    @coordinator
    def finish_row(self, m: Message) -> None:
        require(not self.down and self.log.get(m) == "commit" and self.row.get(m) == "prepared")
        self.row[m] = "committed"

    @coordinator
    def finish_message(self, m: Message) -> None:
        require(not self.down and m in self.log and self.sent.get(m) == "prepared")
        if self.log[m] == "commit":
            self.effect(m)
        self.sent[m] = "committed" if self.log[m] == "commit" else "rolled back"

    @coordinator
    def end(self, m: Message) -> None:
        require(not self.down and self.log.get(m) == "commit" and self.row.get(m) == "committed")
        require(self.sent.get(m) != "prepared")
        self.log[m] = "ended"
        if self.sent.get(m) == "committed":
            self.tell_done(m)
        else:
            self.tell_failed(m)

    @fault
    def refuse(self, m: Message) -> None:
        require(m not in self.row)
        self.row[m] = "rolled back"

    @fault
    def outage(self) -> None:
        self.down = True

    @fault
    def restart(self) -> None:
        require(self.down)
        self.down = False

    @always
    def agreement(self, m: Message) -> bool:
        return (self.row.get(m) != "committed" or self.sent.get(m) != "rolled back") and (
            self.row.get(m) != "rolled back" or self.sent.get(m) != "committed"
        )


class HeuristicDecision(TwoPhaseCommit):
    """The queue does not wait: it loses what was committed, or delivers what was not."""

    faults = {"refuse": 1, "heuristic_commit": 1, "heuristic_rollback": 1}
    expects = {"agreement": "violated", "no-loss": "violated", "no-phantom-effect": "violated"}

    @fault
    def heuristic_commit(self, m: Message) -> None:
        require(self.sent.get(m) == "prepared")
        self.sent[m] = "committed"
        self.effect(m)

    @fault
    def heuristic_rollback(self, m: Message) -> None:
        require(self.sent.get(m) == "prepared")
        self.sent[m] = "rolled back"
