"""Call every operation of a generated client, against answers made from its contract.

No server and no network: a transport answers in the client's own process. Each documented success
comes back as it was sent, one that lacks a required member is refused at its place, each error
raises the class of its status, and each argument reaches the request.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.spec.examples import sample
from generator.spec.operations import operations
from generator.spec.references import resolve
from generator.spec.schemas import alternatives, follow
from generator.spec.values import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

_CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}
_KEY = "sample-key"


class Trial:
    """The calls of one client."""

    def __init__(
        self, package: ModuleType, contract: dict[str, Any], names: Mapping[str, str]
    ) -> None:
        self.package = package
        self.contract = contract
        self.names = names
        self.httpx: Any = importlib.import_module(f"{package.__name__}._http").httpx
        self.errors: Any = package.errors
        self.failures: list[str] = []

    def run(self) -> list[str]:
        """Everything that is not as the contract has it."""
        for place, _, item, operation in operations(self.contract):
            method = place.rpartition("/")[2].upper()
            where = f"{method} {self.names[operation['operationId']]}"
            try:
                self.operation(where, item, operation)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
                self.failures.append(f"{where}: {type(error).__name__}: {error}")
        return self.failures

    def operation(self, where: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> None:
        """Each documented answer of an operation."""
        call = _Call(self, item, operation)
        for status, answer in operation["responses"].items():
            number = _number(status, operation["responses"])
            content: dict[str, Any] = resolve(self.contract, answer).get("content") or {}
            schema: Any = next((value.get("schema") for value in content.values()), None)
            is_json = any(kind.partition(";")[0].endswith("json") for kind in content)
            bodies = list(self.bodies(schema)) if is_json and schema is not None else [None]
            for body in bodies:
                if 200 <= number < 300:
                    self.success(f"{where} {status}", call, number, body)
                else:
                    self.error(f"{where} {status}", call, number, body)
            if 200 <= number < 300 and is_json and schema is not None:
                self.breaches(f"{where} {status}", call, number, schema)

    def bodies(self, schema: Any) -> Iterator[Any]:
        """Bodies that the schema allows."""
        full = sample(self.contract, schema, full=True)
        yield full
        yield sample(self.contract, schema, full=False)
        if isinstance(full, dict):
            yield {**full, "a member of tomorrow": [None]}

    def success(self, where: str, call: _Call, status: int, body: Any) -> None:
        """A success comes back as it was sent."""
        for value in (call(status, body), call(status, body, asynchronous=True)):
            sent = self.package._encode.json_value(value) if body is not None else None
            if body is not None and sent != body:
                self.failures.append(f"{where}: {body!r} came back as {sent!r}")
        for problem in call.problems():
            self.failures.append(f"{where}: {problem}")

    def error(self, where: str, call: _Call, status: int, body: Any) -> None:
        """An error raises the class of its status, and is read where it is returned."""
        wanted = _CLASSES.get(status, "InternalServerError" if status >= 500 else "APIStatusError")
        try:
            call(status, body)
        except self.errors.APIStatusError as error:
            if type(error).__name__ != wanted or error.status_code != status:
                self.failures.append(f"{where}: raised {type(error).__name__}, expected {wanted}")
        else:
            self.failures.append(f"{where}: raised nothing")
        parsed = call.detailed(status, body).parsed
        if body is not None and parsed is None:
            self.failures.append(f"{where}: the documented body {body!r} is not read")

    def breaches(self, where: str, call: _Call, status: int, schema: Any) -> None:
        """A success that lacks what is required is refused."""
        for option in alternatives(self.contract, follow(self.contract, schema)):
            body: Any = sample(self.contract, option, full=True)
            if not is_object(body):
                continue
            for name in option.get("required", []):
                lacking = {key: value for key, value in body.items() if key != name}
                try:
                    call(status, lacking)
                except self.errors.APIError:
                    continue
                self.failures.append(f"{where}: a body without {name!r} is taken")


class _Call:
    """One operation of the client, with an argument for every parameter."""

    def __init__(self, trial: Trial, item: Mapping[str, Any], operation: Mapping[str, Any]) -> None:
        self.trial = trial
        self.requests: list[Any] = []
        self.tag = trial.names[(operation.get("tags") or ["default"])[0]]
        self.name = trial.names[operation["operationId"]]
        names = [
            name
            for name, parameter in inspect.signature(trial.package.Client).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        self.keys = dict.fromkeys(names, _KEY)
        self.sent: dict[tuple[str, str], Any] = {}
        self.arguments = self._arguments(item, operation)

    def _arguments(self, item: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
        contract = self.trial.contract
        with self.trial.package.Client(**self.keys) as client:
            method = getattr(getattr(client, self.tag), self.name)
        known = inspect.signature(method).parameters
        found: dict[str, Any] = {}
        for declared in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = resolve(contract, declared)
            name = self.trial.names[parameter["name"]]
            name = next(option for option in (f"{name}_{parameter['in']}", name) if option in known)
            value = sample(contract, parameter.get("schema", {}), full=True)
            found[name] = self.sent[parameter["in"], parameter["name"]] = value
        body = resolve(contract, operation.get("requestBody", {})).get("content")
        if body:
            value = sample(contract, next(iter(body.values())).get("schema", {}), full=True)
            kind = str(known["body"].annotation).partition(" ")[0]
            model = getattr(self.trial.package.models, kind, None)
            found["body"] = model.from_dict(value) if model else value
        return found

    def _transport(self, status: int, body: Any) -> Any:
        def answer(request: Any) -> Any:
            self.requests.append(request)
            if body is None:
                return self.trial.httpx.Response(status)
            kind = {"content-type": "application/json"}
            return self.trial.httpx.Response(status, content=json.dumps(body), headers=kind)

        return self.trial.httpx.MockTransport(answer)

    def _client(self, status: int, body: Any) -> Any:
        transport = {"transport": self._transport(status, body)}
        return self.trial.package.Client(**self.keys, max_retries=0, httpx_args=transport)

    def __call__(self, status: int, body: Any, *, asynchronous: bool = False) -> Any:
        async def run() -> Any:
            async with self._client(status, body) as client:
                method = getattr(getattr(client, self.tag), f"{self.name}_async")
                return await method(**self.arguments)

        if asynchronous:
            return asyncio.run(run())
        with self._client(status, body) as client:
            return getattr(getattr(client, self.tag), self.name)(**self.arguments)

    def detailed(self, status: int, body: Any) -> Any:
        """The answer of the function under the method."""
        api = f"{self.trial.package.__name__}.api"
        module = importlib.import_module(f"{api}.{self.tag}.{self.name}")
        with self._client(status, body) as client:
            return module.sync_detailed(client=client, **self.arguments)

    def problems(self) -> Iterator[str]:
        """What the last request does not hold of the arguments."""
        request = self.requests[-1]
        for (where, name), value in self.sent.items():
            given = {
                "query": lambda name=name: request.url.params.get_list(name),
                "header": lambda name=name: request.headers.get_list(name),
            }.get(where)
            values: list[Any] = value if is_array(value) else [value]
            if given is not None and len(given()) != len(values):
                yield f"the {where} parameter {name!r} is not in the request"


def _number(status: str, answers: Mapping[str, Any]) -> int:
    """A status of a pattern that no other pattern is meant for."""
    if status.isdecimal():
        return int(status)
    taken = {str(other) for other in answers}
    if status == "default":
        if not any(other.startswith("2") for other in taken):
            return 200
        options: Any = (code for code in (418, 505, 300) if f"{code // 100}XX" not in taken)
        return next(options, 300)
    first = int(status[0]) * 100
    return next(code for code in range(first, first + 100) if str(code) not in taken)


def main(generated: str, package: str, plan: str) -> int:
    """Test the package in a folder, and say what is wrong with it."""
    sys.path.insert(0, generated)
    imported = importlib.import_module(package)
    for name in ("_encode", "_http", "models"):
        importlib.import_module(f"{package}.{name}")
    failures = Trial(imported, **json.loads(Path(plan).read_text("utf-8"))).run()
    sys.stdout.write("".join(f"{failure}\n" for failure in failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
