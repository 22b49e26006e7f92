"""What a notebook shows of a result: a question to the floor that knows how to tell it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from typing import cast

TELLING = "deliverycheck.report.notebook"
"""The one look upward in this house: results know by name who shows them, and nothing more. It is
imported when a notebook asks; without it, nothing here is missing."""


class Shown:
    """Something a notebook shows as a table and a picture, not as the `repr` of its parts."""

    __slots__ = ()

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """Its representations by media type, as IPython asks for them.

        `include` and `exclude` are the media types wanted and unwanted (IPython's documentation,
        "Integrating your objects with IPython: Rich display").
        """
        tell: object = import_module(TELLING).shown
        found = cast("Callable[[object], dict[str, str]]", tell)(self)
        return {
            kind: text
            for kind, text in found.items()
            if (include is None or kind in include) and kind not in (exclude or ())
        }
