"""Names inside a page: ids that are safe in a link, told from names that may be anything."""

from __future__ import annotations

import re
from collections.abc import Iterable


def ids_of(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """An id for each name, all different, and different from those that are `taken`."""
    used = set(taken)
    found: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60] or "part"
        one, count = plain, 1
        while one in used:
            count += 1
            one = f"{plain}-{count}"
        used.add(one)
        found[name] = one
    return found
