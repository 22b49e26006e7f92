"""What a machine keeps of a run: the moves, the processes between two steps, the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deliverycheck.lang.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Move:
    """One step that a run can take: who, which step, and the fault it spends, if any."""

    actor: str
    name: str
    fault: str | None = None


@dataclass(slots=True)
class Running:
    """A process between two steps. `past` holds what each of its segments started from."""

    arguments: tuple[object, ...]
    place: str
    past: list[tuple[dict[str, object], tuple[bool, ...]]]
    generator: Iterator[str] | None

    def copy(self) -> Running:
        """The same without the generator, which will be made again when it is needed."""
        return Running(self.arguments, self.place, list(self.past), None)


@dataclass(slots=True)
class Snapshot:
    """All that a step can change."""

    fields: dict[str, object]
    owned: dict[str, dict[str, object]]
    ledger: Ledger
    budgets: dict[str, float]
    processes: dict[tuple[str, str], Running]


def frames_of(generator: object) -> dict[tuple[str, ...], Mapping[str, object]]:
    """The local names of a generator and of those it delegates to, by the helpers' names."""
    frames: dict[tuple[str, ...], Mapping[str, object]] = {}
    path: tuple[str, ...] = ()
    while generator is not None:
        frame = getattr(generator, "gi_frame", None)
        if frame is None:
            break
        frames[path] = frame.f_locals
        generator = getattr(generator, "gi_yieldfrom", None)
        code = getattr(generator, "gi_code", None)
        path = (*path, code.co_name) if code else path
    return frames
