"""Mentions: which messages the names of variables and the labels of their values are about.

A system by itself does not say so: its names are texts, and a label `m1` may be a message or a word
of the model's author. Whoever makes the system knows, and says it in this form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from deliverycheck.system.model import System
from deliverycheck.system.sorts import EnumSort


@dataclass(frozen=True, slots=True)
class Mention:
    """What a name or a label says: `form` with the messages it is about, in their order.

    Two of one form say the same of other messages: `state[m1]` and `state[m2]`.
    """

    form: str
    messages: tuple[str, ...]

    def renamed(self, names: Mapping[str, str]) -> Mention:
        """The same said of other messages."""
        return Mention(self.form, tuple(names.get(message, message) for message in self.messages))


@dataclass(frozen=True, slots=True)
class Mentions:
    """The messages of a system, and where it mentions them.

    What is not listed is about no message, and stands for itself.
    """

    messages: tuple[str, ...]
    """Their labels, in the order of the model."""
    variables: Mapping[str, Mention] = field(default_factory=dict[str, Mention])
    """By variable: what its name says."""
    labels: Mapping[str, Mapping[str, Mention]] = field(
        default_factory=dict[str, Mapping[str, Mention]]
    )
    """By variable: of its labels those that mention a message."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What becomes of a state when messages change places.

    The value of variable v becomes the value of `variables[v]`, a label l of it `labels[v][l]`;
    what is not listed stays as it is.
    """

    names: Mapping[str, str]
    """By message: the message whose place it takes."""
    variables: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


NOTHING = Renaming({}, {}, {})
"""Nothing changes its place."""


class Unlike(Exception):
    """Messages cannot change places, or a term has no meaning once they do; says why."""


def swap(one: str, other: str) -> dict[str, str]:
    """Two messages change places."""
    return {one: other, other: one}


def steps_between(messages: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The exchanges of neighbours, out of which every order of the messages can be made."""
    return (swap(one, other) for one, other in pairwise(messages))


def renaming_of(system: System, mentions: Mentions, names: Mapping[str, str]) -> Renaming:
    """What becomes of a system's states when messages change places as `names` says.

    It is one to one on the typed states. Raises Unlike where there is no such thing.
    """
    variables = dict(_moved(mentions.variables, names, "variable"))
    labels: dict[str, dict[str, str]] = {}
    for variable in system.variables:
        other = variables.get(variable.name, variable.name)
        at = system.index.get(other)
        if at is None or system.variables[at].sort != variable.sort:
            raise Unlike(f"there is no {other} like {variable.name}")
        said = mentions.labels.get(variable.name, {})
        if said != mentions.labels.get(other, {}):
            raise Unlike(f"{other} does not hold what {variable.name} holds")
        found = dict(_moved(said, names, f"value of {variable.name}"))
        known = variable.sort.labels if isinstance(variable.sort, EnumSort) else ()
        for label in found.values():
            if label not in known:
                raise Unlike(f"{variable.name} cannot be {label}")
        if found:
            labels[variable.name] = found
    for name in variables:
        if name not in system.index:
            raise Unlike(f"there is no variable {name}")
    return Renaming(names, variables, labels)


def _moved(
    said: Mapping[str, Mention], names: Mapping[str, str], what: str
) -> Iterator[tuple[str, str]]:
    """Of what changes its place: from where to where. Raises Unlike."""
    by_mention = {mention: text for text, mention in said.items()}
    if len(by_mention) < len(said):
        raise Unlike(f"a {what} says the same as another one")
    for text, mention in said.items():
        other = by_mention.get(mention.renamed(names))
        if other is None:
            about = ", ".join(mention.renamed(names).messages)
            raise Unlike(f"there is no {what} that says of {about} what {text} says")
        if other != text:
            yield text, other
