"""The documentation site has no dead links, and shows the whole contract."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import yaml  # type: ignore[import-untyped]
from openrouter_analytics import __version__

from tests.package.test_repository import NAMES
from tools.docs_site import browse, contract, links, reference
from tools.docs_site.__main__ import imprint, stage_pages

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "openapi.yaml", ROOT / "tests/generator/documents/library.yaml"]


def site(folder: Path, **pages: str) -> Path:
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


def test_links_that_lead_somewhere_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a file.txt").write_text("", "utf-8")
    page = '<a href="#here"></a><a href="two.html#there"></a><a href="a%20file.txt"></a>'

    folder = site(tmp_path, one=f'{page}<p id="here"><a href="https://a.example/x"></a>')
    site(folder, two='<h1 id="there"></h1><a href="."></a>', index="")

    assert [] == links.broken(folder)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<a href="none.html"></a>', "one.html: dead link none.html"),
        ('<img src="none.png">', "one.html: dead link none.png"),
        ('<a href="#none"></a>', "one.html: no such place #none"),
        ('<a href="two.html#none"></a>', "one.html: no such place two.html#none"),
        ('<script src="https://a.example/x.js">', "one.html: loads https://a.example/x.js"),
        ('<link href="//a.example/x.css">', "one.html: loads //a.example/x.css"),
    ],
)
def test_dead_links_and_external_loads_are_named(tmp_path: Path, page: str, said: str) -> None:
    assert [said] == links.broken(site(tmp_path, one=page, two=""))


def test_a_link_to_a_folder_is_its_words(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    text = links.without_folders("[a](folder) [b](page.md) [c](https://d)", tmp_path / "page.md")

    assert "a [b](page.md) [c](https://d)" == text


def test_what_a_page_shows_comes_along(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("LICENSE", "docs/chart.png", "docs/other.md"):
        (tmp_path / name).write_text("", "utf-8")
    page = tmp_path / "docs" / "page.md"
    page.write_text("![chart](chart.png) [licence](../LICENSE) [other](other.md#x)", "utf-8")

    assert {Path("LICENSE"), Path("docs/chart.png")} == links.files([page], tmp_path)


def names(found: Any) -> set[str]:
    """The names of a document's properties and parameters."""
    named: set[str] = set()
    values: list[Any] = []
    if isinstance(found, dict):
        item = cast("dict[str, Any]", found)
        named |= set(item.get("properties", ()))
        named |= {item["name"]} if {"name", "in"} <= item.keys() else set()
        values = list(item.values())
    elif isinstance(found, list):
        values += found
    return named.union(*map(names, values))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_all_of_the_contract_is_on_its_page(document: Path) -> None:
    spec = yaml.safe_load(document.read_text("utf-8"))

    page = contract.page(document)

    assert [path for path in spec["paths"] if f" {path}\n" not in page] == []
    assert [name for name in spec["components"]["schemas"] if f"## {name} " not in page] == []
    assert [name for name in names(spec) if contract.code(name)[len("<code>") :] not in page] == []


def test_a_value_of_the_document_is_no_markdown() -> None:
    assert "<code>&#42;a&#124;<wbr>b&#42; &#60;i&#62;</code>" == contract.code("*a|b* <i>")


def test_the_reference_names_every_part_of_the_package() -> None:
    pages = reference.pages(ROOT / "generated")

    assert {"client.md", "operations.md", "models.md", "errors.md", "types.md"} == set(pages)
    for name in reference.public(next((ROOT / "generated").glob("*/models/__init__.py"))):
        assert f".models.{name}\n" in pages["models.md"]
    assert ".records\n" in pages["models.md"]


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ("", "Version 1.2.3"),
        (
            '[project.urls]\nRepository = "https://a.example/b"',
            "Version 1.2.3 · <a href='https://a.example/b'>repository</a>",
        ),
    ],
)
def test_the_foot_of_a_page_says_version_and_repository(
    tmp_path: Path, urls: str, said: str
) -> None:
    package = tmp_path / "generated/some"
    package.mkdir(parents=True)
    (package / "_package.py").write_text('__version__ = "1.2.3"\n', "utf-8")
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "some"\n{urls}\n', "utf-8")

    assert said == imprint(tmp_path)


def test_the_site_shows_its_version_and_has_a_404_page_with_words(tmp_path: Path) -> None:
    stage_pages(tmp_path / "stage")

    settings = tomllib.loads((tmp_path / "stage/zensical.toml").read_text("utf-8"))["project"]
    [page] = (tmp_path / "stage" / settings["theme"]["custom_dir"]).glob("404.html")
    linked = re.findall(r"'(\S+)\.html' \| url", page.read_text("utf-8"))
    assert settings["copyright"] == f"Version {__version__}"
    assert linked
    assert [name for name in linked if not (tmp_path / f"stage/pages/{name}.md").exists()] == []


@pytest.mark.parametrize(("text", "page"), browse.SEARCHED.items())
def test_what_users_search_for_is_on_its_page(text: str, page: str) -> None:
    [source] = (ROOT / "docs").rglob(f"{page.removesuffix('.html')}.md")

    assert text.lower() in source.read_text("utf-8").lower()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("timeout: <b>_http</b>.Timeout = 30.0", ["_http.Timeout"]),
        ("Bases: decode.Object", ["decode.Object"]),
        ("timeout: httpx.Timeout, the log. Then errors.APIError", list[str]()),
    ],
)
def test_a_private_name_in_the_reference_is_found(text: str, found: list[str]) -> None:
    [package] = [path.parent for path in (ROOT / "generated").glob("*/client.py")]

    assert found == reference.private(text, package)


@pytest.mark.skipif(not NAMES, reason="this is no clone, or git is not there")
@pytest.mark.parametrize("mistake", ["[a](none.md)", "[a](docs/index.md#none)", "[a][nowhere.a]"])
def test_a_mistake_ends_the_build(tmp_path: Path, mistake: str) -> None:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    with (tmp_path / "README.md").open("a", encoding="utf-8") as readme:
        readme.write(f"\n{mistake}\n")

    built = subprocess.run(
        [sys.executable, "-m", "tools.docs_site"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 1 == built.returncode
    assert "README.md" in built.stderr
    assert not (tmp_path / "site").exists()
