"""The encoding into Z3.

A state is a row of constants, one for each variable, in as many copies (frames) as a question
needs: truth values as Bool, integers and the codes of labels as Int, or as signed bit-vectors wide
enough that nothing can overflow. No arrays, quantifiers or datatypes, and linear arithmetic only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NewType, TypeAlias, assert_never, cast

from deliverycheck.prove.expressions import array, expression, z3
from deliverycheck.prove.goals import enabled, sound
from deliverycheck.system import build
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import Term

Formula = NewType("Formula", object)
"""A truth value inside a solver."""

Answer: TypeAlias = Literal["sat", "unsat", "unknown"]

SEED = 0


def code_of(sort: Sort, value: Value) -> int:
    """The integer a label or number is encoded as."""
    return sort.labels.index(str(value)) if isinstance(sort, EnumSort) else int(value)


class Frames:
    """A solver over copies of a system's state, with nothing but the sorts asserted at first.

    `width`: bits of an integer; None: mathematical integers. `effort`: Z3's resource limit for one
    question (`rlimit`: the same on every machine); beyond it the answer is `unknown`.
    """

    def __init__(self, system: System, width: int | None = None, effort: int = 0) -> None:
        self.system = system
        self._width = width
        self._context: Any = z3.Context()
        self._ref: Any = self._context.ref()
        logic = "QF_LIA" if width is None else "QF_FD"
        self._solver: Any = z3.SolverFor(logic, ctx=self._context)
        self._solver.set("random_seed", SEED)
        if effort:
            self._solver.set("rlimit", effort)
        self._rows: dict[int, dict[str, Any]] = {}
        self._selectors: dict[int, list[Any]] = {}
        self._memo: dict[tuple[int, Term], Any] = {}
        self._alike: dict[tuple[int, int], Formula] = {}
        self._fresh = 0
        self._model: Any = None

    # What is said

    def true(self, term: Term, frame: int = 0) -> Formula:
        """The term, said of a frame's state."""
        return cast("Formula", self._expression(term, frame))

    def same(self, state: State, frame: int = 0) -> Formula:
        """The frame's state is this one."""
        row = self._row(frame)
        pairs = zip(self.system.variables, state, strict=True)
        return self.both(row[v.name] == self._constant(value, v.sort) for v, value in pairs)

    def alike(self, one: int, other: int) -> Formula:
        """Two frames hold the same state."""
        if (one, other) not in self._alike:
            here, there = self._row(one), self._row(other)
            same = (here[v.name] == there[v.name] for v in self.system.variables)
            self._alike[one, other] = self.both(same)
        return self._alike[one, other]

    def both(self, parts: Iterable[Formula]) -> Formula:
        """All of them."""
        kept = list(parts)
        found = z3.BoolRef(z3.Z3_mk_and(self._ref, len(kept), array(kept)), self._context)
        return cast("Formula", found)

    def either(self, parts: Iterable[Formula]) -> Formula:
        """At least one of them."""
        kept = list(parts)
        found = z3.BoolRef(z3.Z3_mk_or(self._ref, len(kept), array(kept)), self._context)
        return cast("Formula", found)

    def never(self, part: Formula) -> Formula:
        """Not that."""
        found = z3.BoolRef(z3.Z3_mk_not(self._ref, cast("Any", part).as_ast()), self._context)
        return cast("Formula", found)

    def at_most_faults(self, count: int, steps: int) -> Formula:
        """At most so many of the first steps are faults."""
        faults = [
            (selector, 1)
            for step in range(steps)
            for selector, action in zip(self._selectors[step], self.system.actions, strict=True)
            if action.fault is not None
        ]
        return cast(
            "Formula", z3.PbLe(faults, count) if faults else z3.BoolVal(True, self._context)
        )

    def taken(self, action: int, step: int) -> Formula:
        """The step from frame `step` to the next is this action."""
        return cast("Formula", self._selectors[step][action])

    def flag(self, meaning: Formula | None = None) -> Formula:
        """A fresh truth value that implies the meaning, to be assumed in `check`."""
        self._fresh += 1
        flag: Any = z3.Bool(f"flag {self._fresh}", self._context)
        if meaning is not None:
            implied = z3.Z3_mk_implies(self._ref, flag.as_ast(), cast("Any", meaning).as_ast())
            self._solver.add(z3.BoolRef(implied, self._context))
        return cast("Formula", flag)

    def require(self, *formulas: Formula) -> None:
        """Assert for good."""
        self._solver.add(*formulas)

    def step(self, frame: int) -> Formula:
        """Assert that at most one action leads from a frame to the next, nothing going wrong.

        What is returned says that one does; without it the next frame may hold the same state.
        """
        before, after = self._row(frame), self._row(frame + 1)
        actions = self.system.actions
        chosen = [z3.Bool(f"step {frame} is {at}", self._context) for at in range(len(actions))]
        self._selectors[frame] = chosen
        if len(chosen) > 1:
            self._solver.add(z3.AtMost(*chosen, 1))
        for selector, action in zip(chosen, actions, strict=True):
            may = build.all_of(enabled(action), sound(self.system, action))
            self._solver.add(z3.Implies(selector, self._expression(may, frame)))
        for variable in self.system.variables:
            value = before[variable.name]
            for selector, action in zip(chosen, actions, strict=True):
                if variable.name in action.updates:
                    update = self._expression(action.updates[variable.name], frame)
                    value = z3.If(selector, update, value)
            self._solver.add(after[variable.name] == value)
        return self.either(cast("Sequence[Formula]", chosen))

    # What is asked

    def check(self, *assumed: Formula) -> Answer:
        """Whether everything asserted can be true together with what is assumed."""
        solver, given = self._solver.solver, array(assumed)
        try:
            code = z3.Z3_solver_check_assumptions(self._ref, solver, len(assumed), given)
        except z3.Z3Exception as error:  # some limits are answered with an exception instead
            if "memory" in str(error):
                raise MemoryError from None
            return "unknown"
        answer = str(z3.CheckSatResult(code))
        self._model = self._solver.model() if answer == "sat" else None
        return cast("Answer", answer)

    def core(self) -> frozenset[int]:
        """After `unsat`: ids (see `id_of`) of the assumptions that were enough."""
        return frozenset(part.get_id() for part in self._solver.unsat_core())

    def id_of(self, formula: Formula) -> int:
        """What `core` calls a formula."""
        return int(cast("Any", formula).get_id())

    def met(self, term: Term, frame: int = 0) -> bool:
        """After `sat`: whether the term is true in the frame's state."""
        return bool(z3.is_true(self._model.eval(self._expression(term, frame), True)))

    def state(self, frame: int = 0) -> State:
        """After `sat`: the frame's state."""
        row = self._row(frame)
        return tuple(self._value(row[v.name], v.sort) for v in self.system.variables)

    def action(self, step: int) -> int:
        """After `sat`: the action taken in a step."""
        chosen = self._selectors[step]
        return next(at for at, one in enumerate(chosen) if z3.is_true(self._model.eval(one, True)))

    # Expressions

    def _row(self, frame: int) -> dict[str, Any]:
        if frame not in self._rows:
            self._rows[frame] = {
                variable.name: self._declared(f"v{number}@{frame}", variable.sort)
                for number, variable in enumerate(self.system.variables)
            }
        return self._rows[frame]

    def _declared(self, name: str, sort: Sort) -> Any:
        if isinstance(sort, BoolSort):
            return z3.Bool(name, self._context)
        if self._width is None:
            one = z3.Int(name, self._context)
        else:
            one = z3.BitVec(name, self._width, self._context)
        low, high = span_of(sort)
        self._solver.add(one >= low)
        if high is not None:
            self._solver.add(one <= high)
        return one

    def _constant(self, value: Value, sort: Sort) -> Any:
        if isinstance(value, bool):
            return z3.BoolVal(value, self._context)
        code = code_of(sort, value)
        if self._width is None:
            return z3.IntVal(code, self._context)
        return z3.BitVecVal(code, self._width, self._context)

    def _expression(self, term: Term, frame: int) -> Any:
        key = (frame, term)
        if key not in self._memo:
            row = self._row(frame)
            self._memo[key] = expression(
                term, row, self._constant, lambda part: self._expression(part, frame)
            )
        return self._memo[key]

    def _value(self, one: Any, sort: Sort) -> Value:
        found = self._model.eval(one, True)
        if isinstance(sort, BoolSort):
            return bool(z3.is_true(found))
        code = int(found.as_long() if self._width is None else found.as_signed_long())
        return sort.labels[code] if isinstance(sort, EnumSort) else code


def span_of(sort: Sort) -> tuple[int, int | None]:
    """The least and the greatest code of a sort that is not bool."""
    match sort:
        case EnumSort(labels):
            return 0, len(labels) - 1
        case IntSort(low, high):
            return low, high
        case BoolSort():
            raise ValueError("truth values have no codes")
    assert_never(sort)
