"""A document is fetched from a file or one origin; everything else is refused in a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.errors import GeneratorError
from generator.update.fetch import LIMIT, fetch


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(100 * 2**20)

    with pytest.raises(GeneratorError, match="large: larger than 20 MiB"):
        fetch(str(large))


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
    with pytest.raises(GeneratorError) as caught:
        fetch(source)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert [] == offline


Respond = Callable[[httpx.Request], httpx.Response]


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
        return httpx.Response(status, headers={"location": location})

    with pytest.raises(GeneratorError, match="another origin, which is not followed") as caught:
        fetch("https://openrouter.ai/openapi.yaml", transport=httpx.MockTransport(respond))

    assert ["https://openrouter.ai/openapi.yaml"] == asked
    assert "\n" not in str(caught.value)


def _endless(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=(b"x" * 2**20 for _ in range(10**6)))


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host", request=request)


def _encoded(_: httpx.Request) -> httpx.Response:
    unread = httpx.ByteStream(b"x")
    return httpx.Response(200, headers={"content-encoding": "br"}, stream=unread)


def again(_: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": "/again"})


def status(number: int) -> Respond:
    return lambda _: httpx.Response(number, text="<html>")


@pytest.mark.parametrize(
    ("respond", "words"),
    [
        (status(404), "status 404, expected 200"),
        (status(503), "status 503, expected 200"),
        (again, "more than 3 redirects"),
        (_endless, "larger than 20 MiB"),
        (_unreachable, "no route to host"),
        (_encoded, "compressed, which was not requested"),
    ],
)  # fmt: skip
def test_a_response_that_is_no_document_is_refused(respond: Respond, words: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        fetch("https://example.org/a?key=secret", transport=httpx.MockTransport(respond))

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_redirect_within_the_origin_is_followed() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert "identity" == request.headers["accept-encoding"]
        if request.url.path == "/openapi.yaml":
            return httpx.Response(301, headers={"location": "/v2/openapi.yaml"})
        return httpx.Response(200, content=b"openapi: 3.1.0\n")

    content = fetch("https://example.org/openapi.yaml", transport=httpx.MockTransport(respond))

    assert b"openapi: 3.1.0\n" == content
    assert len(content) < LIMIT
