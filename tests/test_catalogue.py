"""`list`: what models say of themselves, as text, as data and as a page."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from support import MODELS, run

SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/list-1.json").read_text(encoding="utf-8")
)

DESIGN = """
model = "two.py:Second"
name = "second-on-paper"
about = "The second, with more tries."
claims = "at-most-once"
messages = 1
[settings]
tries = 4
mode = "slow"
[faults]
lose = "inf"
"""

TWO = '''"""Two models in a file: the first is the twin of the second.

What both do.

    a    stays
    bb   as it is
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role

source = Role("source")
target = Role("target")


class First(Protocol):
    """Sends once."""

    claims = "at-most-once"
    faults = {"lose": 1}
    expects = {"no-loss": "violated", "eventual-effect": "violated"}

    tries: int = 3
    mode: Literal["fast", "slow"] = "fast"
    sent: Channel[Message] = Channel(source, target)

    @source
    def send(self, m: Message) -> None:
        self.accept(m)
        self.sent.put(m)

    @target
    def receive(self, m: Message) -> None:
        self.sent.take(m)
        self.effect(m)


class Second(First):
    """Claims nothing."""

    claims = None
    expects = {}
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "two.py").write_text(TWO, encoding="utf-8")
    (tmp_path / "a.delivery.toml").write_text(DESIGN, encoding="utf-8")
    return tmp_path


def test_list_tells_each_models_claim_row_and_settings(folder: Path) -> None:
    done = run("list", folder)
    assert done.code == 0
    words = " ".join(done.out.split())
    assert "Two models in a file: the first is the twin of the second." in words
    assert (
        "First: at-most-once, lose=1 Sends once. can lose? yes, can duplicate? no, out of order? "
        "left open, eventually? no settings: tries=3, mode=fast (or slow)" in words
    )
    assert "Second: claims nothing, lose=1" in words
    assert (
        "second-on-paper: at-most-once, lose=inf, 1 message The second, with more tries." in words
    )
    assert "tries=4, mode=slow (or fast)" in words
    assert done.out.endswith("3 models in 1 file.\n")


def test_list_as_data(folder: Path) -> None:
    done = run("list", folder, "--json")
    (file,) = done.data["files"]
    assert [one["model"] for one in file["models"]] == ["First", "Second", "second-on-paper"]
    first, second, design = file["models"]
    assert (first["can_lose"], first["can_duplicate"], first["eventually"]) == ("yes", "no", "no")
    assert second["can_lose"] is None
    assert design["faults"] == {"lose": "inf"}
    assert design["settings"][1] == {"name": "mode", "value": "slow", "others": ["fast"]}


def test_the_data_keeps_its_schema(folder: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = run("list", MODELS, "--json").data
    for data in (document, run("list", folder, "--json").data):
        jsonschema.validate(data, SCHEMA)
    del document["files"][0]["models"][0]["can_lose"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_list_as_a_page(folder: Path) -> None:
    page = folder / "list.html"
    assert run("list", folder, "-o", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "3 models in 1 file." in text
    assert "<p>What both do.</p>" in text
    assert "<pre>    a    stays\n    bb   as it is</pre>" in text
    assert run("list", folder, "-o", folder).code == 2
