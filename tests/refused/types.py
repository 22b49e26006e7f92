"""Types, bounds and starts that are refused: each marked line bears the code it must get."""
# mypy: ignore-errors
# ruff: noqa: ARG002, D101, E741, F401, F821
# pyright: basic

from typing import Annotated, Any

from deliverycheck.lang import AtMost, Channel, Message, Natural, Protocol, Range, Role, require

one = Role("one")
two = Role("two")


class Acting(Protocol):
    """One action, so that the classes below are models."""

    b: bool

    @one
    def act(self) -> None:
        self.b = True


class Fields(Acting):
    """All in one class, all told at once."""

    flag_name: bool = False
    a: int  # refused: DC109
    c: list[Message]  # refused: DC109
    d: float  # refused: DC109
    e: bool | Message  # refused: DC109
    f: Channel[Message]  # refused: DC109
    g: Annotated[int, Range(3, 1)]  # refused: DC109
    h: Annotated[int, Range(0, "missing")]  # refused: DC109
    i: Annotated[int, Range(0, "flag_name")]  # refused: DC109
    j: Annotated[int, Range(0, 2**40)]  # refused: DC110
    k: Annotated[list[Message], AtMost(0)]  # refused: DC110
    l: Annotated[list[Message], AtMost(1000)]  # refused: DC110
    m: set[Natural]  # refused: DC110
    n: dict[Annotated[int, Range(0, 99999)], bool]  # refused: DC110
    o: set[set[Message]]  # refused: DC109
    p: tuple[Message, ...]  # refused: DC109
    q: Any  # refused: DC109
    r: str  # refused: DC109
    s: frozenset[Message]  # refused: DC109
    t: set  # refused: DC109
    u: Message | bool | None  # refused: DC109
    v: Channel[Message] | None  # refused: DC109
    w: Channel[Natural] = Channel(one, two)  # refused: DC110
    x: Channel[Message] = Channel(one, two, copies="nowhere")  # refused: DC109


class Starts(Acting):
    a: Annotated[int, Range(0, 2)] = 5  # refused: DC108
    b2: set[Message] = {3}  # refused: DC108
    c: bool | None = 1  # refused: DC108

    @one
    def start(self) -> None:
        self.a = 1
        self.c = None


class UntypedChoice(Acting):
    @one  # refused: DC111
    def act2(self, m) -> None:
        self.b = True


class IntChoice(Acting):
    @one  # refused: DC111
    def act2(self, m: int) -> None:
        self.b = True


class NaturalChoice(Acting):
    @one  # refused: DC110
    def act2(self, m: Natural) -> None:
        self.b = True


class SetChoice(Acting):
    @one  # refused: DC110
    def act2(self, m: set[Message]) -> None:
        self.b = True


class UnknownHint(Acting):
    @one  # refused: DC109
    def act2(self, m: "Massage") -> None:
        self.b = True


class UnknownFieldHint(Acting):  # refused: DC109
    c: "Massage"


class FieldNamedMessages(Acting):
    messages: set[Message]  # refused: DC108
