"""A document is fetched from a file or one origin; everything else is refused in a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.errors import GeneratorError
from generator.update.fetch import LIMIT, fetch

Respond = Callable[[httpx.Request], httpx.Response]


def refused(source: str, respond: Respond | None = None) -> str:
    """The error for a source: one line without a secret."""
    with pytest.raises(GeneratorError) as caught:
        fetch(source, transport=httpx.MockTransport(respond) if respond else None)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    return str(caught.value)


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(100 * 2**20)

    assert "large: larger than 20 MiB" in refused(str(large))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/dev/zero", "/dev/zero: not a file"),
        ("/", "/: not a file"),
        ("missing.yaml", "missing.yaml: No such file or directory"),
        ("http://openrouter.ai/openapi.yaml", "is fetched by https"),
        ("file:///etc/passwd", "is fetched by https"),
        ("ftp://example.org/a", "is fetched by https"),
        ("https:///a", "is fetched by https"),
        ("https://user:secret@example.org/a", "a name or password in it"),
        ("https://example.org:port/", "is no URL"),
    ],
)
def test_what_cannot_be_fetched_is_refused(offline: list[Any], source: str, words: str) -> None:
    assert words in refused(source)
    assert [] == offline


def redirect(location: str, status: int = 302) -> Respond:
    return lambda _: httpx.Response(status, headers={"location": location})


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/openapi.yaml",
        "http://169.254.169.254/latest/meta-data",
        "https://localhost/openapi.yaml",
        "http://openrouter.ai/openapi.yaml",
        "https://openrouter.ai.example.org/openapi.yaml",
        "https://openrouter.ai:8443/openapi.yaml",
        "file:///etc/passwd",
        "//example.org/openapi.yaml",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_elsewhere_is_not_followed(location: str, status: int) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return redirect(location, status)(request)

    error = refused("https://openrouter.ai/openapi.yaml", respond)

    assert "another origin, which is not followed" in error
    assert ["https://openrouter.ai/openapi.yaml"] == asked


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host", request=request)


def respond_with(status: int, **fields: Any) -> Respond:
    return lambda _: httpx.Response(status, **fields)


@pytest.mark.parametrize(
    ("respond", "words"),
    [
        (respond_with(404, text="<html>"), "status 404, expected 200"),
        (respond_with(503, text="<html>"), "status 503, expected 200"),
        (redirect("/again"), "more than 3 redirects"),
        (respond_with(200, content=(b"x" * 2**20 for _ in range(10**6))), "larger than 20 MiB"),
        (unreachable, "no route to host"),
        (
            respond_with(200, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"x")),
            "compressed, which was not requested",
        ),
    ],
)
def test_a_response_that_is_no_document_is_refused(respond: Respond, words: str) -> None:
    assert words in refused("https://example.org/a?key=secret", respond)


def test_a_response_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.update.fetch._SECONDS", -1)

    assert "took longer than" in refused("https://example.org/a", respond_with(200, text="a: 1"))


def test_a_redirect_within_the_origin_is_followed() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert "identity" == request.headers["accept-encoding"]
        if request.url.path == "/openapi.yaml":
            return httpx.Response(301, headers={"location": "/v2/openapi.yaml"})
        return httpx.Response(200, content=b"openapi: 3.1.0\n")

    content = fetch("https://example.org/openapi.yaml", transport=httpx.MockTransport(respond))

    assert b"openapi: 3.1.0\n" == content
    assert len(content) < LIMIT
