"""Effect and mark in one transaction, but the look before them in a statement of its own.

    begin;  select ... where id = m;  no row: do the work;  insert m;  commit

At the isolation level READ COMMITTED, PostgreSQL's default, two transactions can both select before
either has inserted: a statement sees what was committed before it began, and no more. Unless the
database itself refuses the second row (`unique = True`: a unique constraint), both commit. A crash
does no harm here, since the work and its mark come together; two consumers do.

Modelled: two consumers that may have the same message, and can crash between their steps. With the
constraint the second insert fails, and its transaction is rolled back with all the work in it; the
message is then acknowledged like any other that was processed before. Not modelled: other levels;
SERIALIZABLE would refuse one of the two as the constraint does.

Source: PostgreSQL documentation, "Transaction Isolation" (Read Committed, Serializable).
"""

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import RedeliveringQueue, consumer


class SelectThenInsert(RedeliveringQueue):
    """Two consumers look before either has written: twice, without any fault."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated"}

    consumers = 2
    unique: bool = False

    processed: set[Message]

    @consumer
    def handle(self, m: Message) -> Steps:
        require(m in self.queue)
        if m not in self.processed:
            yield "selected"
            if not self.unique or m not in self.processed:
                self.effect(m)
                self.processed.add(m)
            yield "committed"
        self.queue.discard(m)


class UniqueInsert(SelectThenInsert):
    """A unique constraint: one of the two is rolled back, and all is well."""

    expects = {"no-duplicate-effect": "holds"}

    unique = True
