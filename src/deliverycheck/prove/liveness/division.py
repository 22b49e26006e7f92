"""Division: places into parts in which no fair run stays for ever, in the order of passing.

The recursion on strongly connected components by which fair loops are found (Emerson and Lei 1987)
also says why there are none: each component has a helpful fair step, which leaves it and has to be
taken. A weak one has to be possible throughout; for a strong one it is enough that the places
without it, on their own, are divided likewise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from deliverycheck.prove.liveness.moves import NOBODY
from deliverycheck.prove.liveness.terrain import Places


@dataclass(frozen=True, slots=True)
class Part:
    """Places in which no fair run stays for ever, and the assumption that drives it out."""

    places: tuple[int, ...]
    helpful: int
    inner: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Component:
    """A strongly connected component; either some assumptions help everywhere, or one in part."""

    places: tuple[int, ...]
    helping: int
    """The assumptions that are possible throughout, and never taken inside, as bits."""
    part: Part | None
    """What it becomes if there are none."""


class Division:
    """Divides the open places of a view."""

    def __init__(self, places: Places, strong: int) -> None:
        self.places = places
        self.strong = strong
        """The strong assumptions, as bits."""

    def parts(self) -> tuple[Part, ...] | None:
        """The parts of the open places; None where a fair run may stay for ever."""
        components = self._divided(self.places.open)
        return None if components is None else self._joined(components)

    def succeeds(self) -> bool:
        """Whether there are such parts."""
        return self._divided(self.places.open) is not None

    def _divided(self, places: Collection[int]) -> list[_Component] | None:
        among = set(places)
        found: list[_Component] = []
        for component in self._components(among):
            one = self._component(component)
            if one is None:
                return None
            found.append(one)
        return found

    def _component(self, component: tuple[int, ...]) -> _Component | None:
        inside, among = 0, set(component)
        everywhere, somewhere = -1, 0
        for place in component:
            everywhere &= self.places.sure[place]
            somewhere |= self.places.sure[place]
            for owner, target in self.places.onward[place]:
                if owner != NOBODY and target in among:
                    inside |= 1 << owner
        if helping := everywhere & ~inside:
            return _Component(component, helping, None)
        partial = somewhere & self.strong & ~inside
        if not partial:
            return None
        # Any of them will do: what one drives out, no other one needs. The most is the shortest.
        helpful = max(_bits(partial), key=lambda one: (self._count(component, one), -one))
        rest = [place for place in component if not self.places.sure[place] >> helpful & 1]
        divided = self._divided(rest)
        if divided is None:
            return None
        return _Component(component, 0, Part(component, helpful, self._joined(divided)))

    def _count(self, component: Iterable[int], one: int) -> int:
        return sum(self.places.sure[place] >> one & 1 for place in component)

    def _joined(self, components: list[_Component]) -> tuple[Part, ...]:
        """Components with the same helpful step as one part, where the order allows: fewer parts.

        Every component that precedes one of a part is in the same part, or in an earlier one.
        """
        home = {place: at for at, one in enumerate(components) for place in one.places}
        before: list[dict[int, int]] = [{} for _ in components]
        for place, at in home.items():
            for owner, target in self.places.onward[place]:
                to = home.get(target, at)
                if to != at:
                    bit = 1 << owner if owner != NOBODY else 0
                    before[to][at] = before[to].get(at, 0) | bit
        left = dict.fromkeys(range(len(components)))
        parts: list[Part] = []
        while left:
            chosen, helpful = max(
                ((self._gathered(components, before, left, one), one) for one in self._all()),
                key=lambda found: (len(found[0]), -found[1]),
            )
            if not chosen:
                first = next(iter(left))  # they are in the order of passing
                part = components[first].part
                if part is None:
                    raise ValueError("a component without a helpful step")
                chosen = [first]
                parts.append(part)
            else:
                places = sorted(p for at in chosen for p in components[at].places)
                parts.append(Part(tuple(places), helpful))
            for at in chosen:
                del left[at]
        return tuple(parts)

    def _all(self) -> Iterable[int]:
        return range(max(1, max(self.places.sure, default=0).bit_length()))

    def _gathered(
        self,
        components: list[_Component],
        before: list[dict[int, int]],
        left: Iterable[int],
        one: int,
    ) -> list[int]:
        """The components that may come next, as one part with this helpful step."""
        chosen: dict[int, None] = {}
        waiting: set[int] = set()
        for at in left:
            # What precedes it must be gone already, or be in the part, with no helpful step here.
            ready = all(
                earlier not in waiting and not (earlier in chosen and bits >> one & 1)
                for earlier, bits in before[at].items()
            )
            if ready and components[at].helping >> one & 1:
                chosen[at] = None
            else:
                waiting.add(at)
        return list(chosen)

    def _components(self, among: AbstractSet[int]) -> list[tuple[int, ...]]:
        """The strongly connected components, in the order of passing (Tarjan 1972)."""
        order: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        held: set[int] = set()
        found: list[tuple[int, ...]] = []
        for root in sorted(among):
            if root in order:
                continue
            order[root] = low[root] = len(order)
            stack.append(root)
            held.add(root)
            work = [(root, iter(self.places.onward[root]))]
            while work:
                place, onward = work[-1]
                for _, target in onward:
                    if target not in among:
                        continue
                    if target not in order:
                        order[target] = low[target] = len(order)
                        stack.append(target)
                        held.add(target)
                        work.append((target, iter(self.places.onward[target])))
                        break
                    if target in held:
                        low[place] = min(low[place], order[target])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[place])
                    if low[place] == order[place]:
                        component: list[int] = []
                        while not component or component[-1] != place:
                            component.append(stack.pop())
                        held.difference_update(component)
                        found.append(tuple(sorted(component)))
        return found[::-1]


def _bits(bits: int) -> list[int]:
    return [one for one in range(bits.bit_length()) if bits >> one & 1]
