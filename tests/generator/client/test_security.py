"""A client sends the keys that an operation asks for, where their schemes say, and shows none."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import httpx
import pytest

from tests.generator.client import small

SECRET = "s3cr3t-k3y"
SCHEMES: dict[str, dict[str, Any]] = {
    "token": {"type": "http", "scheme": "Bearer", "bearerFormat": "JWT"},
    "grant": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
    "openId": {"type": "openIdConnect", "openIdConnectUrl": "https://small.example/id"},
    "login": {
        "type": "http",
        "scheme": "basic",
        "description": "Who you are.",
        "x-environment-variables": ["SMALL_LOGIN"],
    },
    "genie": {"type": "http", "scheme": "GenieKey"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "account": {"type": "apiKey", "in": "header", "name": "X-Account"},
    "query": {"type": "apiKey", "in": "query", "name": "api key"},
    "second": {"type": "apiKey", "in": "query", "name": "second"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "certificate": {"type": "mutualTLS"},
    "challenge": {"type": "http", "scheme": "digest"},
    "unused": {"type": "apiKey", "in": "header", "name": "X-Unused"},
    "referred": {"$ref": "#/components/securitySchemes/header"},
}
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    **{name: [{name: []}] for name in SCHEMES if name != "unused"},
    "both": [{"header": [], "account": []}],
    "both_in_query": [{"query": [], "second": []}],
    "both_tokens": [{"grant": [], "openId": []}],
    "either": [{"token": ["read"]}, {"login": []}],
    "key_or_none": [{"header": []}, {}],
    "none_or_key": [{}, {"header": []}],
    "free": [],
    "certificate_and_key": [{"certificate": [], "header": []}],
}
DOCUMENT = small.document(
    {name: small.returning({}) | {"security": value} for name, value in SECURITY.items()},
    components={"securitySchemes": SCHEMES},
)
KEYS: dict[str, Any] = dict.fromkeys(SCHEMES, SECRET) | {"login": ("me", SECRET)}
BASIC = "Basic bWU6czNjcjN0LWszeQ=="


def responding(*responses: httpx.Response) -> small.Handler:
    """Give each response once, and null from then on."""
    left = iter(responses)
    return lambda _: next(left, httpx.Response(200, json=1))


def sent(request: httpx.Request) -> dict[str, str]:
    """What a request has of keys."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name in ("authorization", "cookie") or name.startswith("x-")
    }
    return headers | dict(request.url.params)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("token", ["token"], {"authorization": f"Bearer {SECRET}"}),
        ("grant", ["grant"], {"authorization": f"Bearer {SECRET}"}),
        ("openId", ["open_id"], {"authorization": f"Bearer {SECRET}"}),
        ("login", ["login"], {"authorization": BASIC}),
        ("genie", ["genie"], {"authorization": f"GenieKey {SECRET}"}),
        ("header", ["header"], {"x-key": SECRET}),
        ("referred", ["referred"], {"x-key": SECRET}),
        ("query", ["query"], {"api key": SECRET}),
        ("cookie", ["cookie"], {"cookie": f"session={SECRET}"}),
        ("certificate", [], {}),
        ("challenge", [], {}),
        ("both", ["header", "account"], {"x-key": SECRET, "x-account": SECRET}),
        ("both_in_query", ["query", "second"], {"api key": SECRET, "second": SECRET}),
        ("both_tokens", ["grant"], {"authorization": f"Bearer {SECRET}"}),
        ("either", ["login"], {"authorization": BASIC}),
        ("either", ["token", "login"], {"authorization": f"Bearer {SECRET}"}),
        ("key_or_none", [], {}),
        ("key_or_none", ["header"], {"x-key": SECRET}),
        ("none_or_key", [], {}),
        ("none_or_key", ["header"], {"x-key": SECRET}),
        ("free", ["token", "header"], {}),
        ("certificate_and_key", ["header"], {"x-key": SECRET}),
    ],
)
def test_a_call_sends_the_keys_of_its_operation(
    calling: small.Calling, name: str, arguments: list[str], expected: dict[str, str]
) -> None:
    calls = calling(responding(), **{key: KEYS.get(key, SECRET) for key in arguments})

    calls(name.replace("openId", "open_id"))

    assert expected == sent(calls.last)


@pytest.mark.parametrize("name", ["query", "cookie", "login", "header"])
def test_what_the_caller_sets_is_kept(calling: small.Calling, name: str) -> None:
    headers = {"Authorization": "Basic dTpw", "Cookie": "session=own; a=b", "X-Key": "own"}
    calls = calling(responding(), **{name: KEYS[name]})

    calls(name, headers=headers)

    assert headers == {header: calls.last.headers[header] for header in headers}


@pytest.mark.parametrize("name", ["both", "either"])
def test_missing_keys_are_named(calling: small.Calling, package: Any, name: str) -> None:
    calls = calling(responding(), header=SECRET)

    with pytest.raises(package.errors.ConfigurationError, match="no key: pass "):
        calls(name)


def test_schemes_without_a_call_or_a_key_are_no_arguments(package: Any) -> None:
    arguments = package.Client.__init__.__annotations__

    assert not {"unused", "certificate", "challenge"} & arguments.keys()
    assert "tuple[str, str] | None" == arguments["login"]
    assert "For the security scheme certificate, pass verify_ssl" in package.Client.__doc__
    assert "For the security scheme challenge, pass httpx_args" in package.Client.__doc__


def test_basic_reads_a_variable(calling: small.Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMALL_LOGIN", f"me:{SECRET}")
    calls = calling(responding())

    calls("login")

    assert BASIC == calls.last.headers["Authorization"]


@pytest.mark.parametrize(
    ("argument", "key", "problem"),
    [
        ("login", SECRET, "must be a tuple of a user name and a password"),
        ("login", ("a", SECRET, ""), "must be a tuple"),
        ("login", (" ", ""), "is blank"),
        ("login", ("a:b", SECRET), "has a colon in its user name"),
        ("login", ("a", f"{SECRET}\n"), "contains a control character"),
        ("cookie", f"{SECRET};", "contains a character that no cookie has"),
        ("cookie", f"{SECRET} ", "contains white space"),
        ("genie", f"geniekey {SECRET}", "begins with 'GenieKey'"),
    ],
)
def test_a_malformed_key_is_refused_without_being_shown(
    package: Any, argument: str, key: Any, problem: str
) -> None:
    with pytest.raises(package.errors.ConfigurationError) as raised:
        package.Client(**{argument: key})

    assert f"the key of the argument {argument} {problem}" in str(raised.value)
    assert SECRET not in shown(raised.value)


def shown(error: BaseException) -> str:
    """All that a tracker of errors shows, without the frames of the tests."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    kept = [frame for frame in frames.stack if "/tests/" not in frame.filename]
    return "".join([*traceback.StackSummary.from_list(kept).format(), str(error), repr(error)])


@pytest.mark.parametrize("name", ["login", "query", "cookie", "both_in_query"])
def test_no_error_and_no_log_shows_a_key(
    calling: small.Calling, package: Any, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="httpx")  # other tests make it quiet
    echo = f"{SECRET} {BASIC} api+key={SECRET}"
    refused = httpx.Response(401, text=echo, headers={"X-Echo": echo})
    keys = {key: KEYS[key] for key in ("login", "query", "second", "cookie")}

    calls = calling(responding(refused), **keys)
    with pytest.raises(package.errors.AuthenticationError) as raised:
        calls(name)

    error: Any = raised.value
    texts = [shown(error), repr(error.__dict__), repr(error.request), repr(calls.client)]
    texts += [f"{record.getMessage()} {record.args}" for record in caplog.records]
    assert any("HTTP Request" in text for text in texts)
    for text in (*texts, str(error.headers)):
        assert SECRET not in text
        assert BASIC.split()[1] not in text


@pytest.mark.parametrize("name", ["query", "cookie", "header"])
@pytest.mark.parametrize(
    ("target", "is_sent"),
    [
        ("/there", True),
        ("https://other.example/there", False),
        (f"https://other.example/there?api+key={SECRET}", False),
    ],
    ids=["same origin", "other origin", "other origin that is told the key"],
)
def test_a_redirect_keeps_the_key_to_its_origin(
    calling: small.Calling, name: str, target: str, is_sent: bool
) -> None:
    redirect = httpx.Response(302, headers={"Location": target})
    calls = calling(responding(redirect), follow_redirects=True, **{name: SECRET})

    calls(name)

    assert is_sent == (SECRET in str(sent(calls.last)))


def test_a_redirect_that_repeats_the_key_hides_it(
    calling: small.Calling, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    redirect = httpx.Response(302, headers={"Location": f"/there?api+key={SECRET}"})
    calls = calling(responding(redirect), follow_redirects=True, query=SECRET)

    calls("query")

    assert {"api key": SECRET} == dict(calls.last.url.params)
    assert SECRET not in caplog.text


def test_a_parameter_that_the_caller_sets_is_kept(package: Any) -> None:
    request = httpx.Request("GET", "https://small.example/?api+key=own")

    package.client.SCHEMES["query"].add(request, SECRET)

    assert "https://small.example/?api+key=own" == str(request.url)


def test_the_query_of_a_call_is_not_encoded_again(package: Any) -> None:
    scheme = package.client.SCHEMES["query"]
    request = httpx.Request("GET", "https://small.example/?a=1%202|3")

    scheme.add(request, "a b")

    assert b"/?a=1%202|3&api+key=a+b" == request.url.raw_path
    assert "https://small.example/?a=1%202|3&api+key=key" == str(request.url)
