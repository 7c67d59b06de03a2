"""Open every page of the site in a headless Chromium: ``make docs ARGS=--browse``.

A page must have no message in the browser's console, no failed request, no request to another host,
and no horizontal scroll bar on a phone. The search must find the page for what users look for, even
if the site is opened from its folder, without a server. A copy button must copy commands alone.
"""

from __future__ import annotations

import functools
import http.server
import importlib
import itertools
import shutil
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")
SEARCHED = {
    "Retry-After": "retries-and-timeouts.html",
    "how much did I spend this month": "answers.html",
    "pagination": "troubleshooting.html",
    "logging": "errors.html",
    "excel": "troubleshooting.html",
}
"""What users search for, and a page that the search must find."""
COPIED = "docs/guide/command-line.html"
"""A page whose first blocks of a terminal have prompts and output."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def served(site: Path) -> Generator[str]:
    """Serve the site on this machine, on a free port."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Visit:
    """A browser window, and the errors of the pages that it showed."""

    def __init__(self, window: Any, base: str) -> None:
        self.base = base
        self.wrong: list[str] = []
        self.page = window.new_page()
        self.page.on("console", self.said)
        self.page.on("pageerror", self.said)
        self.page.on("request", self.requested)
        self.page.on("requestfailed", self.failed)
        self.page.on("response", self.responded)

    def note(self, what: str) -> None:
        """Record an error of the current page."""
        self.wrong.append(f"{self.page.url.removeprefix(self.base)}: {what}")

    def said(self, message: object) -> None:
        """Record a message in the console."""
        self.note(f"the console says {getattr(message, 'text', message)}")

    def failed(self, request: Any) -> None:
        """Record a request without a response."""
        self.note(f"no response for {request.url}")

    def requested(self, request: Any) -> None:
        """Record a request to another host."""
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.note(f"requests {request.url}")

    def responded(self, response: Any) -> None:
        """Record a response with an error status."""
        if response.status >= 400:
            self.note(f"{response.status} for {response.url}")

    def open(self, name: str) -> None:
        """Show a page."""
        self.page.goto(self.base + name)
        self.page.wait_for_load_state("networkidle")

    def show(self, size: tuple[int, int], scheme: str) -> None:
        """Show the page in a size and colour scheme, and check its width."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        found = self.page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            self.note(f"is {found} pixels wide, on a screen of {width}")

    def search(self, text: str, expected: str) -> None:
        """Search for a text, and check that a page is among the results."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text, delay=20)
        result = self.page.locator(f"a[href*='{expected}']:has(mark)")
        try:
            result.first.wait_for(timeout=5000)
        except Exception:  # noqa: BLE001 - playwright has no types here
            self.note(f"the search for {text} does not find {expected}")

    def copy(self) -> None:
        """Click the copy button of the first terminal, and check what it copied."""
        self.page.locator(".language-console").first.hover()
        self.page.locator(".language-console button").first.click()
        copied = self.page.evaluate("navigator.clipboard.readText()")
        shown = self.page.locator(".language-console code").first.inner_text()
        expected = [line[2:] for line in shown.splitlines() if line.startswith("$ ")]
        if copied.splitlines() != expected:
            self.note(f"the copy button copies {copied!r}")


def visit_all(site: Path, browser: str) -> list[str]:
    """Visit every page in every size and colour scheme; returns the errors."""
    sync_playwright: Any = importlib.import_module("playwright.sync_api").sync_playwright
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    wrong: list[str] = []
    with served(site) as base, sync_playwright() as driver:
        # Chromium cannot use its own sandbox as root, for example in a container.
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
        visit = Visit(context, base)
        visit.open(COPIED)
        visit.copy()
        for name in pages:
            visit.open(name)
            for size, scheme in itertools.product(SIZES, SCHEMES):
                visit.show(size, scheme)
        wrong += visit.wrong
        for root in (base, f"{site.as_uri()}/"):
            visit = Visit(chromium.new_context(), root)
            for text, expected in SEARCHED.items():
                visit.open("index.html")
                visit.search(text, expected)
            wrong += visit.wrong
        chromium.close()
    return list(dict.fromkeys(wrong))


def check(site: Path) -> int:
    """Visit every page and print the errors; returns the exit code."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(f"no browser is installed: install one of {', '.join(BROWSERS)}\n")
        return 2
    wrong = visit_all(site, browser)
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "no page has an error\n")
    return 1 if wrong else 0
