"""Lemmas: short clauses that hold in all samples, as candidates for an inductive invariant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import permutations

from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Value
from deliverycheck.system.terms import App, Const, Term, Var, variables_of

MOST = 6_000
"""Clauses of three literals that are tried."""

REMEMBERED = ("durable", "volatile", "place")
"""Where actors remember things."""

MOST_COMPARED = 8
"""Numbers of one system that are compared with each other."""

THRESHOLDS = 3
"""Bounds of an integer that literals speak about, from its least value on."""


def literals_of(system: System) -> Iterator[Term]:
    """The atoms lemmas are made of: what single variables can be seen to be, and which of two
    numbers is ahead."""
    for variable in system.variables:
        one = Var(variable.name, variable.sort)
        match variable.sort:
            case BoolSort():
                yield one
                yield build.negate(one)
            case EnumSort(labels) as sort:
                for label in labels:
                    yield build.equal(one, build.label(label, sort))
                    if len(labels) > 2:
                        yield build.negate(build.equal(one, build.label(label, sort)))
            case IntSort(low, high):
                last = low + THRESHOLDS if high is None else min(high, low + THRESHOLDS)
                for bound in range(low, last):
                    yield build.at_most(one, build.integer(bound))
                    yield build.at_most(build.integer(bound + 1), one)
    yield from _comparisons(system)


def _comparisons(system: System) -> Iterator[Term]:
    """Numbers without end that actors remember, such as fencing tokens, are compared.

    What has an end is told by its bounds, and what is under way or has happened is counted.
    """
    counters = [
        Var(v.name, v.sort)
        for v in system.variables
        if isinstance(v.sort, IntSort) and v.sort.high is None and v.store in REMEMBERED
        if "[" not in v.name  # those of a message are about that message alone
    ]
    for a, b in permutations(counters[:MOST_COMPARED], 2):
        yield build.at_most(a, b)
        yield build.less(a, b)


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals, with the samples in which each is true as the bits of one integer."""

    terms: tuple[Term, ...]
    where: tuple[int, ...]
    everywhere: int
    subject: tuple[str, ...]
    """The variable each speaks about, or both that it compares."""
    topic: tuple[str | None, ...]
    """The message each speaks about, if any."""


def observed(system: System, samples: Sequence[State]) -> Literals:
    """The literals of a system as the samples show them."""
    terms = tuple(literals_of(system))
    names = [tuple(sorted({var.name for var in variables_of(term)})) for term in terms]
    # A literal speaks about one or two variables: it is evaluated once for each of their values.
    having: dict[tuple[str, ...], dict[tuple[Value, ...], int]] = {}
    for them in dict.fromkeys(names):
        bits = having.setdefault(them, {})
        places = [system.index[name] for name in them]
        for number, state in enumerate(samples):
            values = tuple(state[at] for at in places)
            bits[values] = bits.get(values, 0) | (1 << number)
    where = tuple(
        sum(
            bits
            for values, bits in having[them].items()
            if evaluate(term, dict(zip(them, values, strict=True)))
        )
        for term, them in zip(terms, names, strict=True)
    )
    subject = tuple(", ".join(them) for them in names)
    messages = {action.message for action in system.actions if action.message is not None}
    topic = tuple(_topic(term, messages) for term in terms)
    return Literals(terms, where, (1 << len(samples)) - 1, subject, topic)


def _topic(literal: Term, messages: AbstractSet[str]) -> str | None:
    """The message in the brackets of the variable's name, or the label it is compared with."""
    name = next(variables_of(literal)).name
    words = set(re.split(r"[\[\], ]", name))
    match literal:
        case App("eq", (Var(), Const(str() as label))):
            words.add(label)
        case App("not", (App("eq", (Var(), Const(str() as label))),)):
            words.add(label)
        case _:
            pass
    return min(words & messages, default=None)


def short_clauses(literals: Literals) -> list[Term]:
    """The clauses of one or two literals that hold in every sample."""
    ones = [at for at, where in enumerate(literals.where) if where == literals.everywhere]
    clauses: list[tuple[int, ...]] = [(at,) for at in ones]
    useful = _useful(literals)
    for place, a in enumerate(useful):
        clauses += ((a, b) for b in useful[place + 1 :] if _hold(literals, a, b))
    return [_clause(literals, clause) for clause in clauses]


def long_clauses(literals: Literals, known: AbstractSet[Term]) -> list[Term]:
    """The clauses of three literals that hold in every sample and contain no known lemma.

    All three speak about one message, or about none: what goes on with one message seldom depends
    on another, and this keeps the number of candidates in bounds.
    """
    useful = _useful(literals)
    found: list[Term] = []
    settled = {
        (a, b)
        for place, a in enumerate(useful)
        for b in useful[place + 1 :]
        if _hold(literals, a, b) and _clause(literals, (a, b)) in known
    }
    for place, a in enumerate(useful):
        for later in range(place + 1, len(useful)):
            b = useful[later]
            if not _related(literals, a, b) or (a, b) in settled:
                continue
            missing = literals.everywhere & ~(literals.where[a] | literals.where[b])
            for c in useful[later + 1 :]:
                if (
                    missing & ~literals.where[c] == 0
                    and _related(literals, a, c)
                    and _related(literals, b, c)
                    and (a, c) not in settled
                    and (b, c) not in settled
                ):
                    found.append(_clause(literals, (a, b, c)))
                    if len(found) >= MOST:
                        return found
    return found


def _useful(literals: Literals) -> list[int]:
    """What holds nowhere adds nothing to a clause, what holds everywhere needs no company."""
    return [at for at, where in enumerate(literals.where) if 0 < where < literals.everywhere]


def _hold(literals: Literals, a: int, b: int) -> bool:
    return (
        literals.subject[a] != literals.subject[b]
        and literals.where[a] | literals.where[b] == literals.everywhere
    )


def _related(literals: Literals, a: int, b: int) -> bool:
    topics = {literals.topic[a], literals.topic[b]} - {None}
    return literals.subject[a] != literals.subject[b] and len(topics) <= 1


def _clause(literals: Literals, clause: Sequence[int]) -> Term:
    return build.any_of(*(literals.terms[at] for at in clause))
