"""A browser that lets nothing pass: no console error, no policy violation, no request to anywhere but the demo."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.demo import ROOT, START_S, Demo, fresh
from tests.browser.people import LOCALE

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

Opens = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test may have to wait for every article to be embedded; a file shares its demo and its browser, so it stays in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(START_S + 300))
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def missing(what: str) -> None:
    """Skip here, and say why; in CI nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} In CI this is a failure.", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a file (closed with it: an open sync playwright keeps an event loop that async tests would trip over)."""
    if not Path(CHROMIUM).exists():
        missing(f"No Chromium at {CHROMIUM}: install it (apt-get install chromium fonts-wqy-microhei) or set CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the tests of one file."""
    running = fresh(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()
    assert running.complaints() == ""


@dataclass
class Watch:
    """Everything a page did that it must not do."""

    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allows(self, words: str) -> None:
        """A complaint that this very test provokes."""
        self.allowed.append(words)

    def on(self, context: BrowserContext) -> None:
        """Look at every page of this context, frames included."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.seen.append(f"error: {error.error}"))
        context.on("request", self._asked)
        context.expose_binding("policyViolated", lambda _source, what: self.seen.append(f"policy: {what}"))
        context.add_init_script("addEventListener('securitypolicyviolation', e => policyViolated(`${e.violatedDirective} ${e.blockedURI}`))")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        to = urlsplit(request.url)
        if to.scheme not in ("data", "blob", "about") and to.hostname != "127.0.0.1":
            self.seen.append(f"request to {request.url}")

    def complaints(self) -> list[str]:
        """What nobody allowed."""
        return [one for one in self.seen if not any(words in one for words in self.allowed)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test that made a page complain."""
    watching = Watch()
    yield watching
    assert watching.complaints() == []


@pytest.fixture
def opens(browser: Browser, watch: Watch) -> Iterator[Opens]:
    """A browser of somebody's own: language, size, colours; everybody is watched."""
    contexts: list[BrowserContext] = []

    def one(lang: str = "en", width: int = 1280, height: int = 800, **more: Any) -> BrowserContext:
        settings = {"reduced_motion": "reduce", "timezone_id": "Asia/Shanghai", **more}
        context = browser.new_context(locale=LOCALE[lang], viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(15_000)
        watch.on(context)
        contexts.append(context)
        return context

    yield one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's source, as `npm ci` brings it (`make check` runs it)."""
    if not AXE.exists():
        missing(f"{AXE.relative_to(ROOT)} is not there: run `make check` (or `cd web && npm ci`) first.")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def violations(axe: str) -> Callable[[Page], list[str]]:
    """What axe-core finds wrong on a page and in its frames, each in one line."""

    def found(page: Page) -> list[str]:
        wrong = []
        for frame in page.frames:
            frame.evaluate(axe)
            report = frame.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false})", TAGS)
            wrong += [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']]}" for v in report["violations"]]
        return wrong

    return found
