"""The second checker: cvc5 reads the obligations as SMT-LIB text. The only room that imports it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from deliverycheck.certify.asking import Asserted
from deliverycheck.certify.queries import queries_of
from deliverycheck.certify.sentences import Symbolic
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.model import System


class Silent(Exception):
    """The solver gave no answer: why, in words."""


def by_cvc5(system: System, obligations: Sequence[Symbolic], seconds: float) -> None:
    """Discharge the obligations.

    Raises Refused where one is not true, TooLarge, or Silent where cvc5 is missing, or does not
    know, or not in time.
    """
    end = time.monotonic() + seconds
    for obligation in obligations:
        session = Session()
        for item in queries_of(system, obligation):
            left = end - time.monotonic()
            if left <= 0:
                raise Silent("out of time")
            if isinstance(item, Asserted):
                session.tell(item.text)
                continue
            answer = session.ask(item.asked, left)
            if answer == "sat":
                raise Refused(item.refusal)
            if answer != "unsat":
                raise Silent(f"it answers `{answer}`")


class Session:
    """A conversation with one solver, all of it in SMT-LIB text."""

    def __init__(self) -> None:
        # Optional, heavy and without types: so it is asked for late, by name, and is an `Any`.
        try:
            self._cvc5: Any = import_module("cvc5")
        except ImportError:
            raise Silent("cvc5 is not installed (extra `certify`)") from None
        terms = self._cvc5.TermManager()
        self._solver = self._cvc5.Solver(terms)
        self._symbols = self._cvc5.SymbolManager(terms)
        self._solver.setOption("incremental", "true")
        self.tell("(set-logic QF_LIA)")

    def tell(self, text: str) -> str:
        """What the solver answers to some commands, in one text."""
        parser = self._cvc5.InputParser(self._solver, self._symbols)
        parser.setStringInput(self._cvc5.InputLanguage.SMT_LIB_2_6, text, "certificate")
        answers: list[str] = []
        try:
            while not (command := parser.nextCommand()).isNull():
                answers.append(command.invoke(self._solver, self._symbols).strip())
        except RuntimeError as error:  # how cvc5 reports what it cannot read
            raise Silent(f"it fails: {error}") from None
        return " ".join(filter(None, answers))

    def ask(self, assertions: str, seconds: float) -> str:
        """Whether these assertions can be true with those told before: `sat`, `unsat`, or else."""
        self._solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
        return self.tell(f"(push 1)\n{assertions}\n(check-sat)\n(pop 1)")
