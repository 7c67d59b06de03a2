"""Call every operation of a generated client with responses made from its contract.

No server and no network: a transport in the same process gives the responses. Each documented
success comes back as it was sent, a body without a required member is refused, each error raises
the class of its status, and each argument reaches the request.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from generator.client.error_classes import error_class
from generator.spec.examples import sample
from generator.spec.operations import operations, parameters
from generator.spec.references import resolve
from generator.spec.schemas import alternatives
from generator.spec.values import as_object, is_array, is_object

_KEY = "sample-key"


def failures(
    package: ModuleType, contract: dict[str, Any], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield what does not work as the contract says.

    Args:
        package: The client.
        contract: The document that it was made from.
        names: The Python names of the tags, operationIds and parameters.
    """
    for place, _, item, operation in operations(contract):
        method = place.rpartition("/")[2].upper()
        where = f"{method} {names[operation['operationId']]}"
        try:
            call = _Call(package, contract, names, item, operation)
            for status, response in operation["responses"].items():
                code = example_status(status, operation["responses"])
                content = as_object(resolve(contract, response).get("content"))
                for problem in _response(call, code, content):
                    yield f"{where} {status}: {problem}"
        except Exception as error:  # noqa: BLE001 - whatever it is, the client does not work
            yield f"{where}: {type(error).__name__}: {error}"


def _response(call: _Call, status: int, content: Mapping[str, Any]) -> Iterator[str]:
    """Let the client get one documented response, with all bodies that test it."""
    is_json = any(kind.partition(";")[0].endswith("json") for kind in content)
    schema: Any = next((value.get("schema") for value in content.values()), None)
    bodies: list[Any] = [None]
    if is_json and schema is not None:
        full = sample(call.contract, schema, full=True)
        bodies = [full, sample(call.contract, schema, full=False)]
        if is_object(full):
            bodies.append({**full, "an unknown member": [None]})
    for body in bodies:
        yield from (_success if 200 <= status < 300 else _error)(call, status, body)
    if 200 <= status < 300 and bodies[0] is not None:
        yield from _breaches(call, status, schema)


def _success(call: _Call, status: int, body: Any) -> Iterator[str]:
    for value in (call(status, body), call(status, body, asynchronous=True)):
        received = call.package._encode.json_value(value) if body is not None else None
        if received != body:
            yield f"{body!r} came back as {received!r}"
    for (where, name), argument in call.sent.items():
        request = call.requests[-1]
        given = {"query": request.url.params, "header": request.headers}.get(where)
        count = len(argument) if is_array(argument) else 1
        if given is not None and len(given.get_list(name)) != count:
            yield f"the {where} parameter {name!r} is not in the request"


def _error(call: _Call, status: int, body: Any) -> Iterator[str]:
    wanted = error_class(status)
    try:
        call(status, body)
    except call.package.errors.APIStatusError as error:
        if type(error).__name__ != wanted or error.status_code != status:
            yield f"raised {type(error).__name__}, expected {wanted}"
    else:
        yield "raised nothing"
    if body is not None and call.detailed(status, body).parsed is None:
        yield f"the documented body {body!r} is not read"


def _breaches(call: _Call, status: int, schema: Any) -> Iterator[str]:
    """Leave out each required member of a success in turn."""
    for option in alternatives(call.contract, schema):
        body = sample(call.contract, option, full=True)
        for name in option.get("required", []) if is_object(body) else ():
            try:
                call(status, {key: value for key, value in body.items() if key != name})
            except call.package.errors.APIError:
                continue
            yield f"a body without {name!r} is accepted"


class _Call:
    """An operation of the client, with an argument for every parameter."""

    def __init__(
        self,
        package: Any,
        contract: dict[str, Any],
        names: Mapping[str, str],
        item: Mapping[str, Any],
        operation: Mapping[str, Any],
    ) -> None:
        self.package = package
        self.contract = contract
        self.requests: list[Any] = []
        self.sent: dict[tuple[str, str], Any] = {}
        self._tag = names[(operation.get("tags") or ["default"])[0]]
        self._name = names[operation["operationId"]]
        self._keys = {
            name: _KEY
            for name, parameter in inspect.signature(package.Client).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        }
        with package.Client(**self._keys) as client:
            known = inspect.signature(getattr(getattr(client, self._tag), self._name)).parameters
        self._arguments: dict[str, Any] = {}
        for parameter in parameters(contract, item, operation):
            name = names[parameter["name"]]
            name = next(option for option in (f"{name}_{parameter['in']}", name) if option in known)
            value = sample(contract, parameter.get("schema", {}), full=True)
            self._arguments[name] = self.sent[parameter["in"], parameter["name"]] = value
        content = resolve(contract, operation.get("requestBody", {})).get("content")
        if content:
            value = sample(contract, next(iter(content.values())).get("schema", {}), full=True)
            kind = str(known["body"].annotation).partition(" ")[0]
            model = getattr(package.models, kind, None)
            self._arguments["body"] = model.from_dict(value) if model else value

    def __call__(self, status: int, body: Any, *, asynchronous: bool = False) -> Any:
        """The result of the method, or of its `_async` twin."""

        async def run() -> Any:
            async with self._client(status, body) as client:
                method = getattr(getattr(client, self._tag), f"{self._name}_async")
                return await method(**self._arguments)

        if asynchronous:
            return asyncio.run(run())
        with self._client(status, body) as client:
            return getattr(getattr(client, self._tag), self._name)(**self._arguments)

    def detailed(self, status: int, body: Any) -> Any:
        """The response of the function behind the method."""
        module = getattr(getattr(self.package.api, self._tag), self._name)
        with self._client(status, body) as client:
            return module.sync_detailed(client=client, **self._arguments)

    def _client(self, status: int, body: Any) -> Any:
        httpx = self.package._http.httpx

        def respond(request: Any) -> Any:
            self.requests.append(request)
            if body is None:
                return httpx.Response(status)
            headers = {"content-type": "application/json"}
            return httpx.Response(status, content=json.dumps(body), headers=headers)

        transport = {"transport": httpx.MockTransport(respond)}
        return self.package.Client(**self._keys, max_retries=0, httpx_args=transport)


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


def main(generated: str, package: str, plan: str) -> int:
    """Test the package in a folder, and print what does not work."""
    sys.path.insert(0, generated)
    imported = importlib.import_module(package)
    for name in ("_encode", "_http", "models"):
        importlib.import_module(f"{package}.{name}")
    found = list(failures(imported, **json.loads(Path(plan).read_text("utf-8"))))
    sys.stdout.write("".join(f"{failure}\n" for failure in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
