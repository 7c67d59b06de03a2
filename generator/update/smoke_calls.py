"""Call every operation of a generated client with responses made from its contract.

No server and no network: a transport in the same process gives the responses. Each documented
success comes back as it was sent, a body without a required member is refused, each error raises
the class of its status, each stream gives its events, and each argument reaches the request.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.client.error_classes import error_class
from generator.client.names import method_names, with_configured_names
from generator.client.operations.representations import (
    Representation,
    representations,
    success_statuses,
)
from generator.spec.examples import EndlessError
from generator.spec.files import read_text
from generator.spec.media_types import Kind, concrete
from generator.spec.operations import operations
from generator.spec.read import read_document, read_mapping
from generator.spec.references import inlined
from generator.spec.schemas import alternatives, follow
from generator.spec.values import as_object, is_object
from generator.update.smoke_requests import Call, Reply


def failures(package: Any, contract: dict[str, Any]) -> Iterator[str]:
    """Yield what does not work as the contract says.

    Args:
        package: The client.
        contract: The document that it was made from, with the configured names.
    """
    contract = inlined(contract)
    names = method_names(contract)
    for place, path, item, operation in operations(contract):
        method = place.rpartition("/")[2]
        where = f"{method.upper()} {names[path, method]}"
        try:
            call = Call(package, contract, item, operation, names[path, method])
            yield from (f"{where}: {text}" for text in call.unsent())
            for status, text in _responses(call, representations(contract, method, operation)):
                yield f"{where} {status}: {text}"
        except EndlessError:
            continue  # neither side can send such a value
        except Exception as error:  # noqa: BLE001 - whatever it is, the client does not work
            yield f"{where}: {type(error).__name__}: {error}"


def _responses(call: Call, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Let the client get each documented response, with all bodies that test it."""
    for status, documented in found.items():
        is_success = status in success_statuses(found)
        code = example_status(status, found)
        for kind in documented.read[:1] or [None] * (not documented.events):
            for reply in _replies(call, code, kind):
                test = _success if is_success else _error
                yield from ((status, text) for text in test(call, reply))
            if is_success and kind:
                yield from ((status, text) for text in _incomplete(call, code, kind))
        for kind in documented.events:
            yield from ((status, text) for text in _stream(call, code, kind))


def _replies(call: Call, status: int, kind: Representation | None) -> Iterator[Reply]:
    if kind is None:
        yield Reply(status)
        return
    media_type = concrete(kind.media_type)
    if kind.kind == Kind.TEXT:
        yield Reply(status, b"text", media_type, "text")
    elif kind.kind == Kind.BYTES:
        yield Reply(status, b"\x00bytes", media_type, b"\x00bytes")
    else:
        schema: Any = kind.schema or {}
        values = [call.sample(schema, full=full) for full in (True, False)]
        options = alternatives(call.contract, schema)
        is_open = len(options) == 1 and not options[0].keys() & _CLOSING
        if is_object(values[0]) and is_open:
            values.append({**values[0], "an unknown member": [None]})
        yield from (_of_json(status, value, media_type) for value in values)


_CLOSING = {"additionalProperties", "patternProperties", "unevaluatedProperties"}


def _of_json(status: int, value: Any, media_type: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), media_type, value)


def _success(call: Call, reply: Reply) -> Iterator[str]:
    for value in (call.sync(reply), asyncio.run(call.asyncio(reply))):
        received = _json_value(call, value)
        if received != reply.value:
            yield f"{reply.value!r} came back as {received!r}"


def _json_value(call: Call, value: Any) -> Any:
    return value if isinstance(value, bytes) else call.package._encode.json_value(value)


def _error(call: Call, reply: Reply) -> Iterator[str]:
    wanted = error_class(reply.status)
    try:
        call.sync(reply)
        yield "raised nothing"
    except call.package.errors.APIStatusError as error:
        if type(error).__name__ != wanted or error.status_code != reply.status:
            yield f"raised {type(error).__name__}, expected {wanted}"
    if reply.value is not None and call.detailed(reply).parsed is None:
        yield f"the documented body {reply.value!r} is not read"


def _incomplete(call: Call, status: int, kind: Representation) -> Iterator[str]:
    """Leave out each required member of an object that nothing else describes."""
    options = alternatives(call.contract, kind.schema) if kind.kind == Kind.JSON else []
    if len(options) != 1 or options[0]["type"] != "object":
        return
    whole = call.sample(options[0])
    members = as_object(options[0].get("properties"))
    for name in options[0].get("required", []):
        if follow(call.contract, members.get(name, {})).get("writeOnly"):
            continue
        part = {key: value for key, value in whole.items() if key != name}
        try:
            call.sync(_of_json(status, part, concrete(kind.media_type)))
            yield f"a body without {name!r} is accepted"
        except call.package.errors.APIError:
            pass


def _stream(call: Call, status: int, kind: Representation) -> Iterator[str]:
    """Let the client read two events and the end."""
    event = call.sample(kind.schema or {})
    is_whole = is_object(event) and "data" in event and event.keys() <= _FIELDS
    fields = event if is_whole else {"data": event}
    lines = "".join(f"{name}: {_line(value)}\n" for name, value in fields.items())
    content = f"{lines}\n{lines}\ndata: [DONE]\n\n".encode()
    reply = Reply(status, content, "text/event-stream", [event, event])
    for values in (call.sync(reply, events=True), asyncio.run(call.asyncio(reply, events=True))):
        as_text = isinstance(event, str)
        received = [value.data if as_text else _json_value(call, value) for value in values]
        if received != reply.value:
            yield f"the events {reply.value!r} came back as {received!r}"


_FIELDS = {"data", "event", "id", "retry"}


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def example_status(pattern: str, statuses: Iterable[str]) -> int:
    """A status that this pattern covers and no other one does."""
    if pattern.isdecimal():
        return int(pattern)
    taken = {str(other) for other in statuses}
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
    for part in ("_encode", "_http", "client", "models"):
        importlib.import_module(f"{name}.{part}")
    found = list(failures(package, document))
    sys.stdout.write("".join(f"{failure}\n" for failure in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
