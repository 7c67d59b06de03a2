"""The options of a client, of its copies and of a call: each call has its own."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    BUSY,
    KEY,
    USER_AGENT,
    Call,
    Script,
    call_sync,
    caught,
    open_client,
    sent,
)
from tests.client.package import Client


def test_options_of_calls_and_copies_do_not_change_the_client(clock: object, call: Call) -> None:
    script = Script(BUSY)
    client = script.client(timeout=9, max_retries=1)

    caught(call, client, timeout=3, max_retries=0)
    client.with_timeout(3).with_max_retries(5)
    caught(call, client, timeout=None, max_retries=None, headers=None)

    timeouts = [request.extensions["timeout"]["read"] for request in script.requests]
    assert timeouts == [3, 9, 9]


class TestHeaders:
    """Headers of the client, of a copy and of a call."""

    def test_call_wins_over_copy_and_copy_over_client(self, call: Call) -> None:
        script = Script()
        client = script.client(headers={"X-A": "client", "X-B": "client", "X-C": "client"})
        copy = client.with_headers({"X-B": "copy", "X-C": "copy"})

        call(copy, headers={"X-C": "call"})
        call(copy)
        call(client)

        names = ("X-A", "X-B", "X-C")
        seen = [[request.headers[name] for name in names] for request in script.requests]
        assert seen == [
            ["client", "copy", "call"],
            ["client", "copy", "copy"],
            ["client", "client", "client"],
        ]

    def test_names_are_the_same_in_any_case(self, call: Call) -> None:
        script = Script()
        client = script.client(headers={"X-Team": "client"})

        call(client, headers={"x-team": "call", "accept": "text/plain"})
        call(client.with_headers({"x-TEAM": "copy"}))

        first, second = script.requests
        assert first.headers.get_list("X-Team") == ["call"]
        assert first.headers.get_list("Accept") == ["text/plain"]
        assert second.headers.get_list("X-Team") == ["copy"]

    def test_user_agent_can_be_replaced(self) -> None:
        by_client = sent(headers={"user-agent": "ours/1"})
        by_httpx = sent(httpx_args={"headers": {"user-agent": "ours/2"}})
        beside = sent(httpx_args={"headers": {"X-Team": "ours"}})

        assert by_client.headers.get_list("User-Agent") == ["ours/1"]
        assert by_httpx.headers.get_list("User-Agent") == ["ours/2"]
        assert (beside.headers["X-Team"], beside.headers["User-Agent"]) == ("ours", USER_AGENT)


class TestCopies:
    """``with_…`` returns a copy that shares the connections."""

    def test_one_connection_serves_them_all(self, own_sandbox: Sandbox) -> None:
        with open_client(own_sandbox.base_url) as client:
            for each in (
                client,
                client.with_timeout(5),
                client.with_max_retries(0),
                client.with_headers({"X-Team": "a"}),
                client.with_extra_query({"team": "a"}),
                copy.copy(client),
            ):
                call_sync(each)

        assert (len(own_sandbox.requests), own_sandbox.connections) == (6, 1)

    @pytest.mark.parametrize("members", [{}, {"__slots__": ("cost_centre", "team")}])
    def test_they_have_the_class_and_the_attributes(self, members: dict[str, Any]) -> None:
        kind: Any = type("OwnClient", (Client,), members)
        client = kind(KEY)
        client.team, client.cost_centre = "blue", 7

        copies = [client.with_timeout(1), client.with_max_retries(0), client.with_headers({})]

        assert [(kind, "blue", 7)] * 3 == [
            (type(copy), copy.team, copy.cost_centre) for copy in copies
        ]
