"""The server of a call: the user's, the operation's, or the document's."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from generator.client.notes import notes
from tests.generator.client import sending

OTHER = "https://other.example/v2"
VARIABLES = {"region": {"default": "eu"}, "version": {"default": "v3"}}
KEYS: dict[str, Any] = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}


def get(name: str, **members: Any) -> dict[str, Any]:
    return {"get": {"operationId": name} | members}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A package whose operations have servers of their own."""
    regional = {"url": "https://{region}.example/{version}", "variables": VARIABLES}
    paths = {
        "/usual": get("usual"),
        "/own": get("own", servers=[{"url": OTHER}]),
        "/path": get("path") | {"servers": [{"url": OTHER + "/"}]},
        "/both": get("both", servers=[regional, {"url": OTHER}]) | {"servers": [{"url": OTHER}]},
        "/relative": get("relative", servers=[{"url": "/v2"}]),
        "/root": get("root", servers=[{"url": "/"}]),
        "/plain": get("plain", servers=[{"url": "http://plain.example"}]),
    }
    return sending.package(sending.document(paths, **KEYS), tmp_path_factory.mktemp("servers"))


#: By operation: where it is sent, and where if the user gives https://mine.example/api.
TARGETS = {
    "usual": ("https://things.example/v1/usual", "https://mine.example/api/usual"),
    "own": ("https://other.example/v2/own", "https://mine.example/api/own"),
    "path": ("https://other.example/v2/path", "https://mine.example/api/path"),
    "both": ("https://eu.example/v3/both", "https://mine.example/api/both"),
    "relative": ("https://things.example/v2/relative", "https://mine.example/v2/relative"),
    "root": ("https://things.example/root", "https://mine.example/root"),
    "plain": (None, "https://mine.example/api/plain"),
}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("base_url", [None, "https://mine.example/api"])
def test_a_call_reaches_its_server_with_its_key(
    made: ModuleType, name: str, base_url: str | None
) -> None:
    expected = TARGETS[name][base_url is not None]
    sent = sending.Sent(made, key="secret", base_url=base_url)
    refusal = importlib.import_module(f"{made.__name__}.errors").ConfigurationError

    if expected is None:
        with pytest.raises(refusal, match="a key is not sent over plain http"):
            getattr(sent.client.default, name)()
        return
    getattr(sent.client.default, name)()

    assert expected == str(sent.last.url)
    assert "secret" == sent.last.headers["X-Key"]


@pytest.mark.parametrize(
    ("location", "key"), [("https://other.example/a", "secret"), ("https://things.example/", None)]
)
def test_a_redirect_keeps_the_key_at_the_server_of_its_operation(
    made: ModuleType, location: str, key: str | None
) -> None:
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(302 if len(requests) == 1 else 204, headers={"Location": location})

    client = made.Client(key="secret", follow_redirects=True)
    client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(respond)))
    client.default.own()

    assert ["secret", key] == [request.headers.get("X-Key") for request in requests]


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


@pytest.mark.parametrize(("members", "expected"), BASE_URLS)
def test_the_base_url_is_that_of_the_first_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, Any], expected: str
) -> None:
    holding = sending.document({"/a": get("get_it")}, **members)
    made = sending.package(holding, tmp_path)
    refusal = importlib.import_module(f"{made.__name__}.errors").ConfigurationError

    if expected:
        sent = sending.Sent(made)
    else:
        with pytest.raises(refusal, match=f"set {made.__name__.upper()}_BASE_URL"):
            made.Client()
        monkeypatch.setenv(f"{made.__name__.upper()}_BASE_URL", "https://env.example")
        sent = sending.Sent(made)
    sent.client.default.get_it()

    assert f"{expected or 'https://env.example'}/a" == str(sent.last.url)
    assert bool(expected) is (notes(holding) == [])


def test_without_servers_the_first_of_an_operation_is_the_base_url(tmp_path: Path) -> None:
    paths = {"/a": get("get_it", servers=[{"url": OTHER}]), "/b": get("get_other")}
    sent = sending.Sent(sending.package(sending.document(paths, servers=[]), tmp_path))

    sent.client.default.get_it()
    sent.client.default.get_other()

    assert [f"{OTHER}/a", f"{OTHER}/b"] == [str(request.url) for request in sent.requests]
