"""Call every operation of a generated client with responses made from its contract.

No server and no network: a transport in the same process gives the responses. Each documented
success comes back as it was sent, a body without a required member is refused, each error raises
the class of its status, and each argument reaches the request.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.client.error_classes import error_class
from generator.client.names import identifier, tag_of, with_configured_names
from generator.spec.examples import sample
from generator.spec.files import read_text
from generator.spec.operations import operations, parameters
from generator.spec.read import read_document, read_mapping
from generator.spec.references import resolve
from generator.spec.schemas import alternatives
from generator.spec.values import as_object, is_array, is_object


def failures(package: Any, contract: dict[str, Any]) -> Iterator[str]:
    """Yield what does not work as the contract says.

    Args:
        package: The client.
        contract: The document that it was made from, with the configured names.
    """
    for place, _, item, operation in operations(contract):
        where = f"{place.rpartition('/')[2].upper()} {identifier(operation['operationId'])}"
        try:
            call = _Call(package, contract, item, operation)
            for status, response in operation["responses"].items():
                content = as_object(resolve(contract, response).get("content"))
                code = example_status(status, operation["responses"])
                yield from (f"{where} {status}: {text}" for text in _response(call, code, content))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client does not work
            yield f"{where}: {type(error).__name__}: {error}"


class _Call:
    """A call of an operation of the client, with an argument for every parameter."""

    def __init__(
        self, package: Any, contract: dict[str, Any], item: Any, operation: dict[str, Any]
    ) -> None:
        self.package, self.contract = package, contract
        self.requests: list[Any] = []
        self.sent: dict[tuple[str, str], Any] = {}
        self._names = identifier(tag_of(operation)), identifier(operation["operationId"])
        self._keys = {
            name: "sample-key"
            for name, parameter in inspect.signature(package.Client).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        }
        path = ".".join([package.__name__, "api", *self._names])
        self._module: Any = importlib.import_module(path)
        known = inspect.signature(self._module.sync).parameters
        self._arguments: dict[str, Any] = {}
        for parameter in parameters(contract, item, operation):
            name = identifier(parameter["name"])
            name = next(option for option in (f"{name}_{parameter['in']}", name) if option in known)
            value = sample(contract, parameter.get("schema", {}), full=True)
            self._arguments[name] = self.sent[parameter["in"], parameter["name"]] = value
        content = resolve(contract, operation.get("requestBody", {})).get("content")
        if content:
            value = sample(contract, next(iter(content.values())).get("schema", {}), full=True)
            model = getattr(package.models, str(known["body"].annotation).partition(" ")[0], None)
            self._arguments["body"] = model.from_dict(value) if model else value

    def sync(self, status: int, body: Any) -> Any:
        """The result of the method."""
        with self._client(status, body) as client:
            return getattr(getattr(client, self._names[0]), self._names[1])(**self._arguments)

    async def asyncio(self, status: int, body: Any) -> Any:
        """The result of its `_async` twin."""
        async with self._client(status, body) as client:
            method = getattr(getattr(client, self._names[0]), f"{self._names[1]}_async")
            return await method(**self._arguments)

    def detailed(self, status: int, body: Any) -> Any:
        """The response of the function behind the method."""
        with self._client(status, body) as client:
            return self._module.sync_detailed(client=client, **self._arguments)

    def _client(self, status: int, body: Any) -> Any:
        httpx = self.package._http.httpx

        def respond(request: Any) -> Any:
            self.requests.append(request)
            return httpx.Response(status, **{} if body is None else {"json": body})

        transport = {"transport": httpx.MockTransport(respond)}
        return self.package.Client(**self._keys, max_retries=0, httpx_args=transport)


def _response(call: _Call, status: int, content: Mapping[str, Any]) -> Iterator[str]:
    """Let the client get one documented response, with all bodies that test it."""
    is_json = any(kind.partition(";")[0].endswith("json") for kind in content)
    schema: Any = next((value.get("schema") for value in content.values()), None)
    bodies: list[Any] = [None]
    if is_json and schema is not None:
        bodies = [sample(call.contract, schema, full=full) for full in (True, False)]
        bodies += [{**bodies[0], "an unknown member": [None]}] if is_object(bodies[0]) else []
    is_success = 200 <= status < 300
    for body in bodies:
        yield from (_success if is_success else _error)(call, status, body)
    for option in alternatives(call.contract, schema) if is_success and is_json else ():
        whole = sample(call.contract, option, full=True)
        for name in option.get("required", []) if is_object(whole) else ():
            try:
                call.sync(status, {key: value for key, value in whole.items() if key != name})
                yield f"a body without {name!r} is accepted"
            except call.package.errors.APIError:
                pass


def _success(call: _Call, status: int, body: Any) -> Iterator[str]:
    for value in (call.sync(status, body), asyncio.run(call.asyncio(status, body))):
        received = call.package._encode.json_value(value) if body is not None else None
        if received != body:
            yield f"{body!r} came back as {received!r}"
    request = call.requests[-1]
    for (where, name), argument in call.sent.items():
        given = {"query": request.url.params, "header": request.headers}.get(where)
        count = len(argument) if is_array(argument) else 1
        if given is not None and len(given.get_list(name)) != count:
            yield f"the {where} parameter {name!r} is not in the request"


def _error(call: _Call, status: int, body: Any) -> Iterator[str]:
    wanted = error_class(status)
    try:
        call.sync(status, body)
        yield "raised nothing"
    except call.package.errors.APIStatusError as error:
        if type(error).__name__ != wanted or error.status_code != status:
            yield f"raised {type(error).__name__}, expected {wanted}"
    if body is not None and call.detailed(status, body).parsed is None:
        yield f"the documented body {body!r} is not read"


def example_status(pattern: str, responses: Mapping[str, Any]) -> int:
    """A status that this pattern covers and no other one does."""
    if pattern.isdecimal():
        return int(pattern)
    taken = {str(other) for other in responses}
    if pattern == "default":
        if not any(other.startswith("2") for other in taken):
            return 200
        return next((code for code in (418, 505) if f"{code // 100}XX" not in taken), 300)
    first = int(pattern[0]) * 100
    return next(code for code in range(first, first + 100) if str(code) not in taken)


def main(folder: str) -> int:
    """Test the client in a folder, as `smoke_test` does, and print what does not work."""
    contract, config = Path(folder, "openapi.yaml"), Path(folder, "generator-config.yaml")
    name = str(read_mapping(read_text(config), str(config))["package_name_override"])
    document = with_configured_names(read_document(read_text(contract)), config)
    sys.path.insert(0, str(Path(folder, "generated")))
    package = importlib.import_module(name)
    for part in ("_encode", "_http", "models"):
        importlib.import_module(f"{name}.{part}")
    found = list(failures(package, document))
    sys.stdout.write("".join(f"{failure}\n" for failure in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
