"""Send a request through an httpx client, or straight to its pool where the client adds nothing."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from ._http import httpx

if TYPE_CHECKING:
    from ._pool import AsyncPool, Pool


class _Way:
    """An httpx client and its pool.

    Args:
        library: The library of the client.
        client: The client.
        pool: The pool of all its requests. None if the user made the client or chose transports
            for some URLs.
    """

    def __init__(self, library: Any, client: Any, pool: Any = None) -> None:
        self._library = library
        self._logger = logging.getLogger(library.__name__)
        self.client = client
        self._pool = pool

    def is_direct(self) -> bool:
        """Whether the client only adds its headers to a request, and does nothing else with it.

        The user can change the client at any time.
        """
        client = self.client
        return (
            self._pool is not None
            and client.auth is None
            and not client.params
            and not client.cookies
            and not any(client.event_hooks.values())
            and not self._logger.isEnabledFor(logging.INFO)
        )

    def _is_direct(self, request: httpx.Request) -> bool:
        return (
            isinstance(request.stream, self._library.ByteStream)
            and not request.url.userinfo
            and self.is_direct()
        )

    def _add_what_follows(self, request: httpx.Request, response: httpx.Response) -> None:
        """Do what an httpx client does with cookies and redirects."""
        response.request = request
        if "Set-Cookie" in response.headers:
            self.client.cookies.extract_cookies(response)
        if response.has_redirect_location:
            # A client that receives this response again makes the next request.
            headers = response.headers.copy()
            headers.pop("Set-Cookie", None)
            again = self._library.Response(response.status_code, headers=headers)
            with self._library.Client(
                transport=self._library.MockTransport(functools.partial(_same, again)),
                cookies=self.client.cookies,
                trust_env=False,
            ) as client:
                response.next_request = client.send(request, follow_redirects=False).next_request


def _same(response: httpx.Response, _: httpx.Request) -> httpx.Response:
    return response


class Sender(_Way):
    """Sends sync requests."""

    client: httpx.Client
    _pool: Pool | None

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the body of the response is not read. Redirects are not followed."""
        if self._pool is None or not self._is_direct(request):
            return self.client.send(request, follow_redirects=False, stream=True)
        response: httpx.Response = self._pool.handle_request(request)
        try:
            self._add_what_follows(request, response)
        except BaseException:
            response.close()
            raise
        return response


class AsyncSender(_Way):
    """Sends async requests."""

    client: httpx.AsyncClient
    _pool: AsyncPool | None

    async def send(self, request: httpx.Request) -> httpx.Response:
        """``Sender.send`` for asyncio."""
        if self._pool is None or not self._is_direct(request):
            return await self.client.send(request, follow_redirects=False, stream=True)
        response: httpx.Response = await self._pool.handle_async_request(request)
        try:
            self._add_what_follows(request, response)
        except BaseException:
            await response.aclose()
            raise
        return response
