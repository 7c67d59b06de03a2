"""The library of `documents/library.yaml`, in memory and on loopback, for the tests to call.

It is written from what the document says to a reader, with nothing of the generator in it, and it
writes down every request that it gets.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Generator
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
MEMBER: dict[str, Any] = {
    "number": "a/1",
    "from": "2020-01-31",
    "until": None,
    "contact": {"by": "letter", "address": {"street": "1 Elm Row", "2nd-line": "c/o Moss"}},
    "preferences": {"large print": True, "genres": ["sf", {"not": "horror"}]},
    "fines": {"17": 0.5},
    "guarantor": {"by": "email", "address": "parent@post.example"},
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
    requests: list[Request] = field(default_factory=list[Request])
    bodies: list[bytes] = field(default_factory=list[bytes])

    def write(self, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make the entry of a book, with what the library assigns to it."""
        assigned = {"id": identifier, "kind": "book", "status": "available", "class": "000"}
        self.books[identifier] = body | assigned | {"addedAt": BOOK["addedAt"]}
        return self.books[identifier]


def _list_books(library: Library, request: Request, _: Any) -> Response:
    wanted = request.query_params.getlist("status")
    books = [book for book in library.books.values() if not wanted or book["status"] in wanted]
    return JSONResponse({"books": books, "total": len(books), "next": None})


def _add_book(library: Library, _: Request, body: Any) -> Response:
    return JSONResponse(library.write(str(uuid.uuid4()), body), 201)


def _get_book(library: Library, request: Request, _: Any) -> Response:
    return JSONResponse(library.books[request.path_params["book"]])


def _replace_book(library: Library, request: Request, body: Any) -> Response:
    identifier = request.path_params["book"]
    is_known = identifier in library.books
    book = library.write(identifier, body)
    receipt = {"id": identifier, "madeAt": book["addedAt"]}
    return JSONResponse(book) if is_known else JSONResponse(receipt, 201)


def _change_book(library: Library, request: Request, body: Any) -> Response:
    book = library.books[request.path_params["book"]]
    book.update(body)
    return JSONResponse(book)


def _remove_book(library: Library, request: Request, _: Any) -> Response:
    del library.books[request.path_params["book"]]
    return Response(status_code=204)


def _cite_book(library: Library, request: Request, _: Any) -> Response:
    title = library.books[request.path_params["book"]]["title"]
    return PlainTextResponse(f"{title} ({request.query_params['style']})")


def _find_item(_: Library, request: Request, __: Any) -> Response:
    return JSONResponse({"978-0": BOOK, "0047-4959": JOURNAL}[request.path_params["barcode"]])


def _get_member(_: Library, request: Request, __: Any) -> Response:
    return JSONResponse({MEMBER["number"]: MEMBER}[request.path_params["number"]])


def _lend_book(_: Library, __: Request, body: Any) -> Response:
    return JSONResponse(LOAN | {"number": 2, "bookId": body["bookId"], "days": body["days"]}, 201)


def _renew_loan(_: Library, request: Request, body: Any) -> Response:
    return JSONResponse({1: LOAN}[request.path_params["number"]] | (body or {}))


_Handler = Callable[[Library, Request, Any], Response]


def _giving(content: Any) -> _Handler:
    """Give the same to every request: bytes, or a value as JSON."""

    def handler(_: Library, __: Request, ___: Any) -> Response:
        if isinstance(content, bytes):
            return Response(content, media_type="application/octet-stream")
        return JSONResponse(content)

    return handler


_ROUTES: list[tuple[str, str, _Handler]] = [
    ("GET", "/health", _giving({"open": True, "version": 2})),
    ("GET", "/books", _list_books),
    ("POST", "/books", _add_book),
    ("GET", "/books/{book}", _get_book),
    ("PUT", "/books/{book}", _replace_book),
    ("PATCH", "/books/{book}", _change_book),
    ("DELETE", "/books/{book}", _remove_book),
    ("GET", "/books/{book}/citation", _cite_book),
    ("GET", "/books/{book}/cover", _giving(COVER)),
    # A slash in a parameter is sent as %2F, and decoded before the router looks.
    ("GET", "/rooms/{room:path}/shelves/{shelf:int}", _giving(SHELF)),
    ("GET", "/subjects", _giving(SUBJECTS)),
    ("GET", "/items/{barcode}", _find_item),
    ("GET", "/members/{number:path}", _get_member),
    ("POST", "/loans", _lend_book),
    ("POST", "/loans/{number:int}/renewal", _renew_loan),
]


def _route(library: Library, method: str, path: str, handler: _Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        library.requests.append(request)
        library.bodies.append(await request.body())
        if path != "/health" and request.headers.get("x-library-key") != KEY:
            return Response(status_code=401)
        return handler(library, request, json.loads(library.bodies[-1] or "null"))

    return Route(f"/v2{path}", endpoint, methods=[method])


@contextmanager
def serve_library() -> Generator[Library, None, None]:
    """Serve a fresh library on a free port of loopback until the block ends."""
    library = Library()
    app = Starlette(routes=[_route(library, *row) for row in _ROUTES])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
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
