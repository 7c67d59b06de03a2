"""Generation is whole or not at all, names what it cannot take, and is the same anywhere."""

import errno
import json
import os
import pkgutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from generator.client.generate import generate
from generator.errors import GeneratorError
from tests.generator.client import small
from tests.generator.paths import DOCUMENTS, ROOT
from tests.package.environments import environment

LIBRARY = DOCUMENTS / "library.yaml"
LIBRARY_CONFIG = DOCUMENTS / "library-config.yaml"
CONFIG = small.configuration("things_client")
THING: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
TEXT = {"type": "string"}
ARRAY = {"type": "array", "items": TEXT}


def document(**members: Any) -> dict[str, Any]:
    """A document that can be generated, with some members of its own."""
    schema = {"$ref": "#/components/schemas/Thing"}
    operation = {"operationId": "getThing", **small.returning(schema)}
    schemas = {"schemas": {"Thing": THING}}
    return small.openapi({"/thing": {"get": operation}}, components=schemas) | members


def schemas(**schemas: Any) -> dict[str, Any]:
    """The document with more schemas, or others."""
    return document(components={"schemas": {"Thing": THING} | schemas})


def properties(**properties: Any) -> dict[str, Any]:
    """The document, in which a thing has these properties."""
    return schemas(Thing={"type": "object", "properties": properties})


def parameters(*parameters: Any) -> dict[str, Any]:
    """The document, in which the operation has these parameters."""
    changed = document()
    changed["paths"]["/thing"]["get"]["parameters"] = list(parameters)
    return changed


#: What keeps a document from being generated before openapi-python-client sees it, or after.
REFUSED: dict[str, tuple[dict[str, Any] | str, str]] = {
    "an allOf that contradicts itself": (
        schemas(Both={"allOf": [THING, {"type": "object", "properties": {"name": ARRAY}}]}),
        "#/components/schemas/Both/properties/name: no value is allowed",
    ),
    "no YAML": ("a: [", "the document: line 2: "),
    "another OpenAPI": (
        document(openapi="3.2.0"),
        "openapi is '3.2.0', expected OpenAPI 3.0 or 3.1",
    ),
    "no document": ("[]", "the document: not a mapping of names to values"),
    "not valid": (document(info={"title": "Things"}), '#/info: "version" is a required property'),
    "another status": (
        document(paths={"/": {"get": {"operationId": "a", "responses": {"abc": {}}}}}),
        "#/paths/~1/get/responses: ",
    ),
    "a circle of allOf": (
        schemas(
            A={"allOf": [{"$ref": "#/components/schemas/B"}]},
            B={"allOf": [{"$ref": "#/components/schemas/A"}]},
        ),
        "#/components/schemas/A: the schema contains itself without end",
    ),
    "a default of another type": (
        properties(name={"type": "integer", "default": "many"}),
        "#/components/schemas/Thing/properties/name/default: 'many' is not of type 'integer'",
    ),
    "an unsupported feature": (
        parameters({"name": "a b", "in": "header", "schema": TEXT}),
        "#/paths/~1thing/get/parameters (header a b): this is no name of a header",
    ),
    "two properties that differ in a control character": (
        properties(**{"a\u0007b": TEXT, "ab": TEXT}),
        "#/components/schemas/Thing: 'a\\x07b' is in no class",
    ),
    "no web server": (
        document(servers=[{"url": "ftp://things.example"}]),
        "#/servers/0/url: 'ftp://things.example' is neither an http or https URL",
    ),
}

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


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder that an earlier generation has filled, and that nothing else stands beside."""
    output = tmp_path / "outputs" / "generated"
    (output / "earlier_client" / "models").mkdir(parents=True)
    (output / "earlier_client" / "__init__.py").write_bytes(b"# earlier\r\n\xff")
    (output / "earlier_client" / "py.typed").touch()
    return output


class Inputs:
    """A document and a configuration, in files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.document = folder / "things.yaml"
        self.config = folder / "config.yaml"
        self.write(document())

    def write(self, document: dict[str, Any] | str, config: str = CONFIG) -> None:
        text = document if isinstance(document, str) else json.dumps(document)
        self.document.write_text(text, "utf-8")
        self.config.write_text(config, "utf-8")


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file, and every folder, below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


LATER: dict[str, Any] = {
    "Answers": {
        "type": "object",
        "required": ["rows", "notes"],
        "properties": {
            "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            "notes": {"anyOf": [{"$ref": "#/components/schemas/Notes"}, {"type": "null"}]},
        },
    },
    "Notes": {"type": "object", "additionalProperties": {"type": "string"}},
    "Row": {
        "type": "object",
        "required": ["count"],
        "properties": {"count": {"type": "integer"}},
    },
}
"""What comes first refers to what comes later."""


def test_the_order_of_schemas_makes_no_difference(inputs: Inputs, tmp_path: Path) -> None:
    for folder, names in {"later": [*LATER], "sooner": [*reversed(LATER)]}.items():
        whole = schemas(**LATER)
        whole["components"]["schemas"] = {name: LATER[name] for name in names}
        answer = whole["paths"]["/thing"]["get"]["responses"]["200"]["content"]
        answer["application/json"]["schema"] = {"$ref": "#/components/schemas/Answers"}
        inputs.write(whole)
        generate(inputs.document, inputs.config, tmp_path / folder)

    assert contents(tmp_path / "sooner") == contents(tmp_path / "later")


def test_a_warning_of_the_parser_is_an_error_that_quotes_it(
    inputs: Inputs, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unchanged(document: Any, _: Any) -> Any:
        return document

    monkeypatch.setattr("generator.client.generate.normalise", unchanged)
    inputs.write(properties(name={"type": "array"}))

    with pytest.raises(GeneratorError, match=r"^openapi-python-client says:\n  - ") as caught:
        generate(inputs.document, inputs.config, output)

    assert "type array must have items or prefixItems defined" in str(caught.value)
    assert " object at 0x" not in str(caught.value)


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_is_refused_changes_nothing(
    inputs: Inputs, output: Path, name: str
) -> None:
    unsuitable, said = REFUSED[name]
    inputs.write(unsuitable)
    before = contents(output.parent)

    with pytest.raises(GeneratorError) as caught:
        generate(inputs.document, inputs.config, output)

    assert said in str(caught.value)
    assert before == contents(output.parent)


@pytest.mark.parametrize("name", CONFIGS)
def test_an_unusable_configuration_is_refused_in_a_line(
    inputs: Inputs, output: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, said = CONFIGS[name]
    inputs.write(document(), config)
    before = contents(output.parent)

    paths = ("--document", inputs.document, "--config", inputs.config, "--output", output)
    code = main(["generate", *map(str, paths)])

    [line] = capsys.readouterr().err.splitlines()
    assert 1 == code
    assert line.startswith(f"error: {inputs.config}")
    assert said in line
    assert before == contents(output.parent)


@pytest.mark.parametrize("missing", ["document", "config"])
def test_a_file_that_is_not_there_is_named(inputs: Inputs, output: Path, missing: str) -> None:
    path: Path = getattr(inputs, missing)
    path.unlink()
    before = contents(output.parent)

    with pytest.raises(GeneratorError, match="No such file or directory") as caught:
        generate(inputs.document, inputs.config, output)

    assert 1 == str(caught.value).count(str(path))
    assert before == contents(output.parent)


def _ruff_is_missing() -> str:
    raise FileNotFoundError("Could not find the ruff binary")


def _ruff_cannot_be_run() -> str:
    return os.devnull


def _ruff_fails() -> str:
    return "false"


@pytest.mark.parametrize("find", [_ruff_is_missing, _ruff_cannot_be_run, _ruff_fails])
def test_without_ruff_there_is_no_output(
    inputs: Inputs, output: Path, monkeypatch: pytest.MonkeyPatch, find: Callable[[], str]
) -> None:
    monkeypatch.setattr("generator.client.render.find_ruff_bin", find)
    before = contents(output.parent)

    with pytest.raises(GeneratorError, match="ruff"):
        generate(inputs.document, inputs.config, output)

    assert before == contents(output.parent)


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
    inputs: Inputs,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: type[BaseException],
) -> None:
    whole = pkgutil.resolve_name(step)

    def broken(*arguments: Any) -> None:
        whole(*arguments)
        raise error

    monkeypatch.setattr(step, broken)
    before = contents(output.parent)

    with pytest.raises(error):
        generate(inputs.document, inputs.config, output)

    assert before == contents(output.parent)


@pytest.mark.parametrize("error", [OSError(errno.EXDEV, "no"), KeyboardInterrupt()])
@pytest.mark.parametrize("moved", ["new", "generated"])
def test_a_swap_that_breaks_off_is_undone(
    inputs: Inputs,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    moved: str,
    error: BaseException,
) -> None:
    rename = Path.rename

    def broken(path: Path, target: Path) -> Path:
        if path.name == moved:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", broken)
    before = contents(output.parent)

    with pytest.raises((type(error), GeneratorError)):
        generate(inputs.document, inputs.config, output)

    assert before == contents(output.parent)


def test_a_place_that_cannot_be_written_is_an_error(inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(GeneratorError, match=str(tmp_path / "file")):
        generate(inputs.document, inputs.config, tmp_path / "file" / "generated")


def test_a_run_takes_the_place_of_all_that_was_there(inputs: Inputs, output: Path) -> None:
    generate(inputs.document, inputs.config, output)

    assert [output] == list(output.parent.iterdir())
    assert [output / "things_client"] == list(output.iterdir())


def test_a_first_run_makes_the_folders_above(inputs: Inputs, tmp_path: Path) -> None:
    output = tmp_path / "not" / "yet" / "there"

    generate(inputs.document, inputs.config, output)

    assert [output / "things_client"] == list(output.iterdir())
    assert [output] == list(output.parent.iterdir())


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


def run(
    library: Path,
    output: Path,
    python: str = sys.executable,
    *,
    cwd: str | None = None,
    umask: int = -1,
    **environment: str,
) -> None:
    """Generate in a process of its own."""
    finished = subprocess.run(
        [
            *(python, "-m", "generator", "generate"),
            *("--document", library, "--config", LIBRARY_CONFIG, "--output", output),
        ],
        cwd=cwd or output.parent,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        umask=umask,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (0, "", "") == (finished.returncode, finished.stdout, finished.stderr)


@pytest.mark.parametrize(
    "circumstances",
    [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"cwd": "/", "umask": 0o077},
    ],
    ids=["hash seed and locale C", "hash seed, C.UTF-8 and time zone", "cwd and umask"],
)
def test_every_process_gives_the_same_bytes(
    library: Path,
    expected: dict[str, bytes | None],
    tmp_path: Path,
    circumstances: dict[str, Any],
) -> None:
    output = tmp_path / "generated"

    run(library, output, **circumstances)

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

    run(library, output, str(folder / "bin" / "python"))

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
