"""The command line's steps in this process, and what a document may not ask of a client."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from generator.client.generate import generate
from generator.errors import GeneratorError
from tests.generator.paths import ROOT

CONFIG = """\
project_name_override: things-client
package_name_override: things_client
package_version_override: 0.0.1
"""


def document(**members: Any) -> dict[str, Any]:
    """A document with one operation, and with `members` in place of its own."""
    answer = {"description": "It.", "content": {"application/json": {"schema": {"type": "string"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {
            "/things": {
                "get": {"operationId": "getThing", "tags": ["things"], "responses": {"200": answer}}
            }
        },
        **members,
    }


def with_parameters(*schemas: dict[str, Any]) -> dict[str, Any]:
    made = document()
    made["paths"]["/things"]["get"]["parameters"] = [
        {"name": f"p{index}", "in": "query", "schema": schema}
        for index, schema in enumerate(schemas)
    ]
    return made


def with_scheme(called: str = "key", /, **scheme: Any) -> dict[str, Any]:
    made = document(components={"securitySchemes": {called: scheme}})
    made["security"] = [{called: []}]
    return made


def make(tmp_path: Path, made: dict[str, Any], config: str = CONFIG) -> Path:
    (tmp_path / "things.json").write_text(json.dumps(made), encoding="utf-8")
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    generate(tmp_path / "things.json", tmp_path / "config.yaml", tmp_path / "out")
    return tmp_path / "out/things_client"


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


def test_check_says_that_all_is_well_or_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("spec", "generated"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("openapi.yaml", "generator-config.yaml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)

    well = main(["check", "--root", str(tmp_path)])
    (tmp_path / "generated/stray.txt").write_text("stray\n", encoding="utf-8")
    amiss = main(["check", "--root", str(tmp_path)])

    shown = capsys.readouterr()
    assert (well, amiss) == (0, 1)
    assert "are what their sources give" in shown.out
    assert "generated/stray.txt is extra" in shown.err


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (with_scheme(type="apiKey", name="a key", **{"in": "header"}), "no name of a header"),
        (
            with_scheme(type="http", scheme="bearer", **{"x-environment-variables": "KEY"}),
            "no list of names",
        ),
        (
            with_scheme(
                type="http", scheme="bearer", **{"x-environment-variable-notes": {"KEY": "Mine."}}
            ),
            "notes has other names",
        ),
        (with_scheme("timeout", type="http", scheme="bearer"), "taken by another argument"),
    ],
)
def test_what_a_client_cannot_do_is_refused(
    tmp_path: Path, made: dict[str, Any], words: str
) -> None:
    with pytest.raises(GeneratorError, match=words):
        make(tmp_path, made)

    assert not (tmp_path / "out").exists()


def test_unusual_parameters_and_a_server_with_variables(tmp_path: Path) -> None:
    made = with_parameters(
        {"const": "one"},
        {"type": ["integer", "string", "null"]},
        {"type": "array", "items": {"type": "integer"}},
    )
    made["servers"] = [
        {"url": "https://{region}.example", "variables": {"region": {"default": "eu"}}}
    ]

    package = make(tmp_path, made)

    module = (package / "api/things/get_thing.py").read_text(encoding="utf-8")
    assert "encode.const('one')" in module or 'encode.const("one")' in module
    assert "encode.one_of(encode.integer, encode.string)" in module
    assert "encode.array(encode.integer)" in module
    assert '"https://eu.example"' in (package / "_package.py").read_text(encoding="utf-8")


def test_maps_of_lists_and_unions(tmp_path: Path) -> None:
    thing = {"type": "object", "properties": {"name": {"type": "string"}}}
    schemas = {
        "Thing": thing,
        "Box": {
            "type": "object",
            "properties": {
                "shelves": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Thing"},
                    },
                },
                "sizes": {
                    "type": "object",
                    "additionalProperties": {"type": ["integer", "string"]},
                },
            },
        },
    }

    package = make(tmp_path, document(components={"schemas": schemas}))

    box = (package / "models/box.py").read_text(encoding="utf-8")
    assert "sizes: dict[str, int | str] | Unset" in box
    assert "shelves: BoxShelves | Unset" in box


def test_pinned_names_stay_whatever_the_document_says(tmp_path: Path) -> None:
    made = document(tags=[{"name": "things", "description": "All things."}])
    pins = "operations:\n  /things:\n    get: stuff.fetch\n"

    package = make(tmp_path, made, CONFIG + pins)

    assert (package / "api/stuff/fetch.py").is_file()
    assert "All things." in (package / "client.py").read_text(encoding="utf-8")


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
        make(tmp_path, document(), CONFIG + pins)
