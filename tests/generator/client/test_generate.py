"""Generation is whole or not at all: what stops it leaves the output as it was."""

import errno
import json
import os
import pkgutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from generator.client.generate import generate
from generator.errors import GeneratorError
from tests.generator.client import small
from tests.generator.client.small import TEXT, model, ref, returning
from tests.generator.paths import ROOT

CONFIG = small.configuration("things_client")
DOCUMENT = small.document(
    {"thing": returning(ref("Thing"))}, components={"schemas": {"Thing": model(name=TEXT)}}
)

#: Configurations that cannot be used, and what is said of them.
CONFIGS = {
    "empty": ("", "not a mapping"),
    "a list": ("- a\n", "not a mapping"),
    "no YAML": ("a: [\n", "line "),
    "a key twice": (CONFIG + "package_name_override: other\n", "package_name_override"),
    "an unknown key": (CONFIG + "class_overides: {}\n", "class_overides"),
    "an unknown key of a class": (
        CONFIG + "class_overrides:\n  Thing:\n    classname: Item\n",
        "classname",
    ),
    "a value of another type": (CONFIG + "class_overrides: 3\n", "class_overrides"),
    "a version that is a number": (CONFIG.replace("0.0.1", "1.0"), "package_version_override"),
    "no name of the project": (
        CONFIG.replace("project_name_override", "field_prefix"),
        "project_name_override is missing",
    ),
    "no version": (
        CONFIG.replace("package_version_override: 0.0.1", ""),
        "package_version_override is missing",
    ),
    "no name of a package": (CONFIG.replace("things_client", "../a"), "package_name_override"),
    "a keyword": (CONFIG.replace("things_client", "class"), "package_name_override"),
    "enums as literals": (CONFIG + "literal_enums: true\n", "literal_enums is not supported"),
}


class Files:
    """A document, its configuration, and a folder that an earlier generation has filled."""

    def __init__(self, folder: Path) -> None:
        self.document, self.config = folder / "things.json", folder / "config.yaml"
        self.output = folder / "outputs/generated"
        self.write(DOCUMENT)
        (self.output / "earlier_client/models").mkdir(parents=True)
        (self.output / "earlier_client/__init__.py").write_bytes(b"# earlier\r\n\xff")
        (self.output / "earlier_client/py.typed").touch()

    def write(self, document: dict[str, Any], config: str = CONFIG) -> None:
        self.document.write_text(json.dumps(document), "utf-8")
        self.config.write_text(config, "utf-8")

    def generate(self) -> None:
        generate(self.document, self.config, self.output)

    @contextmanager
    def unchanged(self) -> Generator[None]:
        """The block changes neither the output nor what is beside it."""
        before = contents(self.output.parent)
        yield
        assert before == contents(self.output.parent)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file, and every folder, below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


#: By the property that a document lacks: the document, and words of its error.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "valid": ({"info": {}}, "the document is not valid"),
    "supported": ({"paths": {}}, "what the client would not honour"),
    "complete": (
        {"components": {"schemas": {"Thing": model(**{"a\u0007b": TEXT})}}},
        "did not reach the package whole",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_is_refused_changes_nothing(files: Files, name: str) -> None:
    members, said = REFUSED[name]
    files.write(DOCUMENT | members)

    with files.unchanged(), pytest.raises(GeneratorError, match=said):
        files.generate()


def test_a_warning_of_the_parser_is_an_error_that_quotes_it(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unchanged(document: Any, _: Any) -> Any:
        return document

    monkeypatch.setattr("generator.client.generate.normalise", unchanged)
    files.write(DOCUMENT | {"components": {"schemas": {"Thing": model(name={"type": "array"})}}})

    with pytest.raises(GeneratorError, match=r"^openapi-python-client says:\n  - ") as caught:
        files.generate()

    assert "type array must have items or prefixItems defined" in str(caught.value)
    assert " object at 0x" not in str(caught.value)


@pytest.mark.parametrize("name", CONFIGS)
def test_an_unusable_configuration_is_refused_in_a_line(
    files: Files, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, said = CONFIGS[name]
    files.write(DOCUMENT, config)

    with files.unchanged():
        paths = ("--document", files.document, "--config", files.config, "--output", files.output)
        code = main(["generate", *map(str, paths)])

    [line] = capsys.readouterr().err.splitlines()
    assert 1 == code
    assert line.startswith(f"error: {files.config}")
    assert said in line


@pytest.mark.parametrize("missing", ["document", "config"])
def test_a_file_that_is_not_there_is_named(files: Files, missing: str) -> None:
    path: Path = getattr(files, missing)
    path.unlink()

    with files.unchanged(), pytest.raises(GeneratorError, match="No such file") as caught:
        files.generate()

    assert 1 == str(caught.value).count(str(path))


def ruff_is_missing() -> str:
    raise FileNotFoundError("Could not find the ruff binary")


def ruff_cannot_be_run() -> str:
    return os.devnull


def ruff_fails() -> str:
    return "false"


@pytest.mark.parametrize("find", [ruff_is_missing, ruff_cannot_be_run, ruff_fails])
def test_without_ruff_there_is_no_output(
    files: Files, monkeypatch: pytest.MonkeyPatch, find: Callable[[], str]
) -> None:
    monkeypatch.setattr("generator.client.render.find_ruff_bin", find)

    with files.unchanged(), pytest.raises(GeneratorError, match="ruff"):
        files.generate()


@pytest.mark.parametrize(
    "step",
    [
        "openapi_python_client.Project._create_package",
        "openapi_python_client.Project._build_models",
        "openapi_python_client.Project._build_api",
        "generator.client.render._add_headers",
    ],
)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_breaks_off_changes_nothing(
    files: Files, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    whole = pkgutil.resolve_name(step)

    def broken(*arguments: Any) -> None:
        whole(*arguments)
        raise error

    monkeypatch.setattr(step, broken)

    with files.unchanged(), pytest.raises(error):
        files.generate()


@pytest.mark.parametrize("error", [OSError(errno.EXDEV, "no"), KeyboardInterrupt()])
@pytest.mark.parametrize("moved", ["new", "generated"])
def test_a_swap_that_breaks_off_is_undone(
    files: Files, monkeypatch: pytest.MonkeyPatch, moved: str, error: BaseException
) -> None:
    rename = Path.rename

    def broken(path: Path, target: Path) -> Path:
        if path.name == moved:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", broken)

    with files.unchanged(), pytest.raises((type(error), GeneratorError)):
        files.generate()


def test_a_place_that_cannot_be_written_is_an_error(files: Files) -> None:
    files.output = files.document / "generated"

    with pytest.raises(GeneratorError, match=str(files.document)):
        files.generate()


def test_a_run_takes_the_place_of_all_that_was_there(files: Files) -> None:
    files.generate()

    assert [files.output] == list(files.output.parent.iterdir())
    assert [files.output / "things_client"] == list(files.output.iterdir())


def test_a_first_run_makes_the_folders_above(files: Files, tmp_path: Path) -> None:
    files.output = tmp_path / "not/yet/there"

    files.generate()

    assert [files.output / "things_client"] == list(files.output.iterdir())
    assert [files.output] == list(files.output.parent.iterdir())


def test_the_command_generates(tmp_path: Path) -> None:
    code = main(["generate", "--output", str(tmp_path / "generated")])

    [client] = (ROOT / "generated").glob("*/client.py")
    assert 0 == code
    assert (tmp_path / client.relative_to(ROOT)).read_bytes() == client.read_bytes()
