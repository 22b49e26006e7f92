"""Sentences: an invariant as implications, each thing said once, exactly.

Every step here is an equivalence over the variables' domains: the sentences together mean what the
invariant means, neither more nor less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.explain.invariants.clauses import clauses_of, implied, is_choice, simplified
from deliverycheck.explain.invariants.facts import (
    Fact,
    canonical,
    fact_of,
    key_of,
    negation,
    term_of,
)
from deliverycheck.explain.invariants.reading import Place, Reading
from deliverycheck.explain.invariants.symmetry import (
    Literals,
    families,
    mentioned,
    messages_of,
    sparing,
)
from deliverycheck.system import build
from deliverycheck.system.model import System
from deliverycheck.system.terms import App, Term


@dataclass(frozen=True, slots=True)
class Sentence:
    """All premises together imply every conclusion.

    It is so for any different messages put in the place of `messages`, in their order; without
    messages, it is only so as it stands. The terms mention no other message then.
    """

    messages: tuple[str, ...]
    premises: tuple[Term, ...]
    conclusions: tuple[Term, ...]


Draft: TypeAlias = tuple[tuple[str, ...], Literals]
"""A clause, and the messages in it that stand for any."""


def sentences(system: System, invariant: Iterable[Term]) -> tuple[Sentence, ...]:
    """The sentences of an invariant, in a fixed order."""
    return _Writer(system).written(invariant)


class _Writer:
    """What writing the sentences of a system needs to know."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.messages = messages_of(system)
        self.reading = Reading(system)

    def written(self, invariant: Iterable[Term]) -> tuple[Sentence, ...]:
        clauses = simplified({part for term in invariant for part in clauses_of(canonical(term))})
        needless = implied(clauses)
        drafts = [
            (messages, clause)
            for messages, clause, instances in families(self.system, clauses, self._order)
            if not instances <= needless
        ]
        return tuple(sorted(self._gathered(self._merged(drafts)), key=self._rank))

    def _order(self, clause: Literals) -> tuple[list[Place], list[Place]]:
        return self.reading.key(self.reading.split(clause))

    def _avoided(self, draft: Draft) -> set[str]:
        """Messages a sentence is not about: where others stand for any, they could be the same."""
        messages, clause = draft
        return set(self.messages) - set(messages or mentioned(sparing(clause, self.messages)))

    def _merged(self, drafts: Iterable[Draft]) -> set[Draft]:
        """Clauses that differ in what they say about one variable become one.

        (x in A, or rest) and (x in B, or rest) is: x in both A and B, or rest.
        """
        left = set(drafts)
        while True:
            groups: dict[tuple[Draft, str], list[tuple[Draft, Fact]]] = {}
            for draft in sorted(left, key=_by_writing):
                messages, clause = draft
                for literal in sorted(clause, key=key_of):
                    fact = fact_of(literal)
                    if fact is not None:
                        key = (messages, clause - {literal}), fact.var.name
                        groups.setdefault(key, []).append((draft, fact))
            before = len(left)
            for ((messages, rest), _), members in groups.items():
                if len(members) > 1 and all(draft in left for draft, _ in members):
                    left -= {draft for draft, _ in members}
                    left.add((messages, rest | _met([fact for _, fact in members])))
            if len(left) == before:
                return left

    def _equivalences(self, drafts: set[Draft]) -> Iterator[tuple[set[Draft], Sentence]]:
        """Pairs of clauses that say that two conditions hold together or not at all."""
        done: set[Draft] = set()
        for draft in sorted(drafts, key=_by_writing):
            messages, clause = draft
            other = messages, frozenset(map(negation, clause))
            if len(clause) != 2 or other not in drafts or draft in done:
                continue
            done |= {draft, other}
            premises, conclusions = self.reading.split(clause, self._avoided(draft))
            sides = sorted((*premises, *conclusions), key=self.reading.place)
            if len(premises) == 1:
                yield {draft, other}, Sentence(messages, (), (App("eq", tuple(sides)),))

    def _gathered(self, drafts: set[Draft]) -> Iterator[Sentence]:
        """Implications from the same premises as one, if none of them leaves a choice."""
        for pair, sentence in self._equivalences(drafts):
            drafts = drafts - pair
            yield sentence
        groups: dict[tuple[tuple[str, ...], Literals], list[Literals]] = {}
        for messages, clause in sorted(drafts, key=_by_writing):
            premises, conclusion = self.reading.split(clause, self._avoided((messages, clause)))
            groups.setdefault((messages, premises), []).append(conclusion)
        for (messages, premises), conclusions in groups.items():
            first = tuple(sorted(premises, key=self.reading.place))
            merged = [self._disjunction(part) for part in self._factored(conclusions)]
            together = [term for term in merged if first and not is_choice(term)]
            if together:
                yield Sentence(messages, first, tuple(sorted(together, key=self.reading.place)))
            for term in merged:
                if term not in together:
                    yield Sentence(messages, first, (term,))

    def _factored(self, conclusions: list[Literals]) -> list[Literals]:
        """(A or B) and (A or C) is: A, or both B and C."""
        left, found = list(conclusions), list[Literals]()
        while left:
            groups: dict[Literals, list[Term]] = {}
            for conclusion in left:
                for literal in sorted(conclusion, key=key_of):
                    groups.setdefault(conclusion - {literal}, []).append(literal)
            groups.pop(frozenset(), None)
            rest = max(groups, key=lambda rest: len(groups[rest]), default=None)
            if rest is None or len(groups[rest]) == 1:
                break
            parts = sorted(groups[rest], key=self.reading.place)
            left = [member for member in left if member not in [rest | {part} for part in parts]]
            found.append(rest | {App("and", tuple(parts))})
        return found + left

    def _disjunction(self, literals: Literals) -> Term:
        parts = sorted(literals, key=self.reading.place)
        if len(parts) <= 1:
            return parts[0] if parts else build.FALSE
        return App("or", tuple(parts))

    def _rank(self, sentence: Sentence) -> tuple[bool, list[Place], list[Place], tuple[str, ...]]:
        """Where a sentence stands: what always holds comes first, promises before all."""
        reading = self.reading
        how = reading.place if sentence.premises else reading.worth
        conclusions = [how(term) for term in sentence.conclusions]
        premises = [reading.place(term) for term in sentence.premises]
        return bool(premises), premises, conclusions, sentence.messages


def _met(facts: list[Fact]) -> Literals:
    """All the facts as a literal; none where they exclude each other."""
    fact = facts[0]
    for other in facts[1:]:
        fact = fact.meet(other)
    return frozenset((term_of(fact),) if fact.spans else ())


def _by_writing(draft: Draft) -> tuple[tuple[str, ...], list[tuple[int | str, ...]]]:
    messages, clause = draft
    return messages, sorted(map(key_of, clause))
