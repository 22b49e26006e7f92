"""The symbolic engine: a searcher and a prover side by side, each in a process of its own.

The searcher looks for runs, one length after the other; the prover shows that there are none. What
one of them settles, the other leaves alone. This process keeps the clock and never solves anything.

Where somebody else has an opinion, each side begins with what it is likely to settle. An opinion
decides who looks first, and never what is found: what the likely side leaves, the other one takes.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from deliverycheck.errors import InputError
from deliverycheck.exchange.reading import Reader
from deliverycheck.exchange.systems import system_document
from deliverycheck.prove.admission import admitted
from deliverycheck.prove.asking import found_kind, proof_kinds, prove_request, search_request
from deliverycheck.prove.names import DEEPEST, MISHAP, STAGES, goal_names, own_names
from deliverycheck.supervise.child import Child
from deliverycheck.supervise.lost import ChildLost
from deliverycheck.system.certificates import Lasso, Proof, RunOf, Runs, Trap
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Json

COMMAND = (sys.executable, "-P", "-m", "deliverycheck.prove")

MOST_DEATHS = 3
"""Processes of one kind that may be lost before no more are started."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much the engine may use for one system: seconds, and megabytes for each process."""

    seconds: float
    megabytes: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known about a goal, or about a property that is settled under its own name."""

    proof: Proof
    method: str

    @property
    def run(self) -> RunOf | None:
        """The run that was found, if there is one."""
        match self.proof:
            case Runs((run, *_)):
                return run
            case Trap(run) | Lasso(run):
                return run
            case _:
                return None


@dataclass(slots=True)
class Symbolic:
    """What has been found out so far; filled by two threads, read when both have ended."""

    system: System
    budget: Budget
    command: Sequence[str] = COMMAND
    report: Callable[[str], None] | None = None
    settled: dict[str, Settled] = field(default_factory=dict[str, Settled])
    _began: float = field(default_factory=time.monotonic)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _children: list[Child] = field(default_factory=list[Child])
    _likely: dict[str, bool] = field(default_factory=dict[str, bool])
    """By goal or property, whether a run is likely to be found."""
    _searched: threading.Event = field(default_factory=threading.Event)
    _proved: threading.Event = field(default_factory=threading.Event)
    """Whether a side is done with what it was likely to settle."""
    _stopped: bool = False
    _trouble: Exception | None = None
    _unfound: dict[str, str] = field(default_factory=dict[str, str])
    """Why the searcher looks for a run no longer; the prover may still settle it."""
    _doubts: dict[str, str] = field(default_factory=dict[str, str])
    """Where the prover found nothing, what it says about that."""
    _lost: list[str] = field(default_factory=list[str])
    """Why a side ended before its work was done; the other one goes on."""

    # The parent's side

    def start(self) -> None:
        """Begin, in the background."""
        for work in (self._searching, self._proving):
            thread = threading.Thread(target=self._guarded, args=(work,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def expect(self, broken: Mapping[str, bool]) -> None:
        """Hear of properties whether another engine found them broken."""
        own = own_names(self.system)
        likely = {prop if prop in own else f"breaks {prop}": so for prop, so in broken.items()}
        self._likely = {MISHAP: False, **likely} if likely else {}

    def wait(self) -> None:
        """Wait for both sides to end. On Ctrl-C everything is stopped first.

        Raises what went wrong in this program itself, if anything did.
        """
        try:
            for thread in self._threads:
                while thread.is_alive():
                    thread.join(0.1)  # short, so that Ctrl-C is heard
        except BaseException:
            self.stop()
            raise
        if self._trouble is not None:
            raise self._trouble

    def stop(self) -> None:
        """End both processes; what is known stays."""
        self._stopped = True
        for child in self._children:
            child.stop()
        for thread in self._threads:
            thread.join()

    @property
    def open(self) -> dict[str, str]:
        """For each goal that no run was found for and nothing else settled, why."""
        return {name: why for name, why in self._unfound.items() if name not in self.settled}

    def why_open(self, name: str) -> str:
        """Why a goal was not settled, in words."""
        if name in self._unfound:
            return self._unfound[name]
        if self._lost:
            return self._lost[0]
        return self._doubts.get(name, "neither a run nor a proof was found")

    def _left(self) -> float:
        return self.budget.seconds - (time.monotonic() - self._began)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run one side; whatever it dies of is a reason why goals stay open, never a verdict."""
        try:
            work()
        except (ChildLost, InputError) as trouble:
            self._lost.append(_reason(trouble))
        except Exception as error:
            self._trouble = error

    def _child(self) -> Child:
        child = Child(self.command, self.budget.megabytes)
        self._children.append(child)
        if self._stopped:
            child.stop()
        self._ask(child, {"do": "open", "system": cast("Json", system_document(self.system))})
        return child

    def _ask(self, child: Child, request: Mapping[str, object]) -> Reader:
        return Reader(None, "the solver's answer", child.ask(request, max(0.0, self._left())))

    # What is still wanted

    def _wanted(self) -> list[str]:
        """Names of goals and of properties that nobody has settled yet."""
        names = [*goal_names(self.system), *own_names(self.system)]
        return [name for name in names if name not in self.settled and not self._idle(name)]

    def _idle(self, name: str) -> bool:
        """Whether a goal matters no more: its property is decided without it."""
        kind, _, prop = name.partition(" ")
        if name == MISHAP:
            # Every other proof shows as well that no step goes wrong.
            return any(one.run is None for one in self.settled.values())
        if kind == "tests":
            other = self.settled.get(f"breaks {prop}") or self.settled.get(prop)
            return other is not None and other.run is not None
        return (kind == "breaks" and self._vacuous(prop)) or self._vacuous(name)

    def _vacuous(self, prop: str) -> bool:
        tested = self.settled.get(f"tests {prop}")
        return tested is not None and tested.run is None

    # The two sides

    def _searching(self) -> None:
        try:
            self._deepening(lambda name: self._likely.get(name) is not False)
        finally:
            self._searched.set()
        self._proved.wait()
        if self._stopped:
            return
        self._deepening(lambda name: self._likely.get(name) is False)

    def _deepening(self, concerns: Callable[[str], bool]) -> None:
        """Look for runs to what concerns us, from the shortest on."""

        def left() -> list[str]:
            return [n for n in self._wanted() if n not in self._unfound and concerns(n)]

        if not left():
            return
        with self._child() as child:
            for depth in range(DEEPEST + 1):
                wanted = left()
                if not wanted:
                    return
                request = search_request(self.system, wanted)
                self._tell(f"Z3 looks at runs of {depth} steps")
                for name, answer in self._ask(child, request).get("found").entries():
                    self._found(name, answer)
        for name in left():
            self._unfound[name] = f"no run of up to {DEEPEST} steps decides it"

    def _found(self, name: str, answer: Reader) -> None:
        if isinstance(answer.value, str):
            self._unfound[name] = (
                "a question was too hard for Z3" if answer.value == "unknown" else answer.value
            )
            return
        proof = admitted(answer, self.system, found_kind(self.system, name))
        self.settled.setdefault(name, Settled(proof, "bounded search"))

    def _proving(self) -> None:
        try:
            self._proofs(lambda name: self._likely.get(name) is not True)
        finally:
            self._proved.set()
        self._searched.wait()
        if self._stopped:
            return
        self._proofs(lambda name: self._likely.get(name) is True)

    def _proofs(self, concerns: Callable[[str], bool]) -> None:
        """Look for proofs of what concerns us, by one method after the other."""
        if not any(map(concerns, self._wanted())):
            return
        deaths = 0
        child = self._child()
        try:
            for stage in range(1, STAGES + 1):
                for name in self._wanted():
                    if name in self.settled or self._idle(name) or not concerns(name):
                        continue
                    try:
                        self._try(child, name, stage)
                    except (ChildLost, InputError) as trouble:
                        deaths += 1
                        ended = isinstance(trouble, ChildLost) and trouble.reason in _ENDS
                        if ended or deaths >= MOST_DEATHS:
                            raise
                        child.close()
                        child = self._child()
        finally:
            child.close()

    def _try(self, child: Child, name: str, stage: int) -> None:
        request = prove_request(self.system, name, stage)
        if request is None:
            return
        kind, _, rest = name.partition(" ")
        self._tell(f"Z3 looks for a proof about {rest or kind}")
        answer = self._ask(child, request)
        if answer.get("proof").value is not None:
            proof = admitted(answer.get("proof"), self.system, *proof_kinds(self.system, name))
            self.settled.setdefault(name, Settled(proof, answer.get("method").text()))
        elif "why" in answer.object():
            self._doubts[name] = answer.get("why").text()

    def _tell(self, text: str) -> None:
        if self.report is not None:
            self.report(text)


_WHY = {
    "time": "the limit of seconds was reached",
    "memory": "the solver ran out of memory",
    "stopped": "it was interrupted",
}


_ENDS = ("time", "stopped")
"""Reasons after which no other process would fare better."""


def _reason(trouble: ChildLost | InputError) -> str:
    """Why a goal stays open, in words."""
    if isinstance(trouble, InputError):
        return f"the solver's process answered something else: {trouble.diagnostics[0].message}"
    return _WHY.get(trouble.reason, f"the solver's process was lost: {trouble.text}")
