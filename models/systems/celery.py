"""Celery tasks: when the worker acknowledges, and what becomes of a task whose process dies.

By default (`task_acks_late = False`) a message is acknowledged just before its task is executed: a
task that has begun is never begun again, and what a crash cuts off is gone. With late
acknowledgement it is kept until the task has returned. But even then the worker acknowledges a task
whose child process was killed (out of memory, a signal), unless `task_reject_on_worker_lost` is
set. Only where the whole instance goes does the broker give the message to somebody else: with
RabbitMQ when the connection closes, with Redis after `visibility_timeout`, one hour.

Rules: Celery documentation: Tasks (introduction), Glossary, Configuration (`task_acks_late`,
`task_reject_on_worker_lost`, `worker_pool`), Redis broker (Visibility timeout; Caveats).

`worker_pool = "prefork"`: a crash takes the child process alone, or the whole instance. In "solo"
there is no child, so it is always the whole instance, as in a power failure. `expire` is the
visibility timeout running out on a living worker, as it does for tasks with a long ETA: the message
is handed out again while the first worker still has it. Not modelled: the client's network,
retries and errors of a task, results, the order of the queue, which is none here.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import RequeueingQueue, consumer


class _CeleryTask(RequeueingQueue):
    """What all configurations share: settings, and a worker that acts on them."""

    task_acks_late: bool = False
    task_reject_on_worker_lost: bool = False
    worker_pool: Literal["prefork", "solo"] = "prefork"

    @consumer
    def execute(self, m: Message) -> Steps:
        self.lease(m)
        yield "reserved"
        if not self.task_acks_late:
            self.settle(m)
            yield "acknowledged"  # a crash here: the task is gone
        self.effect(m)
        yield "executed"  # a crash here: done, but a late acknowledgement will never come
        if self.task_acks_late:
            self.settle(m)

    @consumer
    def on_worker_lost(self, m: Message) -> None:
        """The worker sees that the child with its task is dead."""
        require(self.worker_pool == "prefork" and m in self.leased and self.expired(m))
        self.settle(m)
        if self.task_reject_on_worker_lost:
            self.ready.add(m)


class CeleryAcksEarly(_CeleryTask):
    """The default: a crash loses the task in silence, and nothing runs twice."""

    claims = "at-most-once"
    faults = {"crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }


class CeleryAcksLate(_CeleryTask):
    """Late acknowledgement alone: a killed child loses the task, a lost instance repeats it."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    task_acks_late = True


class CeleryRejectOnWorkerLost(CeleryAcksLate):
    """With the second setting nothing is lost; what is cut off after its effect runs again."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    task_reject_on_worker_lost = True
