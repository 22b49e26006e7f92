"""A browser for tests: headless Chromium without a network, and what npm has to run in it.

    def test_the_page_is_quiet(browser: Browser, tmp_path: Path) -> None:
        with browser.page(width=320, colour_scheme="dark") as tab:
            tab.open(tmp_path / "index.html")
            assert tab.page.title() == "..."   # `tab.page` is Playwright's page
            assert axe_findings(tab) == []
            tab.assert_quiet()                 # no error on the console, nothing asked for

The fixture `browser` (tests/conftest.py) starts one browser for a whole process, when the first
test wants it. Debian's packages chromium and npm are needed, and PyPI's playwright; what is missing
is skipped, and fails under CI.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from foreign import missing, need

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import BrowserContext, Page, Route


@dataclass(frozen=True)
class Package:
    """A package of npm: exactly this version, with exactly these bytes."""

    version: str
    integrity: str
    """As in a lock file of npm: the SHA-512 of the archive, in base 64."""


NPM = {
    "axe-core": Package(
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
    "mermaid": Package(
        "12.3.0",
        "sha512-4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==",
    ),
}
"""What the tests use. Their scripts are run in the browser alone, never by npm or node."""

FLAGS = (
    # nothing of its own to fetch or to look up, and no name that leads anywhere
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # machines of CI have no graphics, and little shared memory
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)

NPM_SECONDS = 300


@dataclass
class Tab:
    """A page in a window of its own, with a record of what it did."""

    page: Page
    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    """What it asked for, the documents apart that the test has opened. None of it was answered."""
    console: list[str] = field(default_factory=list)
    """Errors and warnings on the console (such as of a Content-Security-Policy), and what its
    scripts did not catch."""
    opened: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def open(self, file: Path, fragment: str = "") -> None:
        """Open a file from disk."""
        address = file.resolve().as_uri()
        self.opened.add(address)
        self.page.goto(address + (f"#{fragment}" if fragment else ""))

    def show(self, html: str) -> None:
        """Show a document that is in no file."""
        self.page.set_content(html)

    def run(self, script: Path) -> None:
        """Run a script in the page, whatever its Content-Security-Policy says."""
        self.page.evaluate(script.read_text(encoding="utf-8"))

    def assert_quiet(self) -> None:
        """That the console is empty, and that nothing was asked for."""
        assert self.console == []
        assert self.requests == []

    def _on_request(self, route: Route) -> None:
        address = route.request.url.partition("#")[0]
        if address in self.opened:
            route.continue_()
            return
        self.requests.append(address)
        route.abort()


@dataclass
class Browser:
    """A browser that is running."""

    chromium: Chromium

    def page(
        self,
        *,
        javascript: bool = True,
        colour_scheme: Literal["dark", "light"] = "light",
        width: int = 1024,
        height: int = 768,
        scale: float = 1,
        reduced_motion: bool = True,
    ) -> Tab:
        """An empty page; to be closed, or used in a `with`. `width` in CSS pixels."""
        context = self.chromium.new_context(
            color_scheme=colour_scheme,
            device_scale_factor=scale,
            java_script_enabled=javascript,
            locale="en-GB",
            offline=True,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        tab = Tab(page, context)
        page.route("**/*", tab._on_request)  # noqa: SLF001 - its own maker
        page.on(
            "console",
            lambda said: (
                tab.console.append(f"{said.type}: {said.text}")
                if said.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: tab.console.append(f"uncaught: {error}"))
        return tab


@contextmanager
def started() -> Iterator[Browser]:
    """A browser, until the end of the block; skips or fails where there is none."""
    need("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("not installed: playwright")
    with sync_playwright() as playwright:
        # never Playwright's own browser, which would have to be fetched from elsewhere
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=list(FLAGS)
        )
        try:
            yield Browser(chromium)
        finally:
            chromium.close()


def axe_findings(tab: Tab, *, within: str = "html") -> list[str]:
    """What axe finds wrong with the page, as WCAG 2.2 AA and good practice have it."""
    tab.run(npm_package("axe-core") / "axe.min.js")
    found = tab.page.evaluate(
        "(within) => axe.run(within, {resultTypes: ['violations']}).then(r => r.violations.map("
        "v => `${v.id}: ${v.help}: ` + v.nodes.map(n => n.html.slice(0, 200)).join(' | ')))",
        within,
    )
    return [str(one) for one in found]


def npm_package(name: str) -> Path:
    """The folder of a package, fetched once and kept outside the checkout."""
    wanted = NPM[name]
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deliverycheck-tests"
    folder = kept / f"{name}-{wanted.version}"
    if folder.is_dir():
        return folder
    need("npm")
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept) as work:
        archive = _packed(name, wanted, Path(work))
        with tarfile.open(archive) as packed:
            members = [one for one in packed.getmembers() if not one.name.endswith((".map", ".ts"))]
            packed.extractall(work, members, filter="data")
        try:
            (Path(work) / "package").rename(folder)
        except OSError:
            assert folder.is_dir()  # another process was faster
    return folder


def _packed(name: str, wanted: Package, folder: Path) -> Path:
    """The archive, whose bytes are the ones that are wanted."""
    command = ["npm", "pack", f"{name}@{wanted.version}", "--ignore-scripts", "--silent"]
    command += ["--pack-destination", str(folder)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
    )
    found = list(folder.glob("*.tgz"))
    if done.returncode or len(found) != 1:
        missing(f"npm does not bring {name} {wanted.version}: {done.stderr[-500:]}")
    digest = base64.b64encode(hashlib.sha512(found[0].read_bytes()).digest()).decode()
    assert f"sha512-{digest}" == wanted.integrity, f"{name} {wanted.version} has other bytes"
    return found[0]
