"""Get the bytes of a document: from a file, or by https from one origin."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx

from generator.errors import GeneratorError

#: The most bytes that a document may have. Large documents that are known have about 1.3 million.
LIMIT = 20 * 2**20
_REDIRECTS = 3
_SECONDS = 60


def fetch(source: str, *, transport: httpx.BaseTransport | None = None) -> bytes:
    """The bytes of a document in a file or at an https URL.

    Raises:
        GeneratorError: There is no such document, it is too large, or a redirect leads to another
            origin.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/*", source) and not Path(source).exists():
        return _fetch_url(source, transport)
    path = Path(source)
    try:
        if path.exists() and not path.is_file():
            raise GeneratorError(f"{path}: not a file")
        with path.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except OSError as error:
        raise GeneratorError(f"{path}: {error.strerror or error}") from error
    _check_size(content, str(path))
    return content


def _check_size(content: bytes | bytearray, name: str) -> None:
    if len(content) > LIMIT:
        raise GeneratorError(f"{name}: larger than {LIMIT // 2**20} MiB, the limit for a document")


def _fetch_url(source: str, transport: httpx.BaseTransport | None) -> bytes:
    try:
        url = httpx.URL(source)
    except httpx.InvalidURL as error:
        raise GeneratorError(f"{source!r} is no URL: {error}") from error
    name = _shown(url)
    if url.scheme != "https" or not url.host:
        raise GeneratorError(f"{name}: a document is fetched by https, or read from a file")
    if url.userinfo:
        raise GeneratorError(f"{name}: a URL with a name or password in it is not fetched")

    def check_origin(request: httpx.Request) -> None:
        other = request.url
        if (other.scheme, other.host, other.port) != (url.scheme, url.host, url.port):
            raise GeneratorError(
                f"{name}: redirects to {_shown(other)}, another origin, which is not followed; "
                "if the document has moved there, give that URL"
            )

    try:
        with (
            httpx.Client(
                transport=transport,
                timeout=20,
                # Disable compression, so that the size limit also stops zip bombs.
                headers={"Accept-Encoding": "identity", "Accept": "application/yaml, */*"},
                follow_redirects=True,
                max_redirects=_REDIRECTS,
                event_hooks={"request": [check_origin]},
            ) as client,
            client.stream("GET", url) as response,
        ):
            return _body(response, name)
    except httpx.TooManyRedirects as error:
        raise GeneratorError(f"{name}: more than {_REDIRECTS} redirects") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise GeneratorError(f"{name}: {error or type(error).__name__}") from error


def _body(response: httpx.Response, name: str) -> bytes:
    if response.status_code != 200:
        raise GeneratorError(f"{name}: status {response.status_code}, expected 200")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise GeneratorError(f"{name}: the response is compressed, which was not requested")
    deadline = time.monotonic() + _SECONDS
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        _check_size(content, name)
        if time.monotonic() > deadline:
            raise GeneratorError(f"{name}: took longer than {_SECONDS} seconds")
    return bytes(content)


def _shown(url: httpx.URL) -> str:
    """A URL without the parts that may be secret."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))
