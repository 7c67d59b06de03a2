"""Look at every page of site/ in a headless Chromium: ``make docs-check``.

Each page has to load without a word in the browser's console and without a request that fails or
leaves the site, and to fit a phone's width; the search has to find what is there, also where the
site is opened from its folder, without a server. With ``--pictures`` each page is kept as four
pictures: wide and narrow, light and dark.
"""

from __future__ import annotations

import argparse
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

SITE = Path(__file__).parents[2] / "site"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
SOUGHT = "Retry-After"


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
    """A browser window, and what was wrong with what it showed."""

    def __init__(self, window: Any, base: str) -> None:
        self.base = base
        self.wrong: list[str] = []
        self.page = window.new_page()
        self.page.on("console", self.said)
        self.page.on("pageerror", self.said)
        self.page.on("request", self.requested)
        self.page.on("requestfailed", self.failed)
        self.page.on("response", self.answered)

    def note(self, what: str) -> None:
        """Keep what was wrong, with the page it was on."""
        self.wrong.append(f"{self.page.url.removeprefix(self.base)}: {what}")

    def said(self, message: object) -> None:
        """A page has nothing to say to the console, be it of an error or not."""
        self.note(f"the console says {getattr(message, 'text', message)}")

    def failed(self, request: Any) -> None:
        """No request is left without an answer."""
        self.note(f"no answer for {request.url}")

    def requested(self, request: Any) -> None:
        """A page asks for nothing but what the site holds."""
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.note(f"asks for {request.url}")

    def answered(self, response: Any) -> None:
        """And what it asks for is there."""
        if response.status >= 400:
            self.note(f"{response.status} for {response.url}")

    def open(self, name: str) -> None:
        """Show a page."""
        self.page.goto(self.base + name)
        self.page.wait_for_load_state("networkidle")

    def show(self, size: tuple[int, int], scheme: str) -> None:
        """Show it in another form, and measure it."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        held = self.page.evaluate("document.documentElement.scrollWidth")
        if held > width:
            self.note(f"is {held} wide, on a screen of {width}")

    def search(self, text: str) -> int:
        """How many results the search has; they lead to pages that hold the text."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text, delay=20)
        results = self.page.locator("a[href*='.html'] mark")
        try:
            results.first.wait_for(timeout=5000)
        except Exception:  # noqa: BLE001 -- playwright's own class is not known to type checkers here
            self.note(f"the search does not find {text}")
            return 0
        return int(results.count())


def look(site: Path, browser: str, pictures: Path | None) -> list[str]:
    """Visit every page in every form; returns what was wrong."""
    sync_playwright: Any = importlib.import_module("playwright.sync_api").sync_playwright
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    wrong: list[str] = []
    with served(site) as base, sync_playwright() as driver:
        # Chromium has no sandbox of its own where it runs as root, as in a container.
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        visit = Visit(chromium.new_context(), base)
        for name in pages:
            visit.open(name)
            for size, scheme in itertools.product(SIZES, SCHEMES):
                visit.show(SIZES[size], scheme)
                if pictures:
                    picture = f"{name.removesuffix('.html').replace('/', '-')}-{size}-{scheme}.png"
                    visit.page.screenshot(path=pictures / picture, full_page=True)
        wrong += visit.wrong
        for root in (base, f"{site.as_uri()}/"):
            visit = Visit(chromium.new_context(), root)
            visit.open("index.html")
            visit.search(SOUGHT)
            if pictures:
                visit.page.screenshot(path=pictures / f"search-{root.partition(':')[0]}.png")
            wrong += visit.wrong
        chromium.close()
    return list(dict.fromkeys(wrong))


def main() -> int:
    """Look, and say what is wrong."""
    parser = argparse.ArgumentParser(prog="make docs-check", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="a folder to keep pictures of the pages in")
    pictures: Path | None = parser.parse_args().pictures
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(f"no browser here: install one of {', '.join(BROWSERS)}\n")
        return 2
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    wrong = look(SITE, browser, pictures)
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "every page is as it should be\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
