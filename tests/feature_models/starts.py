"""Fields that start with something in them."""

from typing import Annotated, Literal

from deliverycheck.lang import AtMost, Message, Protocol, Role, require

one = Role("one")

Coin = Literal["a", "b"]


class Tokens(Protocol):
    """Two coins, a price and a line to begin with; each model has its own."""

    left: set[Coin] = {"a", "b"}
    price: dict[Coin, bool] = {"a": True}
    line: Annotated[list[Coin], AtMost(2)] = ["b", "a"]
    paid: set[Message]

    @one
    def pay(self, m: Message, coin: Coin) -> None:
        require(coin in self.left and m not in self.paid)
        self.left.remove(coin)
        self.paid.add(m)

    @one
    def call(self) -> None:
        require(len(self.line) > 0)
        first = self.line.pop(0)
        self.price[first] = not self.price.get(first, False)
