"""Every failure raises one error of the tree, which says what happened."""

from __future__ import annotations

import copy
import json
import pickle
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from sandbox import INFERENCE_KEY, MANAGEMENT_KEY, Sandbox
from tests.client.conftest import ITEM, KEY, Call, Clock, Script, call_sync, open_client
from tests.client.http_library import httpx
from tests.client.package import ActivityItem, ActivityResponse, Client, ErrorResponse, errors

BY_CODE = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}
URL = "https://openrouter.ai/api/v1/activity"


def class_of(code: int) -> Any:
    """The class for an error code."""
    return BY_CODE.get(code, errors.InternalServerError if code >= 500 else errors.APIStatusError)


def caught(call: Call, client: Client, **arguments: Any) -> errors.APIError:
    """The error of a call, which must be one of the tree."""
    with pytest.raises(errors.APIError) as raised:
        call(client, **arguments)
    return raised.value


def status_error(answer: httpx.Response, call: Call = call_sync) -> errors.APIStatusError:
    """The error of a call that gets a given response once."""
    error = caught(call, Script(answer).client(max_retries=0))
    assert isinstance(error, errors.APIStatusError)
    return error


def validation_error(client: Client, call: Call) -> errors.ResponseValidationError:
    error = caught(call, client)
    assert isinstance(error, errors.ResponseValidationError)
    return error


class TestTree:
    """The classes of errors."""

    def test_docstring_draws_it(self) -> None:
        classes = {name: getattr(errors, name) for name in errors.__all__ if name.endswith("Error")}
        drawn: list[str] = []
        parents = {"APIError": "Exception", "ConfigurationError": "ValueError"}

        for indent, name in re.findall(
            r"^ {4}([│├└─ ]*)(\w+Error)", errors.__doc__ or "", re.MULTILINE
        ):
            depth = len(indent) // 4
            drawn[depth:] = [name]
            parents.setdefault(name, drawn[depth - 1])

        assert {name: cls.__base__.__name__ for name, cls in classes.items()} == parents


class TestStatuses:
    """Each status has its class, whatever the body."""

    @pytest.mark.parametrize("status", range(300, 600))
    def test_class_and_integer_status(self, status: int) -> None:
        answer = httpx.Response(status, json={"error": {"code": status, "message": "Words"}})

        error = status_error(answer)

        assert type(error) is class_of(status)
        assert type(error.status_code) is int
        assert (error.status_code, error.code, error.message) == (status, status, "Words")
        assert error.content == answer.content
        assert str(error).startswith(f"GET {URL} answered {status}: Words")

    @pytest.mark.parametrize("kind", ["json", "other", "html", "empty", "bytes", "same"])
    @pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 418, 429, 500, 520, 529, 599])
    def test_over_a_socket(self, sandbox: Sandbox, call: Call, status: int, kind: str) -> None:
        with open_client(sandbox.fault_url(f"status:{status}:{kind}"), max_retries=0) as client:
            error = caught(call, client)

        assert type(error) is class_of(status)
        assert error.status_code == status

    def test_informational_success_other_than_the_documented(self, call: Call) -> None:
        error = validation_error(Script(httpx.Response(204)).client(), call)

        assert (error.status_code, error.path) == (204, "$")
        assert error.expected == "status 200"
        assert error.received == "204"

    def test_body_that_cannot_be_unpacked_hides_no_status(
        self, sandbox: Sandbox, call: Call
    ) -> None:
        with open_client(sandbox.fault_url("gzip-garbage"), api_key=KEY) as client:
            error = caught(call, client)

        assert isinstance(error, errors.AuthenticationError)
        assert (error.status_code, error.content) == (401, b"")
        assert error.message == "no body that can be read (Content-Encoding: gzip)"

    def test_message_is_the_title_of_cloudflares_page(self, sandbox: Sandbox, call: Call) -> None:
        with open_client(sandbox.fault_url("cloudflare:522"), max_retries=0) as client:
            error = caught(call, client)

        assert isinstance(error, errors.InternalServerError)
        assert error.message == "openrouter.ai | 522: Unknown Status"
        assert error.headers["CF-Ray"].endswith("-FRA")


class TestMessages:
    """The texts of errors."""

    def test_request_stands_in_them_without_its_query(self, sandbox: Sandbox, call: Call) -> None:
        with open_client(sandbox.base_url) as client:
            error = caught(call, client, date="2020-01-01", headers={"X-Team": "ours"})

        assert isinstance(error, errors.BadRequestError)
        assert str(error) == (
            f"GET {sandbox.base_url}/activity answered 400: "
            "Date must be within the last 30 (completed) UTC days"
        )
        assert error.request is not None
        assert error.request.method == "GET"
        assert error.request.url == f"{sandbox.base_url}/activity?date=2020-01-01"
        assert error.request.headers["x-team"] == "ours"
        assert "authorization" not in error.request.headers

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("argument", "the argument api_key."),
            ("OPENROUTER_MANAGEMENT_KEY", "the environment variable OPENROUTER_MANAGEMENT_KEY."),
            (
                "OPENROUTER_API_KEY",
                "the environment variable OPENROUTER_API_KEY. "
                "That variable is the usual place of an inference key.",
            ),
        ],
    )
    @pytest.mark.parametrize(
        ("key", "cls", "message"),
        [
            (
                INFERENCE_KEY,
                errors.PermissionDeniedError,
                "403: Only management keys can perform this operation",
            ),
            (KEY, errors.AuthenticationError, "401: Invalid credentials"),
        ],
        ids=["403", "401"],
    )
    def test_refused_key(
        self,
        monkeypatch: pytest.MonkeyPatch,
        sandbox: Sandbox,
        call: Call,
        source: str,
        words: str,
        key: str,
        cls: type[errors.APIStatusError],
        message: str,
    ) -> None:
        if source != "argument":
            monkeypatch.setenv(source, key)

        with open_client(sandbox.base_url, api_key=key if source == "argument" else None) as client:
            error = caught(call, client)

        assert type(error) is cls
        assert f"answered {message} — A management key is needed" in str(error)
        assert "https://openrouter.ai/settings/management-keys" in str(error)
        assert str(error).endswith(f"The client used the key of {words}")
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
    def test_any_json(self, body: object, message: str, code: object) -> None:
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
    def test_any_body(self, content: bytes, message: str) -> None:
        error = status_error(httpx.Response(502, content=content))

        assert (error.status_code, error.code, error.message) == (502, 502, message)
        assert error.content == content

    def test_metadata_is_kept(self) -> None:
        detail = {"code": 403, "message": "Flagged", "metadata": {"reasons": ["violence"]}}

        error = status_error(httpx.Response(403, json={"error": detail}))

        assert error.metadata == {"reasons": ["violence"]}

    def test_every_error_has_a_message(self, call: Call) -> None:
        script = Script(
            httpx.Response(200, json={"data": 1}),
            httpx.ReadError(""),
            httpx.ReadTimeout(""),
            httpx.Response(500),
        )
        client = script.client(max_retries=0)

        messages = [caught(call, client).message for _ in range(4)]

        assert all(messages), messages


class TestErrorUnder200:
    """An error body with a success status raises the error of its code."""

    @pytest.mark.parametrize("code", range(400, 530))
    def test_class_follows_the_code(self, code: int) -> None:
        envelope = {"error": {"code": code, "message": "Provider returned error"}}

        error = status_error(httpx.Response(200, json=envelope))

        assert type(error) is class_of(code)
        assert (error.status_code, error.code) == (200, code)
        assert str(error).startswith(
            f"GET {URL} answered 200 (code {code}): Provider returned error"
        )

    def test_code_may_be_written_with_a_fraction(self) -> None:
        error = status_error(httpx.Response(200, content=b'{"error":{"code":403.0,"message":"?"}}'))

        assert type(error) is errors.PermissionDeniedError
        assert type(error.code) is int

    @pytest.mark.parametrize("code", [0, 7, 200, 40001])
    def test_code_of_the_servers_own_making(self, code: int) -> None:
        error = status_error(httpx.Response(200, json={"error": {"code": code, "message": "?"}}))

        assert type(error) is errors.APIStatusError
        assert error.code == code

    def test_null_data_beside_it_changes_nothing(self, call: Call) -> None:
        envelope = {"data": None, "error": {"code": 502, "message": "Provider returned error"}}

        error = caught(call, Script(httpx.Response(200, json=envelope)).client())

        assert type(error) is errors.InternalServerError

    @pytest.mark.parametrize(
        "body", [{}, {"error": None}, {"error": {}}, {"error": {"code": 1}}, {"other": 1}], ids=repr
    )
    def test_other_object_is_a_breach(self, call: Call, body: object) -> None:
        error = validation_error(Script(httpx.Response(200, json=body)).client(), call)

        assert (error.path, error.received) == ("$.data", "nothing")

    def test_error_beside_rows_is_an_unknown_field(self, call: Call) -> None:
        body: dict[str, object] = {"data": [], "error": {"code": 502, "message": "?"}}

        activity = call(Script(httpx.Response(200, json=body)).client())

        assert activity.additional_properties == {"error": body["error"]}


@pytest.fixture
def far_from_utc() -> Iterator[None]:
    """A local time zone that reveals times wrongly read as local."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


class TestRetryAfter:
    """``retry_after`` has the seconds that a server requests."""

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("7", 7.0),
            ("0", 0.0),
            (" 61 ", 61.0),
            ("Mon, 24 Aug 2026 12:00:30 GMT", 30.0),
            ("Monday, 24-Aug-26 12:00:30 GMT", 30.0),
            ("Mon Aug 24 12:00:30 2026", 30.0),
            ("Mon, 24 Aug 2026 11:00:00 GMT", 0.0),
            (None, None),
            ("", None),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("Mon, 99 Foo 2026", None),
            ("Mon, 24 Aug 99999 12:00:30 GMT", None),
        ],
    )
    def test_forms(
        self,
        clock: Clock,
        far_from_utc: None,
        header: str | None,
        expected: float | None,
    ) -> None:
        headers = {} if header is None else {"Retry-After": header}

        error = status_error(httpx.Response(429, headers=headers))

        assert isinstance(error, errors.RateLimitError)
        assert error.retry_after == expected


REQUEST = errors.Request("GET", URL, {"accept": "application/json"})


def of_status(cls: type[errors.APIStatusError]) -> errors.APIStatusError:
    return cls(
        "Words",
        status_code=429,
        code="slow_down",
        metadata={"limits": [1, 2]},
        headers=httpx.Headers({"Retry-After": "7"}),
        content=b'{"error": "Words"}',
        retry_after=7.0,
        hint="Ask later.",
        request=REQUEST,
    )


def breach() -> errors.ResponseValidationError:
    error = errors.ResponseValidationError("number", "string").inside("usage").inside(51)
    error.request = REQUEST
    error.status_code = 200
    error.content = b"[]"
    return error.inside("data")


EXAMPLES: list[Exception] = [
    errors.APIError("Words"),
    errors.APIConnectionError("Words", request=REQUEST),
    errors.APITimeoutError("Words", request=REQUEST),
    errors.ConfigurationError("Words"),
    breach(),
    *(of_status(cls) for cls in (errors.APIStatusError, errors.InternalServerError)),
    *(of_status(cls) for cls in BY_CODE.values()),
]


def through_pickle(error: Exception) -> Exception:
    restored: Exception = pickle.loads(pickle.dumps(error))
    return restored


def raised_again(error: Exception) -> Exception:
    with pytest.raises(type(error)) as raised:
        raise error
    return raised.value


class TestCopies:
    """Errors can be pickled and copied, as queues, process pools and loggers do."""

    def test_there_is_an_example_of_each_class(self) -> None:
        assert {type(example).__name__ for example in EXAMPLES} == {
            name for name in errors.__all__ if name.endswith("Error")
        }

    @pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy, raised_again])
    @pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
    def test_keep_everything(self, error: Exception, way: Callable[[Exception], Exception]) -> None:
        restored = way(error)

        assert type(restored) is type(error)
        assert vars(restored) == vars(error)
        assert restored.args == error.args
        assert str(restored) == str(error)

    def test_note_is_kept(self) -> None:
        error = errors.APIError("Words")
        error.add_note("in the nightly export")

        restored = through_pickle(error)

        assert restored.__notes__ == ["in the nightly export"]

    @pytest.mark.parametrize("fault", ["status:403", "wrong-type", "close", "error-200"])
    def test_of_a_call_keep_everything(self, sandbox: Sandbox, call: Call, fault: str) -> None:
        with open_client(sandbox.fault_url(fault), max_retries=0) as client:
            error = caught(call, client)

        restored = through_pickle(error)

        assert vars(restored) == vars(error)
        assert str(restored) == str(error)

    @pytest.mark.parametrize("way", [through_pickle, copy.deepcopy])
    def test_metadata_is_nested_no_deeper_than_a_copy_can_be(
        self, way: Callable[[Exception], Exception]
    ) -> None:
        shallow, deep = (
            status_error(httpx.Response(400, content=b'{"metadata":%s}' % (b"[" * n + b"]" * n)))
            for n in (100, 101)
        )

        assert vars(way(shallow)) == vars(shallow)
        assert shallow.metadata is not None
        assert deep.metadata is None


class TestText:
    """The text of an error is one line of bounded length that is safe to print."""

    def test_message_of_a_server(self) -> None:
        message = "a\x1b[2J\n\ud800\x9b" + "b" * 50_000
        details = {"code": message, "message": message}
        error = status_error(httpx.Response(400, content=json.dumps({"error": details})))

        text = str(error)

        assert error.message == message
        assert text.isprintable()
        assert "(code a\\x1b[2J \\ud800\\x9bb" in text
        assert len(text) < 5000

    def test_name_of_a_member(self) -> None:
        error = errors.ResponseValidationError("number", "string").inside("\x9b\ud800")

        assert str(error) == r"$['\x9b\ud800']: expected number, received string"

    def test_where_a_redirect_leads(self) -> None:
        location = "https://host.test/" + "a" * 50_000

        text = str(status_error(httpx.Response(302, headers={"Location": location})))

        assert "redirects to https://host.test/aaaa" in text
        assert text.endswith("…, which only a client with follow_redirects=True follows.")
        assert len(text) < 1000


class Breach(NamedTuple):
    """A fault of the sandbox, and the breach that it causes."""

    fault: str
    path: str
    expected: str
    received: str


BREACHES = [
    Breach("wrong-type:51:usage", "$.data[51].usage", "number", "string"),
    Breach("wrong-type:0:date", "$.data[0].date", "date", "integer"),
    Breach("null:0:provider_name", "$.data[0].provider_name", "string", "null"),
    Breach("missing:3:usage", "$.data[3].usage", "a value, since it is required", "nothing"),
    Breach("huge-number:2:usage", "$.data[2].usage", "number", "a number that JSON does not have"),
    Breach("value:4:usage:true", "$.data[4].usage", "number", "boolean"),
    Breach('value:4:date:"soon"', "$.data[4].date", "date", "string that is not a date"),
    Breach("json:[]", "$", "object", "array"),
    Breach('json:{"data":{}}', "$.data", "array", "object"),
    Breach('json:{"data":[[]]}', "$.data[0]", "object", "array"),
    Breach('json:{"rows":[]}', "$.data", "a value, since it is required", "nothing"),
]
"""One of each kind; test_models.py has every decoder, and test_properties.py every field."""

NO_JSON = [
    "nan",
    "infinity:2",
    "not-json",
    "not-utf8",
    "status:200:html",
    "status:200:empty",
    "status:200:bytes",
    "json:" + "[" * 2000,
    "json:" + "1" * 5000,
]


class TestValidation:
    """A breach of the contract has a path, an expected and a received type."""

    @pytest.mark.parametrize("expected", BREACHES, ids=lambda each: each.fault)
    def test_breach(self, sandbox: Sandbox, call: Call, expected: Breach) -> None:
        with open_client(sandbox.fault_url(expected.fault)) as client:
            error = validation_error(client, call)

        assert Breach(expected.fault, error.path, error.expected, error.received) == expected
        assert error.status_code == 200
        assert error.content
        assert error.request is not None
        assert str(error) == (
            f"{error.request} answered 200 with a body that breaks the contract at "
            f"{expected.path}: expected {expected.expected}, received {expected.received}"
        )

    @pytest.mark.parametrize("fault", NO_JSON, ids=lambda fault: fault[:20])
    def test_no_json(self, sandbox: Sandbox, call: Call, fault: str) -> None:
        with open_client(sandbox.fault_url(fault)) as client:
            error = validation_error(client, call)

        assert (error.path, error.expected, error.status_code) == ("$", "JSON", 200)
        assert error.received.startswith(("invalid JSON (", "no body"))
        assert len(error.received) < 200

    @pytest.mark.parametrize("fault", ["wrong-charset", "wrong-charset:no-such", "content-type"])
    def test_json_is_read_with_any_content_type(
        self, sandbox: Sandbox, call: Call, fault: str
    ) -> None:
        with open_client(sandbox.fault_url(fault)) as client:
            activity = call(client)

        assert len(activity.data) == 60

    def test_last_of_repeated_members_counts(self, sandbox: Sandbox, call: Call) -> None:
        with open_client(sandbox.fault_url("duplicate-keys:5:requests")) as client:
            activity = call(client)

        assert activity.data[5].requests == 2

    def test_byte_order_mark_is_no_breach(self, call: Call) -> None:
        content = b"\xef\xbb\xbf" + b'{"data":[]}'

        activity = call(Script(httpx.Response(200, content=content)).client())

        assert activity.data == []

    @pytest.mark.parametrize(
        ("model", "source", "text"),
        [
            (ActivityItem, {**ITEM, "usage": "1"}, "$.usage: expected number, received string"),
            (
                ActivityResponse,
                {"data": [ITEM, {**ITEM, "date": None}]},
                "$.data[1].date: expected date, received null",
            ),
            (
                ErrorResponse,
                {"error": {"code": "x", "message": "y"}},
                "$.error.code: expected integer, received string",
            ),
            (ErrorResponse, [], "$: expected object, received array"),
        ],
        ids=["item", "response", "error", "no object"],
    )
    def test_from_dict_raises_it_too(self, model: Any, source: Any, text: str) -> None:
        with pytest.raises(errors.ResponseValidationError) as raised:
            model.from_dict(source)

        error = raised.value
        assert str(error) == text
        assert (error.content, error.status_code, error.request) == (None, None, None)

    @pytest.mark.parametrize(
        ("step", "path"),
        [
            ("usage", "$.usage"),
            ("größe", "$.größe"),
            (3, "$[3]"),
            ("two words", "$['two words']"),
            ("", "$['']"),
            ("it's", r"$['it\'s']"),
            ("back\\slash", r"$['back\\slash']"),
        ],
    )
    def test_path_is_a_jsonpath(self, step: str | int, path: str) -> None:
        assert errors.ResponseValidationError("number", "string").inside(step).path == path


CONNECTION_FAULTS = [
    "close",
    "reset",
    "reset-body",
    "truncated",
    "truncated-chunked",
    "not-http",
    "gzip-garbage",
    "endless-headers",
]


def objects_of(error: BaseException) -> list[object]:
    """The values in an error and in its causes."""
    found: list[object] = []
    behind = [error.__cause__, error.__context__]
    for each in filter(None, behind):
        found += [each, *objects_of(each)]
    return [*found, *vars(error).values(), *error.args]


class TestConnection:
    """No complete response."""

    @pytest.mark.parametrize("fault", CONNECTION_FAULTS)
    def test_faults(self, sandbox: Sandbox, call: Call, fault: str) -> None:
        with open_client(sandbox.fault_url(fault), max_retries=0, timeout=5) as client:
            error = caught(call, client)

        assert type(error) is errors.APIConnectionError
        assert error.request is not None
        assert str(error).startswith(f"GET {sandbox.fault_url(fault)}/activity: ")
        assert not any(type(held).__module__.startswith("http") for held in objects_of(error))

    @pytest.mark.parametrize("fault", ["slow-first-byte:2", "slow-body:1", "endless-headers:1"])
    def test_timeouts(self, sandbox: Sandbox, call: Call, fault: str) -> None:
        with open_client(sandbox.fault_url(fault), max_retries=0, timeout=0.05) as client:
            error = caught(call, client)

        assert type(error) is errors.APITimeoutError
        assert "timed out (ReadTimeout)" in str(error)
        assert (error.__cause__, error.__context__) == (None, None)

    def test_refused(self, call: Call) -> None:
        with open_client("http://127.0.0.1:1", max_retries=0) as client:
            error = caught(call, client)

        assert type(error) is errors.APIConnectionError
        assert "(ConnectError)" in str(error)
        assert (error.__cause__, error.__context__) == (None, None)

    def test_no_such_host(self, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
        def resolve(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

        with open_client("https://host.invalid", max_retries=0) as client:
            error = caught(call, client)

        assert type(error) is errors.APIConnectionError
        assert "Name or service not known" in str(error)

    @pytest.mark.parametrize("location", ["http://host:port/", "http://host:99999/"])
    def test_redirect_to_no_url_is_told_from_its_header(self, call: Call, location: str) -> None:
        answer = httpx.Response(302, headers={"Location": location})

        error = caught(call, Script(answer).client(max_retries=0))

        # httpx fails on this header before it returns the response, so the status is lost.
        assert isinstance(error, errors.APIConnectionError)
        assert "Invalid URL in location header" in str(error)

    def test_redirect_to_no_host_is_an_error_of_the_tree(self, call: Call) -> None:
        answer = httpx.Response(302, headers={"Location": "http://a..b/"})
        script = Script(answer)
        client = script.client(
            max_retries=0,
            follow_redirects=True,
            httpx_args={
                "transport": None,
                "mounts": {"all://openrouter.ai": httpx.MockTransport(script)},
            },
        )

        error = caught(call, client)

        assert isinstance(error, errors.APIConnectionError)

    def test_user_that_a_redirect_names_is_not_shown(self, call: Call) -> None:
        location = "https://name:word@other.test/a?b=c"
        redirect = httpx.Response(302, headers={"Location": location})

        error = caught(call, Script(redirect, httpx.Response(404)).client(follow_redirects=True))

        assert error.request is not None
        assert error.request.url == "https://other.test/a?b=c"

    def test_key_of_a_request_of_ones_own_is_not_shown_either(self, call: Call) -> None:
        script = Script(httpx.Response(500))
        headers = {"Authorization": f"Bearer {MANAGEMENT_KEY}", "Cookie": "session=1"}

        error = caught(call, script.client(max_retries=0), headers=headers)

        assert script.requests[0].headers["Authorization"] == f"Bearer {MANAGEMENT_KEY}"
        assert error.request is not None
        assert error.request.headers.keys().isdisjoint({"authorization", "cookie"})
