"""The configuration gives operations and security schemes names that stay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.client.names import configured_schemes, document_names, with_configured_names
from generator.errors import GeneratorError
from tests.generator.client import small

Config = Callable[[str], Path]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Writes a configuration that has some lines of its own."""

    def written(lines: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(small.configuration("things_client") + lines, "utf-8")
        return path

    return written


def document() -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": "a", "security": [{}, {"bearerAuth": []}]}
    return small.openapi(
        {"/things": {"get": operation}},
        security=[{"bearerAuth": []}],
        tags=[{"name": "things", "description": "All things."}],
        components={"securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}}},
    )


def test_a_scheme_gets_our_name_wherever_it_is_named(config: Config) -> None:
    path = config("security_schemes:\n  apiKey: bearerAuth\n")

    renamed = with_configured_names(document(), path)

    assert {"bearerAuth": "apiKey"} == configured_schemes(path)
    assert ["apiKey"] == list(renamed["components"]["securitySchemes"])
    assert [{"apiKey": []}] == renamed["security"]
    assert [{}, {"apiKey": []}] == renamed["paths"]["/things"]["get"]["security"]


def test_an_operation_gets_our_name_and_tag(config: Config) -> None:
    found = document()
    found["paths"]["/things"]["get"]["tags"] = ["things", "more"]

    renamed = with_configured_names(
        found, config("operations:\n  /things:\n    get: stuff.fetch\n")
    )

    operation = renamed["paths"]["/things"]["get"]
    assert ("fetch", ["stuff", "more"]) == (operation["operationId"], operation["tags"])
    assert [{"name": "stuff", "description": "All things."}] == renamed["tags"]


def test_an_operation_behind_a_reference_gets_our_name(config: Config) -> None:
    item = {"get": {"operationId": "list", "responses": small.DONE}}
    found = small.openapi(
        {"/things": {"$ref": "#/components/pathItems/Things"}},
        components={"pathItems": {"Things": item}},
    )

    renamed = with_configured_names(
        found, config("operations:\n  /things:\n    get: stuff.fetch\n")
    )

    [own] = document_names(renamed)
    assert ("stuff", "fetch") == (own.tag, own.name)


def test_paths_that_refer_to_one_item_get_a_name_each(config: Config) -> None:
    found = small.openapi(
        {"/a": {"$ref": "#/paths/~1b"}, "/b": {"get": {"operationId": "x", "tags": ["all"]}}}
    )
    names = "operations:\n  /a:\n    get: one.first\n  /b:\n    get: two.second\n"

    renamed = with_configured_names(found, config(names))

    own = [(one.tag, one.name) for one in document_names(renamed)]
    assert [("one", "first"), ("two", "second")] == own


@pytest.mark.parametrize("holder", ["document", "operation"])
@pytest.mark.parametrize(("keyword", "value"), [("tags", 5), ("security", 5), ("security", [5])])
def test_a_name_is_given_before_the_document_is_checked(
    config: Config, holder: str, keyword: str, value: Any
) -> None:
    found = document()
    {"document": found, "operation": found["paths"]["/things"]["get"]}[holder][keyword] = value
    names = "operations:\n  /things:\n    get: stuff.fetch\n"
    path = config(f"{names}security_schemes:\n  apiKey: bearerAuth\n")

    renamed = with_configured_names(found, path)

    assert "fetch" == renamed["paths"]["/things"]["get"]["operationId"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("security_schemes: [apiKey]\n", "expected `name: name in the document`"),
        ("security_schemes: {apiKey: 1}\n", "expected `name: name in the document`"),
        ("security_schemes: {apiKey: token}\n", "the document has no scheme token"),
        ("operations: 5\n", "expected `path"),
        ("operations:\n  /things: 5\n", "at /things"),
        ("operations:\n  /things:\n    get: fetch\n", "found 'fetch'"),
        ("operations:\n  /other:\n    get: a.b\n", "the document has no GET /other"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(config: Config, lines: str, said: str) -> None:
    with pytest.raises(GeneratorError, match=said):
        with_configured_names(document(), config(lines))
