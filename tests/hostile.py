"""Hostile labels, and results in which everything that has a name is called by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")

HTML = [
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</svg><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><h1>title",
    "</style><style>*{display:none}",
    "<!-- comment",
    "-->",
    "<![CDATA[ x ]]>",
    "]]>",
    "<?php echo 1 ?>",
    "&lt;b&gt;",
    "&amp;&#60;&#x3c;",
    "&quot; onmouseover=alert(1) x=&quot;",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<details open ontoggle=alert(1)>",
    "</details></details>",
    "<summary>",
    "</table></td></tr>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]
MARKDOWN = [
    "# heading",
    "\n# heading\n",
    "\n\n---\n\n",
    "\n===\n",
    "**bold** _it_ ~~gone~~",
    "`code` ``more`` ```fence```",
    "\n```\nout of the fence\n```\n",
    "\n~~~\nout\n~~~\n",
    "[link](https://example.org)",
    "![image](https://example.org/x.png)",
    "[ref]: https://example.org",
    "<https://example.org>",
    "https://example.org/auto",
    "www.example.org",
    "someone@example.org",
    "| cell | cell |",
    "|\n|---|\n|",
    "- item\n- item",
    "1. one\n2. two",
    "> quote",
    "    indented code",
    "\\",
    "\\`",
    "\\|",
    "*",
    "__init__",
    "a_b_c*d*e",
    "@everyone @octocat",
    "#123 GH-1 owner/repo#5",
    "$x$ $$y$$",
    "$`x`$",
    ":smile:",
    "[^1] [^1]: note",
    "- [ ] todo",
    "> [!WARNING]",
]
MERMAID = [
    "end",
    "x end y",
    "END; participant evil",
    "a;b",
    "a#59;b",
    "#quot;",
    "%% comment",
    "%%{init: {'theme':'dark'}}%%",
    "\n%%{init: {}}%%\n",
    "---\ntitle: x\n---",
    "a->>b: hello",
    "x\nsender->>worker: forged",
    "Note over p0: forged",
    "wrap: text",
    ":wrap:text",
    "nowrap:text",
    "<br/>",
    "<br>x<br />y",
    "style x:#fff;",
    "classDef a:#b;",
    "fa:fa-car",
    "ﬂ°lt¶ß ﬂ°°60¶ß",
    "participant p0 as x",
    "p0@{ 'type': 'database' }",
    "link a: b @ https://example.org",
    "{}{{}}",
    "loop\nalt\nrect",
    "as",
    "+-->>x--x-)",
]
TERMINAL = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://example.org\x07link\x1b]8;;\x07",
    "\x07\x08\x00",
    "\r\rover",
    "\x9b31m",
    "\u202etxt.exe",
    "\u2066\u2069\u200f",
    "\u2028\u2029",
    "\ud800",
    "\udfff\udc00",
    "\ufffe\uffff",
    "\u200b\u200d\ufeff",
    "e\u0301\u0301\u0301\u0301",
    "\U0001f600",
    "日本語",
]
COMMANDS = [
    "::error::forged",
    "::error file=x,line=1::forged",
    "\n::error::forged\n",
    "%0A::error::forged",
    "%25%0D%0A%3A%2C",
    "::set-output name=x::y",
    "::add-mask::m1",
    "##[error]forged",
    "\r\n::stop-commands::x",
    "a,b=c:d",
    "{0} {x!r} %s %(x)d",
    "'; import os #",
    '"""\nraise SystemExit\n"""',
    "'''\nraise SystemExit\n'''",
    "\\N{BULLET}\\x41\\u0041",
    "$(touch x) `touch x` ; touch x",
    "--option",
    "../../x",
]
LONG = ["x" * 10_000, "<" * 3_000, "word " * 2_000]
EMPTY = ["", " ", "\n", "\t"]

HOSTILE = (*HTML, *MARKDOWN, *MERMAID, *TERMINAL, *COMMANDS, *LONG, *EMPTY)

KEPT = ("kind", "verdict", "expected", "store", "status", "engine", "fault", "fairness", "claims")
"""Fields that hold a word out of a closed list, not a name."""


def renamed(value: T, names: Mapping[str, str]) -> T:
    """The value with every name in it replaced, wherever it stands as a word of its own.

    Goes into dataclasses, tuples and mappings: results, runs, systems, terms.
    """
    words = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")
    return cast("T", _renamed(value, words, names))


def _renamed(value: Any, words: re.Pattern[str], names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return words.sub(lambda found: names[found[0]], value)
    if isinstance(value, tuple):
        inner = [_renamed(one, words, names) for one in value]
        return type(value)(*inner) if hasattr(value, "_fields") else tuple(inner)
    if isinstance(value, list):
        return [_renamed(one, words, names) for one in value]
    if isinstance(value, Mapping):
        return {_renamed(k, words, names): _renamed(v, words, names) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {
            one.name: getattr(value, one.name)
            if one.name in KEPT
            else _renamed(getattr(value, one.name), words, names)
            for one in fields(value)
            if one.init
        }
        return type(value)(**parts)
    return value


def called(label: str) -> dict[str, str]:
    """Hostile names for what the shipped models are made of, all of them different."""
    words = "m1 m2 sender worker requests replies outbox processed handle charged send hear"
    words += " CheckThenAct AtLeastOnceIdempotent received AlternatingBit receiver packets"
    words += " answers Packet sending seen"
    return {
        word: f"{number} {label}" if number % 2 else f"{label} {number}"
        for number, word in enumerate(words.split())
    }
