"""Temporal activities: completed once in the history, executed as often as it takes.

The service keeps a durable record that the activity is scheduled. A worker takes the task, runs the
code, and reports. If no report comes within Start-To-Close, the service cannot tell whether the
worker died before the work, after it, or is still at it; it starts another attempt, unless
`maximum_attempts` (0: no limit, the default) are used up. A report is taken only while the activity
is open, so the workflow sees one completion. What the code did to the world it may have done twice.

Rules: Temporal documentation: Activity Definition (Idempotency; Constraints), Detecting Activity
failures (Start-To-Close Timeout), Retry Policies (Maximum Attempts).

`delay`: Start-To-Close is shorter than the run. `idempotency_key`: the called service knows calls
by workflow run id and activity id, and remembers them. Not modelled: heartbeats, errors the code
raises, task tokens (a late report of an earlier attempt counts for the one that is open, which
changes nothing here), workflows themselves, which are replayed and have no effects of their own.
"""

from typing import Annotated, Literal

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, Steps, always, require

workflow = Role("workflow")
service = Role("service")
worker = Role("worker", crashes=True, replicas="workers")


class TemporalActivity(Protocol):
    """Nothing is lost, the workflow sees one completion, and the code may have run twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "honest-ack": "holds",
        "no-deadlock": "holds",
    }

    workers: int = 1
    maximum_attempts: int = 0
    idempotency_key: bool = False

    activity: dict[Message, Literal["scheduled", "started", "completed", "failed"]]
    attempts: dict[Message, Annotated[int, Range(0, "maximum_attempts")]]
    known: set[Message]  # idempotency keys, at the service that is called
    reports: Channel[Message] = Channel(worker, service)

    @workflow
    def schedule(self, m: Message) -> None:
        self.accept(m)
        self.activity[m] = "scheduled"

    @worker
    def run(self, m: Message) -> Steps:
        require(self.activity.get(m) == "scheduled")
        self.activity[m] = "started"
        if self.maximum_attempts > 0:
            self.attempts[m] = self.attempts.get(m, 0) + 1
        yield "started"
        if not self.idempotency_key:
            self.effect(m)
        elif m not in self.known:
            self.effect(m)
            self.known.add(m)
        yield "applied"  # a crash here: done, and the history will never say so
        self.reports.put(m)

    @service
    def complete(self, m: Message) -> None:
        """A report; one that comes after the timeout finds nothing to complete."""
        self.reports.take(m)
        if self.activity.get(m) == "started":
            self.activity[m] = "completed"
            self.tell_done(m)

    @service
    def start_to_close(self, m: Message) -> None:
        """No report in time: another attempt, or the workflow is told that it failed."""
        require(self.activity.get(m) == "started" and self.timed_out(m))
        if self.maximum_attempts > 0 and self.attempts[m] == self.maximum_attempts:
            self.activity[m] = "failed"
            self.tell_failed(m)
        else:
            self.activity[m] = "scheduled"


class TemporalSingleAttempt(TemporalActivity):
    """One attempt: never twice, perhaps not at all, and "failed" may be said of what is done."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "holds",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "failed-means-not-done": "violated",
    }

    maximum_attempts = 1

    @always
    def failed_means_not_done(self, m: Message) -> bool:
        return self.ledger.told(m) != "failed" or self.ledger.effects(m) == 0


class TemporalIdempotencyKey(TemporalActivity):
    """The called service knows a call again: each activity has its effect once."""

    expects = {"no-duplicate-effect": "holds", "in-order": "violated", "no-deadlock": "holds"}

    idempotency_key = True
