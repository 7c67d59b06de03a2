"""The completeness check names what of a document would not reach its package."""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from openapi_python_client.config import Config

from generator.client.completeness import missing
from generator.client.config import load_config
from generator.client.normalise import normalise
from generator.client.parse import ParsedDocument
from generator.client.views.package import PackageView, package_view
from generator.errors import GeneratorError
from generator.spec.read import read_document
from tests.generator.client import small
from tests.generator.client.test_support import SCHEMA, TEXT, schema
from tests.generator.paths import DOCUMENTS

LIBRARY = read_document((DOCUMENTS / "library.yaml").read_text("utf-8"))
CONFIG = DOCUMENTS / "library-config.yaml"
BOOK = "#/paths/~1books~1{bookId}"
BOOKS = "#/paths/~1books"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load_config(CONFIG, DOCUMENTS / "library.yaml", tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def normal(config: Config) -> dict[str, Any]:
    return normalise(LIBRARY, config)


@pytest.fixture(scope="module")
def view(normal: dict[str, Any], config: Config) -> PackageView:
    return package_view(normal, ParsedDocument(normal, config), config)


@pytest.fixture(scope="module")
def missing_of(normal: dict[str, Any], view: PackageView) -> Callable[..., list[str]]:
    """What a document has that the library's view has not."""

    def missing_of(document: dict[str, Any], view: PackageView = view) -> list[str]:
        return missing(document, normal, view)

    return missing_of


def test_nothing_of_the_library_is_missing(missing_of: Callable[..., list[str]]) -> None:
    found = missing_of(LIBRARY)

    assert [] == found


def operation(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def add_parameter(where: str, document: dict[str, Any]) -> None:
    new = {"name": "new", "in": where, "schema": TEXT}
    operation(document, "/books")["parameters"].append(new)


#: By what the view lacks: a change of the document that adds it, and what is said to be missing.
LOSSES: dict[str, tuple[Change, str]] = {
    "a path": (
        lambda d: d["paths"].update({"/new": {"get": operation(d, "/books")}}),
        "#/paths/~1new/get: the operation has no method",
    ),
    "a method": (
        lambda d: d["paths"]["/books/{bookId}"].update(trace=operation(d, "/books/{bookId}")),
        f"{BOOK}/trace: the operation has no method",
    ),
    **{
        f"a parameter in the {where}": (
            partial(add_parameter, where),
            f"{BOOKS}/get/parameters: the parameter 'new' is not sent",
        )
        for where in ("path", "query", "header", "cookie")
    },
    "a parameter of the path's item": (
        lambda d: d["paths"]["/books"].update(
            parameters=[{"name": "new", "in": "query", "schema": TEXT}]
        ),
        f"{BOOKS}/get/parameters: the parameter 'new' is not sent",
    ),
    "a body": (
        lambda d: operation(d, "/books/{bookId}").update(
            requestBody={"content": {"application/json": {"schema": TEXT}}}
        ),
        f"{BOOK}/get/requestBody: a body of application/json is not sent",
    ),
    "another media type of a body": (
        lambda d: operation(d, "/books", "post")["requestBody"]["content"].update(
            {"application/xml": {"schema": TEXT}}
        ),
        f"{BOOKS}/post/requestBody: a body of application/xml is not sent",
    ),
    "a response": (
        lambda d: operation(d, "/books")["responses"].update({"299": {"description": "New."}}),
        f"{BOOKS}/get/responses/299: the response is not read",
    ),
    "a media type of a response": (
        lambda d: operation(d, "/books")["responses"].update({"200": {"content": {"a/b": {}}}}),
        f"{BOOKS}/get/responses/200: a body of a/b is not read",
    ),
    "a schema": (
        lambda d: schemas(d).update(New={"properties": {"title": TEXT, "new": TEXT}}),
        "#/components/schemas/New: 'new' is in no class",
    ),
    "a property": (
        lambda d: schemas(d)["NewBook"]["properties"].update(new=TEXT),
        "#/components/schemas/NewBook: 'new' is in no class",
    ),
    "a value of an enum": (
        lambda d: schemas(d)["LoanDays"]["enum"].append(1234),
        "#/components/schemas/LoanDays: 1234 is in no class",
    ),
    "a property of a schema in place": (
        lambda d: operation(d, "/books")["responses"].update(
            {
                "200": {
                    "content": {
                        "text/json": {"schema": {"properties": {"title": TEXT, "new": TEXT}}}
                    }
                }
            }
        ),
        f"{BOOKS}/get/responses/200/content/text~1json/schema: 'new' is in no class",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_would_not_reach_the_package_is_named_with_its_place(
    missing_of: Callable[..., list[str]], name: str
) -> None:
    change, said = LOSSES[name]
    document = copy.deepcopy(LIBRARY)
    change(document)

    found = missing_of(document)

    assert said in found


def test_what_the_parser_would_leave_out_is_named(
    view: PackageView, missing_of: Callable[..., list[str]]
) -> None:
    poor = copy.copy(view.parsed)
    poor.models, poor.enums = [], []

    found = missing_of(LIBRARY, attrs.evolve(view, parsed=poor))

    assert "#/components/schemas: the schema has no class Book" in found
    assert "#/components/schemas: the schema has no class LoanDays" in found


@pytest.mark.parametrize("name", ["a\u0007b", "\u0007", "a\u007fb", "a\u0000b", "a\u200b"])
def test_a_property_whose_name_cannot_be_written_is_not_dropped(tmp_path: Path, name: str) -> None:
    unwritable = schema(type="object", properties={name: TEXT, "other": TEXT})

    with pytest.raises(GeneratorError) as caught:
        small.make(unwritable, tmp_path, "things")

    assert f"{SCHEMA}: {name!r} is in no class" in str(caught.value)
