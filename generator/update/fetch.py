"""Get the bytes of a document: from a file, or by https from the address that was given."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import GeneratorError

if TYPE_CHECKING:
    import httpx

LIMIT = 20 * 2**20
"""The bytes that a document may have; OpenRouter's full one has 1.3 million."""

_REDIRECTS = 3
_SECONDS = 60


def fetch(source: str, *, transport: httpx.BaseTransport | None = None) -> bytes:
    """The bytes of a document.

    Args:
        source: The path of a file, or an https URL.
        transport: What sends the requests, for tests.

    Raises:
        GeneratorError: There is no such document, it is too large, or getting it would lead
            elsewhere than to the origin that was asked for.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/*", source) and not Path(source).exists():
        return _fetch_url(source, transport)
    return _read_file(Path(source))


def _read_file(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise GeneratorError(f"{path}: not a file")
        with path.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except OSError as error:
        raise GeneratorError(f"{path}: {error.strerror or error}") from error
    if len(content) > LIMIT:
        raise _too_large(str(path))
    return content


def _too_large(name: str) -> GeneratorError:
    return GeneratorError(f"{name}: larger than {LIMIT // 2**20} MiB, which no document of ours is")


def _fetch_url(source: str, transport: httpx.BaseTransport | None) -> bytes:
    import httpx

    try:
        url = httpx.URL(source)
    except httpx.InvalidURL as error:
        raise GeneratorError(f"{source!r} is no URL: {error}") from error
    if url.scheme != "https" or not url.host:
        raise GeneratorError(f"{_shown(url)}: a document is fetched by https, or read from a file")
    if url.userinfo:
        raise GeneratorError(f"{_shown(url)}: a URL with a name or password in it is not fetched")
    # The answer is taken as it comes, so that its size is what it says and no archive bomb unfolds.
    headers = {"Accept-Encoding": "identity", "Accept": "application/yaml, application/json, */*"}
    deadline = time.monotonic() + _SECONDS
    try:
        with httpx.Client(transport=transport, timeout=20, headers=headers) as client:
            for _ in range(_REDIRECTS + 1):
                with client.stream("GET", url) as response:
                    if not response.is_redirect:
                        return _body(response, deadline)
                    url = _following(url, response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise GeneratorError(f"{_shown(url)}: {error or type(error).__name__}") from error
    raise GeneratorError(f"{_shown(url)}: more than {_REDIRECTS} redirects")


def _following(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Where a redirect leads: within the origin that was asked for, or nowhere."""
    following = url.join(response.headers["location"])
    if (following.scheme, following.host, following.port) != (url.scheme, url.host, url.port):
        raise GeneratorError(
            f"{_shown(url)}: redirects to {_shown(following)}, another origin, which is not "
            "followed; if that is where the document is now, give its URL"
        )
    return following


def _body(response: httpx.Response, deadline: float) -> bytes:
    name = _shown(response.request.url)
    if response.status_code != 200:
        raise GeneratorError(f"{name}: answered {response.status_code}, expected 200")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise GeneratorError(f"{name}: answered in an encoding that was not asked for")
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LIMIT:
            raise _too_large(name)
        if time.monotonic() > deadline:
            raise GeneratorError(f"{name}: took longer than {_SECONDS} seconds")
    return bytes(content)


def _shown(url: httpx.URL) -> str:
    """A URL without what may be secret in it."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))
