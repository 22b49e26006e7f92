"""Symmetry between messages: what is true of each of them is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import TypeAlias

from deliverycheck.explain.invariants.facts import Key, canonical, fact_of, key_of, term_of
from deliverycheck.system.model import System
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.terms import App, Const, Term, Var

Literals: TypeAlias = frozenset[Term]
"""The parts of a disjunction, each in its fixed form."""

Order: TypeAlias = tuple[list[tuple[int, int, Key]], list[tuple[int, int, Key]]]
"""What tells which of several clauses to tell."""

MOST_TOGETHER = 3
"""Sentences about more messages at once are told message by message."""

_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"\w+")
_LIKE_A_MESSAGE = re.compile(r"m\d+")


def renamed_label(label: str, names: Mapping[str, str]) -> str:
    """A label with the things it mentions renamed: `Part(m1, 0)` to `Part(m2, 0)`."""
    return _WORD.sub(lambda word: names.get(word[0], word[0]), label)


def renamed_variable(name: str, names: Mapping[str, str]) -> str:
    """A variable's name with the things in its brackets renamed."""
    return _BRACKETS.sub(lambda part: renamed_label(part[0], names), name)


def words_in_brackets(name: str) -> Iterator[str]:
    """What the brackets of a variable's name mention."""
    for part in _BRACKETS.findall(name):
        yield from _WORD.findall(part)


def messages_of(system: System) -> tuple[str, ...]:
    """The labels of the messages.

    They are what actions are about and what the ledger keeps records of. A model need not act on
    all its messages, so labels that look like one count too: at worst, less is told for all.
    """
    found = {action.message for action in system.actions if action.message is not None}
    said: set[str] = set()
    for variable in system.variables:
        brackets = set(words_in_brackets(variable.name))
        said |= brackets
        if variable.store == "ledger" and variable.name.endswith("]"):
            found |= brackets
        if isinstance(variable.sort, EnumSort):
            said |= {word for label in variable.sort.labels for word in _WORD.findall(label)}
    if any(map(_LIKE_A_MESSAGE.fullmatch, found)):
        found |= set(filter(_LIKE_A_MESSAGE.fullmatch, said))
    return tuple(sorted(found, key=lambda label: (len(label), label)))


def mentioned(terms: Iterable[Term]) -> set[str]:
    """Everything that brackets and labels in the terms mention."""
    found: set[str] = set()
    for term in terms:
        match term:
            case Var(name):
                found |= set(words_in_brackets(name))
            case Const(str() as label):
                found |= set(_WORD.findall(label))
            case App(_, args):
                found |= mentioned(args)
            case _:
                pass
    return found


def renamed(term: Term, names: Mapping[str, str], system: System) -> Term | None:
    """The term about other messages; None if the system has no such variable or label."""
    match term:
        case Const(str() as label, EnumSort(labels) as sort):
            other = renamed_label(label, names)
            return Const(other, sort) if other in labels else None
        case Var(name, sort):
            other = renamed_variable(name, names)
            at = system.index.get(other)
            if other == name or (at is not None and system.variables[at].sort == sort):
                return Var(other, sort)
            return None
        case App(op, args):
            parts = [part for arg in args if (part := renamed(arg, names, system)) is not None]
            return App(op, tuple(parts)) if len(parts) == len(args) else None
        case _:
            return term


def families(
    system: System, clauses: Iterable[Literals], order: Callable[[Literals], Order]
) -> Iterator[tuple[tuple[str, ...], Literals, frozenset[Literals]]]:
    """The clauses, those that say the same of all messages once: messages, clause, all instances.

    The clause told speaks of the first messages, each of which stands for any; it is the first one
    by `order` among those that do. Without messages, the clause stands for itself.
    """
    messages = messages_of(system)
    every = frozenset(clauses)
    done: set[Literals] = set()
    for clause in sorted(every, key=_by_writing):
        if clause in done:
            continue
        said = mentioned(sparing(clause, messages))
        about = tuple(message for message in messages if message in said)
        images: set[Literals] = set()
        if 0 < len(about) <= MOST_TOGETHER:
            images = _images(sparing(clause, messages), about, messages, system)
        first = messages[: len(about)]
        told = [
            image
            for image in images
            if mentioned(sparing(image, messages)).intersection(messages) == set(first)
        ]
        if told and images <= every:
            done |= images
            yield first, min(sorted(told, key=_by_writing), key=order), frozenset(images)
        else:
            done.add(clause)
            yield (), clause, frozenset((clause,))


def _by_writing(clause: Literals) -> list[Key]:
    return sorted(map(key_of, clause))


def sparing(clause: Literals, messages: Iterable[str]) -> Literals:
    """The clause with as few messages as it takes: with two, not to be one is to be the other."""
    facts = {literal: fact_of(literal) for literal in clause}
    about = {
        word
        for literal, fact in facts.items()
        for word in (mentioned((literal,)) if fact is None else words_in_brackets(fact.var.name))
    }
    avoid = set(messages) - about
    return frozenset(term_of(fact, avoid) if fact else literal for literal, fact in facts.items())


def _images(
    clause: Literals, about: Sequence[str], messages: Sequence[str], system: System
) -> set[Literals]:
    """The clause about every choice of as many different messages; none if one is not sayable."""
    found: set[Literals] = set()
    for others in permutations(messages, len(about)):
        names = dict(zip(about, others, strict=True))
        parts = [renamed(literal, names, system) for literal in clause]
        whole = frozenset(canonical(part) for part in parts if part is not None)
        if None in parts:
            return set()
        found.add(whole)
    return found
