"""The operations and security schemes of a client, and the public Python names that they keep.

`operations` in `generator-config.yaml` has the public name of an operation, by path and method: an
operation name override. This name stays, whatever the document says later.

    operations:
      /activity:
        get: analytics.get_user_activity

`security_schemes` maps our name of a security scheme to the document's name. The argument of the
client is named after our name.

    security_schemes:
      apiKey: bearerAuth
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from attrs import frozen
from openapi_python_client.strings import PythonIdentifier

from generator.client import reserved
from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.operations import operations
from generator.spec.read import read_mapping
from generator.spec.references import copied, path_items
from generator.spec.values import as_array, as_object, is_array, is_object

KEY = "operations"
SCHEMES_KEY = "security_schemes"
#: File systems allow 255 bytes, and a number or a suffix may follow a name.
_LONGEST = 200


@frozen
class OperationName:
    """The path and method of an operation, and its public name: `tag.name`."""

    path: str
    method: str
    tag: str
    name: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def configured_names(config: Path) -> list[OperationName]:
    """The operation name overrides of a configuration; none if the document decides the names.

    Raises:
        GeneratorError: `operations` has another form.
    """
    found: list[OperationName] = []
    listed = read_mapping(read_text(config), str(config)).get(KEY, {})
    form = f"{config}: {KEY}: expected `path: {{method: tag.name}}`"
    if not is_object(listed):
        raise GeneratorError(f"{form}, found {listed!r}")
    for path, methods in listed.items():
        if not is_object(methods):
            raise GeneratorError(f"{form} at {path}, found {methods!r}")
        for method, name in methods.items():
            parts = str(name).split(".")
            if len(parts) != 2 or not all(map(str.isidentifier, parts)):
                raise GeneratorError(f"{form} at {path}, found {name!r}")
            found.append(OperationName(str(path), str(method), parts[0], parts[1]))
    return found


def configured_schemes(config: Path) -> dict[str, str]:
    """Our names of security schemes, by the names that the document gives them.

    Raises:
        GeneratorError: `security_schemes` has another form.
    """
    listed = read_mapping(read_text(config), str(config)).get(SCHEMES_KEY, {})
    if not is_object(listed) or not all(isinstance(name, str) for name in listed.values()):
        raise GeneratorError(f"{config}: {SCHEMES_KEY}: expected `name: name in the document`")
    return {name: own for own, name in listed.items()}


def tag_of(operation: Mapping[str, Any]) -> str:
    """The tag that names the namespace of an operation. The document may have a wrong type here."""
    tags = operation.get("tags")
    return str(tags[0]) if is_array(tags) and tags else "default"


def shortened(name: str) -> str:
    """The name, shortened so that a file can have it."""
    return name.encode()[:_LONGEST].decode(errors="ignore")


def identifier(text: object) -> str:
    """The Python name that openapi-python-client makes of a name of the document."""
    return str(PythonIdentifier(str(text), "field_"))


def namespace_name(operation: Mapping[str, Any]) -> str:
    """The namespace of an operation, after its first tag. It hides no member of the client."""
    name = shortened(str(PythonIdentifier(tag_of(operation), "tag")))
    return f"{name}_tag" if name in reserved.IN_CLIENT else name


def method_names(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The name of the method of each operation, by its path and method.

    If two operations of a namespace would get the same name, the second gets a number.
    """
    found: dict[tuple[str, str], str] = {}
    taken: dict[str, set[str]] = {}
    for place, path, _, operation in operations(document):
        method = place.rpartition("/")[2]
        own = _own_name(path, method, operation)
        here = taken.setdefault(namespace_name(operation), set())
        numbered = (own if number == 1 else f"{own}_{number}" for number in count(1))
        name = next(name for name in numbered if not here & {name, f"{name}_async"})
        here |= {name, f"{name}_async"}
        found[path, method] = name
    return found


def document_names(document: Mapping[str, Any]) -> list[OperationName]:
    """The names that a document itself gives its operations."""
    found: list[OperationName] = []
    for place, path, _, operation in operations(document):
        method = place.rpartition("/")[2]
        name = _own_name(path, method, operation)
        found.append(OperationName(path, method, namespace_name(operation), name))
    return found


def _own_name(path: str, method: str, operation: Mapping[str, Any]) -> str:
    """The name of an operation after its operationId, or else after its method and path."""
    words = f"{method} {re.sub(r'[^0-9A-Za-z]+', ' ', path)}"
    return shortened(identifier(operation.get("operationId") or words))


def with_configured_names(document: dict[str, Any], config: Path) -> dict[str, Any]:
    """The document with the names that the configuration gives its operations and schemes.

    Raises:
        GeneratorError: The configuration names what the document does not have.
    """
    wanted, schemes = configured_names(config), configured_schemes(config)
    if not wanted and not schemes:
        return document
    # Paths that refer to one item get one each, with operations of their own.
    items = {path: item for path, item in path_items(document).items() if item}
    document = copied({**document, "paths": {**document["paths"], **items}})
    _rename_schemes(document, schemes, config)
    found = [operation for *_, operation in operations(document)]
    here = {
        (own.path, own.method): (own, operation)
        for own, operation in zip(document_names(document), found, strict=True)
    }
    for override in wanted:
        if (override.path, override.method) not in here:
            raise GeneratorError(f"{config}: {KEY}: the document has no {override}")
        own, operation = here[override.path, override.method]
        if own.name != override.name:
            operation["operationId"] = override.name
        if own.tag != override.tag:
            before = tag_of(operation)
            operation["tags"] = [override.tag, *as_array(operation.get("tags"))[1:]]
            for tag in map(as_object, as_array(document.get("tags"))):
                if tag.get("name") == before:
                    tag["name"] = override.tag
    return document


def _rename_schemes(document: dict[str, Any], names: Mapping[str, str], config: Path) -> None:
    schemes = as_object(as_object(document.get("components")).get("securitySchemes"))
    for name in names.keys() - schemes.keys():
        raise GeneratorError(f"{config}: {SCHEMES_KEY}: the document has no scheme {name}")
    if names:
        found = {names.get(name, name): scheme for name, scheme in schemes.items()}
        document["components"]["securitySchemes"] = found
    for owner in (document, *(operation for _, _, _, operation in operations(document))):
        # What is of another type stays for the validation.
        if names and is_array(owner.get("security")):
            owner["security"] = [
                {names.get(name, name): scopes for name, scopes in option.items()}
                if is_object(option)
                else option
                for option in owner["security"]
            ]
