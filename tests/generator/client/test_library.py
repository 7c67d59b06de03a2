"""The generator makes a working client from a document that it was not written for."""

import asyncio
import datetime as dt
import importlib
import importlib.util
import inspect
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

import httpx
import pytest

from generator.spec.read import read_document
from tests.generator.client import command, mutated
from tests.generator.client.library_server import (
    BOOK,
    BOOK_ID,
    COVER,
    JOURNAL,
    KEY,
    LOAN,
    MEMBERS,
    MISSING_ID,
    SHELF,
    SUBJECTS,
    Library,
    serve_library,
)
from tests.generator.paths import DOCUMENTS

DOCUMENT = DOCUMENTS / "library.yaml"
CONFIG = DOCUMENTS / "library-config.yaml"

ID = uuid.UUID(BOOK_ID)
NEW_BOOK: dict[str, Any] = {"title": "Emma", "authors": [{"name": "Jane Austen"}], "edition": 2}
LOAN_REQUEST = {"bookId": MISSING_ID, "memberNumber": "a/1", "days": 28}


ANSWERS: dict[tuple[str, str], list[Any]] = {
    ("default", "get_health"): [{"open": True, "version": 2}],
    ("catalogue", "list_books"): [
        {"books": [BOOK, {**BOOK, "shelf": 3}], "total": 2, "next": None},
        {"books": [], "total": 0},
    ],
    ("catalogue", "get_book"): [BOOK, {**BOOK, "condition": "fine", "previousClasses": [["1"]]}],
    ("catalogue", "get_shelf"): [SHELF],
    ("catalogue", "get_subjects"): [SUBJECTS],
    ("catalogue", "find_item"): [BOOK, JOURNAL],
    ("loans_members", "get_member"): list(MEMBERS.values()),
    ("loans_members", "lend_book"): [LOAN],
}
"""By operation: bodies of its success."""


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
    """A folder that holds the generated package."""
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
    """Calls an operation of a fresh client: the method, or its async twin."""

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


@pytest.mark.skipif(importlib.util.find_spec("msgspec") is None, reason="msgspec is needed")
def test_msgspec_changes_no_result(package: ModuleType) -> None:
    """The client reads mutated bodies of every kind in the same way with it and without it."""
    number = int(os.environ.get("FAST_BODIES", "2000")) // len(ANSWERS)
    for (tag, name), bodies in ANSWERS.items():
        module = importlib.import_module(f"library_client.api.{tag}.{name}")
        values, status = 0, int(min(module.OPERATION.success))
        for content in mutated.mutated(bodies, number):
            fast = mutated.outcome(package, module.OPERATION, status, content)
            with mutated.plain(package):
                usual = mutated.outcome(package, module.OPERATION, status, content)
            assert usual == fast, content
            values += fast[:1] != ("refused",)
        assert values


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


def test_a_tree_of_subjects_is_read_to_its_leaves(invoke: Invoke) -> None:
    root = invoke("catalogue", "get_subjects")

    assert "Science fiction" == root.narrower[0].narrower[0].name
    assert "Fiction" == root.narrower[1].see_also.name
    assert root.see_also is None
    assert not root.narrower[0].see_also


def test_unions_give_the_type_that_fits(package: ModuleType, invoke: Invoke) -> None:
    by_letter = invoke("loans_members", "get_member", member_number="a/1")
    by_email = invoke("loans_members", "get_member", member_number="b-2")

    models = package.models
    assert [models.LetterContact, models.EmailContact] == [
        type(by_letter.contact),
        type(by_email.contact),
    ]
    assert "c/o Moss" == by_letter.contact.address.field_2nd_line
    assert isinstance(by_letter.guarantor, models.EmailContact)
    assert by_email.guarantor is None
    assert dt.date(2020, 1, 31) == by_letter.from_
    assert by_letter.until is None
    assert {"17": 0.5} == by_letter.fines
    assert MEMBERS["a/1"]["preferences"] == by_letter.preferences


def test_a_status_has_its_own_type(package: ModuleType, invoke: Invoke) -> None:
    body = package.models.NewBook.from_dict(NEW_BOOK)

    replaced = invoke("catalogue", "replace_book", book_id=ID, body=body)
    made = invoke("catalogue", "replace_book", book_id=uuid.UUID(MISSING_ID), body=body)

    assert isinstance(replaced, package.models.Book)
    assert isinstance(made, package.models.Receipt)
    assert uuid.UUID(MISSING_ID) == made.id


def test_text_and_bytes_come_as_they_are(invoke: Invoke) -> None:
    citation = invoke("catalogue", "cite_book", book_id=ID, style="chicago")
    cover = invoke("catalogue", "get_cover", book_id=ID)

    assert "The Left Hand of Darkness, Ursula K. Le Guin (chicago)" == citation
    assert COVER == cover


def test_a_removed_book_is_gone(package: ModuleType, library: Library, invoke: Invoke) -> None:
    assert invoke("catalogue", "remove_book", book_id=ID) is None

    with pytest.raises(package.errors.NotFoundError) as caught:
        invoke("catalogue", "remove_book", book_id=ID)

    assert {} == library.books
    assert 404 == caught.value.status_code


def test_what_a_change_leaves_out_is_not_sent(
    package: ModuleType, library: Library, invoke: Invoke
) -> None:
    models = package.models

    changed = invoke(
        "catalogue",
        "change_book",
        book_id=ID,
        body=models.BookChange(price=None, condition=models.Condition.WORN),
    )

    assert {"price": None, "condition": "worn"} == json.loads(library.bodies[-1])
    assert models.Condition.WORN is changed.condition


def test_an_optional_body_may_stay_away(
    package: ModuleType, library: Library, invoke: Invoke
) -> None:
    invoke("loans_members", "renew_loan", loan_number=1)
    renewed = invoke(
        "loans_members", "renew_loan", loan_number=1, body=package.models.Renewal(note="ill")
    )

    without, with_body = (request.headers.get("content-type") for request in library.requests)
    assert [b"", b'{"note":"ill"}'] == [body.replace(b" ", b"") for body in library.bodies]
    assert without is None
    assert "application/json" == with_body
    assert "ill" == renewed.note


def test_parameters_are_written_as_the_document_says(
    package: ModuleType, library: Library, invoke: Invoke
) -> None:
    invoke(
        "catalogue",
        "list_books",
        q="salt & pepper",
        status=[package.models.BookStatus.ON_LOAN, package.models.BookStatus.LOST],
        subject=["a,b", "c"],
        reference_only=False,
        published_after=dt.date(1969, 3, 1),
        added_since=dt.datetime(2024, 2, 29, 8, 30, tzinfo=dt.UTC),
        sort=package.models.ListBooksSort("-added"),
        limit=5,
        from_="E",
        x_reader_language="en",
    )

    request = library.requests[-1]
    query = parse_qsl(request.url.query, strict_parsing=True)
    added_since = dict(query)["added-since"]
    assert dt.datetime(2024, 2, 29, 8, 30, tzinfo=dt.UTC) == dt.datetime.fromisoformat(added_since)
    assert [
        ("q", "salt & pepper"),
        ("status", "on-loan"),
        ("status", "LOST"),
        ("subject", "a,b"),
        ("subject", "c"),
        ("reference-only", "false"),
        ("published-after", "1969-03-01"),
        ("added-since", added_since),
        ("sort", "-added"),
        ("limit", "5"),
        ("from", "E"),
    ] == query
    assert "en" == request.headers["x-reader-language"]


def test_parameters_that_are_not_given_are_not_sent(library: Library, invoke: Invoke) -> None:
    invoke("catalogue", "list_books")

    request = library.requests[-1]
    assert "" == request.url.query
    assert "x-reader-language" not in request.headers


def test_parameters_with_the_names_of_the_clients_own_are_the_documents(
    library: Library, invoke: Invoke
) -> None:
    invoke(
        "catalogue",
        "list_books",
        timeout_query=30,
        headers_query=True,
        body="whale",
        timeout=5.0,
        headers={"X-Own": "mine"},
    )

    request = library.requests[-1]
    assert [("timeout", "30"), ("headers", "true"), ("body", "whale")] == parse_qsl(
        request.url.query
    )
    assert "mine" == request.headers["x-own"]


def test_path_and_cookie_are_quoted(library: Library, invoke: Invoke) -> None:
    invoke("loans_members", "get_member", member_number="a/1", branch="west side")

    request = library.requests[-1]
    assert b"/v2/members/a%2F1" == request.scope["raw_path"]
    assert {"branch": "west%20side"} == request.cookies


def test_the_key_goes_only_where_the_document_asks_for_it(library: Library, invoke: Invoke) -> None:
    invoke("default", "get_health")
    invoke("catalogue", "get_subjects")

    health, subjects = library.requests
    assert KEY not in str(health.headers)
    assert KEY == subjects.headers["x-library-key"]
    assert "authorization" not in subjects.headers


def test_the_key_comes_from_the_variable_that_the_document_names(
    package: ModuleType, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIBRARY_KEY", KEY)

    with package.Client(base_url=library.url) as client:
        book = client.catalogue.get_book(ID)

    assert ID == book.id


def test_the_server_comes_from_the_document(package: ModuleType) -> None:
    urls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return httpx.Response(200, json={"open": True, "version": 2})

    arguments = {"transport": httpx.MockTransport(answer)}
    with package.Client(library_key=KEY, httpx_args=arguments) as client:
        client.default.get_health()

    assert ["https://library.example/v2/health"] == urls


def test_a_deprecated_operation_warns(invoke: Invoke) -> None:
    with pytest.warns(DeprecationWarning, match="find_item"):
        invoke("catalogue", "find_item", barcode="978-0")


@pytest.mark.filterwarnings("error")
def test_another_operation_does_not_warn(invoke: Invoke) -> None:
    invoke("catalogue", "get_book", book_id=ID)


def test_errors_have_the_class_of_their_status(
    package: ModuleType, library: Library, invoke: Invoke
) -> None:
    models, errors = package.models, package.errors
    twice = models.NewBook.from_dict({**NEW_BOOK, "title": BOOK["title"]})

    with pytest.raises(errors.BadRequestError) as bad:
        invoke("catalogue", "list_books", limit=1000)
    with pytest.raises(errors.ConflictError) as conflict:
        invoke("catalogue", "add_book", body=twice)
    stranger = package.Client("another-key", base_url=library.url)
    with stranger, pytest.raises(errors.AuthenticationError) as unknown:
        stranger.catalogue.get_subjects()

    caught = [bad.value, conflict.value, unknown.value]
    assert [400, 409, 401] == [error.status_code for error in caught]
    assert "at most 100 books" in str(bad.value)
    assert "another-key" not in str(unknown.value)


def test_a_body_that_breaks_the_contract_is_refused_with_its_place(
    package: ModuleType, library: Library, invoke: Invoke
) -> None:
    library.books[BOOK_ID] = {**BOOK, "authors": [{"name": "Le Guin"}, {"name": 7}]}

    with pytest.raises(package.errors.ResponseValidationError) as caught:
        invoke("catalogue", "get_book", book_id=ID)

    assert "$.authors[1].name" == caught.value.path


def test_the_modules_return_what_the_methods_do(package: ModuleType, library: Library) -> None:
    get_book = importlib.import_module("library_client.api.catalogue.get_book")

    async def run() -> tuple[Any, Any, Any]:
        async with package.Client(KEY, base_url=library.url) as client:
            return (
                await get_book.asyncio(ID, client=client),
                await get_book.asyncio_detailed(ID, client=client),
                await get_book.asyncio_detailed(uuid.UUID(MISSING_ID), client=client),
            )

    with package.Client(KEY, base_url=library.url) as client:
        returned = (
            get_book.sync(ID, client=client),
            get_book.sync_detailed(ID, client=client),
            get_book.sync_detailed(uuid.UUID(MISSING_ID), client=client),
        )

    for book, found, missing in (returned, asyncio.run(run())):
        assert BOOK == book.to_dict() == found.parsed.to_dict()
        assert (200, 404) == (found.status_code, missing.status_code)
        assert isinstance(missing.parsed, package.models.Problem)
        assert "Not Found" == missing.parsed.title


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Book", BOOK),
        ("Book", {**BOOK, "status": "at the binder's", "shelf": {"unknown": [1, None]}}),
        ("NewBook", NEW_BOOK),
        ("NewBook", {**NEW_BOOK, "published": None, "edition": "pirate", "price": 3}),
        ("NewBook", {**NEW_BOOK, "publisher": {"name": "Ace", "seat": {"planet": "Gethen"}}}),
        ("Journal", JOURNAL),
        ("Member", MEMBERS["a/1"]),
        ("Member", MEMBERS["b-2"]),
        ("Subject", SUBJECTS),
        ("Loan", LOAN),
        ("Loan", {**LOAN, "days": 21, "note": None}),
        ("BookChange", {"condition": None, "price": None}),
        ("Renewal", {}),
        ("Health", {"open": False, "version": 2}),
    ],
)
def test_what_is_read_is_written_again(
    package: ModuleType, name: str, value: dict[str, Any]
) -> None:
    written = getattr(package.models, name).from_dict(value).to_dict()

    assert value == written
