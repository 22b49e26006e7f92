"""Two-phase commit as Lamport and Gray specify it in TLA+, to count its states as TLC does.

Not a model of the catalogue, for it sends no message of an application: one transaction, whose
managers prepare by themselves. What was sent stays for ever, so nothing is received twice to any
effect. Source: tlaplus/Examples, specifications/transaction_commit/TwoPhase.tla, after Gray and
Lamport, Consensus on transaction commit (2004).
"""

from typing import Literal

from deliverycheck.lang import Protocol, Role, Sort, always, require

transaction_manager = Role("transaction_manager")
resource_manager = Role("resource_manager")


class Manager(Sort, size="managers"):
    """A resource manager."""


class TlaTwoPhase(Protocol):
    """Never one manager committed while another aborted."""

    managers: int = 3

    state: dict[Manager, Literal["prepared", "committed", "aborted"]]  # absent: working
    decision: Literal["none", "commit", "abort"]
    heard: set[Manager]  # to be prepared
    prepared: set[Manager]  # "prepared" was sent
    commit_sent: bool
    abort_sent: bool

    @transaction_manager
    def hear(self, manager: Manager) -> None:
        require(self.decision == "none" and manager in self.prepared)
        self.heard.add(manager)

    @transaction_manager
    def commit(self) -> None:
        require(self.decision == "none" and len(self.heard) == self.managers)
        self.decision = "commit"
        self.commit_sent = True

    @transaction_manager
    def abort(self) -> None:
        require(self.decision == "none")
        self.decision = "abort"
        self.abort_sent = True

    @resource_manager
    def prepare(self, manager: Manager) -> None:
        require(manager not in self.state)
        self.state[manager] = "prepared"
        self.prepared.add(manager)

    @resource_manager
    def choose_to_abort(self, manager: Manager) -> None:
        require(manager not in self.state)
        self.state[manager] = "aborted"

    @resource_manager
    def obey_commit(self, manager: Manager) -> None:
        require(self.commit_sent)
        self.state[manager] = "committed"

    @resource_manager
    def obey_abort(self, manager: Manager) -> None:
        require(self.abort_sent)
        self.state[manager] = "aborted"

    @always
    def consistent(self, one: Manager, other: Manager) -> bool:
        return self.state.get(one) != "committed" or self.state.get(other) != "aborted"
