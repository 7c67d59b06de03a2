"""Call one operation of a generated client without a network: its arguments and its bodies."""

from __future__ import annotations

import importlib
import importlib.util
import json
import ssl
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from generator.client.names import namespace_name
from generator.client.operations.requests import (
    BodyKind,
    RequestBody,
    request_bodies,
    request_parameters,
)
from generator.client.render import RUNTIME
from generator.spec.examples import sample
from generator.spec.media_types import concrete
from generator.spec.values import is_array, is_object

_BOUNDARY = "; boundary=sample"
_PLAIN: dict[BodyKind, Any] = {BodyKind.TEXT: "text", BodyKind.BYTES: b"\x00bytes"}


def _decoder_of(package: Any) -> Any:
    """What makes arguments of JSON; a package whose commands read no bodies has no such module."""
    name, path = f"{package.__name__}._cli.bodies", RUNTIME / "_cli" / "bodies.py"
    spec: Any = importlib.util.spec_from_file_location(name, path)
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.decoder


@frozen
class Reply:
    """A response for the client.

    Attributes:
        value: What the client has to read from it; None if there is no body.
    """

    status: int
    content: bytes = b""
    media_type: str = ""
    value: Any = None


class Call:
    """A call of an operation, with an argument for every parameter, and with its preferred body."""

    def __init__(
        self,
        package: Any,
        contract: dict[str, Any],
        item: dict[str, Any],
        operation: dict[str, Any],
        name: str,
    ) -> None:
        self.package, self.contract = package, contract
        self._name, self._namespace = name, namespace_name(operation)
        self._requests: list[Any] = []
        self._client_arguments = _client_arguments(package)
        self._module: Any = importlib.import_module(
            ".".join([package.__name__, "api", self._namespace, name])
        )
        types: Any = importlib.import_module(f"{package.__name__}._cli.type_hints")
        hints = types.type_hints(self._module.arguments)
        decoder = _decoder_of(package)
        self._arguments: dict[str, Any] = {}
        self._values: list[tuple[str, str, Any]] = []
        for parameter in request_parameters(item, operation):
            value = self.sample(parameter.schema)
            hint = hints[parameter.python_name]
            if types.members(hint) == [str] and not isinstance(value, str):
                value = "text"  # of a media type that the client does not write
            self._arguments[parameter.python_name] = decoder(hint)(value)
            self._values.append((parameter.location, parameter.name, value))
        self._bodies: list[tuple[RequestBody, Any, dict[str, Any]]] = []
        for body in request_bodies(contract, operation):
            value = argument = _PLAIN.get(body.kind)
            if value is None:
                value = argument = self.sample(body.schema)
                if body.kind in (BodyKind.FORM, BodyKind.MULTIPART) and not is_object(value):
                    value = argument = {"name": "text"}  # the schema names no members
                elif types.is_json(hints["body"]):
                    argument = decoder(hints["body"])(value)
            given = {"body": argument}
            if "content_type" in hints:
                has_boundary = body.is_open and body.media_type.startswith("multipart/")
                given["content_type"] = concrete(body.media_type) + _BOUNDARY * has_boundary
            self._bodies.append((body, value, given))

    def sample(self, schema: Any, *, full: bool = True) -> Any:
        """A value of a schema of the contract."""
        return sample(self.contract, schema, full=full)

    @property
    def _body(self) -> dict[str, Any]:
        return self._bodies[0][2] if self._bodies else {}

    def sync(self, reply: Reply, *, events: bool = False) -> Any:
        """The result of the method, or all events of the one that returns a stream."""
        with self._client(reply) as client, warnings.catch_warnings(action="ignore"):
            found = self._method(client, events=events)(**self._arguments, **self._body)
            return [*found] if events else found

    async def asyncio(self, reply: Reply, *, events: bool = False) -> Any:
        """The same from the `_async` method."""
        async with self._client(reply) as client:
            with warnings.catch_warnings(action="ignore"):
                method = self._method(client, "_async", events=events)
                found = await method(**self._arguments, **self._body)
                return [event async for event in found] if events else found

    def detailed(self, reply: Reply, body: dict[str, Any] | None = None) -> Any:
        """The response of the function behind the method."""
        with self._client(reply) as client, warnings.catch_warnings(action="ignore"):
            given = self._body if body is None else body
            return self._module.sync_detailed(client=client, **self._arguments, **given)

    def unsent(self) -> Iterator[str]:
        """Yield what does not reach the request: a parameter, or a body of any media type."""
        self.detailed(Reply(418))
        for where, name, value in self._values:
            if not _is_empty(value) and not _has(self._requests[-1], where, name, value):
                yield f"the {where} parameter {name!r} is not in the request"
        for body, value, given in self._bodies:
            self.detailed(Reply(418), given)
            if not _is_sent(self._requests[-1], body.kind, value):
                yield f"the body of {body.media_type}, {value!r}, is not in the request"

    def _method(self, client: Any, suffix: str = "", *, events: bool) -> Any:
        operations = getattr(client, self._namespace)
        streaming = f"{self._name}_stream{suffix}"
        own = f"{self._name}{suffix}"
        return getattr(operations, streaming if events and hasattr(operations, streaming) else own)

    def _client(self, reply: Reply) -> Any:
        httpx = self.package._http.httpx
        headers = {"Content-Type": reply.media_type} if reply.media_type else {}

        def respond(request: Any) -> Any:
            self._requests.append(request)
            return httpx.Response(reply.status, content=reply.content, headers=headers)

        transport = httpx.MockTransport(respond)
        return (
            self.package.Client(**self._client_arguments)
            .set_httpx_client(httpx.Client(transport=transport))
            .set_async_httpx_client(httpx.AsyncClient(transport=transport))
        )


def _client_arguments(package: Any) -> dict[str, Any]:
    """A key for every security scheme, and the base URL that a document may not have."""
    found: dict[str, Any] = {"max_retries": 0, "base_url": "https://smoke.example/base"}
    found["verify_ssl"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no certificates
    for scheme in package.client.SCHEMES.values():
        is_pair = type(scheme).__name__ == "BasicScheme"
        found[scheme.argument] = ("user", "password") if is_pair else "sample-key"
    return found


def _is_empty(value: Any) -> bool:
    """Whether a value has no scalars, so that some styles do not send it."""
    items = [*value.values()] if is_object(value) else value
    return is_array(items) and all(map(_is_empty, items))


def _has(request: Any, where: str, name: str, value: Any) -> bool:
    """Whether a parameter is in a request, under its name or those of its members."""
    cookies = request.headers.get("cookie", "").split("; ")
    found = {
        "path": [name],  # without it, the URL is not valid
        "query": [key.partition("[")[0] for key, _ in parse_qsl(request.url.query.decode(), True)],
        "header": [*request.headers],
        "cookie": [cookie.partition("=")[0] for cookie in cookies],
    }[where]
    names = {name, name.partition("[")[0], *(value if is_object(value) else ())}
    return bool({key.lower() for key in found} & {key.lower() for key in names})


def _is_sent(request: Any, kind: BodyKind, value: Any) -> bool:
    match kind:
        case BodyKind.JSON:
            return bool(json.loads(request.content) == value)
        case BodyKind.TEXT | BodyKind.BYTES:
            return bool(request.content == (value.encode() if kind == BodyKind.TEXT else value))
        case _:
            return bool(request.content) or not value
