"""The worker: what runs in a solver's own process, one question at a time, all in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deliverycheck.exchange.certificates import proof_document
from deliverycheck.exchange.loading import system_from
from deliverycheck.exchange.reading import Reader
from deliverycheck.prove.goals import goals_of, property_of
from deliverycheck.prove.liveness.arrival import Arrival
from deliverycheck.prove.liveness.lasso import Lassos
from deliverycheck.prove.loss import Doom, progress
from deliverycheck.prove.names import LATE
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.search import Found, Search
from deliverycheck.system.certificates import Runs, Trap
from deliverycheck.system.model import Clause, Property, PropertyKind, System
from deliverycheck.system.terms import Term
from deliverycheck.system.verdicts import Json

EFFORT = 20_000_000
"""Z3's resource units for one question; beyond, the answer is unknown on every machine."""


@dataclass(slots=True)
class Worker:
    """Answers questions about one system; what it learns stays for the next question."""

    system: System
    goals: Mapping[str, Term]
    prover: Prover
    search: Search
    lassos: Lassos
    arrival: Arrival
    dooms: dict[tuple[Clause, ...], Doom] = field(default_factory=dict[tuple[Clause, ...], Doom])
    progressed: dict[tuple[PropertyKind, tuple[Clause, ...], int], dict[str, Json]] = field(
        default_factory=dict[tuple[PropertyKind, tuple[Clause, ...], int], dict[str, "Json"]]
    )
    """What came of each question: properties that ask the same get the same answer."""

    @staticmethod
    def of(system: System) -> Worker:
        """A worker for a system."""
        prover, search = Prover(system, EFFORT), Search(system, EFFORT)
        return Worker(system, goals_of(system), prover, search, Lassos(search), Arrival(prover))

    def searched(self, goals: list[str], dooms: list[str], lassos: list[str]) -> dict[str, Json]:
        """Look for runs of the present length, then go on to the next."""
        found: dict[str, Json] = {}
        reached: dict[tuple[Term, bool], Found] = {}
        trapped: dict[tuple[Clause, ...], Trap | str | None] = {}
        for name in goals:
            # That a property is put to the test is all there is to know: nobody sees the run.
            asked = self.goals[name], not name.startswith("tests ")
            if asked not in reached:
                reached[asked] = self.search.run_to(asked[0], first=asked[1])
            run = reached[asked]
            if run is not None:
                found[name] = "unknown" if isinstance(run, str) else proof_document(Runs((run,)))
        for name in dooms:
            prop = property_of(self.system, name)
            if prop.clauses not in self.dooms:
                self.dooms[prop.clauses] = Doom(self.system, prop, EFFORT)
            if prop.clauses not in trapped:
                trapped[prop.clauses] = self.dooms[prop.clauses].at(self.search)
            trap = trapped[prop.clauses]
            if trap is not None:
                found[name] = trap if isinstance(trap, str) else proof_document(trap)
        for name in lassos:
            lasso = self.lassos.at(property_of(self.system, name))
            if lasso is not None:
                found[name] = lasso if isinstance(lasso, str) else proof_document(lasso)
        self.search.deepen()
        return {"found": found}

    def proved(self, goal: str, stage: int) -> dict[str, Json]:
        """Try one method on one goal."""
        found = self.prover.unreachable(self.goals[goal], stage)
        if found is None:
            return {"proof": None}
        return {"proof": proof_document(found.proof), "method": found.method}

    def progresses(self, name: str, stage: int) -> dict[str, Json]:
        """Try to show that a property's goals can be reached always, or are in the end."""
        prop = property_of(self.system, name)
        asked = prop.kind, prop.clauses, stage
        if asked not in self.progressed:
            self.progressed[asked] = self._progress(prop, stage)
        return self.progressed[asked]

    def _progress(self, prop: Property, stage: int) -> dict[str, Json]:
        if prop.kind == "leads-to":
            chain = self.arrival.chain(prop, stage)
            if isinstance(chain, str):
                return {"proof": None, "why": chain}
            return {"proof": proof_document(chain), "method": "stages"}
        found = progress(self.prover, prop, many=stage == LATE)
        return {"proof": None if found is None else proof_document(found), "method": "paths"}


class Desk:
    """Takes requests: first the system, then questions about it."""

    def __init__(self) -> None:
        self._worker: Worker | None = None

    def answer(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """The answer to a request. Raises InputError where it makes no sense."""
        reader = Reader(None, "", request)
        task = reader.get("do").choice("open", "search", "prove", "progress")
        if task == "open":
            self._worker = Worker.of(system_from(reader.get("system")))
            return {}
        if self._worker is None:
            raise reader.wrong("there is no system yet")
        if task == "search":
            goals = [item.text() for item in reader.get("goals").items()]
            dooms = [item.text() for item in reader.get("dooms").items()]
            lassos = [item.text() for item in reader.get("lassos").items()]
            return self._worker.searched(goals, dooms, lassos)
        if task == "prove":
            return self._worker.proved(reader.get("goal").text(), reader.get("stage").number(1))
        return self._worker.progresses(reader.get("property").text(), reader.get("stage").number(1))
