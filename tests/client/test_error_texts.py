"""The text of an error says what happened, on one line that is safe to print."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import INFERENCE_KEY, Sandbox
from tests.client.conftest import (
    BY_CODE,
    KEY,
    Call,
    Fail,
    Script,
    caught,
    open_client,
    status_error,
)
from tests.client.http_library import httpx
from tests.client.package import errors

URL = "https://openrouter.ai/api/v1/activity"
MANAGEMENT_VARIABLE, KEY_VARIABLE = "OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_API_KEY"


@pytest.mark.parametrize(
    ("variable", "source"),
    [
        (None, "the argument api_key."),
        (MANAGEMENT_VARIABLE, f"the environment variable {MANAGEMENT_VARIABLE}."),
        (
            KEY_VARIABLE,
            f"the environment variable {KEY_VARIABLE}. "
            "That variable is the usual place of an inference key.",
        ),
    ],
)
@pytest.mark.parametrize(
    ("key", "status", "message"),
    [
        (INFERENCE_KEY, 403, "Only management keys can perform this operation"),
        (KEY, 401, "Invalid credentials"),
    ],
    ids=["403", "401"],
)
def test_refused_key_is_named_by_its_source(
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    call: Call,
    variable: str | None,
    source: str,
    key: str,
    status: int,
    message: str,
) -> None:
    if variable:
        monkeypatch.setenv(variable, key)

    with open_client(sandbox.base_url, api_key=None if variable else key) as client:
        error = caught(call, client)

    assert type(error) is BY_CODE[status]
    assert f"answered {status}: {message} — A management key is needed" in str(error)
    assert "https://openrouter.ai/settings/management-keys" in str(error)
    assert str(error).endswith(f"The client used the key of {source}")
    assert key not in str(error)


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": {"code": 418, "message": "Words"}}, "Words", 418),
        ({"error": {"code": 40001, "message": "Words"}}, "Words", 40001),
        ({"error": {"code": "bad_request", "message": "Words"}}, "Words", "bad_request"),
        ({"error": {"message": "Words"}}, "Words", 418),
        ({"error": {"code": True, "message": "Words"}}, "Words", 418),
        ({"error": {"code": None, "message": "Words"}}, "Words", 418),
        ({"error": "Words"}, "Words", 418),
        ({"message": "Words", "code": 7}, "Words", 7),
        ({"error": None}, '{"error":null}', 418),
        ({"error": {"code": 7}}, '{"error":{"code":7}}', 7),
        ({"error": {"message": {"en": "Words"}}}, '{"error":{"message":{"en":"Words"}}}', 418),
        (["Words"], '["Words"]', 418),
        ("Words", '"Words"', 418),
        (None, "null", 418),
    ],
    ids=repr,
)
def test_message_and_code_of_any_json(body: object, message: str, code: object) -> None:
    error = status_error(httpx.Response(418, text=json.dumps(body, separators=(",", ":"))))

    assert (error.message, error.code) == (message, code)
    assert f"{URL} answered 418" in str(error)
    assert str(error.code) in str(error)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no body"),
        (b" \n\t", "no body"),
        (b"upstream  gone\n", "upstream gone"),
        (b"<html><TITLE lang='en'>Gone &amp;\n away</TITLE></html>", "Gone & away"),
        (b"\xff\xfe\x80", "���"),
        (b"{" + b"x" * 500, "{" + "x" * 199 + "…"),
        (b"[" * 100_000, "[" * 200 + "…"),
        (b'{"error": NaN}', '{"error": NaN}'),
    ],
    ids=["empty", "blank", "text", "page", "bytes", "long", "deep", "no JSON"],
)
def test_message_of_any_other_body(content: bytes, message: str) -> None:
    error = status_error(httpx.Response(502, content=content))

    assert (error.status_code, error.code, error.message) == (502, 502, message)
    assert error.content == content


def test_message_is_the_title_of_cloudflares_page(fail: Fail) -> None:
    error = fail("cloudflare:522")

    assert isinstance(error, errors.InternalServerError)
    assert error.message == "openrouter.ai | 522: Unknown Status"
    assert error.headers["CF-Ray"].endswith("-FRA")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"data": 1}),
        httpx.ReadError(""),
        httpx.ReadTimeout(""),
        httpx.Response(500),
    ],
    ids=repr,
)
def test_every_error_has_a_message(call: Call, answer: Any) -> None:
    assert caught(call, Script(answer).client(max_retries=0)).message


def test_message_of_a_server_is_escaped_and_shortened() -> None:
    message = "a\x1b[2J\n\ud800\x9b" + "b" * 50_000
    details = {"code": message, "message": message}
    error = status_error(httpx.Response(400, content=json.dumps({"error": details})))

    text = str(error)

    assert error.message == message
    assert text.isprintable()
    assert "(code a\\x1b[2J \\ud800\\x9bb" in text
    assert len(text) < 5000


def test_name_of_a_member_is_escaped() -> None:
    error = errors.ResponseValidationError("number", "string").inside("\x9b\ud800")

    assert str(error) == r"$['\x9b\ud800']: expected number, received string"


def test_location_of_a_redirect_is_shortened() -> None:
    location = "https://host.test/" + "a" * 50_000

    text = str(status_error(httpx.Response(302, headers={"Location": location})))

    assert "redirects to https://host.test/aaaa" in text
    assert text.endswith("…, which only a client with follow_redirects=True follows.")
    assert len(text) < 1000
