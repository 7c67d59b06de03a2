"""An operation: its arguments become a request, its responses values, and its keys are sent."""

import datetime as dt
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from tests.client.conftest import GOOD, KEY, Script
from tests.client.http_library import httpx
from tests.client.package import (
    UNSET,
    Credential,
    Keys,
    Operation,
    Scheme,
    bytes_body,
    errors,
    json_body,
    no_body,
    one_of_several,
    text_body,
)
from tests.client.package import _decode as decode
from tests.client.package import _encode as encode


class TestArguments:
    """Encoders of the parts of a request."""

    def test_path(self) -> None:
        arguments = encode.Arguments("/api")

        arguments.add_path("/books/", "id", "a/b c?ü", encode.string)
        arguments.add_path("/pages/", "number", 7, encode.integer)

        assert arguments.path == "/api/books/a%2Fb%20c%3F%C3%BC/pages/7"

    def test_query(self) -> None:
        arguments = encode.Arguments()

        arguments.add_query("q", "a", encode.string)
        arguments.add_query("none", None, encode.string)
        arguments.add_query("tag", ["x", "y"], encode.array(encode.string))

        assert arguments.query == [("q", "a"), ("tag", "x"), ("tag", "y")]

    def test_headers_and_cookies(self) -> None:
        arguments = encode.Arguments()

        arguments.add_header("X-A", 1, encode.integer)
        arguments.add_header("X-B", None, encode.integer)
        arguments.add_cookie("a", "1; 2", encode.string)
        arguments.add_cookie("b", None, encode.string)
        arguments.add_cookie("c", 3, encode.integer)

        assert arguments.headers == {"X-A": "1", "Cookie": "a=1%3B%202; c=3"}

    def test_body(self) -> None:
        arguments = encode.Arguments()

        arguments.add_json(UNSET, "application/json")
        nothing = (arguments.content, dict(arguments.headers))
        arguments.add_json({"day": dt.date(2026, 8, 23), "name": "Zoë"}, "application/json")

        assert nothing == (None, {})
        assert arguments.content == '{"day":"2026-08-23","name":"Zoë"}'.encode()
        assert arguments.headers == {"Content-Type": "application/json"}

    @pytest.mark.parametrize(
        ("add", "value"),
        [
            *(("path", value) for value in ("", ".", "..", "\ud800")),
            *(("header", value) for value in ("é", "a\r\nX-Injected: 1", "\0", " a", "a ")),
            *(("query", value) for value in (1, "\ud800")),
            *(("body", value) for value in ({1}, math.nan, [math.inf], b"", [UNSET], "\ud800")),
        ],
        ids=ascii,
    )
    def test_refusal_names_the_parameter(self, add: str, value: Any) -> None:
        arguments = encode.Arguments()
        adders: dict[str, Callable[[], None]] = {
            "path": lambda: arguments.add_path("/", "path", value, encode.string),
            "header": lambda: arguments.add_header("header", value, encode.string),
            "query": lambda: arguments.add_query("query", value, encode.string),
            "body": lambda: arguments.add_json(value, "application/json"),
        }

        with pytest.raises(errors.ConfigurationError, match=f"^{add}: ") as raised:
            adders[add]()

        assert raised.value.__cause__ is None


class TestReaders:
    """Decoding of a response body by its media type."""

    @pytest.mark.parametrize(
        ("content", "charset", "text"),
        [
            ("Zoë".encode(), "utf-8", "Zoë"),
            ("Zoë".encode("latin-1"), "latin-1", "Zoë"),
            ("Zoë".encode("utf-16"), "utf-16", "Zoë"),
            (b"a\xff", "utf-8", "a�"),
            (b"a", "no-such-charset", "a"),
            (b"6162", "hex", "6162"),
            (b"a\xff", "idna", "a�"),
            (b"a\xff", "undefined", "a�"),
            (b"a", "", "a"),
        ],
    )
    def test_text(self, content: bytes, charset: str, text: str) -> None:
        assert text_body(content, f"text/plain; charset={charset}") == text
        assert text_body(content, f'text/plain; format=flowed;CHARSET="{charset}"') == text

    def test_text_without_a_charset_is_utf_8(self) -> None:
        assert text_body("Zoë".encode(), "") == "Zoë"

    @pytest.mark.parametrize(
        ("media_type", "received"),
        [
            ("text/csv", "text/csv, which a _detailed function returns unparsed"),
            ("TEXT/CSV; charset=utf-8", "text/csv, which a _detailed function returns unparsed"),
            ("image/png", "image/png, which a _detailed function returns unparsed"),
            ("text/event-stream", "text/event-stream, which the _stream method reads"),
        ],
    )
    def test_another_media_type_is_not_read(self, media_type: str, received: str) -> None:
        others = ("text/csv", "text/event-stream", "image/*")
        reader = one_of_several(text_body, read=("text/plain",), others=others)

        with pytest.raises(errors.ResponseValidationError) as raised:
            reader(b"a", media_type)

        assert (raised.value.expected, raised.value.received) == ("text/plain", received)
        assert reader(b"a", "text/plain; charset=utf-8") == reader(b"a", "a/b") == "a"

    def test_json_that_is_nested_too_deep(self) -> None:
        def descend(value: Any) -> Any:
            return descend(value)

        with pytest.raises(errors.ResponseValidationError, match="nested too deeply"):
            json_body(descend)(b"1", "application/json")

    def test_readers_of_bytes_and_of_no_body(self) -> None:
        no_body(b"a", "text/plain")

        assert bytes_body(b"\xff", "image/png") == b"\xff"

    @pytest.mark.parametrize(
        ("status", "expected"), [(200, "200"), (201, "2XX"), (302, "default"), (418, "default")]
    )
    def test_most_exact_pattern_reads(self, status: int, expected: str) -> None:
        def reader(name: str) -> Callable[[bytes, str], str]:
            return lambda _content, _content_type: name

        names = {name: reader(name) for name in ("default", "2XX", "200")}
        operation = Operation[str, str](method="GET", path="/", success=names, errors=names)

        assert operation.read_success(status, b"", "") == expected
        assert operation.read_error(status, b"", "") == expected

    def test_undocumented_statuses(self) -> None:
        operation = Operation[bytes, bytes](
            method="GET", path="/", success={"200": bytes_body, "3XX": bytes_body}, errors={}
        )

        assert operation.read_error(500, b"", "") is None
        with pytest.raises(errors.ResponseValidationError, match="status 200 or 3XX, received 204"):
            operation.read_success(204, b"", "")

    def test_error_without_form_is_no_error(self) -> None:
        readers = {"default": json_body(decode.object_), "500": json_body(decode.null)}
        operation = Operation[Any, Any](method="GET", path="/", success={}, errors=readers)
        breach = errors.ResponseValidationError("a value", "nothing").inside("data")

        assert not operation.is_error(breach, b"{}", "")


def secured(*security: tuple[str, ...]) -> Any:
    """An operation with these alternatives of schemes."""
    success = {"2XX": bytes_body}
    return Operation[bytes, None](
        method="GET", path="/", security=security, success=success, errors={}
    )


PUBLIC = secured()

OTHER = Scheme(
    argument="token", header="X-Token", prefix="", environment=("TOKEN",), description="Ask us."
)


class TestSecurity:
    """Operations with and without a key, and schemes of other documents."""

    def test_first_alternative_whose_keys_are_there(self) -> None:
        script = Script()

        script.client().call(secured(("other", "apiKey"), ("apiKey",)), encode.Arguments("/"), {})

        assert script.requests[0].headers["Authorization"] == f"Bearer {KEY}"
        assert "X-Token" not in script.requests[0].headers

    def test_error_without_a_key_says_what_is_missing(self) -> None:
        script = Script()
        client = script.client()
        client._keys = Keys({"other": OTHER}, {"other": None}, required=False)

        with pytest.raises(errors.ConfigurationError) as raised:
            client.call(secured(("other",)), encode.Arguments("/"), {})

        assert str(raised.value) == "no key: pass token=…, or set TOKEN. Ask us."
        assert script.requests == []

    def test_arguments_that_make_no_url(self) -> None:
        script = Script()

        with pytest.raises(errors.ConfigurationError, match="make no request"):
            script.client().call(PUBLIC, encode.Arguments("/" + 70_000 * "a"), {})

        assert script.requests == []

    def test_operation_without_security_sends_no_key_and_a_written_query_as_it_is(self) -> None:
        script = Script()

        content = script.client().call(PUBLIC, encode.Arguments("/?a=b%2Fc"), {})

        assert content == GOOD.content
        assert script.requests[0].url.query == b"a=b%2Fc"
        assert "Authorization" not in script.requests[0].headers

    def test_error_of_an_operation_without_security_has_no_hint(self) -> None:
        client = Script(httpx.Response(403, json={"error": "no"})).client()

        with pytest.raises(errors.PermissionDeniedError) as raised:
            client.call(PUBLIC, encode.Arguments("/"), {})

        assert str(raised.value) == "GET https://openrouter.ai/api/v1/ answered 403: no"

    def test_header_of_the_users_own_takes_the_keys_place(self) -> None:
        script = Script()

        script.client(headers={"authorization": "Basic dTpw"}).analytics.get_user_activity()

        assert script.requests[0].headers.get_list("Authorization") == ["Basic dTpw"]

    def test_scheme_without_environment_or_prefix(self) -> None:
        scheme = Scheme(
            argument="token", header="X-Token", prefix="", environment=(), description=""
        )
        request = httpx.Request("GET", "https://example.com")

        credential = scheme.credential(Credential.given("secret", "token"))
        assert credential is not None
        scheme.add(request, credential.key)

        assert request.headers["X-Token"] == "secret"
        assert scheme.credential(None) is None
        assert scheme.missing() == "no key: pass token=…."
        assert repr(credential) == "<key of the argument token>"
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(credential)
