"""Actions: every step of every method, for every actor and every choice of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from deliverycheck.errors import Diagnostic
from deliverycheck.lang.design import Design, Marked
from deliverycheck.lang.layout import every_value
from deliverycheck.lang.naming import IDLE, budget_key, step_name
from deliverycheck.lang.protocol import Receiving
from deliverycheck.lang.shapes import DomainTooLarge, label_of
from deliverycheck.lift.code.flattening import flatten_method
from deliverycheck.lift.code.flow import Flow
from deliverycheck.lift.code.liveness import Name
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.faults import Budget, messages_in
from deliverycheck.lift.processes import Process, keep, needs_of, updates_of
from deliverycheck.lift.sources import Method, Way
from deliverycheck.lift.steps.path import Context, Mishap, Path
from deliverycheck.lift.steps.walk import Finished, Log, walk
from deliverycheck.lift.values.equality import same
from deliverycheck.lift.values.value import Known
from deliverycheck.system import build
from deliverycheck.system.model import Action, Check, Event, Fairness
from deliverycheck.system.terms import Term


@dataclass(frozen=True, slots=True)
class Step:
    """One finished path, not yet an action: other processes may still bring variables."""

    name: str
    marked: Marked
    process: Process | None
    starts: bool
    arguments: tuple[object, ...]
    finished: Finished
    kept: Mapping[Name, tuple[Term, ...]]


@dataclass(slots=True)
class Workshop:
    """What lifting the methods of one design gathers."""

    context: Context
    budget: Budget
    receiving: Receiving = "strong"
    steps: list[Step] = field(default_factory=list[Step])
    processes: list[Process] = field(default_factory=list[Process])
    mishaps: list[tuple[str, str, Mishap]] = field(default_factory=list[tuple[str, str, Mishap]])
    touched: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By actor's role (or `environment`): the fields its steps use."""
    methods: list[Method] = field(default_factory=list[Method])
    refused: list[Diagnostic] = field(default_factory=list[Diagnostic])

    @property
    def design(self) -> Design:
        """The design being lifted."""
        return self.context.design

    def lift(self, marked: Marked) -> None:
        """Lift one action or fault, for every actor and argument."""
        flow = flatten_method(self.design.cls, marked.function)
        self.refused += [refusal.located(function) for refusal, function in flow.refusals]
        if not flow.code:
            return
        method = Method(marked, flow)
        self.methods.append(method)
        role = marked.mark.role
        owner = role.name if role else "environment"
        touched = self.touched.setdefault(owner, set())
        for actor in self.design.actors(role) if role else (owner,):
            try:
                if marked.is_process:
                    self._process(method, actor, touched)
                else:
                    for arguments in _choices(marked):
                        path = self._path(marked, flow, actor, arguments, touched)
                        self._finish(method, None, path, 0, arguments, starts=True)
            except Refusal as refusal:
                self.refused.append(refusal.located(marked.function))
                return
            except RecursionError:
                deep = Refusal("DC105", f"`{marked.name}` is nested too deeply", "Split it.")
                self.refused.append(deep.located(marked.function))
                return

    def _path(
        self,
        marked: Marked,
        flow: Flow,
        actor: str,
        arguments: tuple[object, ...],
        touched: set[str],
    ) -> Path:
        path = Path(self.context, actor, marked.name, touched=touched)
        pairs = zip(flow.scope.parameters, arguments, strict=True)
        path.locals = {((), name): Known(value) for name, value in pairs}
        if marked.mark.part == "fault":
            path.fault, path.in_fault = marked.name, True
        return path

    def _process(self, method: Method, actor: str, touched: set[str]) -> None:
        marked, flow = method.marked, method.flow
        places = flow.places()
        process = Process(actor, marked.name, tuple(places), marked.parameters, needs_of(flow))
        self.processes.append(process)
        waiting: list[str | None] = [None]
        seen: set[str | None] = {None}
        while waiting:
            place = waiting.pop(0)
            for arguments in _choices(marked):
                path = self._path(marked, flow, actor, arguments, touched)
                path.assume(process.stands(place or IDLE))
                if place is not None:
                    for (name, shape), value in zip(marked.parameters, arguments, strict=True):
                        path.assume(same(process.parameter(name, shape), Known(value)))
                    path.locals |= {name: process.local(name) for name in process.kept[place]}
                    path.declared |= {name: process.locals[name] for name in process.kept[place]}
                reached = self._finish(
                    method,
                    process,
                    path,
                    places[place] if place else 0,
                    arguments,
                    starts=place is None,
                    place=place,
                )
                for found in reached:
                    if found not in seen:
                        seen.add(found)
                        waiting.append(found)

    def _finish(
        self,
        method: Method,
        process: Process | None,
        path: Path,
        start: int,
        arguments: tuple[object, ...],
        *,
        starts: bool,
        place: str | None = None,
    ) -> list[str]:
        """Walk all paths of one step; the places they reach."""
        marked, flow, log = method.marked, method.flow, method.log
        name = step_name(marked.name, arguments, place)
        method.steps.setdefault(place, {})[path.actor, name] = None
        mishaps = path.mishaps
        reached: list[str] = []
        refused: list[Refusal] = []
        here = Log(refused, off=log.off, barred=log.barred)
        paths = walk(flow, start, path, here)
        for way in (*here.cut, *(finished.path for finished in paths)):
            method.ways.append(Way((path.actor, name), way.gates, self._left(way.fault)))
        for finished in paths:
            kept: dict[Name, tuple[Term, ...]] = {}
            if process is not None and finished.place is not None:
                try:
                    kept = keep(process, flow, finished, self.context.settings)
                except Refusal as refusal:
                    refused.append(refusal)
                    process.kept.setdefault(finished.place, ())
                reached.append(finished.place)
            self.steps.append(Step(name, marked, process, starts, arguments, finished, kept))
        self._refuse(refused, marked)
        self.mishaps += [(name, path.actor, mishap) for mishap in dict.fromkeys(mishaps)]
        return reached

    def _refuse(self, refused: list[Refusal], marked: Marked) -> None:
        """Note refusals; a name without a value mostly follows from an assignment refused above."""
        causes = [refusal for refusal in refused if "may have no value" not in refusal.message]
        earlier = bool(causes or self.refused)
        found = causes if earlier else refused
        self.refused += [refusal.located(marked.function) for refusal in found]

    def actions(self, quiet: Mapping[str, Term]) -> Iterator[Action]:
        """The steps as actions, once the meaning of every timer is known."""
        for step in self.steps:
            action = self._action(step, quiet)
            if action is not None:
                yield action
        for name, actor, mishap in self.mishaps:
            when = build.substitute(mishap.when, quiet)
            when = build.all_of(when, self._left(mishap.fault))
            if when != build.FALSE:
                check = Check(build.FALSE, mishap.message, mishap.file, mishap.line)
                yield Action(name, actor, when, {}, checks=(check,))

    def _action(self, step: Step, quiet: Mapping[str, Term]) -> Action | None:
        path = step.finished.path
        updates = {n: build.substitute(t, quiet) for n, t in path.store.items()}
        if step.process is not None:
            updates |= updates_of(
                step.process, step.arguments, step.finished.place, step.kept, starts=step.starts
            )
        guard = build.substitute(build.all_of(*path.conditions), quiet)
        if path.fault is not None:
            guard = build.all_of(guard, self._left(path.fault))
            updates |= self.budget.spent(budget_key(path.fault, (), self.budget.amounts))
        if guard == build.FALSE:
            return None
        messages = [m for argument in step.arguments for m in messages_in(argument)]
        return Action(
            step.name,
            path.actor,
            guard,
            {name: term for name, term in updates.items() if not _is_frame(name, term)},
            fault=path.fault,
            fairness=self._fairness(path),
            message=label_of(messages[0]) if messages else None,
            parameters=tuple(label_of(argument) for argument in step.arguments),
            events=(*_said(step), *path.events),
            bounds=tuple(path.bounds),
        )

    def _left(self, fault: str | None) -> Term:
        """Whether a step may happen as far as budgets go."""
        if fault is None:
            return build.TRUE
        return self.budget.left(budget_key(fault, (), self.budget.amounts))

    def _fairness(self, path: Path) -> Fairness:
        """Nothing forces a fault to strike, or an application to hand a message over."""
        kinds = {event.kind for event in path.events}
        if path.fault is not None or "accept" in kinds:
            return "none"
        return self.receiving if "take" in kinds else "weak"


def _said(step: Step) -> Iterator[Event]:
    """What the docstring says, where a reader could not guess it: of a fault of the model's own,
    and of a step that only changes fields."""
    text = " ".join((step.marked.function.__doc__ or "").split())
    said = re.split(r"(?<=[.!?])\s", text)[0].rstrip(".")
    plain = all(event.kind == "write" for event in step.finished.path.events)
    if said and step.process is None and (plain or step.marked.mark.part == "fault"):
        yield Event("say", what="".join(filter(str.isprintable, said)))


def _is_frame(name: str, term: Term) -> bool:
    return getattr(term, "name", None) == name


def _choices(marked: Marked) -> Iterator[tuple[object, ...]]:
    try:
        columns = [every_value(shape) for _, shape in marked.parameters]
    except DomainTooLarge:
        raise Refusal(
            "DC110", f"a parameter of `{marked.name}` has too many values", "Use a smaller type."
        ) from None
    return product(*columns)
