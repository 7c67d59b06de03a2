"""The library of `documents/library.yaml`, in memory and on loopback, for the tests to call.

It is written from what the document says to a reader, with nothing of the generator in it, and it
writes down every request that it gets.
"""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

KEY = "branch-7-reads-a-lot"
BOOK_ID = "5f0c3b1e-7c1d-4b8e-9a51-2f6a3d9c0e11"
MISSING_ID = "00000000-0000-4000-8000-000000000000"
COVER = b"\x89PNG\r\n\x1a\n\x00\xff"

BOOK: dict[str, Any] = {
    "id": BOOK_ID,
    "kind": "book",
    "title": "The Left Hand of Darkness",
    "authors": [{"name": "Ursula K. Le Guin", "born": "1929-10-21"}],
    "published": "1969-03-01",
    "publisher": {"name": "Ace Books", "seat": {"city": "New York", "country": None}},
    "price": 12.5,
    "edition": "first",
    "referenceOnly": False,
    "status": "in repair",
    "addedAt": "2024-02-29T08:30:00+00:00",
    "class": "813.54",
    "condition": None,
    "previousClasses": [["813", "813.5"], []],
}
JOURNAL: dict[str, Any] = {"kind": "journal", "title": "Locus", "issues": {"701": 68, "702": 72}}
MEMBERS: dict[str, dict[str, Any]] = {
    "a/1": {
        "number": "a/1",
        "from": "2020-01-31",
        "until": None,
        "contact": {"by": "letter", "address": {"street": "1 Elm Row", "2nd-line": "c/o Moss"}},
        "preferences": {"large print": True, "genres": ["sf", {"not": "horror"}]},
        "fines": {"17": 0.5},
        "guarantor": {"by": "email", "address": "parent@post.example"},
    },
    "b-2": {
        "number": "b-2",
        "from": "2021-12-01",
        "until": "2031-12-01",
        "contact": {"by": "email", "address": "reader@post.example"},
        "preferences": {},
        "fines": {},
        "guarantor": None,
    },
}
SUBJECTS: dict[str, Any] = {
    "name": "Everything",
    "narrower": [
        {"name": "Fiction", "narrower": [{"name": "Science fiction", "narrower": []}]},
        {"name": "Fact", "narrower": [], "seeAlso": {"name": "Fiction", "narrower": []}},
    ],
    "seeAlso": None,
}
LOAN: dict[str, Any] = {
    "number": 1,
    "bookId": BOOK_ID,
    "days": 14,
    "since": "2025-03-30T09:00:00+00:00",
    "due": "2025-04-13",
}
SHELF: list[list[str | None]] = [[BOOK_ID, None], [], [None]]


@dataclass
class Library:
    """What the library holds, and what it was asked."""

    url: str = ""
    books: dict[str, dict[str, Any]] = field(default_factory=lambda: {BOOK_ID: dict(BOOK)})
    loans: dict[int, dict[str, Any]] = field(default_factory=lambda: {1: dict(LOAN)})
    requests: list[Request] = field(default_factory=list[Request])
    bodies: list[bytes] = field(default_factory=list[bytes])


@contextmanager
def serve_library() -> Generator[Library, None, None]:
    """Serve a fresh library on a free port of loopback until the block ends."""
    library = Library()
    config = uvicorn.Config(_app(library), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the library's server did not start")
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        library.url = f"http://127.0.0.1:{port}/v2"
        yield library
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _app(library: Library) -> Starlette:
    def guarded(
        handler: Callable[[Request, Any], Response], *, needs_key: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            library.requests.append(request)
            library.bodies.append(await request.body())
            if needs_key and request.headers.get("x-library-key") != KEY:
                return Response(status_code=401)
            return handler(request, await request.json() if library.bodies[-1] else None)

        return endpoint

    def health(_request: Request, _body: Any) -> Response:
        return JSONResponse({"open": True, "version": 2})

    def find(request: Request) -> dict[str, Any]:
        return library.books[request.path_params["book_id"]]

    def entry(identifier: str, body: dict[str, Any]) -> dict[str, Any]:
        now = dt.datetime.now(dt.UTC).isoformat()
        assigned = {"id": identifier, "kind": "book", "status": "available", "addedAt": now}
        return {**body, **assigned, "class": "000"}

    def list_books(request: Request, _body: Any) -> Response:
        wanted = request.query_params.getlist("status")
        books = [book for book in library.books.values() if not wanted or book["status"] in wanted]
        return JSONResponse({"books": books, "total": len(books), "next": None})

    def add_book(_request: Request, body: Any) -> Response:
        book = entry(str(uuid.uuid4()), body)
        library.books[book["id"]] = book
        return JSONResponse(book, 201)

    def get_book(request: Request, _body: Any) -> Response:
        return JSONResponse(find(request))

    def replace_book(request: Request, body: Any) -> Response:
        identifier = request.path_params["book_id"]
        known = identifier in library.books
        book = library.books[identifier] = entry(identifier, body)
        if known:
            return JSONResponse(book)
        return JSONResponse({"id": identifier, "madeAt": book["addedAt"]}, 201)

    def change_book(request: Request, body: Any) -> Response:
        book = find(request)
        book.update(body)
        return JSONResponse(book)

    def remove_book(request: Request, _body: Any) -> Response:
        del library.books[find(request)["id"]]
        return Response(status_code=204)

    def cite_book(request: Request, _body: Any) -> Response:
        book = find(request)
        style = request.query_params["style"]
        return PlainTextResponse(f"{book['title']}, {book['authors'][0]['name']} ({style})")

    def get_cover(request: Request, _body: Any) -> Response:
        find(request)
        return Response(COVER, media_type="application/octet-stream")

    def get_shelf(_request: Request, _body: Any) -> Response:
        return JSONResponse(SHELF)

    def get_subjects(_request: Request, _body: Any) -> Response:
        return JSONResponse(SUBJECTS)

    def find_item(request: Request, _body: Any) -> Response:
        items = {"978-0": BOOK, "0047-4959": JOURNAL}
        return JSONResponse(items[request.path_params["barcode"]])

    def get_member(request: Request, _body: Any) -> Response:
        return JSONResponse(MEMBERS[request.path_params["number"]])

    def lend_book(_request: Request, body: Any) -> Response:
        number = len(library.loans) + 1
        days = body.get("days", 14)
        due = dt.datetime.fromisoformat(LOAN["since"]).date() + dt.timedelta(days=days)
        loan = {"number": number, "bookId": body["bookId"], "days": days, "due": due.isoformat()}
        library.loans[number] = {**LOAN, **loan}
        return JSONResponse(library.loans[number], 201)

    def renew_loan(request: Request, body: Any) -> Response:
        loan = library.loans[request.path_params["number"]]
        loan.update(body or {})
        return JSONResponse(loan)

    def route(
        method: str,
        path: str,
        handler: Callable[[Request, Any], Response],
        *,
        needs_key: bool = True,
    ) -> Route:
        endpoint = guarded(handler, needs_key=needs_key)
        return Route(f"/v2{path}", endpoint, methods=[method])

    return Starlette(
        routes=[
            route("GET", "/health", health, needs_key=False),
            route("GET", "/books", list_books),
            route("POST", "/books", add_book),
            route("GET", "/books/{book_id}", get_book),
            route("PUT", "/books/{book_id}", replace_book),
            route("PATCH", "/books/{book_id}", change_book),
            route("DELETE", "/books/{book_id}", remove_book),
            route("GET", "/books/{book_id}/citation", cite_book),
            route("GET", "/books/{book_id}/cover", get_cover),
            # A slash in a parameter is sent as %2F, and decoded before the router looks.
            route("GET", "/rooms/{room:path}/shelves/{shelf:int}", get_shelf),
            route("GET", "/subjects", get_subjects),
            route("GET", "/items/{barcode}", find_item),
            route("GET", "/members/{number:path}", get_member),
            route("POST", "/loans", lend_book),
            route("POST", "/loans/{number:int}/renewal", renew_loan),
        ]
    )
