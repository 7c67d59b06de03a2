"""The server of a call: the user's, the operation's, or the document's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from generator.client.notes import notes
from tests.generator.client import small

OTHER = "https://other.example/v2"
VARIABLES = {"region": {"default": "eu"}, "version": {"default": "v3"}}


def get(name: str, **members: Any) -> dict[str, Any]:
    return {"get": {"operationId": name} | members}


REGIONAL = {"url": "https://{region}.example/{version}", "variables": VARIABLES}
DOCUMENT = small.openapi(
    {
        "/usual": get("usual"),
        "/own": get("own", servers=[{"url": OTHER}]),
        "/path": get("path") | {"servers": [{"url": OTHER + "/"}]},
        "/both": get("both", servers=[REGIONAL, {"url": OTHER}]) | {"servers": [{"url": OTHER}]},
        "/relative": get("relative", servers=[{"url": "/v2"}]),
        "/root": get("root", servers=[{"url": "/"}]),
        "/plain": get("plain", servers=[{"url": "http://plain.example"}]),
    },
    components={"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    security=[{"key": []}],
)


#: By operation: where it is sent, and where if the user gives https://mine.example/api.
TARGETS = {
    "usual": ("https://small.example/v1/usual", "https://mine.example/api/usual"),
    "own": ("https://other.example/v2/own", "https://mine.example/api/own"),
    "path": ("https://other.example/v2/path", "https://mine.example/api/path"),
    "both": ("https://eu.example/v3/both", "https://mine.example/api/both"),
    "relative": ("https://small.example/v2/relative", "https://mine.example/v2/relative"),
    "root": ("https://small.example/root", "https://mine.example/root"),
    "plain": (None, "https://mine.example/api/plain"),
}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("base_url", [None, "https://mine.example/api"])
def test_a_call_reaches_its_server_with_its_key(
    package: Any, name: str, base_url: str | None
) -> None:
    expected = TARGETS[name][base_url is not None]
    calls = small.Calls(package, key="secret", base_url=base_url)

    if expected is None:
        with pytest.raises(package.errors.ConfigurationError, match="not sent over plain http"):
            calls(name)
        return
    calls(name)

    assert expected == str(calls.last.url)
    assert "secret" == calls.last.headers["X-Key"]


@pytest.mark.parametrize(
    ("location", "key"), [("https://other.example/a", "secret"), ("https://small.example/", None)]
)
def test_a_redirect_keeps_the_key_at_the_server_of_its_operation(
    package: Any, location: str, key: str | None
) -> None:
    responses = iter([httpx.Response(302, headers={"Location": location}), httpx.Response(204)])
    calls = small.Calls(package, lambda _: next(responses), key="secret", follow_redirects=True)

    calls("own")

    assert ["secret", key] == [request.headers.get("X-Key") for request in calls.requests]


#: Members of a document, and the base URL of its client.
BASE_URLS: list[tuple[dict[str, Any], str]] = [
    (
        {"servers": [{"url": "https://a.example"}, {"url": "https://b.example"}]},
        "https://a.example",
    ),
    (
        {"servers": [{"url": "https://{region}.example/{version}", "variables": VARIABLES}]},
        "https://eu.example/v3",
    ),
    ({"servers": [{"url": "/v1"}]}, ""),
    ({"servers": [{"url": "https://{tenant}.example"}]}, ""),
    ({"servers": []}, ""),
]
Imported = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(("members", "expected"), BASE_URLS)
def test_the_base_url_is_that_of_the_first_server(
    imported: Imported, monkeypatch: pytest.MonkeyPatch, members: dict[str, Any], expected: str
) -> None:
    document = small.openapi({"/a": get("get_it")}, **members)
    package = imported(document)

    if not expected:
        variable = f"{package.__name__.upper()}_BASE_URL"
        with pytest.raises(package.errors.ConfigurationError, match=f"set {variable}"):
            package.Client()
        monkeypatch.setenv(variable, "https://env.example")
    calls = small.Calls(package)
    calls("get_it")

    assert f"{expected or 'https://env.example'}/a" == str(calls.last.url)
    assert bool(expected) is (notes(document) == [])


def test_without_servers_the_first_of_an_operation_is_the_base_url(imported: Imported) -> None:
    paths = {"/a": get("get_it", servers=[{"url": OTHER}]), "/b": get("get_other")}
    calls = small.Calls(imported(small.openapi(paths, servers=[])))

    calls("get_it")
    calls("get_other")

    assert [f"{OTHER}/a", f"{OTHER}/b"] == [str(request.url) for request in calls.requests]
