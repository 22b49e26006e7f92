"""The page of a report: in a browser, without a script, by keyboard, with hostile names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import Browser, Tab, axe_findings
from hostile import HOSTILE, called, renamed
from support import EXPLICIT, MODELS, ROOT, question

from deliverycheck.check.checking import examine, lifted_of
from deliverycheck.explain.dossier.compiling import full_dossier
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.load.varying import closed_settings
from deliverycheck.report.page.index import line_of
from deliverycheck.report.page.rendering import index_html, page_html

REPORTS = sorted((ROOT / "reports").glob("*.html"))
MOST_BYTES = 300_000
BROKEN = ROOT / "reports" / "CheckThenAct.html"
RUN = "run-no-duplicate-effect"
PARTS = 8
"""Into which the hostile names are divided, so that several processes share them."""


@cache
def dossier(name: str = "pitfalls/check_then_act.py") -> Dossier:
    asked = question(f"{MODELS}/{name}")
    return full_dossier(asked, EXPLICIT, {"crash": 1}, closed_settings(asked))


def test_every_model_has_its_page() -> None:
    names = {file.stem for file in REPORTS}
    assert len(names) == 15  # thirteen models, the index and the catalogue
    assert {
        "index",
        "catalogue",
        "AtMostOnce",
        "AtLeastOnce",
        "ExactlyOnce",
        "CheckThenAct",
    } <= names


@pytest.mark.parametrize("file", REPORTS, ids=lambda file: file.stem)
def test_a_page_is_small_quiet_and_accessible(file: Path, browser: Browser) -> None:
    assert len(file.read_bytes()) <= MOST_BYTES
    for scheme in ("light", "dark"):
        with browser.page(colour_scheme=scheme, width=1280) as tab:
            tab.open(file)
            tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert axe_findings(tab) == []
            tab.assert_quiet()


@pytest.mark.parametrize("file", REPORTS, ids=lambda file: file.stem)
@pytest.mark.parametrize("width", [320, 768])
def test_only_what_is_wide_by_nature_scrolls_sideways(
    file: Path, width: int, browser: Browser
) -> None:
    with browser.page(width=width) as tab:
        tab.open(file)
        tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("file", REPORTS, ids=lambda file: file.stem)
def test_without_a_script_the_page_says_the_same(file: Path, browser: Browser) -> None:
    with browser.page(javascript=False) as tab:
        tab.open(file)
        assert tab.page.locator(".replay:visible, .tools:visible").count() == 0
        assert tab.page.locator("main").is_visible()
        tab.assert_quiet()
    with browser.page() as tab:
        tab.open(file)
        told = tab.page.evaluate(
            "wanted => [...document.querySelectorAll('main *')].filter(e => wanted.includes("
            "e.localName) && e.className !== 'line').map(e => e.textContent.trim())",
            WANTED,
        )
    # the file itself, as another parser reads it: the script adds no text and takes none away
    assert Counter(_texts(file)) == Counter(told)


WANTED = ("h2", "h3", "li", "td", "th", "p", "summary", "figcaption", "text")


class _Reader(HTMLParser):
    """The texts of some elements of `main`, as another parser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[list[str]] = []
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"
        if self.inside and tag in WANTED:
            self.open.append([] if ("class", "line") not in attrs else ["\0"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        if self.inside and tag in WANTED:
            text = "".join(self.open.pop())
            if not text.startswith("\0"):
                self.found.append(text.strip())

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.append(data)


def _texts(file: Path) -> list[str]:
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader.found


def test_links_lead_somewhere() -> None:
    ids = {
        file.name: set(re.findall(r'\bid="([^"]+)"', file.read_text(encoding="utf-8")))
        for file in REPORTS
    }
    for file in REPORTS:
        text = file.read_text(encoding="utf-8")
        assert len(re.findall(r'\bid="([^"]+)"', text)) == len(ids[file.name]), "ids are unique"
        for href in re.findall(r'\bhref="([^"]+)"', text):
            if href == "data:,":
                continue
            page, _, fragment = href.partition("#")
            assert fragment in ids[page or file.name] | {""}, (file.name, href)


def test_each_answer_of_the_index_leads_to_its_run_or_proof(browser: Browser) -> None:
    with browser.page() as tab:
        tab.open(ROOT / "reports" / "index.html")
        hrefs = tab.page.locator("#matrix td a").evaluate_all("a => a.map(e => e.href)")
        assert len(hrefs) == 4 * 13  # four questions, thirteen models
        fragments = {href.partition("#")[2].partition("-")[0] for href in hrefs}
        assert fragments == {"run", "why"}


def test_the_keyboard_alone_suffices(browser: Browser) -> None:
    with browser.page() as tab:
        tab.open(BROKEN)
        page = tab.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#verdicts"
        button = page.locator(f"#{RUN} .replay button").nth(2)
        for _ in range(60):
            page.keyboard.press("Tab")
            if button.evaluate("e => e === document.activeElement"):
                break
        else:
            pytest.fail("the replay is not reached by Tab")
        page.keyboard.press("Enter")
        assert step_of(tab) == "step 1 of 8"
        page.keyboard.press("ArrowRight")
        assert step_of(tab) == "step 2 of 8"
        page.keyboard.press("End")
        assert step_of(tab) == "step 8 of 8"
        assert page.locator(f"#{RUN} .line").inner_text().startswith("8. The worker APPLIES m1")
        page.keyboard.press("5")
        assert page.evaluate("location.hash") == f"#{RUN}-step-5"
        page.keyboard.press("Home")
        assert step_of(tab) == "start"
        page.keyboard.press("ArrowLeft")
        assert step_of(tab) == "start"
        summary = page.locator("#samples ~ details summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("#samples ~ details").first.get_attribute("open") is not None
        tab.assert_quiet()


def step_of(tab: Tab) -> str | None:
    return tab.page.locator(f"#{RUN} .replay input").get_attribute("aria-valuetext")


def test_a_link_to_a_step_shows_it(browser: Browser) -> None:
    with browser.page() as tab:
        tab.open(BROKEN, f"{RUN}-step-5")
        assert step_of(tab) == "step 5 of 8"
        assert tab.page.locator(f"#{RUN} ol.whole li.current").get_attribute("data-step") == "5"
        tab.page.locator(f"#{RUN} ol.whole a").nth(1).click()
        assert step_of(tab) == "step 2 of 8"


def test_filters_hide_and_show(browser: Browser) -> None:
    with browser.page() as tab:
        tab.open(BROKEN)
        rows = tab.page.locator("#verdict-table tbody tr:visible")
        assert rows.count() == 9
        search = tab.page.locator("[data-table='verdict-table'] input")
        search.fill("violated")
        assert rows.count() == 3
        search.fill("")
        assert rows.count() == 9
        table = tab.page.locator(f"#{RUN}-changes")
        tab.page.locator(f"#{RUN} details", has=table).locator("summary").click()
        tools = tab.page.locator(f"[data-table='{RUN}-changes']")
        tools.locator("input").fill("effects")
        assert table.locator("thead th:visible").all_inner_texts() == ["step", "effects[m1]"]
        tools.locator("button").click()
        assert tools.locator("button").get_attribute("aria-pressed") == "true"


def test_on_paper_nothing_is_there_that_only_a_screen_can_use(browser: Browser) -> None:
    with browser.page(width=800) as tab:
        tab.page.emulate_media(media="print")
        tab.open(BROKEN)
        assert tab.page.locator(".replay:visible, .tools:visible, nav:visible").count() == 0


def test_no_style_and_no_script_is_allowed_but_the_pages_own(browser: Browser) -> None:
    with browser.page() as tab:
        tab.open(BROKEN)
        tab.page.evaluate(
            "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
            "document.body.append(s); const i = new Image(); i.src = 'https://example.org/x.png';"
            "document.body.append(i); }"
        )
        assert tab.page.evaluate("window.bad") is None
        assert tab.requests == []
        assert any("Content Security Policy" in text for text in tab.console)


def elements(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """Each element with the names of its attributes, counted."""
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()

    class Counting(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            # drawings mark what was shortened, and break long labels: that is ours
            if tag not in ("tspan", "title", "text", "rect", "path", "circle", "g", "code"):
                found[tag, tuple(name for name, _ in attrs)] += 1

    Counting().feed(html)
    return found


HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")
"""What no reader sees. First strong isolates (U+2068) are ours: they keep a label to itself."""


@cache
def harmless() -> tuple[Counter[tuple[str, tuple[str, ...]]], ...]:
    """The elements of a page and an index whose names are harmless."""
    named = replace(renamed(dossier(), called("name")), about="")
    return elements(page_html(named, "index.html")), elements(index_html([line_of("x", named)]))


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_names_come_out_inert(part: int, browser: Browser) -> None:
    with browser.page() as tab:
        for label in HOSTILE[part::PARTS]:
            # paragraphs of a docstring are ours to count: it is not there
            named = replace(renamed(dossier(), called(label)), about="")
            html = page_html(named, "index.html")
            index = index_html([line_of("x", named)])
            assert (elements(html), elements(index)) == harmless(), label
            html.encode("utf-8")
            assert not HIDDEN.search(html + index), label
            tab.show(html)
            assert tab.page.evaluate("document.querySelectorAll('main').length") == 1
            assert tab.console == [], label
            assert tab.requests == [], label


def test_a_docstring_is_text() -> None:
    html = page_html(replace(dossier(), about="<b>one</b>\n\n`code` & <script>\n\n`odd"), "")
    assert "&lt;b&gt;one&lt;/b&gt;" in html
    assert "<code>code</code> &amp; &lt;script&gt;" in html
    assert "`odd" in html


def test_what_was_only_looked_at_in_part_has_a_page_too() -> None:
    asked = question(f"{MODELS}/guarantees/exactly_once.py")
    limits = replace(EXPLICIT, limits=replace(EXPLICIT.limits, states=100))
    from deliverycheck.explain.dossier.compiling import dossier_of

    html = page_html(dossier_of(asked, examine(asked, lifted_of(asked), limits), limits))
    assert "is not settled" in html
    assert "the limit of states was reached" in html
