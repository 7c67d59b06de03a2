"""The generator makes a working client from a document that it was not written for."""

import asyncio
import datetime as dt
import importlib
import inspect
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol

import pytest

from generator.spec.read import read_document
from tests.generator.client import command
from tests.generator.client.library_server import (
    BOOK,
    BOOK_ID,
    KEY,
    MISSING_ID,
    SHELF,
    Library,
    serve_library,
)
from tests.generator.paths import DOCUMENTS

DOCUMENT = DOCUMENTS / "library.yaml"
CONFIG = DOCUMENTS / "library-config.yaml"

ID = uuid.UUID(BOOK_ID)
NEW_BOOK: dict[str, Any] = {"title": "Emma", "authors": [{"name": "Jane Austen"}], "edition": 2}
LOAN_REQUEST = {"bookId": MISSING_ID, "memberNumber": "a/1", "days": 28}


class Call(NamedTuple):
    """One call of an operation: where it is, what it is given, and the type that it returns."""

    tag: str
    method: str
    arguments: dict[str, Any]
    body: tuple[str, dict[str, Any]] | None
    returned: str


CALLS = {
    "getHealth": Call("default", "get_health", {}, None, "Health"),
    "listBooks": Call("catalogue", "list_books", {}, None, "BookPage"),
    "addBook": Call("catalogue", "add_book", {}, ("NewBook", NEW_BOOK), "Book"),
    "getBook": Call("catalogue", "get_book", {"book_id": ID}, None, "Book"),
    "replaceBook": Call(
        "catalogue", "replace_book", {"book_id": ID}, ("NewBook", NEW_BOOK), "Book"
    ),
    "changeBook": Call(
        "catalogue", "change_book", {"book_id": ID}, ("BookChange", {"price": None}), "Book"
    ),
    "removeBook": Call("catalogue", "remove_book", {"book_id": ID}, None, "NoneType"),
    "citeBook": Call("catalogue", "cite_book", {"book_id": ID, "style": "mla"}, None, "str"),
    "getCover": Call("catalogue", "get_cover", {"book_id": ID}, None, "bytes"),
    "getShelf": Call("catalogue", "get_shelf", {"room": "n/e", "shelf_number": 3}, None, "list"),
    "getSubjects": Call("catalogue", "get_subjects", {}, None, "Subject"),
    "findItem": Call("catalogue", "find_item", {"barcode": "0047-4959"}, None, "Journal"),
    "getMember": Call("loans_members", "get_member", {"member_number": "a/1"}, None, "Member"),
    "lendBook": Call("loans_members", "lend_book", {}, ("LoanRequest", LOAN_REQUEST), "Loan"),
    "renewLoan": Call("loans_members", "renew_loan", {"loan_number": 1}, None, "Loan"),
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated package."""
    folder = tmp_path_factory.mktemp("other_document")
    finished = command.generate(DOCUMENT, CONFIG, folder)
    assert 0 == finished.returncode, finished.stdout + finished.stderr
    return folder


@pytest.fixture(scope="session")
def package(site: Path) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(site), *sys.path])
        package = importlib.import_module("library_client")
        importlib.import_module("library_client.models")
        yield package


@pytest.fixture
def library() -> Iterator[Library]:
    with serve_library() as library:
        yield library


class Invoke(Protocol):
    """Calls an operation of a fresh client: the method, or its `_async` form."""

    def __call__(self, tag: str, method: str, /, **arguments: Any) -> Any: ...


@pytest.fixture(params=["sync", "async"])
def invoke(request: pytest.FixtureRequest, package: ModuleType, library: Library) -> Invoke:
    def call(tag: str, method: str, /, **arguments: Any) -> Any:
        with package.Client(KEY, base_url=library.url) as client:
            return getattr(getattr(client, tag), method)(**arguments)

    def call_async(tag: str, method: str, /, **arguments: Any) -> Any:
        async def run() -> Any:
            async with package.Client(KEY, base_url=library.url) as client:
                return await getattr(getattr(client, tag), f"{method}_async")(**arguments)

        return asyncio.run(run())

    return call if request.param == "sync" else call_async


def test_nothing_of_the_first_document_is_in_it(site: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*") if path.is_file()}

    tainted = [str(path) for path, text in texts.items() if "openrouter" in text.lower()]

    assert [] == [path for path in texts if "openrouter" in str(path.relative_to(site)).lower()]
    assert [] == tainted


def test_every_operation_of_the_document_is_called_below() -> None:
    document = read_document(DOCUMENT.read_text(encoding="utf-8"))

    identifiers = {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }

    assert identifiers == set(CALLS)


@pytest.mark.parametrize("identifier", CALLS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_operation_returns_its_type(
    package: ModuleType, library: Library, invoke: Invoke, identifier: str
) -> None:
    call = CALLS[identifier]
    arguments = dict(call.arguments)
    if call.body:
        name, value = call.body
        arguments["body"] = getattr(package.models, name).from_dict(value)

    returned = invoke(call.tag, call.method, **arguments)

    assert call.returned == type(returned).__name__
    assert ("x-library-key" in library.requests[-1].headers) is (identifier != "getHealth")


@pytest.mark.parametrize("identifier", CALLS)
def test_each_operation_has_its_module_and_documentation(
    package: ModuleType, identifier: str
) -> None:
    call = CALLS[identifier]
    module = importlib.import_module(f"library_client.api.{call.tag}.{call.method}")
    namespace = getattr(package.Client(KEY), call.tag)

    functions = [
        *(getattr(module, name) for name in ("sync", "sync_detailed", "asyncio")),
        module.asyncio_detailed,
        getattr(namespace, call.method),
        getattr(namespace, f"{call.method}_async"),
    ]

    assert all(inspect.getdoc(function) for function in functions)


def test_a_book_has_python_types(package: ModuleType, invoke: Invoke) -> None:
    book = invoke("catalogue", "get_book", book_id=ID)

    assert ID == book.id
    assert "book" == book.kind
    assert package.models.BookStatus("in repair") is book.status
    assert dt.datetime(2024, 2, 29, 8, 30, tzinfo=dt.UTC) == book.added_at
    assert dt.timedelta(0) == book.added_at.utcoffset()
    assert dt.date(1969, 3, 1) == book.published
    assert dt.date(1929, 10, 21) == book.authors[0].born
    assert "New York" == book.publisher.seat.city
    assert book.publisher.seat.country is None
    assert "first" == book.edition
    assert 12.5 == book.price
    assert "813.54" == book.class_
    assert book.condition is None
    assert [["813", "813.5"], []] == book.previous_classes
    assert BOOK == book.to_dict()


def test_a_shelf_is_lists_in_a_list(invoke: Invoke) -> None:
    shelf = invoke("catalogue", "get_shelf", room="north", shelf_number=3)

    assert [[ID, None], [], [None]] == shelf
    assert SHELF == [[str(place) if place else None for place in board] for board in shelf]


def test_a_status_has_its_own_type(package: ModuleType, invoke: Invoke) -> None:
    body = package.models.NewBook.from_dict(NEW_BOOK)

    replaced = invoke("catalogue", "replace_book", book_id=ID, body=body)
    made = invoke("catalogue", "replace_book", book_id=uuid.UUID(MISSING_ID), body=body)

    assert isinstance(replaced, package.models.Book)
    assert isinstance(made, package.models.Receipt)
    assert uuid.UUID(MISSING_ID) == made.id


def test_a_deprecated_operation_warns(invoke: Invoke) -> None:
    with pytest.warns(DeprecationWarning, match="find_item"):
        invoke("catalogue", "find_item", barcode="978-0")


@pytest.mark.filterwarnings("error")
def test_another_operation_does_not_warn(invoke: Invoke) -> None:
    invoke("catalogue", "get_book", book_id=ID)
