"""Build the documentation as a site, in site/: ``make docs``.

Pages keep their paths, so that the links between them work in the repository and on the site. Two
kinds of pages are generated: the reference, from docstrings, and the contract, from openapi.yaml.
The build fails if a link, an anchor or a Python name does not exist. ``SITE_URL`` in the
environment is the address at which the site will be published, if there is one.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tools.docs_site import browse, contract, links, reference

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent
STAGE = ROOT / "build" / "docs"
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md"]


def stage_pages(stage: Path) -> None:
    """Copy all sources of the site to an empty folder."""
    shutil.rmtree(stage, ignore_errors=True)
    pages = stage / "pages"
    sources = [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    for source in sources:
        text = links.without_folders(source.read_text(encoding="utf-8"), source)
        put(pages, source.relative_to(ROOT), text)
    for linked in links.files(sources, ROOT):
        (pages / linked).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / linked, pages / linked)
    for name, text in reference.pages(ROOT / "generated").items():
        put(pages, Path("reference") / name, text)
    put(pages, Path("contract.md"), contract.page(ROOT / "openapi.yaml"))
    shutil.copyfile(ROOT / "openapi.yaml", pages / "openapi.yaml")
    shutil.copytree(SOURCE / "assets", pages / "assets")
    shutil.copytree(SOURCE / "theme", stage / "theme")
    settings = (SOURCE / "zensical.toml").read_text(encoding="utf-8")
    settings = settings.replace("{version}", imprint(ROOT))
    if url := os.environ.get("SITE_URL"):
        settings = settings.replace("[project]", f"[project]\nsite_url = {json.dumps(url)}", 1)
    (stage / "zensical.toml").write_text(settings, encoding="utf-8")


def imprint(root: Path) -> str:
    """The foot of each page: the version, and the repository if pyproject.toml names one."""
    [package] = root.glob("generated/*/_package.py")
    version = re.findall(r'^__version__ = "(.+)"', package.read_text("utf-8"), re.MULTILINE)[0]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    repository = project.get("urls", {}).get("Repository")
    link = f" · <a href='{html.escape(repository)}'>repository</a>" if repository else ""
    return f"Version {version}{link}"


def put(pages: Path, name: Path, text: str) -> None:
    """Write a page.

    In tables, GitHub requires an escape before a bar in code. The site would show the backslash.
    """
    text = re.sub(r"^\|.*$", lambda row: unescaped(row[0]), text, flags=re.MULTILINE)
    path = pages / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def unescaped(row: str) -> str:
    """A table row without the escapes in its code."""
    return re.sub(r"`[^`]+`", lambda code: code[0].replace("\\|", "|"), row)


def main() -> int:
    """Build the site, and replace site/ only if the build succeeds."""
    parser = argparse.ArgumentParser(prog="make docs", description=__doc__)
    parser.add_argument("--browse", action="store_true", help="then open each page in a browser")
    options = parser.parse_args()
    if code := build():
        return code
    return browse.check(ROOT / "site") if options.browse else 0


def private_names() -> list[str]:
    """What the reference shows of private modules."""
    [package] = [path.parent for path in ROOT.glob("generated/*/client.py")]
    return [
        f"reference/{page.name}: names {name}, which is private"
        for page in sorted((STAGE / "site/reference").glob("*.html"))
        for name in reference.private(page.read_text("utf-8"), package)
    ]


def build() -> int:
    """Build the site; returns the exit code."""
    stage_pages(STAGE)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=STAGE, capture_output=True, text=True, check=False)  # noqa: S603 - no user input
    report = f"{built.stdout}{built.stderr}".partition("Traceback (most recent call last)")[0]
    broken = [*links.broken(STAGE / "site"), *private_names()] if built.returncode == 0 else []
    if built.returncode or broken:
        sys.stderr.write("".join(f"{line}\n" for line in broken) or report)
        sys.stderr.write("the documentation was not built: site/ is as it was\n")
        return 1
    shutil.rmtree(ROOT / "site", ignore_errors=True)
    (STAGE / "site").rename(ROOT / "site")
    pages = sum(1 for _ in (ROOT / "site").rglob("*.html"))
    sys.stdout.write(f"site/index.html and {pages - 1} more pages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
