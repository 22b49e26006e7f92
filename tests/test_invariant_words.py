"""Invariants in words: the sentences mean what the invariant means, and are such as one says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, permutations, product
from pathlib import Path
from random import Random

import pytest
from brute import value_of
from support import MODELS, question
from systems import Maker, all_states, domain, system_of

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.explain.invariants.facts import Fact, fact_of, term_of, whole
from deliverycheck.explain.invariants.sentences import Sentence, sentences
from deliverycheck.explain.invariants.symmetry import mentioned, messages_of
from deliverycheck.explain.invariants.told import told_invariant, told_sentence
from deliverycheck.explain.invariants.vocabulary import Vocabulary
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system import build
from deliverycheck.system.model import Action, System, Variable
from deliverycheck.system.sorts import BOOL, NATURAL, BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Term, Var

FEATURES = Path(__file__).parent / "feature_models"

SUBJECTS = [
    ("guarantees/at_least_once.py", 1),
    ("guarantees/at_least_once_idempotent.py", 2),
    ("guarantees/exactly_once.py", 2),
    ("pitfalls/mark_before_effect.py", 3),
    ("channels.py:Parts", 2),
    ("channels.py:Line", 2),
    ("containers.py:Records", 2),
    ("containers.py:Dicts", 2),
    ("containers.py:Lists", 2),
    ("faults.py:Replicas", 2),
    ("faults.py:Ledgered", 3),
    ("faults.py:Timers", 3),
    ("helpers.py:Helped", 2),
    ("scalars.py:Maybes", 1),
    ("scalars.py:Holders", 2),
]


@cache
def lifted(name: str, messages: int) -> Lifted:
    folder = MODELS if "/" in name else FEATURES
    return lifted_of(question(str(folder / name), messages=messages))


def system(name: str, messages: int) -> System:
    return lifted(name, messages).system


# --- raw material ---------------------------------------------------------------------------------


def some(sort: Sort) -> tuple[Value, ...]:
    """Values to try; of an endless sort, the first ones."""
    if isinstance(sort, IntSort) and sort.high is None:
        return tuple(range(sort.low, sort.low + 5))
    return domain(sort)


def literal(rng: Random, variable: Variable, variables: Sequence[Variable]) -> Term:
    """A random literal, in one of the many ways to write it."""
    var = Var(variable.name, variable.sort)
    term: Term
    if isinstance(variable.sort, BoolSort):
        term = rng.choice((var, App("eq", (var, Const(rng.choice((True, False)), BOOL)))))
    elif isinstance(variable.sort, EnumSort):
        label = Const(rng.choice(variable.sort.labels), variable.sort)
        same = [v for v in variables if v.sort == variable.sort]
        twin = rng.choice(same)
        other = Var(twin.name, twin.sort) if rng.random() < 0.1 else label
        term = App("eq", (var, other) if rng.random() < 0.7 else (other, var))
    else:
        number = build.integer(rng.choice((-1, 0, 0, 1, 1, 2, 3)))
        whole_numbers = [v for v in variables if isinstance(v.sort, IntSort)]
        twin = rng.choice(whole_numbers)
        one: Term = var
        if rng.random() < 0.15:
            one = App(rng.choice(("add", "sub")), (var, Var(twin.name, twin.sort)))
        pair = (one, number) if rng.random() < 0.5 else (number, one)
        term = App(rng.choice(("le", "lt", "eq", "le")), pair)
    return App("not", (term,)) if rng.random() < 0.5 else term


def another(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[A-Za-z0-9_]+", lambda word: names.get(word[0], word[0]), text)


def elsewhere(term: Term, names: Mapping[str, str]) -> Term:
    """The same about other messages; parameters are called `m`, which is no message."""
    if isinstance(term, App):
        return App(term.op, tuple(elsewhere(arg, names) for arg in term.args))
    if isinstance(term, Var):
        return Var(another(term.name, names), term.sort)
    return Const(another(term.value, names), term.sort) if isinstance(term.value, str) else term


def labels(about: System) -> list[str]:
    """The messages, as the models used here call them."""
    found = {word for v in about.variables for word in re.findall(r"\bm\d\b", f"{v.name} {v.sort}")}
    return sorted(found)


def random_invariant(rng: Random, about: System) -> list[Term]:
    """A few clauses about a few variables, many of them for all messages."""
    chosen = rng.sample(about.variables, min(len(about.variables), rng.randint(2, 5)))
    messages = labels(about)
    found: list[Term] = []
    for _ in range(rng.randint(1, 4)):
        parts = [
            literal(rng, rng.choice(chosen), about.variables) for _ in range(rng.randint(1, 3))
        ]
        clause = App("or", tuple(parts))
        if rng.random() < 0.3:
            clause = App("or", (*parts, App("and", (parts[0], literal(rng, chosen[0], chosen)))))
        found.append(clause)
        if rng.random() < 0.7:
            for order in permutations(messages):
                image = elsewhere(clause, dict(zip(messages, order, strict=True)))
                known = all(name in about.index for name in names_in(image))
                if known and rng.random() < 0.97:
                    found.append(image)
    rng.shuffle(found)
    return found


def names_in(term: Term) -> set[str]:
    if isinstance(term, App):
        return {name for arg in term.args for name in names_in(arg)}
    return {term.name} if isinstance(term, Var) else set()


def said(sentence: Sentence, env: Mapping[str, Value]) -> bool:
    """Whether a sentence is true, as it stands."""
    if not all(value_of(term, env) for term in sentence.premises):
        return True
    return all(value_of(term, env) for term in sentence.conclusions)


def views(env: Mapping[str, Value], messages: list[str]) -> Iterator[dict[str, Value]]:
    """The valuation as it looks when messages change their names: in every way."""
    for order in permutations(messages):
        there = dict(zip(messages, order, strict=True))
        back = dict(zip(order, messages, strict=True))
        seen: dict[str, Value] = {}
        for name in env:
            value = env.get(another(name, there))
            if value is not None:
                seen[name] = another(value, back) if isinstance(value, str) else value
        yield seen


def meant(told: tuple[Sentence, ...], env: Mapping[str, Value], messages: list[str]) -> bool:
    """Whether all sentences are true: those about any message, for all of them."""
    others = list(views(env, messages))
    return all(
        all(said(sentence, view) for view in others) if sentence.messages else said(sentence, env)
        for sentence in told
    )


# --- what the sentences mean ----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "messages"), SUBJECTS)
def test_the_sentences_mean_what_the_invariant_means(name: str, messages: int) -> None:
    about = system(name, messages)
    rng = Random(f"{name} {messages}")  # noqa: S311
    seen = {True: 0, False: 0}
    general = 0
    for _ in range(60):
        invariant = random_invariant(rng, about)
        told = sentences(about, invariant)
        general += sum(bool(sentence.messages) for sentence in told)
        for sentence in told:
            if sentence.messages:
                terms = (*sentence.premises, *sentence.conclusions)
                assert mentioned(terms) & set(labels(about)) <= set(sentence.messages), sentence
        # Variables the invariant does not mention are of no account, so many values are tried.
        used = {name for term in invariant for name in names_in(term)}
        for _ in range(25):
            env = {v.name: rng.choice(some(v.sort)) for v in about.variables}
            whole_truth = all(value_of(term, env) for term in invariant)
            assert meant(told, env, labels(about)) == whole_truth, (invariant, told, env)
            seen[whole_truth] += 1
            # Near a state in which it holds, each variable by itself decides.
            if whole_truth and used:
                env[rng.choice(sorted(used))] = env[rng.choice(sorted(used))]
    assert min(seen.values()) > 100
    assert general > 10 or len(labels(about)) == 0


@pytest.mark.parametrize("seed", range(60))
def test_any_terms_keep_their_meaning_in_every_state(seed: int) -> None:
    about = system_of(seed)
    rng = Random(seed)  # noqa: S311
    maker = Maker(rng, about.variables, raw=seed % 2 == 0)
    invariant = [maker.of(BOOL, rng.choice((1, 2, 3))) for _ in range(rng.randint(1, 4))]
    told = sentences(about, invariant)
    assert all(told_invariant(about, invariant))
    names = [v.name for v in about.variables]
    for state in all_states(about.variables):
        env = dict(zip(names, state, strict=True))
        assert all(said(s, env) for s in told) == all(value_of(t, env) for t in invariant)


def test_facts_are_sets_of_values() -> None:
    for sort in (BOOL, EnumSort(("a", "b", "c")), IntSort(-1, 3), NATURAL):
        var = Var("x", sort)
        values = some(sort) if sort != NATURAL else range(8)
        facts = [Fact(var, spans) for spans in all_spans(sort)]
        for fact in facts:
            found = fact_of(term_of(fact))
            if found is not None:
                assert found == fact
            inside = {v for v in values if value_of(term_of(fact), {"x": v})}
            assert inside == {
                v for v in values if value_of(term_of(fact.negated()), {"x": v}) is False
            }
            for other in facts:
                there = {v for v in values if value_of(term_of(other), {"x": v})}
                both, either = term_of(fact.meet(other)), term_of(fact.join(other))
                assert {v for v in values if value_of(both, {"x": v})} == inside & there
                assert {v for v in values if value_of(either, {"x": v})} == inside | there
                assert fact.within(other) == (inside <= there)


def all_spans(sort: Sort) -> list[tuple[tuple[int, int | None], ...]]:
    """Every set of values of a small sort; of an endless one, those that change below four."""
    ((low, high),) = whole(sort)
    last = 4 if high is None else high
    found: list[tuple[tuple[int, int | None], ...]] = []
    for size in range(last - low + 2):
        for chosen in combinations(range(low, last + 1), size):
            spans: list[tuple[int, int | None]] = []
            for number in chosen:
                end = None if high is None and number == last else number
                if spans and spans[-1][1] == number - 1:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((number, end))
            found.append(tuple(spans))
    return found


# --- what the words mean --------------------------------------------------------------------------


def words_of(about: System, names: Mapping[str, str]) -> dict[str, list[Term]]:
    """Everything that can be said of one variable, or of a process, with what it means."""
    table: dict[str, list[Term]] = {}
    reader = Vocabulary(about, names, set(labels(about)) - set(names))
    for variable in about.variables:
        for spans in all_spans(variable.sort)[1:]:
            fact = Fact(Var(variable.name, variable.sort), spans)
            if len(spans) < 3 and fact.negated().spans:
                table.setdefault(reader.phrase(term_of(fact)).text, []).append(term_of(fact))
    for place in about.variables:
        if place.store != "place" or place.name.count(".") != 1:
            continue
        actor, method = place.name.split(".")
        given = [v for v in about.variables if v.name == f"{place.name}.m"]
        assert isinstance(place.sort, EnumSort)
        where = place.sort.labels[1:]
        at = Var(place.name, place.sort)
        for parameter in given:
            assert isinstance(parameter.sort, EnumSort)
            for message in parameter.sort.labels[1:]:
                call = f"({names.get(message, message)})"
                works = build.equal(
                    Var(parameter.name, parameter.sort), build.label(message, parameter.sort)
                )
                for size in range(1, len(where) + 1):
                    for places in combinations(where, size):
                        stands = build.any_of(
                            *(build.equal(at, build.label(p, place.sort)) for p in places)
                        )
                        texts = [f"at {p}{call}" for p in places]
                        text = " or ".join(texts)
                        denied = "not " + text if size == 1 else "neither " + " nor ".join(texts)
                        if size == len(where) > 1:
                            text, denied = f"in {method}{call}", f"not in {method}{call}"
                        both = build.all_of(stands, works)
                        table.setdefault(f"{actor} {text}", []).append(both)
                        table.setdefault(f"{actor} {denied}", []).append(build.negate(both))
    return table


SWAPPED = {"m1": "m2", "m2": "m1"}

SHAPES = (
    "→",
    "↔",
    "\N{LOGICAL OR}",
    r"\N{LOGICAL AND}",
    r"(^| )\(",
    r" at \w+\(m\)",
    r" or at \w+\(m\)",
)
"""What must occur in what is read back."""

WORDED = ["pitfalls/mark_before_effect.py", "faults.py:Ledgered", "faults.py:Replicas"]


@pytest.mark.parametrize(("name", "messages"), SUBJECTS)
def test_different_facts_have_different_words(name: str, messages: int) -> None:
    about = system(name, messages)
    for text, terms in words_of(about, {}).items():
        assert len(terms) == 1, (text, terms)


SIGNS: Mapping[str, Callable[[list[bool]], bool]] = {
    " ↔ ": lambda truths: truths[0] == truths[1],
    " \N{LOGICAL OR} ": any,
    " \N{LOGICAL AND} ": all,
}


def split(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that are in no brackets."""
    parts, depth, begin = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "({[") - (letter in ")}]")
        if depth == 0 and text.startswith(sign, at):
            parts.append(text[begin:at])
            begin = at + len(sign)
    return [*parts, text[begin:]]


def read(text: str, table: Mapping[str, list[Term]], env: Mapping[str, Value]) -> bool:
    """Whether a sentence is true, by nothing but its words."""
    if text == "false":
        return False
    if text in table:
        return value_of(table[text][0], env) is True
    premise, *rest = split(text, " → ")
    if rest:
        (conclusion,) = rest
        return not read(premise, table, env) or read(conclusion, table, env)
    for sign, meaning in SIGNS.items():
        parts = split(text, sign)
        if len(parts) > 1:
            return meaning([read(part, table, env) for part in parts])
    assert text[0] + text[-1] == "()", text
    return read(text[1:-1], table, env)


@pytest.mark.parametrize("name", WORDED)
def test_the_words_can_be_read_back(name: str) -> None:
    about = system(name, 2)
    rng = Random(name)  # noqa: S311
    tables: dict[tuple[str, ...], dict[str, list[Term]]] = {
        used: words_of(about, dict(zip(used, "mn", strict=False)))
        for used in ((), ("m1",), ("m1", "m2"))
    }
    shapes: set[str] = set()
    simple = [v for v in about.variables if not v.name.startswith(("order", "told", "helper1.d"))]
    handled = [v for v in about.variables if v.store == "place"][:2]
    for _ in range(300):
        chosen = [*rng.sample(simple, 3), *(handled if rng.random() < 0.5 else ())]
        invariant: list[Term] = []
        for _ in range(rng.randint(1, 6)):
            sample = rng.sample(chosen, rng.randint(1, 3))
            parts = [literal_fact(rng, v) for v in sample]
            clause = App("or", tuple(parts))
            if rng.random() < 0.3:  # the same of another place
                rest = tuple(part for part, v in zip(parts, sample, strict=True) if v != handled[0])
                invariant.append(App("or", (*rest, literal_fact(rng, handled[0]))))
            if rng.random() < 0.2:  # both or neither
                invariant.append(App("or", tuple(App("not", (part,)) for part in parts)))
            invariant += [clause, *(elsewhere(t, SWAPPED) for t in (clause, *invariant[-2:]))]
        told = sentences(about, invariant)
        for _ in range(10):
            env = {v.name: rng.choice(some(v.sort)) for v in about.variables}
            whole_truth = all(value_of(term, env) for term in invariant)
            assert meant(told, env, labels(about)) == whole_truth
        for sentence in told:
            text, _, _ = told_sentence(about, sentence).partition(", for ")
            shapes |= {shape for shape in SHAPES if re.search(shape, text)}
            for _ in range(6):
                env = {v.name: rng.choice(some(v.sort)) for v in about.variables}
                assert read(text, tables[sentence.messages], env) == said(sentence, env), text
    several = "mark" in name  # three places: all of two are told as the process
    assert shapes == set(SHAPES[: None if several else -1])


def literal_fact(rng: Random, variable: Variable) -> Term:
    """A random fact about a variable."""
    while True:
        spans = rng.choice(all_spans(variable.sort)[1:-1])
        if len(spans) < 3:
            return term_of(Fact(Var(variable.name, variable.sort), spans))


# --- how it reads ---------------------------------------------------------------------------------

TOLD = EnumSort(("nothing", "done", "failed"))
WORKS = EnumSort(("None", "m1", "m2"))
PLACES = EnumSort(("idle", "received", "applied", "answered"))
PUBLISH = EnumSort(("idle", "received", "applied"))

VARIABLES: tuple[tuple[Variable, Value], ...] = (
    *((Variable(f"outbox[m{i}]", BOOL), False) for i in (1, 2)),
    *((Variable(f"processed[m{i}]", BOOL), False) for i in (1, 2)),
    *((Variable(f"requests[m{i}]", NATURAL, "channel"), 0) for i in (1, 2)),
    *((Variable(f"replies[m{i}]", NATURAL, "channel"), 0) for i in (1, 2)),
    (Variable("line[0]", EnumSort(("-", "m1", "m2")), "channel"), "-"),
    (Variable("flag", BOOL), False),
    (Variable("x", IntSort(0, 5)), 0),
    (Variable("y", IntSort(0, 5)), 0),
    (Variable("phase", EnumSort(("cold", "warm", "hot"))), "cold"),
    *((Variable(f"tries[m{i}]?", BOOL), False) for i in (1, 2)),
    *((Variable(f"tries[m{i}]", IntSort(0, 3)), 0) for i in (1, 2)),
    (Variable("spare?", BOOL), False),
    (Variable("spare.part", IntSort(0, 2)), 0),
    (Variable("len(row)", IntSort(0, 1)), 0),
    (Variable("row[0]", BOOL), False),
    (Variable("worker.handle", PLACES, "place"), "idle"),
    (Variable("worker.handle.m", WORKS, "place"), "None"),
    (Variable("broker.publish", PUBLISH, "place"), "idle"),
    (Variable("broker.publish.m", WORKS, "place"), "None"),
    (Variable("broker.release", PUBLISH, "place"), "idle"),
    (Variable("broker.release.m", WORKS, "place"), "None"),
    (Variable("broker.release.count", IntSort(0, 2), "place"), 0),
    (Variable("keeper.tick", PUBLISH, "place"), "idle"),
    (Variable("clerk.file", PUBLISH, "place"), "idle"),
    (Variable("clerk.file.m", WORKS, "place"), "None"),
    (Variable("clerk.file.k", EnumSort(("None", "k1", "k2")), "place"), "None"),
    *((Variable(f"accepted[m{i}]", IntSort(0, 2), "ledger"), 0) for i in (1, 2)),
    *((Variable(f"effects[m{i}]", IntSort(0, 2), "ledger"), 0) for i in (1, 2)),
    *((Variable(f"told[m{i}]", TOLD, "ledger"), "nothing") for i in (1, 2)),
    *((Variable(f"held[m{i}]", BOOL, "ledger"), False) for i in (1, 2)),
    (Variable("budget.lose", IntSort(0, 1), "budget"), 1),
)

POST = System(
    "post",
    tuple(variable for variable, _ in VARIABLES),
    (tuple(value for _, value in VARIABLES),),
    tuple(
        Action(f"{method}({m})", actor, build.TRUE, {}, message=m, parameters=(m, *rest))
        for actor, method, *rest in (
            ("worker", "handle"),
            ("broker", "publish"),
            ("broker", "release"),
            ("clerk", "file", "k1"),
        )
        for m in ("m1", "m2")
    ),
)

SORTS = {variable.name: variable.sort for variable, _ in VARIABLES}


def part(text: str) -> Term:
    """A literal from short notation: `x=1`, `x!=1`, `x<=1`, `x>=1`, `b`, `!b`."""
    match = re.fullmatch(r"(!?)([^=<>!]+?)(?:(!=|<=|>=|=)(.+))?", text)
    assert match
    denied, name, sign, value = match.groups()
    var = Var(name, SORTS[name])
    if sign is None:
        return App("not", (var,)) if denied else var
    if isinstance(var.sort, IntSort):
        number = build.integer(int(value))
        ordered = {"<=": App("le", (var, number)), ">=": App("le", (number, var))}
        return ordered.get(sign, App("eq", (var, number)))
    equal = App("eq", (var, Const(value, var.sort)))
    return equal if sign == "=" else App("not", (equal,))


def clause(text: str) -> Term:
    """A clause: literals between bars."""
    parts = tuple(map(part, text.split(" | ")))
    return parts[0] if len(parts) == 1 else App("or", parts)


def told_of(*clauses: str, each: bool = True) -> list[str]:
    """What is told of clauses about m1 (and m2), said of each message or only as they stand."""
    terms: list[Term] = []
    for text in clauses:
        terms.append(clause(text))
        if each:
            terms.append(elsewhere(terms[-1], SWAPPED))
    return list(told_invariant(POST, terms))


READS = [
    ("effects[m1]<=1", "effects(m) ≤ 1"),
    ("effects[m1]<=0 | processed[m1]", "effects(m) ≥ 1 → m ∈ processed"),
    ("effects[m1]<=1 | budget.lose<=0", "effects(m) ≥ 2 → lose left = 0"),
    ("budget.lose<=0 | !flag", "flag → lose left = 0"),
    ("budget.lose>=1 | flag", "lose left = 0 → flag"),
    (
        "accepted[m1]<=0 | outbox[m1] | told[m1]=done",
        "accepted(m) → m ∈ outbox \N{LOGICAL OR} told(m) = done",
    ),
    ("accepted[m1]<=1 | accepted[m2]=1", "rank(m) = 2 → rank(n) = 1, for m ≠ n"),
    ("told[m1]!=done | !outbox[m1]", "told(m) = done → m ∉ outbox"),
    ("told[m1]=nothing | !outbox[m1]", "told(m) ≠ nothing → m ∉ outbox"),
    ("held[m1] | !flag", "flag → taken_over(m)"),
    ("requests[m1]<=1", "at most 1 copy of m in requests"),
    ("requests[m1]<=2", "at most 2 copies of m in requests"),
    ("requests[m1]<=0 | replies[m1]<=0", "a copy of m in requests → no m in replies"),
    (
        "worker.handle!=received | worker.handle.m!=m1 | requests[m1]<=0",
        "worker at received(m) → no m in requests",
    ),
    (
        "worker.handle!=received | worker.handle.m!=m1 | processed[m1]",
        "worker at received(m) → m ∈ processed",
    ),
    (
        "worker.handle!=received | worker.handle.m!=m1 | effects[m1]<=0",
        "worker at received(m) → effects(m) = 0",
    ),
    ("worker.handle.m!=m1 | outbox[m1]", "worker works on m → m ∈ outbox"),
    ("worker.handle=idle | outbox[m1]", "worker in handle → m ∈ outbox"),
    ("worker.handle!=applied | outbox[m1]", "worker at applied → m ∈ outbox"),
    ("!flag | worker.handle=applied", "flag → worker at applied"),
    ("!flag | worker.handle!=applied", "worker at applied → not flag"),
    ("x<=0 | worker.handle=idle", "worker in handle → x = 0"),
    (
        "worker.handle.m!=m1 | worker.handle!=applied | broker.publish!=applied | flag",
        "worker at applied(m) ∧ broker at publish.applied → flag",
    ),
    (
        "worker.handle.m!=m1 | worker.handle!=applied | broker.release.m!=m1 | broker.release=idle",
        "worker at applied(m) → broker not in release(m)",
    ),
    ("broker.publish=idle | broker.release=idle", "broker in publish → broker not in release"),
    ("keeper.tick!=applied | flag", "keeper at applied → flag"),
    ("keeper.tick=idle | flag", "keeper in tick → flag"),
    (
        "clerk.file!=applied | clerk.file.m!=m1 | clerk.file.k!=k1 | flag",
        "clerk at applied(m, k1) → flag",
    ),
    (
        "clerk.file!=applied | clerk.file.m!=m1 | flag",
        "clerk at applied ∧ clerk.file.m = m → flag",
    ),
    ("tries[m1]? | !flag", "flag → m ∈ tries"),
    ("tries[m1]<=1 | tries[m1]?", "tries[m] ≥ 2 → m ∈ tries"),
    ("spare? | !flag", "flag → spare ≠ None"),
    ("spare? | spare.part<=0", "spare.part ≥ 1 → spare ≠ None"),
    ("row[0] | !flag", "flag → row[0]"),
    ("!row[0] | len(row)>=1", "row[0] → len(row) = 1"),
    ("line[0]=- | flag", "line[0] is not empty → flag"),
    ("line[0]!=m1 | outbox[m1]", "line[0] = m → m ∈ outbox"),
    ("phase=cold | phase=hot", "phase ≠ warm"),
    ("broker.release.count<=1 | flag", "broker.release.count = 2 → flag"),
    ("requests[m1]<=0 | !outbox[m2]", "a copy of m in requests → n ∉ outbox, for m ≠ n"),
]


@pytest.mark.parametrize(("text", "expected"), READS)
def test_a_clause_reads_as_one_would_say_it(text: str, expected: str) -> None:
    assert told_of(text) == [expected]


TOGETHER = [
    # What follows from one thing is told at once; what says the same of two places, too.
    (
        ["outbox[m1] | accepted[m1]<=0", "processed[m1] | accepted[m1]<=0"],
        ["accepted(m) → m ∈ outbox ∧ m ∈ processed"],
    ),
    (
        [
            "worker.handle!=received | worker.handle.m!=m1 | outbox[m1]",
            "worker.handle!=applied | worker.handle.m!=m1 | outbox[m1]",
        ],
        ["worker at received(m) or at applied(m) → m ∈ outbox"],
    ),
    (
        [
            f"worker.handle!={place} | worker.handle.m!=m1 | outbox[m1]"
            for place in ("received", "applied", "answered")
        ],
        ["worker in handle(m) → m ∈ outbox"],
    ),
    (
        [
            "!processed[m1] | effects[m1]>=1 | worker.handle=applied",
            "!processed[m1] | effects[m1]>=1 | worker.handle.m=m1",
        ],
        ["m ∈ processed → worker at applied(m) \N{LOGICAL OR} effects(m) ≥ 1"],
    ),
    (
        ["accepted[m1]<=0 | outbox[m1] | processed[m1]", "accepted[m1]<=0 | outbox[m1] | flag"],
        ["accepted(m) → m ∈ outbox \N{LOGICAL OR} (m ∈ processed ∧ flag)"],
    ),
    (
        ["processed[m1] | effects[m1]<=0", "!processed[m1] | effects[m1]>=1"],
        ["m ∈ processed ↔ effects(m) ≥ 1"],
    ),
    (["effects[m1]<=1", "effects[m1]>=1"], ["effects(m) = 1"]),
    (["flag | x<=1", "flag | x>=1"], ["flag \N{LOGICAL OR} x = 1"]),
    # What is weaker than something else is not told.
    (["processed[m1]", "processed[m1] | outbox[m1]"], ["m ∈ processed"]),
    (["x<=1", "x<=3 | flag"], ["x ≤ 1"]),
    # Nothing, and the impossible.
    (["x>=0"], []),
    (["x>=6"], ["false"]),
]


@pytest.mark.parametrize(("clauses", "expected"), TOGETHER)
def test_clauses_are_told_together(clauses: list[str], expected: list[str]) -> None:
    assert told_of(*clauses) == expected


def test_any_term_is_told_of_all_messages_at_once() -> None:
    sums = [
        App(
            "le",
            (
                App("add", (Var(f"requests[m{i}]", NATURAL), Y)),
                Var(f"tries[m{i}]", SORTS["tries[m1]"]),
            ),
        )
        for i in (1, 2)
    ]
    few = [App("or", (total, Var(f"outbox[m{i}]", BOOL))) for i, total in enumerate(sums, 1)]
    (told,) = told_invariant(POST, few)
    assert told == "m ∈ outbox \N{LOGICAL OR} copies of m in requests + y ≤ tries[m]"


def test_what_is_not_so_for_all_messages_is_told_of_one() -> None:
    text = "effects[m1]<=0 | processed[m1]"
    assert told_of(text, each=False) == ["effects(m1) ≥ 1 → m1 ∈ processed"]
    text = "requests[m1]<=0 | !outbox[m2]"
    assert told_of(text, each=False) == ["a copy of m1 in requests → m2 ∉ outbox"]


def test_a_sentence_about_any_message_names_no_particular_one() -> None:
    # That the worker works on no m, and on something, says with two messages: on the other one.
    found = told_of("worker.handle.m!=m1 | flag", "worker.handle.m!=None | flag", each=True)
    assert found == ["worker works on no message → flag", "worker works on m → flag"]
    held = System(
        "held",
        (Variable("last", EnumSort(("m1", "m2"))), *(Variable(f"b[m{i}]", BOOL) for i in (1, 2))),
        (("m1", False, False),),
        tuple(Action("a", "p", build.TRUE, {}, message=f"m{i}") for i in (1, 2)),
    )
    last = held.variables[0].sort
    assert isinstance(last, EnumSort)
    terms = [
        App(
            "or",
            (App("not", (App("eq", (Var("last", last), Const(m, last))),)), Var(f"b[{m}]", BOOL)),
        )
        for m in ("m1", "m2")
    ]
    (sentence,) = told_invariant(held, terms)
    assert sentence == "last = m → m ∈ b"


def test_a_letter_that_means_something_else_is_not_taken() -> None:
    sort = EnumSort(("m", "None"))
    mine = System(
        "mine",
        (Variable("done[m1]", BOOL), Variable("done[m2]", BOOL), Variable("n", sort)),
        ((False, False, "m"),),
        tuple(Action("a", "p", build.TRUE, {}, message=f"m{i}") for i in (1, 2)),
    )
    assert told_invariant(mine, [Var(f"done[m{i}]", BOOL) for i in (1, 2)]) == ("o ∈ done",)


X, Y, FLAG = Var("x", SORTS["x"]), Var("y", SORTS["y"]), Var("flag", BOOL)
ONE = build.integer(1)
REQUESTS, REPLIES = Var("requests[m1]", NATURAL), Var("replies[m1]", NATURAL)
EFFECTS = Var("effects[m1]", SORTS["effects[m1]"])

ANY_TERM: list[tuple[Term, str]] = [
    (App("le", (X, Y)), "x ≤ y"),
    (App("not", (App("le", (X, Y)),)), "y < x"),
    (App("le", (App("add", (X, Y)), build.integer(3))), "x + y ≤ 3"),
    (App("le", (App("sub", (X, App("sub", (Y, X)))), ONE)), "x - (y - x) ≤ 1"),
    (
        App("le", (App("add", (REQUESTS, REPLIES)), ONE)),
        "copies of m1 in replies + copies of m1 in requests ≤ 1",
    ),
    (App("le", (EFFECTS, App("min", (X, Y)))), "effects(m1) ≤ min(x, y)"),
    (App("le", (App("ite", (FLAG, X, Y)), ONE)), "(x if flag else y) ≤ 1"),
    (App("eq", (X, Y)), "x = y"),
    (App("not", (App("eq", (X, Y)),)), "not (x = y)"),
    (App("or", (App("not", (App("eq", (X, Y)),)), FLAG)), "x = y → flag"),
    (App("eq", (FLAG, App("le", (X, Y)))), "flag ↔ x ≤ y"),
    (
        App("or", (App("not", (App("eq", (FLAG, App("le", (X, Y)))),)), App("le", (ONE, X)))),
        "(flag ↔ x ≤ y) → x ≥ 1",
    ),
    (App("and", (FLAG, App("lt", (X, Y)))), "flag; x < y"),
    (Const(False, BOOL), "false"),
]


@pytest.mark.parametrize(("term", "expected"), ANY_TERM)
def test_other_terms_are_told_in_the_same_words(term: Term, expected: str) -> None:
    assert "; ".join(told_invariant(POST, [term])) == expected


# --- always the same ------------------------------------------------------------------------------


def mined(about: Lifted, most: int) -> list[Term]:
    """The clauses of at most so many literals that are true in all reachable states."""
    found = explored(about)
    states = [found.system.valuation(found.state(at)) for at in range(len(found.states))]
    everywhere = (1 << len(states)) - 1
    true_in: dict[Term, int] = {}
    for variable in about.system.variables:
        if variable.store == "budget" or variable.name == "order":
            continue
        for spans in all_spans(variable.sort)[1:]:
            term = term_of(Fact(Var(variable.name, variable.sort), spans))
            if isinstance(term, Const) or len(spans) > 1:
                continue
            true_in[term] = sum((value_of(term, s) is True) << at for at, s in enumerate(states))
    least: list[tuple[Term, ...]] = []
    for size in range(1, most + 1):
        for parts in combinations(true_in, size):
            if any(set(known) <= set(parts) for known in least):
                continue
            met = 0
            for term in parts:
                met |= true_in[term]
            if met == everywhere:
                least.append(parts)
    return [App("or", parts) for parts in least]


@cache
def of_the_safe_model() -> tuple[Lifted, list[Term]]:
    about = lifted("guarantees/at_least_once_idempotent.py", 1)
    return about, mined(about, 2)


def test_a_safe_model_is_explained() -> None:
    text = told_invariant(of_the_safe_model()[0].system, of_the_safe_model()[1])
    assert text[0] == "effects(m) ≤ 1"
    assert "m ∈ processed ↔ effects(m) ≥ 1" in text
    assert "worker at applied → m ∈ processed ∧ effects(m) ≥ 1" in text
    assert not any("m1" in sentence for sentence in text)
    assert len(text) < 20


def test_the_order_of_the_terms_does_not_matter() -> None:
    about, invariant = of_the_safe_model()
    expected = told_invariant(about.system, invariant)
    rng = Random(1)  # noqa: S311
    for _ in range(5):
        rng.shuffle(invariant)
        turned = [
            App("or", tuple(rng.sample(t.args, len(t.args))))
            if isinstance(t, App) and t.op == "or"
            else t
            for t in invariant
        ]
        assert told_invariant(about.system, turned) == expected


def tangled() -> list[Term]:
    """Clauses that can be put together in many ways."""
    rng = Random(1)  # noqa: S311
    names = ("phase", "line[0]", "worker.handle", "told[m1]")
    facts = [[part(f"{n}!={label}") for label in str(SORTS[n])[1:-1].split(", ")] for n in names]
    pairs = [pair for one, other in combinations(facts, 2) for pair in product(one, other)]
    flags = [part(n) for n in ("outbox[m1]", "processed[m2]", "flag", "spare?", "held[m1]", "x=3")]
    choices = [*combinations(flags, 2), *rng.sample(pairs, len(pairs) // 2)]
    return [App("or", pair) for pair in choices]


SCRIPT = """
import sys
sys.path[:0] = {path!r}
from random import Random
import test_invariant_words as words
print(words.told_invariant(words.of_the_safe_model()[0].system, words.of_the_safe_model()[1]))
about = words.system("pitfalls/mark_before_effect.py", 3)
print(words.told_invariant(words.POST, words.tangled()))
for seed in range(30):
    print(words.told_invariant(about, words.random_invariant(Random(seed), about)))
"""


def test_the_hash_seed_does_not_matter() -> None:
    code = SCRIPT.format(path=[str(Path(__file__).parent)])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_messages_are_found() -> None:
    assert messages_of(system("guarantees/at_least_once.py", 1)) == ("m1",)
    assert messages_of(system("pitfalls/mark_before_effect.py", 3)) == ("m1", "m2", "m3")
    assert messages_of(system("scalars.py:Maybes", 1)) == ()
