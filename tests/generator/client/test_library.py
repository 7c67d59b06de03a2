"""The generator makes a working client from a document that it was not written for."""

import asyncio
import datetime as dt
import inspect
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from generator.spec.operations import operations
from generator.spec.read import read_document
from tests.generator.client import small
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

DOCUMENT = read_document((DOCUMENTS / "library.yaml").read_text("utf-8"))

ID = {"book_id": uuid.UUID(BOOK_ID)}
NEW_BOOK: dict[str, Any] = {"title": "Emma", "authors": [{"name": "Jane Austen"}], "edition": 2}
LOAN_REQUEST = {"bookId": MISSING_ID, "memberNumber": "a/1", "days": 28}

#: By operationId: the tag, the method, its arguments, its body, and the type that it returns.
CALLS: dict[str, tuple[str, str, dict[str, Any], tuple[str, dict[str, Any]] | None, str]] = {
    "getHealth": ("default", "get_health", {}, None, "Health"),
    "listBooks": ("catalogue", "list_books", {}, None, "BookPage"),
    "addBook": ("catalogue", "add_book", {}, ("NewBook", NEW_BOOK), "Book"),
    "getBook": ("catalogue", "get_book", ID, None, "Book"),
    "replaceBook": ("catalogue", "replace_book", ID, ("NewBook", NEW_BOOK), "Book"),
    "changeBook": ("catalogue", "change_book", ID, ("BookChange", {"price": None}), "Book"),
    "removeBook": ("catalogue", "remove_book", ID, None, "NoneType"),
    "citeBook": ("catalogue", "cite_book", ID | {"style": "mla"}, None, "str"),
    "getCover": ("catalogue", "get_cover", ID, None, "bytes"),
    "getShelf": ("catalogue", "get_shelf", {"room": "n/e", "shelf_number": 3}, None, "list"),
    "getSubjects": ("catalogue", "get_subjects", {}, None, "Subject"),
    "findItem": ("catalogue", "find_item", {"barcode": "0047-4959"}, None, "Journal"),
    "getMember": ("loans_members", "get_member", {"member_number": "a/1"}, None, "Member"),
    "lendBook": ("loans_members", "lend_book", {}, ("LoanRequest", LOAN_REQUEST), "Loan"),
    "renewLoan": ("loans_members", "renew_loan", {"loan_number": 1}, None, "Loan"),
}


@pytest.fixture
def library() -> Iterator[Library]:
    with serve_library() as library:
        yield library


class Invoke(Protocol):
    """Calls an operation of a fresh client: the method, or its `_async` form."""

    def __call__(self, tag: str, method: str, /, **arguments: Any) -> Any: ...


@pytest.fixture(params=["sync", "async"])
def invoke(request: pytest.FixtureRequest, package: Any, library: Library) -> Invoke:
    def call(tag: str, method: str, /, **arguments: Any) -> Any:
        with package.Client(KEY, base_url=library.url) as client:
            return getattr(getattr(client, tag), method)(**arguments)

    def call_async(tag: str, method: str, /, **arguments: Any) -> Any:
        async def run() -> Any:
            async with package.Client(KEY, base_url=library.url) as client:
                return await getattr(getattr(client, tag), f"{method}_async")(**arguments)

        return asyncio.run(run())

    return call if request.param == "sync" else call_async


def test_nothing_of_the_first_document_is_in_it(package: Any) -> None:
    site = Path(package.__file__).parent
    files = [path for path in site.rglob("*") if path.is_file()]

    assert [] == [path for path in files if "openrouter" in str(path.relative_to(site)).lower()]
    assert [] == [path for path in files if "openrouter" in path.read_text("utf-8").lower()]


def test_every_operation_of_the_document_is_called_below() -> None:
    assert {operation["operationId"] for *_, operation in operations(DOCUMENT)} == {*CALLS}


@pytest.mark.parametrize("identifier", CALLS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_operation_returns_its_type(
    package: Any, library: Library, invoke: Invoke, identifier: str
) -> None:
    tag, method, arguments, body, expected = CALLS[identifier]
    given = {"body": getattr(package.models, body[0]).from_dict(body[1])} if body else {}

    returned = invoke(tag, method, **arguments, **given)

    assert expected == type(returned).__name__
    assert ("x-library-key" in library.requests[-1].headers) is (identifier != "getHealth")


@pytest.mark.parametrize("identifier", CALLS)
def test_each_operation_has_its_module_and_documentation(package: Any, identifier: str) -> None:
    tag, method, *_ = CALLS[identifier]
    module = small.module(package, f"api.{tag}.{method}")
    names = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")

    functions = [getattr(module, name) for name in names]
    functions += [
        getattr(getattr(package.Client(KEY), tag), f"{method}{s}") for s in ("", "_async")
    ]

    assert all(inspect.getdoc(function) for function in functions)


def test_a_book_has_python_types(package: Any, invoke: Invoke) -> None:
    book = invoke("catalogue", "get_book", **ID)

    assert ID["book_id"] == book.id
    assert "book" == book.kind
    assert package.models.BookStatus("in repair") is book.status
    assert dt.datetime(2024, 2, 29, 8, 30, tzinfo=dt.UTC) == book.added_at
    assert dt.timedelta(0) == book.added_at.utcoffset()
    assert dt.date(1969, 3, 1) == book.published
    assert dt.date(1929, 10, 21) == book.authors[0].born
    assert ("New York", None) == (book.publisher.seat.city, book.publisher.seat.country)
    assert ("first", 12.5, "813.54") == (book.edition, book.price, book.class_)
    assert book.condition is None
    assert [["813", "813.5"], []] == book.previous_classes
    assert BOOK == book.to_dict()


def test_a_shelf_is_lists_in_a_list(invoke: Invoke) -> None:
    shelf = invoke("catalogue", "get_shelf", room="north", shelf_number=3)

    assert [[ID["book_id"], None], [], [None]] == shelf
    assert SHELF == [[str(place) if place else None for place in board] for board in shelf]


def test_a_status_has_its_own_type(package: Any, invoke: Invoke) -> None:
    body = package.models.NewBook.from_dict(NEW_BOOK)

    replaced = invoke("catalogue", "replace_book", **ID, body=body)
    made = invoke("catalogue", "replace_book", book_id=uuid.UUID(MISSING_ID), body=body)

    assert isinstance(replaced, package.models.Book)
    assert isinstance(made, package.models.Receipt)
    assert uuid.UUID(MISSING_ID) == made.id


@pytest.mark.filterwarnings("error")
def test_only_a_deprecated_operation_warns(invoke: Invoke) -> None:
    with pytest.warns(DeprecationWarning, match="find_item"):
        invoke("catalogue", "find_item", barcode="978-0")
    invoke("catalogue", "get_book", **ID)
