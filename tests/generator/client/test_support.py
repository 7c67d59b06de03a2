"""The inventory names what of a document no client would honour, or this package does not hold."""

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openapi_python_client.config import Config, ConfigFile, MetaType

from generator.client.generate import generate
from generator.client.support import missing, unsupported
from generator.errors import GeneratorError
from generator.spec.read import read_document
from tests.generator.paths import DOCUMENTS, ROOT

LIBRARY = DOCUMENTS / "library.yaml"
LIBRARY_CONFIG = DOCUMENTS / "library-config.yaml"
SETTINGS = """\
project_name_override: things-client
package_name_override: things_client
package_version_override: 0.0.1
"""

TEXT = {"type": "string"}
ARRAY = {"type": "array", "items": TEXT}
TEXTS = {"$ref": "#/components/schemas/Texts"}
OPERATION = "#/paths/~1things/get"
PARAMETER = f"{OPERATION}/parameters"
SCHEMA = "#/components/schemas/Other"


def document(path: str = "/things", item: Any = None, **members: Any) -> dict[str, Any]:
    """A document of one operation, which has some members of its own."""
    answer = {"description": "All.", "content": {"application/json": {"schema": ARRAY}}}
    operation = {"operationId": "getThings", "responses": {"200": answer}} | members
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {path: {"get": operation} | (item or {})},
        "components": {"schemas": {"Texts": ARRAY}},
    }


def components(**kinds: Any) -> dict[str, Any]:
    """The document with more components."""
    changed = document()
    changed["components"] |= kinds
    return changed


def schema(**keywords: Any) -> dict[str, Any]:
    """The document with one more schema."""
    return components(schemas={"Texts": ARRAY, "Other": keywords})


def parameter(name: str = "q", place: str = "query", **members: Any) -> dict[str, Any]:
    """The document, whose operation has a parameter."""
    return document(parameters=[{"name": name, "in": place, "schema": TEXT} | members])


def body(*media_types: str, schema: Any = TEXT) -> dict[str, Any]:
    """The document, whose operation has a body."""
    return document(requestBody={"content": {name: {"schema": schema} for name in media_types}})


def answer(*media_types: str, schema: Any = TEXT) -> dict[str, Any]:
    """The document, whose operation has another answer."""
    content = {name: {"schema": schema} for name in media_types}
    return document(responses={"200": {"description": "All.", "content": content}})


WEBHOOK = {"post": {"operationId": "made", "responses": {"200": {"description": "Noted."}}}}

#: Keywords that a client would not honour, each with a value that is valid.
KEYWORDS: dict[str, Any] = {
    "$anchor": "here",
    "$defs": {"Part": TEXT},
    "$dynamicRef": "#here",
    "contains": TEXT,
    "contentMediaType": "text/html",
    "dependentRequired": {"a": ["b"]},
    "else": TEXT,
    "if": TEXT,
    "not": TEXT,
    "patternProperties": {"^x": TEXT},
    "prefixItems": [TEXT],
    "propertyNames": TEXT,
    "then": TEXT,
    "unevaluatedProperties": False,
}

#: One of them, by where it stands in a schema.
KEYWORDS_INSIDE: dict[str, dict[str, Any]] = {
    "additionalProperties": {"additionalProperties": {"not": TEXT}},
    "allOf/1": {"allOf": [TEXT, {"not": TEXT}]},
    "anyOf/0": {"anyOf": [{"not": TEXT}]},
    "items/items": {"items": {"items": {"not": TEXT}}},
    "oneOf/0": {"oneOf": [{"not": TEXT}]},
    "properties/a~1b": {"properties": {"a/b": {"not": TEXT}}},
}

#: What each feature is in a document, where it is said to be, and what is said of it.
UNSUPPORTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "webhooks": (document() | {"webhooks": {"made": WEBHOOK}}, "#/webhooks", "calls"),
    "callbacks": (
        document(callbacks={"made": {"{$request.query.url}": WEBHOOK}}),
        f"{OPERATION}/callbacks",
        "calls",
    ),
    "callbacks among the components": (
        components(callbacks={"made": {"{$request.query.url}": WEBHOOK}}),
        "#/components/callbacks",
        "not supported",
    ),
    "path items among the components": (
        components(pathItems={"made": WEBHOOK}),
        "#/components/pathItems",
        "not supported",
    ),
    "a path by reference": (
        document(item={"$ref": "#/components/pathItems/made"}),
        OPERATION,
        "reference",
    ),
    "servers of a path": (
        document(item={"servers": [{"url": "https://other.example"}]}),
        f"{OPERATION}/servers",
        "one server",
    ),
    "servers of an operation": (
        document(servers=[{"url": "https://other.example"}]),
        f"{OPERATION}/servers",
        "one server",
    ),
    "a stray brace": (document("/things}/{a"), "#/paths/~1things}~1{a/get", "brace"),
    "an empty parameter in the path": (document("/things/{}"), "#/paths/~1things~1{}/get", "brace"),
    "a space in the path": (document("/the things"), "#/paths/~1the things/get", "'/the things'"),
    "a query in the path": (document("/things?all"), "#/paths/~1things?all/get", "'/things?all'"),
    "a letter that no URL has": (document("/té"), "#/paths/~1té/get", "'/té'"),
    "a parameter with content": (
        document(parameters=[{"name": "q", "in": "query", "content": {"application/json": {}}}]),
        f"{PARAMETER} (query q)",
        "without a schema",
    ),
    "a parameter of the path's item": (
        document(item={"parameters": [{"name": "q", "in": "query"}]}),
        f"{PARAMETER} (query q)",
        "without a schema",
    ),
    "the style deepObject": (
        parameter(style="deepObject"),
        f"{PARAMETER} (query q)",
        "'deepObject'",
    ),
    "the style pipeDelimited": (
        parameter(style="pipeDelimited", schema=ARRAY),
        f"{PARAMETER} (query q)",
        "'pipeDelimited'",
    ),
    "the style matrix": (
        document(
            "/things/{a}",
            parameters=[
                {"name": "a", "in": "path", "required": True, "schema": TEXT, "style": "matrix"}
            ],
        ),
        "#/paths/~1things~1{a}/get/parameters (path a)",
        "'matrix'",
    ),
    "an array that is not exploded": (
        parameter(schema=ARRAY, explode=False),
        f"{PARAMETER} (query q)",
        "explode: false",
    ),
    "an array by reference that is not exploded": (
        parameter(schema=TEXTS, explode=False),
        f"{PARAMETER} (query q)",
        "explode: false",
    ),
    "an array or text that is not exploded": (
        parameter(schema={"anyOf": [TEXT, ARRAY]}, explode=False),
        f"{PARAMETER} (query q)",
        "explode: false",
    ),
    "reserved characters": (parameter(allowReserved=True), f"{PARAMETER} (query q)", "allowRes"),
    "an array in a header": (
        parameter("X-Q", "header", schema=ARRAY),
        f"{PARAMETER} (header X-Q)",
        "in a query only",
    ),
    "an array in a cookie": (
        parameter("q", "cookie", schema={"type": ["array", "null"], "items": TEXT}),
        f"{PARAMETER} (cookie q)",
        "in a query only",
    ),
    "an array by reference in a header": (
        parameter("X-Q", "header", schema=TEXTS),
        f"{PARAMETER} (header X-Q)",
        "in a query only",
    ),
    "a bad name of a header": (
        parameter("X Q", "header"),
        f"{PARAMETER} (header X Q)",
        "no name of a header",
    ),
    "a bad name of a cookie": (
        parameter("a=b", "cookie"),
        f"{PARAMETER} (cookie a=b)",
        "no name of a cookie",
    ),
    "a parameter among the components": (
        components(parameters={"Q": {"name": "q", "in": "query", "schema": {"not": TEXT}}}),
        "#/components/parameters/Q (query q)/schema",
        "'not'",
    ),
    "a form": (
        body("application/x-www-form-urlencoded"),
        f"{OPERATION}/requestBody/content/application~1x-www-form-urlencoded",
        "media type",
    ),
    "several parts": (
        body("multipart/form-data"),
        f"{OPERATION}/requestBody/content/multipart~1form-data",
        "media type",
    ),
    "a body that may be of several types": (
        body("application/json", "application/merge-patch+json"),
        f"{OPERATION}/requestBody/content",
        "application/json, application/merge-patch+json",
    ),
    "a body among the components": (
        components(requestBodies={"B": {"content": {"text/plain": {}}}}),
        "#/components/requestBodies/B/content/text~1plain",
        "media type",
    ),
    "an answer of several types": (
        answer("application/json", "text/csv"),
        f"{OPERATION}/responses/200/content",
        "application/json, text/csv",
    ),
    "an answer in XML": (
        answer("application/xml"),
        f"{OPERATION}/responses/200/content/application~1xml",
        "media type",
    ),
    "an answer among the components": (
        components(responses={"R": {"description": "It.", "content": {"image/*": {}}}}),
        "#/components/responses/R/content/image~1*",
        "media type",
    ),
    "a schema of a body": (
        body("application/json", schema={"not": TEXT}),
        f"{OPERATION}/requestBody/content/application~1json/schema",
        "'not'",
    ),
    "a schema of an answer": (
        answer("application/json", schema={"not": TEXT}),
        f"{OPERATION}/responses/200/content/application~1json/schema",
        "'not'",
    ),
    **{
        f"the keyword {keyword}": (schema(**{keyword: value}), SCHEMA, f"'{keyword}'")
        for keyword, value in KEYWORDS.items()
    },
    **{
        f"a keyword in {place}": (schema(**keywords), f"{SCHEMA}/{place}", "'not'")
        for place, keywords in KEYWORDS_INSIDE.items()
    },
    "a schema that allows all": (
        schema(properties={"a": True}),
        f"{SCHEMA}/properties/a",
        "a schema that is true",
    ),
    "a schema that allows nothing": (schema(items=False), f"{SCHEMA}/items", "that is false"),
    "a const of null": (schema(const=None), SCHEMA, "const: null"),
    "an enum of booleans": (schema(type="boolean", enum=[True]), SCHEMA, "enum"),
    "a reference into the paths": (
        schema(**{"$ref": "#/paths/~1things/get/responses/200/content/application~1json/schema"}),
        SCHEMA,
        "no component",
    ),
    "a default beside a reference": (schema(**TEXTS, default=[]), SCHEMA, "['default']"),
    "a type beside a reference": (schema(**TEXTS, type="array"), SCHEMA, "['type']"),
}

SUPPORTED = {
    "the contract": ROOT / "openapi.yaml",
    "the library": LIBRARY,
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_no_client_would_honour_is_named_with_its_place(name: str) -> None:
    holding, place, said = UNSUPPORTED[name]

    [found] = unsupported(holding)

    assert found.startswith(f"{place}: ")
    assert said in found.removeprefix(place)


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_document_that_can_be_honoured_is_not_named(name: str) -> None:
    text = SUPPORTED[name].read_text("utf-8")

    found = unsupported(read_document(text))

    assert [] == found


def test_properties_may_be_called_like_keywords() -> None:
    names = ("not", "if", "$defs", "const", "servers", "callbacks", "content", "patternProperties")

    found = unsupported(schema(type="object", properties=dict.fromkeys(names, TEXT)))

    assert [] == found


def test_what_says_nothing_of_values_may_stand_beside_a_reference() -> None:
    found = unsupported(schema(**TEXTS, description="Some.", title="Texts", **{"x-own": 1}))

    assert [] == found


def test_everything_is_named_at_once() -> None:
    both = parameter(style="deepObject") | {"webhooks": {"made": WEBHOOK}}

    found = unsupported(both)

    assert 2 == len(found)


class Loss(NamedTuple):
    """A text that is lost from a module of the package, and what is then said to be missing."""

    module: str
    lost: str
    said: tuple[str, ...]


API = "api/catalogue"
BOOK = "#/paths/~1books~1{bookId}"
LOSSES = {
    "the method": Loss(
        f"{API}/get_book", 'method="GET"', (f"{BOOK}/get: the operation's module asks",)
    ),
    "the path": Loss(
        f"{API}/get_book", 'path="/books/{bookId}"', (f"{BOOK}/get: the operation's module asks",)
    ),
    "a query parameter": Loss(
        f"{API}/list_books",
        '"published-after"',
        ("#/paths/~1books/get/parameters: the parameter 'published-after' is not sent",),
    ),
    "a parameter by reference": Loss(
        f"{API}/list_books",
        '"limit"',
        ("#/paths/~1books/get/parameters: the parameter 'limit' is not sent",),
    ),
    "a header": Loss(
        f"{API}/list_books",
        '"X-Reader-Language"',
        ("#/paths/~1books/get/parameters: the parameter 'X-Reader-Language' is not sent",),
    ),
    "a cookie": Loss(
        "api/loans_members/get_member",
        '"branch"',
        ("#/paths/~1members~1{memberNumber}/get/parameters: the parameter 'branch' is not sent",),
    ),
    "a parameter in the path": Loss(
        f"{API}/cite_book",
        '"bookId"',
        (f"{BOOK}~1citation/get/parameters: the parameter 'bookId' is not sent",),
    ),
    "an answer": Loss(
        f"{API}/get_book", '"404"', (f"{BOOK}/get/responses/404: the response is not read",)
    ),
    "an answer to many statuses": Loss(
        f"{API}/add_book",
        '"4XX"',
        ("#/paths/~1books/post/responses/4XX: the response is not read",),
    ),
    "an answer by default": Loss(
        f"{API}/list_books",
        '"default"',
        ("#/paths/~1books/get/responses/default: the response is not read",),
    ),
    "a success": Loss(
        f"{API}/replace_book", '"201"', (f"{BOOK}/put/responses/201: the response is not read",)
    ),
    "the type of the body": Loss(
        f"{API}/add_book",
        '"application/json"',
        ("#/paths/~1books/post/requestBody: a body of application/json is not sent",),
    ),
    "a function": Loss(
        f"{API}/get_book", "def sync(", (f"{BOOK}/get: the operation has no function sync",)
    ),
    "a detailed function": Loss(
        f"{API}/get_book",
        "def sync_detailed(",
        (f"{BOOK}/get: the operation has no function sync_detailed",),
    ),
    "an asynchronous function": Loss(
        f"{API}/get_book", "def asyncio(", (f"{BOOK}/get: the operation has no function asyncio",)
    ),
    "an asynchronous detailed function": Loss(
        f"{API}/get_book",
        "def asyncio_detailed(",
        (f"{BOOK}/get: the operation has no function asyncio_detailed",),
    ),
    "the arguments": Loss(
        f"{API}/get_book",
        "def arguments(",
        (
            f"{BOOK}/get: the operation has no function arguments",
            f"{BOOK}/get/parameters: the parameter 'bookId' is not sent",
        ),
    ),
    "the table of the operation": Loss(
        f"{API}/get_book",
        " = Operation(",
        (
            f"{BOOK}/get: the operation's module asks",
            f"{BOOK}/get/responses/200: the response is not read",
            f"{BOOK}/get/responses/404: the response is not read",
        ),
    ),
    "the method of the client": Loss(
        f"{API}/_namespace",
        "def get_book(",
        (f"{BOOK}/get: the operation has no function get_book",),
    ),
    "the async twin": Loss(
        f"{API}/_namespace",
        "def get_book_async(",
        (f"{BOOK}/get: the operation has no function get_book_async",),
    ),
    "the command": Loss(
        "_commands",
        "client.catalogue.get_book(",
        (f"{BOOK}/get: the operation has no command",),
    ),
    "the option of a parameter": Loss(
        "_commands",
        "published_after=",
        ("#/paths/~1books/get/parameters: the command has no option for published_after",),
    ),
    "the option of the body": Loss(
        "_commands",
        "client.loans_members.lend_book(\n            body",
        ("#/paths/~1loans/post/parameters: the command has no option for body",),
    ),
    "a column": Loss(
        "_commands",
        '"addedAt"',
        ("models/book.py: the command line has no column for 'addedAt'",),
    ),
    "a property": Loss(
        "models/journal",
        '"title"',
        (
            "#/components/schemas/Journal: 'title' is in no class",
            "models/journal.py: the command line has no column for 'zzz'",
        ),
    ),
    "a property of an allOf": Loss(
        "models/book",
        '"addedAt"',
        (
            "#/components/schemas/Book/allOf/1: 'addedAt' is in no",
            "models/book.py: the command line has no column for 'zzz'",
        ),
    ),
    "a property of an object in an object": Loss(
        "models/new_book_publisher_seat",
        '"city"',
        (
            "#/components/schemas/NewBook/properties/publisher/properties/seat: 'city' is in no"
            " class",
        ),
    ),
    "a value of an enum": Loss(
        "models/book_status",
        '"in repair"',
        ("#/components/schemas/BookStatus: 'in repair' is in no class",),
    ),
    "a value of an enum of numbers": Loss(
        "models/loan_days", " = 28", ("#/components/schemas/LoanDays: 28 is in no class",)
    ),
    "a value of an enum of a parameter": Loss(
        "models/cite_book_style",
        '"chicago"',
        ("#/paths/~1books~1{bookId}~1citation/get/parameters/0/schema: 'chicago' is in no class",),
    ),
    "the class of a schema": Loss(
        "models/subject",
        "class Subject(",
        ("#/components/schemas/Subject: the schema has no class Subject",),
    ),
    "the class of an enum": Loss(
        "models/loan_days",
        "class LoanDays(",
        ("#/components/schemas/LoanDays: the schema has no class LoanDays",),
    ),
}


@pytest.fixture(scope="session")
def library() -> dict[str, Any]:
    return read_document(LIBRARY.read_text("utf-8"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the library's document."""
    output = tmp_path_factory.mktemp("inventory") / "generated"
    generate(LIBRARY, LIBRARY_CONFIG, output)
    return output / "library_client"


@pytest.fixture
def package(whole: Path, tmp_path: Path) -> Path:
    """A copy of the package, to be edited."""
    return shutil.copytree(whole, tmp_path / "library_client")


@pytest.fixture
def config(package: Path) -> Config:
    return Config.from_sources(
        ConfigFile.load_from_path(LIBRARY_CONFIG),
        MetaType.NONE,
        document_source=LIBRARY,
        file_encoding="utf-8",
        overwrite=True,
        output_path=package,
    )


def test_nothing_is_missing_from_what_was_generated(
    library: dict[str, Any], package: Path, config: Config
) -> None:
    found = missing(library, package, config)

    assert [] == found


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_lost_is_named_with_its_place(
    library: dict[str, Any], package: Path, config: Config, name: str
) -> None:
    module, lost, said = LOSSES[name]
    path = package / f"{module}.py"
    text = path.read_text("utf-8")
    assert lost in text
    # Another word of the same form, so that the module stays one of Python.
    path.write_text(text.replace(lost, re.sub(r"\w+(?=\W*$)", "zzz", lost, count=1)), "utf-8")

    found = missing(library, package, config)

    assert [] == [place for place in said if not any(line.startswith(place) for line in found)]
    assert len(said) == len(found), found


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (f"{API}/get_book", f"{BOOK}/get: the operation has no module of its own"),
        (f"{API}/_namespace", f"{BOOK}/get: the operation has no function get_book"),
        ("models/journal", "#/components/schemas/Journal: the schema has no class Journal"),
    ],
)
def test_what_was_in_a_lost_module_is_named(
    library: dict[str, Any], package: Path, config: Config, module: str, said: str
) -> None:
    (package / f"{module}.py").unlink()

    found = missing(library, package, config)

    assert any(line.startswith(said) for line in found), found


def test_operations_that_share_a_module_are_named(
    library: dict[str, Any], package: Path, config: Config
) -> None:
    post = library["paths"]["/books"]["post"] | {"operationId": "listBooks"}
    books = library["paths"]["/books"] | {"post": post}

    found = missing(library | {"paths": library["paths"] | {"/books": books}}, package, config)

    assert [
        "#/paths/~1books/post: the operation has no module of its own, api/catalogue/list_books.py"
    ] == found


@pytest.mark.parametrize("name", ["a\u0007b", "\u0007", "a\u007fb", "a\u0000b", "a\u200b"])
def test_a_property_whose_name_cannot_be_written_is_not_dropped(tmp_path: Path, name: str) -> None:
    holding = schema(type="object", properties={name: TEXT, "other": TEXT})
    (tmp_path / "things.yaml").write_text(json.dumps(holding), "utf-8")
    (tmp_path / "config.yaml").write_text(SETTINGS, "utf-8")

    with pytest.raises(GeneratorError) as caught:
        generate(tmp_path / "things.yaml", tmp_path / "config.yaml", tmp_path / "generated")

    assert f"{SCHEMA}: {name!r} is in no class" in str(caught.value)
