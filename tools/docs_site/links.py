"""The links of the site: the files that they need, and dead links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def files(pages: Iterable[Path], root: Path) -> set[Path]:
    """The files of the repository that pages link to or show, except pages."""
    found: set[Path] = set()
    for page in pages:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"(?:\]\(|\bsrc=\"|\bsrcset=\")([^)\"\s#]+)", text):
            target = (page.parent / unquote(link)).resolve()
            if "://" not in link and target.suffix != ".md" and target.is_file():
                found.add(target.relative_to(root))
    return found


def without_folders(text: str, page: Path) -> str:
    """A page's text with links to folders replaced by their words: the site has no folders."""

    def words(link: re.Match[str]) -> str:
        target = unquote(link["target"])
        return link["words"] if "://" not in target and (page.parent / target).is_dir() else link[0]

    return re.sub(r"\[(?P<words>[^\]]+)\]\((?P<target>[^)\s#]+)\)", words, text)


class _Page(HTMLParser):
    """The links, loaded files and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "link" and values.get("rel") == "canonical":
            return  # the address of the page itself, which nothing loads
        if "src" in values or (tag == "link" and "href" in values):
            self.loaded.add(values.get("src") or values["href"])
        elif tag == "a" and "href" in values:
            self.links.add(values["href"])


def broken(site: Path) -> list[str]:
    """The dead links of the built site, and the files that it loads from other hosts."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    found: list[str] = []
    for path, page in pages.items():
        name = path.relative_to(site)
        found += [f"{name}: loads {url}" for url in sorted(page.loaded) if urlsplit(url).netloc]
        for url in sorted(page.links | page.loaded):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchors = pages[target].anchors if target in pages else set[str]()
            if not target.is_file():
                found.append(f"{name}: dead link {url}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in anchors:
                found.append(f"{name}: no such place {url}")
    return found


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
