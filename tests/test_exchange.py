"""Systems and certificates as JSON: they come back as they were, and nothing else gets in."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from math import inf, nan
from random import Random
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from support import CORE, MODELS
from systems import system_of

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.errors import InputError
from deliverycheck.exchange.certificates import certificate_document, certificate_from
from deliverycheck.exchange.loading import system_from
from deliverycheck.exchange.reading import LARGEST, document_of
from deliverycheck.exchange.systems import system_document
from deliverycheck.load.subjects import questions
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.certificates import (
    Certificate,
    Chain,
    Class,
    Inductive,
    KInduction,
    Lasso,
    Progress,
    Proof,
    Ranking,
    ReachableSet,
    RunOf,
    Runs,
    Stage,
    Trap,
)
from deliverycheck.system.digest import digest_of
from deliverycheck.system.model import System
from deliverycheck.system.sorts import EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Var


def _schema(name: str) -> Any:
    text = files("deliverycheck.exchange").joinpath(f"schemas/{name}-1.json")
    return json.loads(text.read_text(encoding="utf-8"))


SCHEMAS = {f"deliverycheck/{name}/1": _schema(name) for name in ("system", "certificate")}
REGISTRY: Registry[Any] = Registry().with_resources(
    (key, Resource.from_contents(schema)) for key, schema in SCHEMAS.items()
)


def validate(document: Any) -> None:
    """Demand that a document keeps the schema it names."""
    schema = SCHEMAS[document["schema"]]
    jsonschema.Draft202012Validator(schema, registry=REGISTRY).validate(document)


def without_places(system: System) -> System:
    """The system without places in the source, which are not exchanged."""
    return replace(
        system,
        actions=tuple(
            replace(a, checks=tuple(replace(c, file=None, line=None) for c in a.checks))
            for a in system.actions
        ),
    )


def systems_of(asked: Question) -> Iterator[System]:
    """The systems of a model: one and two messages, few faults and endlessly many, bounded too."""
    for messages in (1, 2):
        for budget in (asked.faults, dict.fromkeys(asked.faults, inf)):
            lifted = lifted_of(replace(asked, messages=messages, faults=budget))
            yield lifted.system
            yield bounded(lifted.system, 2, 3)


def comes_back(system: System) -> None:
    """Demand that a system comes back as it was, through a document that keeps the schema."""
    document = system_document(system)
    validate(document)
    back = system_from(document_of(json.dumps(document)))
    assert back == without_places(system)
    assert digest_of(back) == digest_of(system)
    assert system_document(back) == document
    # `==` takes 1 for True; JSON does not
    assert json.dumps(system_document(back)) == json.dumps(document)


FEATURES = sorted((MODELS.parent / "tests" / "feature_models").glob("[!b]*.py"))


@pytest.mark.parametrize(
    "asked", questions([*CORE, *map(str, FEATURES)]), ids=lambda asked: asked.name
)
def test_a_model_comes_back(asked: Question) -> None:
    for system in systems_of(asked):
        comes_back(system)


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_systems_come_back(first: int) -> None:
    for seed in range(first, first + 50):
        comes_back(system_of(seed))


def test_the_schemas_are_schemas_and_refuse_something() -> None:
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for proof in PROOFS:
        broken = written(proof)
        for key in broken.keys() - {"schema"}:
            with pytest.raises(jsonschema.ValidationError):
                validate({k: v for k, v in broken.items() if k != key})
        with pytest.raises(jsonschema.ValidationError):
            validate({**broken, "more": 1})


SAMPLE = system_of(4)  # its variables are of every sort

PART = EnumSort(("not", "in", "the", "system"))
X = SAMPLE.variables[0]
SOME = (
    build.TRUE,
    App("or", ()),
    App("eq", (Const("the", PART), Const("in", PART))),
    App("le", (Const(3, IntSort(-1, None)), build.integer(-7))),
    App("eq", (Var(X.name, X.sort), Const(SAMPLE.initial[0][0], X.sort))),
    App("not", (App("ite", (build.FALSE, build.TRUE, App("and", (build.TRUE,)))),)),
)
RUN = RunOf((SAMPLE.initial[0], SAMPLE.initial[0]), (len(SAMPLE.actions) - 1,))
PROOFS: tuple[Proof, ...] = (
    Inductive(SOME),
    Inductive(()),
    KInduction(3, SOME),
    ReachableSet(17, "0123456789abcdef" * 4),
    Runs((RUN, RUN)),
    Runs(()),
    Trap(RUN, 1, SOME),
    Progress(SOME, (X.name,), (((0, 1), ()), ())),
    Lasso(RUN, 1, 0),
    Ranking(3, "0123456789abcdef" * 4, ((Class((0, 2), 1, (Class((2,), 0),)), Class((1,), 0)), ())),
    Chain(SOME, ((Stage(SOME[3], 1, (Stage(SOME[5], 0),)), Stage(SOME[0], 0)), ())),
)


def certificate_of(proof: Proof) -> Certificate:
    """A certificate with this proof, right or wrong."""
    clause = 1 if isinstance(proof, Inductive) else None
    return Certificate(SAMPLE, SAMPLE.properties[1].name, "vacuous", proof, clause)


def written(proof: Proof) -> Any:
    """The document of a certificate with this proof, as a reader sees it."""
    return json.loads(json.dumps(certificate_document(certificate_of(proof))))


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: type(proof).__name__)
def test_a_certificate_comes_back(proof: Proof) -> None:
    document = written(proof)
    validate(document)
    back = certificate_from(document_of(json.dumps(document)))
    assert back == replace(certificate_of(proof), system=without_places(SAMPLE))
    assert json.dumps(certificate_document(back)) == json.dumps(document)


def test_every_kind_of_proof_is_tried() -> None:
    assert {type(proof) for proof in PROOFS} == set(Proof.__args__)


def test_classes_and_stages_are_nested_only_so_deep() -> None:
    deep, stage = Class((0,), 0), Stage(build.TRUE, 0)
    for _ in range(70):
        deep, stage = Class((0,), 0, (deep,)), Stage(build.TRUE, 0, (stage,))
    for proof in (Ranking(1, "0" * 64, ((deep,),)), Chain((), ((stage,),))):
        with pytest.raises(InputError, match="nested too deep"):
            certificate_from(document_of(json.dumps(written(proof))))


PRINT = """
import hashlib, json, sys
sys.path.insert(0, {tests!r})
from test_exchange import fingerprint
print(fingerprint())
"""


def fingerprint() -> str:
    """A digest of all documents of this file's systems and certificates."""
    found = hashlib.sha256()
    for asked in questions(CORE):
        for system in systems_of(asked):
            found.update(json.dumps(system_document(system)).encode())
    for seed in range(30):
        found.update(json.dumps(system_document(system_of(seed))).encode())
    for proof in PROOFS:
        found.update(json.dumps(certificate_document(certificate_of(proof))).encode())
    return found.hexdigest()


def test_the_same_bytes_for_any_hash_seed() -> None:
    code = PRINT.format(tests=str(MODELS.parent / "tests"))
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert found == {fingerprint()}


# Hostile input. A place is the way to a value: keys and numbers of items.

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 0.5, nan, inf, -inf, 10**400, -(10**400), "", "x", "bool",
    "not", [], {}, [[]], [None], ["not"], ["and"], ["not", 3], ["frob", True], ["eq", True, 1],
    ["ite", True, 1], ["add", True, True], ["lt", 1, 2, 3], {"var": "nobody"}, {"var": 3},
    {"var": "x0", "label": "a"}, {"label": "zzz", "of": 0}, {"label": "a", "of": 99},
    {"label": "a", "of": True}, {"label": "a", "of": -1}, {"value": 1.0, "of": 0},
    {"value": 5, "of": 10**30}, {"labels": []}, {"labels": ["a", "a"]}, {"labels": "ab"},
    {"low": 0}, {"low": 3, "high": 1}, {"low": True, "high": 1}, "\ud800", "\x00", "é" * 300,
    {"label": "\ud800", "of": 0}, [["a", "b", "c"]], [["a", "b", "c", 4]], {"__class__": "x"},
)  # fmt: skip


def places(document: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    inside: Any = ()
    if isinstance(document, dict):
        inside = document.items()
    if isinstance(document, list):
        inside = enumerate(document)
    for key, value in inside:
        yield (*so_far, key)
        yield from places(value, (*so_far, key))


def mutated(document: Any, rng: Random) -> Any:
    """A copy with one thing changed somewhere."""
    broken = copy.deepcopy(document)
    *way, last = rng.choice(list(places(broken)))
    inside = broken
    for key in way:
        inside = inside[key]
    match rng.randint(0, 5):
        case 0:
            del inside[last]
        case 1 if isinstance(inside, list):
            inside.append(copy.deepcopy(inside[last]))
        case 1:
            inside[f"{last}s"] = inside[last]
        case 2:  # something that has its place elsewhere
            other: Any = document
            for key in rng.choice(list(places(document))):
                other = other[key]
            inside[last] = copy.deepcopy(other)
        case _:
            inside[last] = rng.choice(STRANGE)
    return broken


def survives(text: str, read: Callable[..., Any] = system_from) -> Any:
    """What is read from a text, or None if it is refused in the documented way, and soon."""
    began, found, refusal = time.process_time(), None, None
    try:
        found = read(document_of(text, "x.json"))
    except InputError as error:
        refusal = error
    assert time.process_time() - began < 1
    if refusal is not None:
        assert [d.code for d in refusal.diagnostics] == ["DC304"]
        assert len(str(refusal)) < 1000
        str(refusal).encode()
    return found


def accepted_properly(system: System, document: Any) -> None:
    """Demand that what was read is well formed, and what was written keeps the schema."""
    assert replace(system) == system  # the validator once more
    validate(document)
    comes_back(system)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_systems_are_refused_or_are_systems(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - noise, not secrets
    document = json.loads(json.dumps(system_document(system_of(4 + seed))))
    refused = 0
    for _ in range(150):
        broken = mutated(document, rng)
        found = survives(json.dumps(broken))
        if found is None:
            refused += 1
        else:
            accepted_properly(found, broken)
    assert 50 < refused < 150


@pytest.mark.parametrize("number", range(len(PROOFS)))
def test_mutated_certificates_are_refused_or_are_certificates(number: int) -> None:
    rng = Random(number)  # noqa: S311 - noise, not secrets
    document = written(PROOFS[number])
    head = {key: value for key, value in document.items() if key != "system"}
    for at in range(200):
        # mostly what belongs to the proof: any change of the system's meaning is told by its digest
        part = mutated(head, rng)
        broken = {**part, "system": document["system"]} if at % 4 else mutated(document, rng)
        found = survives(json.dumps(broken), certificate_from)
        if found is not None:
            validate(broken)
            assert digest_of(found.system) == document["digest"]


def test_a_changed_system_does_not_keep_its_digest() -> None:
    document = written(Inductive(()))
    for change in ({"low": -3, "high": 9}, {"low": 0, "high": None}):
        broken = copy.deepcopy(document)
        at = next(i for i, s in enumerate(broken["system"]["sorts"]) if "low" in s)
        broken["system"]["sorts"][at] = change
        assert survives(json.dumps(broken), certificate_from) is None
    assert survives(json.dumps({**document, "digest": "0" * 64}), certificate_from) is None


BEYOND = len(SAMPLE.actions)
"""A number no action of the sample has."""


@pytest.mark.parametrize(
    "proof",
    [
        Runs((replace(RUN, actions=(BEYOND,)),)),
        Trap(replace(RUN, actions=(BEYOND,)), 0, ()),
        Progress((), (), (((BEYOND,),),)),
    ],
    ids=lambda proof: type(proof).__name__,
)
def test_an_action_that_is_not_there_is_refused(proof: Proof) -> None:
    assert survives(json.dumps(written(proof)), certificate_from) is None


def deep(levels: int, opening: str, inner: str, closing: str) -> str:
    return opening * levels + inner + closing * levels


def test_texts_that_are_no_documents_are_refused() -> None:
    whole = json.dumps(system_document(SAMPLE))
    texts = [whole[:at] for at in range(0, len(whole), max(1, len(whole) // 150))]
    texts += [whole.encode()[at:].decode("utf-8", "replace") for at in range(1, 40)]
    texts += [whole + "x", whole * 2, "", "null", "[]", "NaN", "9" * 5000, " " * (LARGEST + 1)]
    texts += [deep(n, a, "0", z) for n in (990, 100_000) for a, z in (("[", "]"), ('{"a":', "}"))]
    texts += ["[" * 100_000, '["not",' * 100_000, whole.encode("utf-16").decode("latin-1")]
    texts += [whole.replace('"name": "x0"', '"name": "x1"', 1), whole.replace("{", '{"name":1,', 1)]
    for text in texts:
        assert survives(text) is None, text[:200]
        assert survives(text, certificate_from) is None, text[:200]


@pytest.mark.parametrize("levels", [*range(300, 500, 20), 900, 940, 960, 980, 990])
@pytest.mark.parametrize("place", ["guard", "schema", "name", "events"])
def test_deep_nesting_is_refused_wherever_it_stands(levels: int, place: str) -> None:
    document: Any = system_document(SAMPLE)
    inside = document["actions"][0] if place in {"guard", "events"} else document
    inside[place] = "HERE"
    nested = deep(levels, '["not", ', "true", "]")
    text = json.dumps(document).replace('"HERE"', nested, 1)
    found = survives(text)
    assert found is None or (place == "guard" and levels <= 400)
    certificate = json.dumps({**written(Inductive(())), "invariant": ["HERE"]})
    survives(certificate.replace('"HERE"', nested), certificate_from)


def below(frames: int, act: Callable[[], Any]) -> Any:
    return act() if frames == 0 else below(frames - 1, act)


@pytest.mark.parametrize("frames", range(0, 700, 50))
def test_who_stands_deep_in_a_stack_gets_no_other_error(frames: int) -> None:
    document: Any = system_document(SAMPLE)
    document["actions"][0]["guard"] = json.loads(deep(390, '["not", ', "true", "]"))
    text = json.dumps(document)
    below(frames, lambda: survives(text))
    guard = document["actions"][0]["guard"]
    certificate = json.dumps({**written(Inductive(())), "invariant": [guard]})
    below(frames, lambda: survives(certificate, certificate_from))


def test_many_labels_take_no_time() -> None:
    document: Any = system_document(SAMPLE)
    document["sorts"].append({"labels": [str(at) for at in range(50_000)]})
    label = {"label": "49999", "of": len(document["sorts"]) - 1}
    document["actions"][0]["guard"] = ["and", *(["eq", label, label] for _ in range(3000))]
    assert survives(json.dumps(document)) is None


def test_what_is_missing_is_not_guessed_and_what_is_unknown_is_not_passed_by() -> None:
    for proof in PROOFS:
        document = written(proof)
        system = document["system"]
        for place in places(document):
            if not isinstance(place[-1], str) or "updates" in place:
                continue
            broken = copy.deepcopy(document)
            inside = broken
            for key in place[:-1]:
                inside = inside[key]
            value = inside.pop(place[-1])
            assert survives(json.dumps(broken), certificate_from) is None, place
            inside.update({place[-1]: value, "unknown": value})
            assert survives(json.dumps(broken), certificate_from) is None, place
        assert system == document["system"]
