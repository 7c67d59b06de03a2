"""A client on httpx2 behaves as on httpx, and returns httpx's types.

With HTTP_LIBRARY=httpx2, the other tests of this folder say the same of a client on httpx2.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

import httpx
import httpx2
import pytest

from sandbox import Sandbox
from tests.client.conftest import GOOD, KEY, Call, Clock, Fail, open_client, refusal
from tests.client.package import Client, errors, get_user_activity


@pytest.mark.parametrize(
    ("arguments", "library"),
    [({}, httpx), ({"http_library": "httpx2"}, httpx2)],
    ids=["default", "httpx2"],
)
def test_library_is_chosen(arguments: dict[str, Any], library: Any) -> None:
    with Client(KEY, base_url="http://localhost:1", **arguments) as client:
        assert type(client.get_httpx_client()) is library.Client


def test_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)

    assert "pip install 'openrouter-analytics[httpx2]'" in refusal(http_library="httpx2")


@pytest.mark.parametrize("http_library", ["httpx3", "", None, httpx2], ids=repr)
def test_other_value_is_refused(http_library: Any) -> None:
    assert refusal(http_library=http_library).startswith("http_library: expected 'httpx' or")


def test_headers_of_a_response_are_of_httpx(sandbox: Sandbox) -> None:
    with open_client(sandbox.base_url, http_library="httpx2") as client:
        response = get_user_activity.sync_detailed(client=client)

    assert type(response.headers) is httpx.Headers


def test_error_has_nothing_of_httpx2(fail: Fail) -> None:
    error = fail("status:403", http_library="httpx2")

    assert type(error.headers) is httpx.Headers
    assert type(error.request) is errors.Request
    assert b"httpx2" not in pickle.dumps(error)


def test_clients_of_httpx2_serve_one_on_httpx(clock: Clock, call: Call) -> None:
    outcomes: list[Any] = [httpx2.Response(503), httpx2.ReadError("reset")]

    def answer(_: httpx2.Request) -> httpx2.Response:
        outcome = outcomes.pop(0) if outcomes else httpx2.Response(200, content=GOOD.content)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    transport = httpx2.MockTransport(answer)
    client = Client(KEY)
    client.set_httpx_client(httpx2.Client(transport=transport, verify=False))
    client.set_async_httpx_client(httpx2.AsyncClient(transport=transport, verify=False))

    activity = call(client)

    assert len(activity.data) == 1
    assert len(clock.waits) == 2
