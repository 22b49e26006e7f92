"""GitHub's commands and summaries: an own reading of the runner's rules reads them back."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hostile import HOSTILE, called, renamed
from support import EXPLICIT, question

from deliverycheck.check.checking import check
from deliverycheck.explain.dossier.places import Places, Spot
from deliverycheck.report.formats import github
from deliverycheck.report.formats.github import summary
from deliverycheck.report.formats.plain import plain
from deliverycheck.system.verdicts import Caution, ModelResult, PropertyResult

PLACES = Places(
    Spot("m.py", 7), Spot("m.py", 9), {"own": Spot("m.py", 30)}, {"in-order": Spot("m.py", 11)}, {}
)


@pytest.fixture(scope="module")
def result() -> ModelResult:
    return check(question("models/pitfalls/check_then_act.py"), EXPLICIT)


def judged(result: ModelResult, **expected: str) -> ModelResult:
    """The result with other expectations: `no_loss="violated"`; nothing of the rest."""
    return replace(
        result,
        properties=tuple(
            replace(prop, expected=expected.get(prop.name.replace("-", "_")))  # type: ignore[arg-type]  # verdicts by name
            for prop in result.properties
        ),
    )


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it (actions/runner, ActionCommand.TryParseV2)."""
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::")
    head, colons, data = line[2:].partition("::")
    assert colons
    command, _, rest = head.partition(" ")
    pairs = dict(one.split("=", 1) for one in rest.split(",") if one)
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        pairs = {key: value.replace(code, sign) for key, value in pairs.items()}
        data = data.replace(code, sign) if code in ("%0D", "%0A") else data
    pairs = {key: value.replace("%25", "%") for key, value in pairs.items()}
    return command, pairs, data.replace("%25", "%")


def test_what_is_not_as_expected_is_an_error_at_its_line(result: ModelResult) -> None:
    asked = judged(result, no_duplicate_effect="holds", in_order="holds", no_loss="holds")
    found = [read(line) for line in github.annotations([(asked, PLACES)])]
    assert [(command, pairs["title"]) for command, pairs, _ in found] == [
        ("error", "CheckThenAct: no-duplicate-effect"),
        ("error", "CheckThenAct: in-order"),
    ]
    assert [(pairs["file"], pairs["line"]) for _, pairs, _ in found] == [
        ("m.py", "9"),
        ("m.py", "11"),
    ]
    assert "m1 is applied twice" in found[0][2].lower()


def test_what_is_as_expected_is_not_annotated(result: ModelResult) -> None:
    asked = judged(result, no_duplicate_effect="violated", no_loss="holds")
    assert github.annotations([(asked, PLACES)]) == []


@pytest.mark.parametrize("verdict", ["undetermined", "vacuous"])
def test_what_stays_open_is_a_warning(result: ModelResult, verdict: str) -> None:
    asked = judged(result, no_loss="holds")
    props = tuple(replace(p, verdict=verdict, reason="no time") for p in asked.properties)  # type: ignore[arg-type]  # a verdict by name
    (line,) = github.annotations([(replace(asked, properties=props), PLACES)])
    command, pairs, text = read(line)
    assert (command, pairs["title"]) == ("warning", "CheckThenAct: no-loss")
    assert "No time." in text


def test_cautions_are_warnings_at_their_own_lines(result: ModelResult) -> None:
    cautions = (Caution("DC503", "a, b: c", "other.py", 3), Caution("DC502", "nothing to lose"))
    asked = replace(judged(result, no_loss="holds"), warnings=cautions)
    first, second = (read(line) for line in github.annotations([(asked, PLACES)]))
    assert first[1] == {"file": "other.py", "line": "3", "title": "CheckThenAct: DC503"}
    assert first[2] == "CheckThenAct: a, b: c"
    assert (second[1]["file"], second[1]["line"]) == ("m.py", "7")


@pytest.mark.parametrize("count", [1, 9, 10, 11, 40])
def test_ten_of_a_kind_are_shown_and_none_is_passed_over(result: ModelResult, count: int) -> None:
    asked = judged(result, no_duplicate_effect="holds")
    warned = replace(asked, warnings=(Caution("DC503", "x"),))
    lines = [read(line) for line in github.annotations([(warned, PLACES)] * count)]
    kinds = Counter(command for command, _, _ in lines)
    assert kinds == {"error": min(count, 10), "warning": min(count, 10)}
    for kind in ("error", "warning"):
        *_, last = (text for command, _, text in lines if command == kind)
        more = re.match(r"and (\d+) more", last)
        assert (9 + int(more[1]) if more else kinds[kind]) == count


@pytest.mark.parametrize("label", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_a_hostile_label_gives_no_command(result: ModelResult, label: str) -> None:
    names = called(label)
    asked = judged(result, no_duplicate_effect="holds")
    bad = replace(renamed(asked, names), warnings=(Caution(label, label, label, 1),))
    places = replace(PLACES, claim=Spot(label, 1))
    lines = github.annotations([(bad, places)])
    text = "\n".join(lines)
    text.encode("utf-8")
    assert len(text.splitlines()) == len(lines) == 2
    (_, error, said), (_, caution, _) = (read(line) for line in lines)
    assert set(error) == set(caution) == {"file", "line", "title"}
    assert error["file"] == plain(label)
    assert caution["file"] == (plain(label) or "m.py")  # without a file: where the model stands
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text.replace("\n", "")
    )
    if len(names["m1"]) < 100 and names["m1"].isprintable() and "  " not in names["m1"]:
        assert names["m1"].strip() in said


def test_a_summary_is_never_larger_than_what_is_left(result: ModelResult) -> None:
    many = [replace(result, model=f"Modell {n} größer") for n in range(60)]
    full = summary(many)
    whole = len(full.encode())
    assert full.startswith("# ")
    for held in (0, 1, whole // 2):
        for room in (whole + held + 2, whole - 1 + held, whole // 3 + held, 3_000 + held, 10):
            text = summary(many, held, room)
            assert held + len(text.encode()) <= room or text == ""
            if room >= whole + held + 2:
                assert text.strip() == full.strip()
            elif text:
                assert "Left out, for want of room" in text
    assert summary(many, 1_048_576) == ""
    assert summary(many, 5).startswith("\n\n# ")


def test_a_summary_tells_all_models(result: ModelResult) -> None:
    text = summary([result, replace(result, model="Another")])
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["CheckThenAct", "Another"]


def test_an_error_verdict_is_an_error(result: ModelResult) -> None:
    broken = replace(
        result,
        properties=(PropertyResult("x", "error", None, result.properties[0].evidence, reason="r"),),
    )
    (line,) = github.annotations([(broken, PLACES)])
    assert read(line)[0] == "error"
