"""GET /activity as the live API behaves, which is not always as its document says.

It is written from what users of the API have seen, not from openapi.yaml, so that the two can
disagree.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.account import Account
from sandbox.faults import DATE_CHECK, KEY_CHECK, SKIP, FaultMiddleware, validate

BASE_PATH = "/api/v1"
"""The path of the base URL."""

MANAGEMENT_KEY = "sk-or-v1-" + "sandbox-management-key".ljust(64, "0")
"""The only key that may read the activity. It works nowhere but here."""

INFERENCE_KEY = "sk-or-v1-" + "sandbox-inference-key".ljust(64, "0")
"""A key that may not read the activity: 403."""

WORKSPACE = "00000000-0000-4000-8000-000000000007"
"""The workspace of all rows, which have it if they are grouped by it."""

KEY_HASHES = tuple(digit * 64 for digit in "ab")
"""The hashes of the account's two keys. The live API has SHA-256 here."""

_ROW = re.compile(rb'\{"date":[^}]*"endpoint_id":"(.)[^}]*\}')
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def create_app(
    *,
    rows: int | None = None,
    seed: int = 0,
    today: dt.date | None = None,
    fault: str | None = None,
) -> Starlette:
    """The ASGI application, for a server or to be called in process.

    Args:
        rows: How many rows the account has in all, from 0 to 1,000,000; None for a natural account.
        seed: Another seed, another account.
        today: The UTC date of today, for tests; None for the real one.
        fault: A fault for every request without one in its path, such as `"status:503:html"`.

    Raises:
        ValueError: `rows` is out of range, or there is no such fault.

    Example:
        >>> app = create_app(rows=100, today=dt.date(2026, 8, 24))
    """
    if fault is not None:
        validate(fault)
    account = Account(rows=rows, seed=seed, today=today or _utc_today())

    async def activity(request: Request) -> Response:
        nonlocal account
        if today is None and account.today != _utc_today():
            account = Account(rows=rows, seed=seed, today=_utc_today())  # It is past midnight.
        skip = request.scope.get(SKIP)
        if skip != KEY_CHECK:
            _check_key(request.headers.get("authorization", ""))
        text = request.query_params.get("date")
        day = None
        if text is not None:
            day = _date(text)
            if skip != DATE_CHECK:
                _check_date(day, account)
            day = day or dt.date.min  # A malformed date has no rows.
        pieces = _of_key(account.body(day), request.query_params.get("api_key_hash"))
        return _ok(_grouped(pieces, request.query_params.get("group_by")))

    app = Starlette(
        routes=[Route(f"{BASE_PATH}/activity", activity, methods=["GET"])],
        middleware=[Middleware(FaultMiddleware, fault=fault)],
        exception_handlers={HTTPException: _error},
    )
    app.router.redirect_slashes = False  # Other paths are not found.
    return app


def _of_key(pieces: list[bytes], key_hash: str | None) -> list[bytes]:
    if key_hash is None:
        return pieces
    if key_hash not in KEY_HASHES:
        raise HTTPException(404, "Resource not found")
    # Each endpoint is used with one of the keys.
    rows = [
        row[0]
        for row in _ROW.finditer(b"".join(pieces))
        if KEY_HASHES[int(row[1], 16) % 2] == key_hash
    ]
    return [b'{"data":[' + b",".join(rows) + b"]}"]


def _grouped(pieces: list[bytes], group_by: str | None) -> list[bytes]:
    # The account has one workspace.
    if group_by is None:
        return pieces
    if group_by != "workspace":
        raise HTTPException(400, "Invalid group_by, expected workspace")
    field = f'{{"workspace_id":"{WORKSPACE}","date":'.encode()
    return [piece.replace(b'{"date":', field) for piece in pieces]


def _utc_today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _check_key(authorization: str) -> None:
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise HTTPException(401, "Missing Authentication header")
    if key == INFERENCE_KEY:
        raise HTTPException(403, "Only management keys can perform this operation")
    if key != MANAGEMENT_KEY:
        raise HTTPException(401, "Invalid credentials")


def _date(text: str) -> dt.date | None:
    # date.fromisoformat alone reads 20260823 and 2026-W34-7, too.
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _check_date(day: dt.date | None, account: Account) -> None:
    if day is None:
        raise HTTPException(400, "Invalid date format, expected YYYY-MM-DD")
    if not account.has(day):
        raise HTTPException(400, "Date must be within the last 30 (completed) UTC days")


def _ok(pieces: list[bytes]) -> Response:
    if len(pieces) == 1:
        return Response(pieces[0], media_type="application/json")

    # A body of hundreds of megabytes goes out in pieces, so that it is never copied as a whole.
    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return StreamingResponse(
        stream(),
        headers={"content-length": str(sum(map(len, pieces)))},
        media_type="application/json",
    )


async def _error(_request: Request, exception: Exception) -> Response:
    error = cast(
        "HTTPException", exception
    )  # Starlette's type for handlers allows more than it calls.
    body = {"error": {"code": error.status_code, "message": error.detail}}
    headers: Mapping[str, str] | None = {"allow": "GET, HEAD"} if error.status_code == 405 else None
    return Response(
        json.dumps(body, separators=(",", ":")),
        error.status_code,
        headers=headers,
        media_type="application/json",
    )
