"""The completeness check names the parts of a document that would not reach its package."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest

from generator.client.completeness import missing
from generator.client.config import load_config
from generator.client.normalise import normalise
from generator.client.parse import ParsedDocument
from generator.client.views.package import PackageView, package_view
from generator.spec.read import read_document
from tests.generator.client.small import TEXT, content
from tests.generator.paths import DOCUMENTS

LIBRARY = read_document((DOCUMENTS / "library.yaml").read_text("utf-8"))
BOOK = "#/paths/~1books~1{bookId}"
BOOKS = "#/paths/~1books"

Change = Callable[[dict[str, Any]], object]
Normal = tuple[dict[str, Any], PackageView]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Normal:
    """The library as the parser gets it, and its views."""
    folder = tmp_path_factory.mktemp("package")
    config = load_config(DOCUMENTS / "library-config.yaml", DOCUMENTS / "library.yaml", folder)
    normal = normalise(LIBRARY, config)
    return normal, package_view(normal, ParsedDocument(normal, config), config)


def test_nothing_of_the_library_is_missing(library: Normal) -> None:
    assert [] == missing(LIBRARY, *library)


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
        lambda d: operation(d, "/books/{bookId}").update(requestBody=content(TEXT)),
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
            {"200": content({"properties": {"title": TEXT, "new": TEXT}}, "text/json")}
        ),
        f"{BOOKS}/get/responses/200/content/text~1json/schema: 'new' is in no class",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_would_not_reach_the_package_is_named_with_its_place(
    library: Normal, name: str
) -> None:
    change, said = LOSSES[name]
    document = copy.deepcopy(LIBRARY)
    change(document)

    assert said in missing(document, *library)


def test_what_the_parser_would_leave_out_is_named(library: Normal) -> None:
    normal, view = library
    poor = copy.copy(view.parsed)
    poor.models, poor.enums = [], []

    found = missing(LIBRARY, normal, attrs.evolve(view, parsed=poor))

    assert "#/components/schemas: the schema has no class Book" in found
    assert "#/components/schemas: the schema has no class LoanDays" in found
