"""The machine: runs a model as plain Python, one atomic step at a time.

Real sets, real generators, the author's own code. This is the oracle that the lifted form is
tested against and that every counterexample is replayed on. A generator cannot be copied, so a
process that has to be tried and taken back is run again from its start, segment by segment, each
on the fields and timer answers it saw the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from itertools import product
from typing import Any, TypeAlias, cast

from deliverycheck.lang.channels import Blocked, Channel
from deliverycheck.lang.design import Design, Marked
from deliverycheck.lang.domains import Sort
from deliverycheck.lang.environment import Turbulence, turbulences
from deliverycheck.lang.hints import things
from deliverycheck.lang.layout import every_value
from deliverycheck.lang.ledger import Ledger
from deliverycheck.lang.naming import TIMER_FAULTS, budget_key, step_name
from deliverycheck.lang.running import Move as Move
from deliverycheck.lang.running import Running, Snapshot, frames_of
from deliverycheck.lang.shapes import contains, mentions, room_of

Kept: TypeAlias = Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]
"""By method and place: the locals a process still needs there, each as the path of its names."""


class Machine:
    """A model at one point of a run. `budgets` is what is left of each fault."""

    def __init__(
        self, design: Design, budgets: Mapping[str, float], kept: Kept | None = None
    ) -> None:
        self.design = design
        self.budgets = dict(budgets)
        self.kept: Kept = kept or {}
        self.model = design.cls()
        self.model.surroundings = self
        self.model.ledger = Ledger()
        for name, value in design.settings.items():
            if name != "messages":
                setattr(self.model, name, value)
        self.processes: dict[tuple[str, str], Running] = {}
        self.shared: dict[str, object] = {}
        self.owned: dict[str, dict[str, object]] = {}
        self._now: tuple[str, str] | None = None
        self._early: str | None = None
        self._answers: list[bool] = []
        self._script: Iterator[bool] | None = None
        for piece in self.design.fields:
            if not piece.volatile:
                value = self.design.fresh(piece)
                self.shared[piece.name] = (
                    value if piece.channel is None else piece.channel.open(room_of(piece.shape))
                )
        for role in self.design.roles():
            for actor in self.design.actors(role):
                self.owned[actor] = self._volatile_fields()

    # What can happen

    def moves(self) -> tuple[Move, ...]:
        """Every step enabled now."""
        found: list[Move] = []
        for actor, marked, arguments in self._candidates():
            running = self.processes.get((actor, marked.name))
            name = step_name(marked.name, arguments, running.place if running else None)
            faults = (marked.name,) if marked.mark.part == "fault" else (None, *TIMER_FAULTS)
            found.extend(
                move for f in faults if self._tries(move := Move(actor, name, f), marked, arguments)
            )
        found.extend(Move(t.actor, t.name, t.fault) for t in self._turbulences())
        return tuple(found)

    def take(self, move: Move) -> None:
        """Take a step. Raises Blocked, with the machine unchanged, if it is not enabled."""
        for turbulence in self._turbulences():
            if Move(turbulence.actor, turbulence.name, turbulence.fault) == move:
                self._spend(turbulence.fault, turbulence.targets)
                turbulence.strike()
                return
        for actor, marked, arguments in self._candidates():
            running = self.processes.get((actor, marked.name))
            name = step_name(marked.name, arguments, running.place if running else None)
            if (actor, name) == (move.actor, move.name):
                before = self.snapshot()
                try:
                    self._run(move, marked, arguments)
                except BaseException:
                    self.restore(before)
                    raise
                return
        raise Blocked

    def _tries(self, move: Move, marked: Marked, arguments: tuple[object, ...]) -> bool:
        before = self.snapshot()
        try:
            self._run(move, marked, arguments)
        except Blocked:
            return False
        finally:
            self.restore(before)
        return True

    def _candidates(self) -> Iterator[tuple[str, Marked, tuple[object, ...]]]:
        for marked in self.design.methods:
            if marked.mark.part not in ("action", "fault"):
                continue
            role = marked.mark.role
            for actor in self.design.actors(role) if role else ("environment",):
                running = self.processes.get((actor, marked.name))
                if running:
                    yield actor, marked, running.arguments
                else:
                    for values in product(*(every_value(shape) for _, shape in marked.parameters)):
                        yield actor, marked, values

    def _turbulences(self) -> Iterator[Turbulence]:
        processes = cast("MutableMapping[tuple[str, str], object]", self.processes)
        for turbulence in turbulences(self.design, self.shared, processes, self.owned):
            key = budget_key(turbulence.fault, turbulence.targets, self.budgets)
            if self.budgets.get(key, 0) > 0:
                yield turbulence

    # One step

    def _run(self, move: Move, marked: Marked, arguments: tuple[object, ...]) -> None:
        """Run one atomic step; on Blocked the fields may be half changed: the caller restores."""
        self._now = (move.actor, marked.name)
        self._answers = []
        self._early = None
        self._script = None
        if move.fault is not None:
            self._spend(move.fault, ())
            self._early = move.fault if move.fault in TIMER_FAULTS else None
        running = self.processes.get(self._now)
        past = running.past if running else []
        self._load(self._fields_of(move.actor))
        before = deepcopy(self._fields())
        if not marked.is_process:
            marked.function(self.model, *arguments)
        else:
            generator = (
                self._revived(marked, running) if running else self._start(marked, arguments)
            )
            if running:
                self._load(deepcopy(before))
                self._script, self._answers = None, []
            place = next(generator, None)
            past = [*past, (before, tuple(self._answers))]
            if place is None:
                self.processes.pop(self._now, None)
            else:
                self.processes[self._now] = Running(arguments, place, past, generator)
        if self._early is not None:
            raise Blocked  # the fault was not needed for this step, so this is another step
        self._store(move.actor)

    def _start(self, marked: Marked, arguments: tuple[object, ...]) -> Iterator[str]:
        return cast("Iterator[str]", marked.function(self.model, *arguments))

    def _revived(self, marked: Marked, running: Running) -> Iterator[str]:
        """The generator of a running process, run again from its start if it was lost."""
        if running.generator is not None:
            return running.generator
        ledger, self.model.ledger = self.model.ledger, Ledger()  # what happened, happened already
        generator = self._start(marked, running.arguments)
        for fields, answers in running.past:
            self._load(deepcopy(fields))
            self._script = iter(answers)
            next(generator)
        self._script = None
        self.model.ledger = ledger
        return generator

    def _spend(self, fault: str, targets: tuple[str, ...]) -> None:
        key = budget_key(fault, targets, self.budgets)
        if self.budgets.get(key, 0) <= 0:
            raise Blocked
        self.budgets[key] -= 1

    # What the model asks for while it runs

    def every(self, sort: type[Sort]) -> tuple[Sort, ...]:
        """All things of a sort."""
        return things(sort, self.design.settings)

    def timer(self, fault: str, subject: Sort, among: tuple[Channel[Any], ...] = ()) -> bool:
        """Whether a timer about `subject` fires: all is quiet, or a fault makes it early."""
        if self._script is not None:
            return next(self._script)
        answer = not self.held(subject, among)
        if fault == "delay":
            answer = answer and not self.under_way(subject, among)
        if not answer and self._early == fault:
            self._early = None
            answer = True
        self._answers.append(answer)
        return answer

    def under_way(self, subject: Sort, among: tuple[Channel[Any], ...] = ()) -> bool:
        """Whether a copy of anything about `subject` is in a channel, or in one of those named."""
        every = filter(lambda value: isinstance(value, Channel), self._fields().values())
        channels = among or cast("Iterable[Channel[Any]]", every)
        return any(mentions(item, subject) for channel in channels for item in channel.items)

    def held(self, subject: Sort, among: tuple[Channel[Any], ...] = ()) -> bool:
        """Whether another process works on `subject`, or another actor has it in its memory.

        Where channels are named, only actors at their ends count.
        """
        ends = {role for channel in among for role in (channel.source, channel.target)}
        near = {actor for role in ends for actor in self.design.actors(role)}
        in_hand = (
            value
            for key, running in self.processes.items()
            if key != self._now and (not among or key[0] in near)
            for value in (*running.arguments, *self.locals_of(key).values())
        )
        asking = self._now[0] if self._now else None
        in_memory = (
            value
            for actor, fields in self.owned.items()
            if actor != asking and (not among or actor in near)
            for value in fields.values()
        )
        return any(contains(value, subject) for value in (*in_hand, *in_memory))

    def locals_of(self, key: tuple[str, str]) -> dict[tuple[str, ...], object]:
        """The values of the locals a process keeps where it stands, by the path of their names."""
        running = self.processes[key]
        paths = self.kept.get((key[1], running.place), ())
        if not paths:
            return {}
        if running.generator is None:
            saved = self._fields(), self._script, self._answers
            marked = next(m for m in self.design.methods if m.name == key[1])
            running.generator = self._revived(marked, running)
            fields, self._script, self._answers = saved
            self._load(fields)
        frames = frames_of(running.generator)
        return {p: frames[p[:-1]][p[-1]] for p in paths if p[-1] in frames.get(p[:-1], {})}

    # Taking back

    def snapshot(self) -> Snapshot:
        """A copy of everything a step can change."""
        return Snapshot(
            deepcopy(self.shared),
            deepcopy(self.owned),
            deepcopy(self.model.ledger),
            dict(self.budgets),
            {key: running.copy() for key, running in self.processes.items()},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot (which is used up by this)."""
        self.shared, self.owned = snapshot.fields, snapshot.owned
        self.model.ledger, self.budgets = snapshot.ledger, snapshot.budgets
        self.processes = snapshot.processes

    def _volatile_fields(self) -> dict[str, object]:
        return {p.name: self.design.fresh(p) for p in self.design.fields if p.volatile}

    def _fields_of(self, actor: str) -> dict[str, object]:
        return {**self.shared, **self.owned.get(actor, {})}

    def _fields(self) -> dict[str, object]:
        return {p.name: getattr(self.model, p.name) for p in self.design.fields}

    def _load(self, fields: Mapping[str, object]) -> None:
        for name, value in fields.items():
            setattr(self.model, name, value)

    def _store(self, actor: str) -> None:
        for name, value in self._fields().items():
            if name in self.owned.get(actor, {}):
                self.owned[actor][name] = value
            elif name in self.shared:
                self.shared[name] = value
