"""Invariants in words: why a property holds, one sentence for each thing that is always so.

The signs are those of logic. `worker at received(m)`: the process stands at that place with m in
hand; `effects(m)`, `told(m)`: what the ledger has on record of m; `rank(m)`: the place of m in the
order of acceptance, 0 before; `lose left`: what is left of a fault budget. A sentence about m is
true of every message, one about m and n of any two different ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from deliverycheck.explain.invariants.phrases import OR
from deliverycheck.explain.invariants.sentences import Sentence, sentences
from deliverycheck.explain.invariants.symmetry import mentioned, messages_of
from deliverycheck.explain.invariants.vocabulary import Vocabulary
from deliverycheck.system.model import System
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.terms import Term

LETTERS = "mnopqrstuvwxyzabcdefghijkl"


def told_invariant(system: System, invariant: Sequence[Term]) -> tuple[str, ...]:
    """The sentences of an invariant, in the names of the model and in a fixed order.

    They mean together what the invariant means, given the domains of the variables.
    """
    letters = tuple(_free_letters(system))
    written = sentences(system, invariant)
    return tuple(told_sentence(system, sentence, letters) for sentence in written)


def told_condition(system: System, term: Term) -> str:
    """A condition about particular messages, which keep their names."""
    names = {message: message for message in messages_of(system)}
    return Vocabulary(system, names, set()).all_of([term]).text


def told_sentence(system: System, sentence: Sentence, letters: Sequence[str] = LETTERS) -> str:
    """A sentence in words; its messages are called by the letters, if there are enough."""
    enough = len(sentence.messages) <= len(letters)
    labels = letters if enough else sentence.messages
    names = dict(zip(sentence.messages, labels, strict=False))
    # Any other message than those the sentence is about would be a particular one.
    about = mentioned((*sentence.premises, *sentence.conclusions))
    vocabulary = Vocabulary(system, names, set(messages_of(system)) - about)
    conclusion = vocabulary.all_of(sentence.conclusions)
    text = conclusion.text
    if sentence.premises:
        text = f"{vocabulary.all_of(sentence.premises).inside(OR)} → {conclusion.inside(OR)}"
    return text + _different([name for message, name in names.items() if message in about])


def _different(names: list[str]) -> str:
    """That names stand for different messages, if there are several."""
    if len(names) < 2:
        return ""
    if len(names) == 2:
        return f", for {names[0]} ≠ {names[1]}"
    return f", for different {', '.join(names[:-1])} and {names[-1]}"


def _free_letters(system: System) -> Iterator[str]:
    """Letters that mean nothing else in the model; parameters of processes are named by place."""
    used: set[str] = set()
    for variable in system.variables:
        labels = variable.sort.labels if isinstance(variable.sort, EnumSort) else ()
        names = () if variable.store == "place" else (variable.name,)
        used |= {word for text in (*labels, *names) for word in re.findall(r"\w+", text)}
    yield from islice((letter for letter in LETTERS if letter not in used), len(LETTERS))
