"""The command line's steps in this process, and the names that a configuration keeps."""

import json
from pathlib import Path

import pytest

from generator.__main__ import main
from generator.client.generate import generate
from generator.client.names import document_names, with_configured_names
from generator.errors import GeneratorError
from tests.generator.client import small
from tests.generator.paths import ROOT


def make(folder: Path, pins: str) -> Path:
    """Generate a document of one operation, with some lines of configuration."""
    operation = {"operationId": "getThing", "tags": ["things"]} | small.returning({})
    tags = [{"name": "things", "description": "All things."}]
    document = small.openapi({"/things": {"get": operation}}, tags=tags)
    (folder / "things.json").write_text(json.dumps(document), "utf-8")
    (folder / "config.yaml").write_text(small.configuration("things_client") + pins, "utf-8")
    generate(folder / "things.json", folder / "config.yaml", folder / "out")
    return folder / "out/things_client"


def test_spec_writes_the_contract(tmp_path: Path) -> None:
    output = tmp_path / "openapi.yaml"

    code = main(["spec", "--output", str(output)])

    assert code == 0
    assert output.read_bytes() == (ROOT / "openapi.yaml").read_bytes()


def test_spec_that_fails_leaves_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "openapi.yaml"
    output.write_text("as it was", encoding="utf-8")

    code = main(["spec", "--upstream", str(tmp_path / "none.yaml"), "--output", str(output)])

    assert code == 1
    assert "error: " in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "as it was"


def test_spec_into_no_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["spec", "--output", str(tmp_path / "none/openapi.yaml")])

    assert code == 1
    assert "No such file" in capsys.readouterr().err


def test_spec_over_a_folder_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "openapi.yaml"
    output.mkdir()

    code = main(["spec", "--output", str(output)])

    assert code == 1
    assert "error: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [output]


def test_generate_writes_the_package(tmp_path: Path) -> None:
    code = main(["generate", "--output", str(tmp_path / "generated")])

    [client] = (ROOT / "generated").glob("*/client.py")
    assert code == 0
    assert (tmp_path / client.relative_to(ROOT)).read_bytes() == client.read_bytes()


def test_pinned_names_stay_whatever_the_document_says(tmp_path: Path) -> None:
    package = make(tmp_path, "operations:\n  /things:\n    get: stuff.fetch\n")

    assert (package / "api/stuff/fetch.py").is_file()
    assert "All things." in (package / "client.py").read_text(encoding="utf-8")


def test_a_pinned_name_is_found_behind_a_reference(tmp_path: Path) -> None:
    item = {"get": {"operationId": "list", "responses": {"204": {"description": "None."}}}}
    document = small.openapi(
        {"/things": {"$ref": "#/components/pathItems/Things"}},
        components={"pathItems": {"Things": item}},
    )
    config = tmp_path / "config.yaml"
    config.write_text("operations:\n  /things:\n    get: stuff.fetch\n")

    [own] = document_names(with_configured_names(document, config))

    assert ("stuff", "fetch") == (own.tag, own.name)


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        ("operations: 5\n", "expected `path"),
        ("operations:\n  /things: 5\n", "at /things"),
        ("operations:\n  /things:\n    get: fetch\n", "found 'fetch'"),
        ("operations:\n  /other:\n    get: a.b\n", "the document has no GET /other"),
    ],
)
def test_pins_that_fit_nothing_are_refused(tmp_path: Path, pins: str, words: str) -> None:
    with pytest.raises(GeneratorError, match=words):
        make(tmp_path, pins)
