"""The browser of the tests sees what it must see: errors, requests, inaccessible pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Browser, axe_findings, npm_package

GOOD = "<!doctype html><html lang=en><title>A page</title><main><h1>A heading</h1></main></html>"
POLICY = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"


def test_a_good_page_is_quiet(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(GOOD)
    with browser.page() as tab:
        tab.open(tmp_path / "good.html", "somewhere")
        assert tab.page.title() == "A page"
        assert axe_findings(tab) == []
        tab.assert_quiet()


@pytest.mark.parametrize(
    "bad",
    [
        "<img src='other.png' alt=''>",
        "<img src='https://example.org/x.png' alt=''>",
        "<script>fetch('https://example.org/data').catch(() => 0)</script>",
        "<style>@import 'https://example.org/x.css';</style>",
    ],
)
def test_what_a_page_asks_for_is_seen(browser: Browser, tmp_path: Path, bad: str) -> None:
    (tmp_path / "bad.html").write_text(GOOD + bad)
    with browser.page() as tab:
        tab.open(tmp_path / "bad.html")
        tab.page.wait_for_timeout(100)
        assert len(tab.requests) == 1
        with pytest.raises(AssertionError):
            tab.assert_quiet()


@pytest.mark.parametrize(
    "bad",
    [
        "<script>throw Error('no')</script>",
        "<script>console.error('no')</script>",
        f"{POLICY}<script>document.title = 'no'</script>",
    ],
)
def test_what_goes_wrong_in_a_page_is_seen(browser: Browser, bad: str) -> None:
    with browser.page() as tab:
        tab.show(GOOD.replace("<main>", bad + "<main>"))
        assert len(tab.console) == 1


def test_a_page_can_be_looked_at_in_many_ways(browser: Browser) -> None:
    script = "<script>document.title = 'scripted'</script>"
    dark = "<style>@media (prefers-color-scheme: dark) { body { color: rgb(1, 2, 3) } }</style>"
    with browser.page(javascript=False, colour_scheme="dark", width=320) as tab:
        tab.show(GOOD + dark + script)
        assert tab.page.title() == "A page"
        assert tab.page.evaluate("innerWidth") == 320
        assert tab.page.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
    with browser.page() as tab:
        tab.show(GOOD + dark + script)
        assert tab.page.title() == "scripted"
        assert tab.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_axe_works_where_a_policy_forbids_scripts_and_finds_what_is_wrong(browser: Browser) -> None:
    with browser.page() as tab:
        tab.show(f"<!doctype html><html lang=en><head>{POLICY}<title>x</title></head><body><img>")
        assert any(found.startswith("image-alt: ") for found in axe_findings(tab))
        assert tab.console == []


def test_packages_come_from_npm_with_the_bytes_that_are_pinned() -> None:
    assert (npm_package("mermaid") / "dist" / "mermaid.min.js").is_file()
    assert Path(__file__).parent.parent not in npm_package("mermaid").parents
