"""A document gives the same bytes in any order, process, Python, folder and locale."""

import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from generator.client.generate import generate
from tests.generator.client import command, small
from tests.generator.client.small import COUNT, TEXT, array, model, ref, returning
from tests.generator.client.test_generate import contents
from tests.generator.paths import DOCUMENTS, ROOT
from tests.package.environments import environment

LIBRARY = DOCUMENTS / "library.yaml"
LIBRARY_CONFIG = DOCUMENTS / "library-config.yaml"

#: What comes first refers to what comes later.
LATER = {
    "Answers": model(
        "rows", "notes", rows=array(ref("Row")), notes={"anyOf": [ref("Notes"), {"type": "null"}]}
    ),
    "Notes": {"type": "object", "additionalProperties": TEXT},
    "Row": model("count", count=COUNT),
}


def test_the_order_of_schemas_makes_no_difference(tmp_path: Path) -> None:
    made: list[Path] = []
    for folder, names in {"later": [*LATER], "sooner": [*reversed(LATER)]}.items():
        document = small.document(
            {"thing": returning(ref("Answers"))},
            components={"schemas": {name: LATER[name] for name in names}},
        )
        (tmp_path / folder).mkdir()
        made.append(small.make(document, tmp_path / folder, "things"))

    later, sooner = map(contents, made)
    assert later == sooner


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large document, with text that not every locale can write."""
    path = tmp_path_factory.mktemp("library") / "library.yaml"
    text = LIBRARY.read_text("utf-8")
    path.write_text(text.replace("Search the catalogue", "Sök i katalogen, 図書館 📚", 1), "utf-8")
    return path


@pytest.fixture(scope="session")
def expected(library: Path) -> dict[str, bytes | None]:
    """What this process makes of the large document."""
    output = library.parent / "expected"
    generate(library, LIBRARY_CONFIG, output)
    made = contents(output)
    assert "Sök i katalogen, 図書館 📚".encode() in (made["library_client/client.py"] or b"")
    return made


ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


#: How a process is run: its environment, its folder, and the permissions that it gives files.
CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "hash seed and locale C": {
        "env": {"PYTHONHASHSEED": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    },
    "hash seed, C.UTF-8 and time zone": {
        "env": {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"}
    },
    "cwd and umask": {"cwd": "/", "umask": 0o077},
}


def run(library: Path, output: Path, *, env: dict[str, str] | None = None, **others: Any) -> None:
    """Generate in a process that has nothing of this one's environment."""
    usual: dict[str, Any] = {"cwd": output.parent, "env": ENVIRONMENT | (env or {})}

    finished = command.generate(library, LIBRARY_CONFIG, output, **(usual | others))

    assert (0, "", "") == (finished.returncode, finished.stdout, finished.stderr)


@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_every_process_gives_the_same_bytes(
    library: Path, expected: dict[str, bytes | None], tmp_path: Path, name: str
) -> None:
    output = tmp_path / "generated"

    run(library, output, **CIRCUMSTANCES[name])

    assert expected == contents(output)
    assert [output] == list(tmp_path.iterdir())  # no cache of a tool, neither here nor beside it


def other_pythons() -> list[str]:
    """The supported versions, apart from that of this process."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    language, here = "Programming Language :: Python :: ", f"3.{sys.version_info.minor}"
    versions = [line.removeprefix(language) for line in project["classifiers"]]
    return [version for version in versions if version.startswith("3.") and version != here]


GENERATORS = [
    *("attrs", "jsonschema-rs", "openapi-python-client", "openapi-spec-validator"),
    *("python-jsonpath", "pyyaml", "ruamel.yaml", "ruff"),
]
"""What generation needs of the locked toolchain."""


@pytest.mark.parametrize("python", other_pythons())
def test_every_other_python_gives_the_same_bytes(
    library: Path, expected: dict[str, bytes | None], tmp_path: Path, python: str
) -> None:
    output, folder = tmp_path / "generated", tmp_path / "venv"
    if why := environment(folder, python, GENERATORS):
        pytest.skip(why)

    run(library, output, python=str(folder / "bin" / "python"))

    assert expected == contents(output)


def test_settings_of_ruff_nearby_change_nothing(
    library: Path,
    expected: dict[str, bytes | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 40\n[format]\nquote-style = 'single'\n")
    monkeypatch.chdir(tmp_path)

    generate(library, LIBRARY_CONFIG, tmp_path / "generated")

    assert expected == contents(tmp_path / "generated")


def test_output_that_git_ignores_is_the_same(
    library: Path, expected: dict[str, bytes | None], tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*\n")

    generate(library, LIBRARY_CONFIG, tmp_path / "new/generated")

    assert expected == contents(tmp_path / "new/generated")


def test_the_output_holds_code_and_nothing_else(expected: dict[str, bytes | None]) -> None:
    folders = {name for name, content in expected.items() if content is None}
    files = expected.keys() - folders

    assert {"library_client", "library_client/api", "library_client/models"} <= folders
    assert {"library_client/py.typed"} == {name for name in files if not name.endswith(".py")}
    assert {name.partition("/")[0] for name in expected} == {"library_client"}
    assert not any("cache" in name for name in expected)


def test_every_file_says_what_made_it(expected: dict[str, bytes | None]) -> None:
    header = (
        "# Generated by `make generate` from library.yaml with openapi-python-client "
        f"{version('openapi-python-client')}. Do not edit.\n"
    ).encode()

    files = {name: content for name, content in expected.items() if content is not None}

    assert header == files["library_client/py.typed"]
    assert [] == [
        name
        for name, content in files.items()
        if name.endswith(".py") and not content.startswith(header + b"\n")
    ]
    assert [] == [name for name, content in files.items() if content.count(header) != 1]
    assert [] == [name for name, content in files.items() if b"\r" in content]
