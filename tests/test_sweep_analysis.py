"""What follows from a table of verdicts, against the definitions, on random tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from random import Random

import pytest

from deliverycheck.explain.sweep.analysis import (
    flip,
    is_redundant,
    least_changes,
    sufficient,
    turns,
)

Place = tuple[int, ...]
VERDICTS = ("holds", "violated", "undetermined", "vacuous", "error")


def random_table(seed: int) -> tuple[tuple[int, ...], dict[Place, str], Place]:
    """Up to three axes of up to four values; sometimes with a rule behind the verdicts."""
    dice = Random(seed)  # noqa: S311 - random tables, no secrets
    sizes = tuple(dice.randint(1, 4) for _ in range(dice.randint(1, 3)))
    rule = [dice.choice([None, *range(size)]) for size in sizes]
    weights = dice.choice([(1, 1, 0, 0, 0), (4, 1, 0, 0, 0), (6, 6, 1, 1, 1)])
    table: dict[Place, str] = {}
    for place in product(*map(range, sizes)):
        table[place] = dice.choices(VERDICTS, weights)[0]
        if any(value == wanted for value, wanted in zip(place, rule, strict=True)):
            table[place] = "holds"
    return sizes, table, tuple(dice.randrange(size) for size in sizes)


SEEDS = range(600)


def apart(one: Place, other: Place) -> set[int]:
    return {axis for axis in range(len(one)) if one[axis] != other[axis]}


def test_load_bearing_is_a_pair_that_differs_in_one_thing_and_in_the_verdict() -> None:
    found = 0
    for seed in SEEDS:
        sizes, table, base = random_table(seed)
        for axis in range(len(sizes)):
            pairs = [
                (one, two)
                for one in table
                for two in table
                if apart(one, two) == {axis}
                if table[one] == "holds" and table[two] == "violated"
            ]
            pair = flip(table, axis, base)
            assert (pair is None) == (not pairs), seed
            if pair is None:
                continue
            found += 1
            assert pair in pairs
            away = [sum(len(apart(one, base)) for one in other) for other in pairs]
            assert sum(len(apart(one, base)) for one in pair) == min(away)
    assert found > 300


def test_redundant_is_what_changes_no_verdict_of_any_property() -> None:
    seen = set()
    for seed in SEEDS:
        sizes, table, _ = random_table(seed)
        dice = Random(-seed - 1)  # noqa: S311 - the same
        other = {place: dice.choice(["holds", table[place]]) for place in table}
        for axis in range(len(sizes)):
            same = all(
                each[one] == each[two] and each[one] in ("holds", "violated", "vacuous")
                for each in (table, other)
                for one in table
                for two in table
                if apart(one, two) == {axis}
            )
            assert is_redundant([table, other], axis) == same, seed
            seen.add(same)
    assert seen == {True, False}


def parts(whole: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """All that is left of an assignment when something is taken away, down to nothing."""
    items = list(whole.items())
    some = (combinations(items, count) for count in range(len(items)))
    yield from map(dict, chain.from_iterable(some))


def test_minimal_sufficient_sets_are_the_prime_implicants() -> None:
    several = 0
    for seed in SEEDS:
        sizes, table, _ = random_table(seed)
        good = {place for place, verdict in table.items() if verdict == "holds"}

        def suffices(fixed: Mapping[int, int], good: set[Place], table: dict[Place, str]) -> bool:
            return all(
                place in good
                for place in table
                if all(place[axis] == value for axis, value in fixed.items())
            )

        every = [
            {axis: value for axis, value in enumerate(partial) if value is not None}
            for partial in product(*([None, *range(size)] for size in sizes))
        ]
        primes = [
            fixed
            for fixed in every
            if suffices(fixed, good, table)
            and not any(suffices(part, good, table) for part in parts(fixed))
        ]
        found = [
            {axis: value for axis, value in enumerate(one) if value is not None}
            for one in sufficient(good, sizes)
        ]
        assert sorted(map(str, found)) == sorted(map(str, primes)), seed
        assert [len(one) for one in found] == sorted(len(one) for one in found)
        several += len(found) > 1
    assert several > 100


def test_minimal_changes_have_no_part_that_would_do() -> None:
    for seed in SEEDS:
        _, table, base = random_table(seed)
        good = [place for place, verdict in table.items() if verdict == "holds"]

        def changed(place: Place, base: Place) -> dict[int, int]:
            return {axis: place[axis] for axis in apart(place, base)}

        def made(fixed: Mapping[int, int], base: Place) -> Place:
            return tuple(fixed.get(axis, value) for axis, value in enumerate(base))

        least = [
            place
            for place in good
            if not any(table[made(part, base)] == "holds" for part in parts(changed(place, base)))
        ]
        assert least_changes(good, base) == least, seed


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("hhv", [(1, 2)]),
        ("vvh", [(2, 1)]),
        ("hvh", [(0, 1), (2, 1)]),
        ("hhh", []),
        ("huv", []),  # where it turns is not known
        ("h", []),
        ("", []),
    ],
)
def test_a_property_turns_between_two_neighbours(
    verdicts: str, expected: list[tuple[int, int]]
) -> None:
    names = {"h": "holds", "v": "violated", "u": "undetermined"}
    assert list(turns([names[one] for one in verdicts])) == expected
    assert list(turns(tuple(names[one] for one in verdicts))) == expected
