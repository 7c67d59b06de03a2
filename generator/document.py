"""Read OpenAPI documents strictly, say what is wrong with them, and make the contract.

YAML is taken by the rules under which it means the same as JSON: strings as keys, no key twice, no
tags, no anchors, and dates are strings.
"""

import io
import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

from generator import overlay as overlays
from generator.errors import GeneratorError
from generator.overlay import is_array, is_object

_STRING = "tag:yaml.org,2002:str"
_FLOAT = "tag:yaml.org,2002:float"
_JSON_TAGS = {
    _STRING,
    _FLOAT,
    *(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "int", "bool", "null")),
}
# What stands under these is data, in which `$ref` is a name as any other; so it is under a schema's
# `examples`, an array, while those of a media type are an object and may be references.
_DATA_KEYWORDS = {"const", "default", "enum", "example", "value"}
_EXAMPLES = ("examples", True)
# The keys under these are names that the author of the document chose.
_NAMING_KEYWORDS = {
    "$defs",
    "callbacks",
    "content",
    "dependentSchemas",
    "encoding",
    "examples",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "webhooks",
}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_IGNORED_HEADERS = {"accept", "authorization", "content-type"}
_MESSAGE_LENGTH = 300


def yaml_block(page: str) -> str:
    """Take the first YAML code block out of a markdown page, as it stands.

    Raises:
        GeneratorError: The page has no such block, or the block has no end.
    """
    opening = re.search(r"^(`{3,})ya?ml[ \t]*\r?\n", page, re.MULTILINE)
    if opening is None:
        raise GeneratorError("the page has no block that opens with ```yaml")
    closing = re.compile(rf"^{opening[1]}`*[ \t]*\r?$", re.MULTILINE).search(page, opening.end())
    if closing is None:
        raise GeneratorError("the page's ```yaml block has no end")
    return page[opening.end() : closing.start()]


def parse(text: str, name: str) -> Any:
    """Load a mapping for a round trip: with its comments, quotes and order.

    Args:
        text: YAML.
        name: What the text is, for the error message.

    Raises:
        GeneratorError: The text is not YAML that means the same as JSON, or no mapping.
    """
    try:
        document = _yaml().load(text.replace("\r\n", "\n"))  # comments would keep the \r
    except YAMLError as error:
        raise GeneratorError(f"{name}: {_reason(error)}") from error
    except RecursionError as error:
        raise GeneratorError(f"{name} is nested too deeply") from error
    if not is_object(document):
        raise GeneratorError(f"{name} is not a mapping of names to values")
    return document


def dump(document: Any) -> str:
    """Write a parsed document: block style, two spaces, sequences indented, lines as they were."""
    stream = io.StringIO(newline="\n")
    _yaml().dump(document, stream)
    return stream.getvalue()


def load(text: str) -> dict[str, Any]:
    """Load an OpenAPI 3 document into plain dicts, lists, strings, numbers, booleans and None.

    Raises:
        GeneratorError: The text is not YAML that means the same as JSON, or no OpenAPI 3 document.
    """
    document = _quickly(text.replace("\r\n", "\n")) or parse(text, "the document")
    _check_version(document, "the document")
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise GeneratorError(f"the document holds what is not Unicode: {error}") from error
    plain: dict[str, Any] = json.loads(text)
    return plain


def _quickly(text: str) -> dict[str, Any] | None:
    """The document of a text, twenty times as fast; None where ruamel.yaml has to look."""
    from generator import intake

    read = intake.json_value if text.startswith("{") else intake.unmistakable
    try:
        document = read(text)
    except GeneratorError:
        return None
    return document if is_object(document) else None


def problems(document: Mapping[str, Any]) -> list[str]:
    """Say all that keeps a loaded document from being valid, each with its place.

    The place is a JSON pointer into the document (`#/paths/~1activity/get`). Beyond the rules of
    OpenAPI's schema, it is a problem here what OpenAPI lets pass in silence: an undefined security
    scheme, a header parameter that shall be ignored, an operation without operationId, a reference
    that leaves the document.
    """
    found = list(_reference_problems(document))
    if not found:  # else the validator would fetch them, or stop at them
        try:
            found += _schema_problems(document)
        except RecursionError:
            found.append("#/components: schemas contain each other without end")
    found += _path_problems(document)
    return found


def make_contract(upstream: str, overlay: str) -> str:
    """Make the text of the contract from the texts of the upstream document and of the overlay.

    Key order, quoting, folding and comments are as upstream and overlay have them; what the
    overlay adds to an object comes last in it. Block style, two spaces, sequences indented.

    Raises:
        GeneratorError: A text is malformed, an overlay action does not fit, or the result is not
            a valid OpenAPI document.
    """
    document = parse(upstream, "the upstream document")
    _check_version(document, "the upstream document")
    actions = parse(overlay, "the overlay")
    return contract_text(overlays.apply(document, actions), actions["info"])


def contract_text(contract: Any, info: Any) -> str:
    """The text of a contract: what an overlay with this `info` has made of a parsed document.

    Raises:
        GeneratorError: It is no valid OpenAPI document.
    """
    text = _header(info) + dump(contract)
    found = problems(load(text))
    if found:
        raise GeneratorError(
            "\n  - ".join(["upstream and overlay make no valid document:", *found])
        )
    return text


def _header(info: Any) -> str:
    # What the upstream document is, only the overlay knows; as a comment it must not break out.
    source = " ".join(str(info.get("x-upstream", "")).split())
    source = source and f" ({source})"
    sentences = (
        f"Made by `make spec` from spec/upstream.yaml{source} and spec/overlay.yaml. Not to be "
        "edited: corrections belong in spec/overlay.yaml."
    )
    return textwrap.fill(sentences, 100, initial_indent="# ", subsequent_indent="# ") + "\n"


class _Resolver(VersionedResolver):
    """YAML 1.2's core schema: `2025-11-08` is a string, as OpenAPI and JSON have it."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = cast("Any", super()).resolve(kind, value, implicit)
        if kind is ScalarNode and str(tag) not in _JSON_TAGS:
            return self.DEFAULT_SCALAR_TAG
        return tag


class _Constructor(RoundTripConstructor):
    """Refuses what has no counterpart in JSON before anything is constructed from it."""

    def construct_document(self, node: Any) -> Any:
        _check_node(node)
        return cast("Any", super()).construct_document(node)


def _yaml() -> Any:
    yaml = YAML()
    yaml.Resolver = _Resolver
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.width = 2**31  # lines are as upstream and overlay have them
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _reason(error: Any) -> str:
    """What ruamel.yaml says, without its advice and its copy of the line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}: {', '.join(filter(None, [error.context, error.problem]))}"


def _check_node(node: Any) -> None:
    kind = str(node.tag)
    if node.anchor is not None:
        raise _error(node, f"the anchor &{node.anchor}; write the value out where it is used")
    if kind not in _JSON_TAGS:
        raise _error(node, f"the tag {kind}; only the types of JSON are allowed")
    if kind == _FLOAT and re.search("inf|nan", node.value, re.IGNORECASE):
        raise _error(node, f"{node.value} is no number of JSON")
    if node.id == "sequence":
        for item in node.value:
            _check_node(item)
    if node.id == "mapping":
        seen: set[str] = set()
        for key, value in node.value:
            _check_node(key)
            if str(key.tag) != _STRING:
                raise _error(key, f"the key {key.value!r} is no string; quote it")
            if key.value == "<<":
                raise _error(key, "the merge key <<; write the keys out")
            if key.value in seen:
                raise _error(key, f"the key {key.value!r} stands twice in one mapping")
            seen.add(key.value)
            _check_node(value)


def _error(node: Any, problem: str) -> MarkedYAMLError:
    return MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _check_version(document: Any, name: str) -> None:
    version = document.get("openapi")
    if not (isinstance(version, str) and re.fullmatch(r"3\.[0-2]\.[0-9]+", version)):
        needed = "a string is needed that names OpenAPI 3.0, 3.1 or 3.2"
        raise GeneratorError(f"{name}: openapi is {version!r}; {needed}")


def _reference_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """References that do not lead to a place in the document."""
    for place, node in references(document):
        try:
            resolved(document, node)
        except LookupError as error:
            yield f"{place}: the reference {node['$ref']!r} {error.args[0]}"


def references(
    node: Any, place: str = "#", *, names: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every reference in a node, with its place.

    `names` says that the keys of `node` are names that the author chose (of properties, schemas …)
    and not keywords, so that a property named `example` is looked into, and an example is not.
    """
    if is_array(node):
        for index, item in enumerate(node):
            yield from references(item, f"{place}/{index}")
    if not is_object(node):
        return
    if not names and isinstance(node.get("$ref"), str):
        yield place, node
    for key, value in node.items():
        data = key in _DATA_KEYWORDS or key.startswith("x-") or (key, is_array(value)) == _EXAMPLES
        if names or not data:
            chosen = not names and key in _NAMING_KEYWORDS
            yield from references(value, f"{place}{pointer([key])}", names=chosen)


def resolved(document: Mapping[str, Any], node: Any) -> Any:
    """Follow the references of a node until there is none.

    Raises:
        LookupError: A reference leads out of the document, to nothing, or round in a circle.
    """
    passed: set[str] = set()
    while is_object(node) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise LookupError("leads out of the document")
        if reference in passed:
            raise LookupError("leads round in a circle")
        passed.add(reference)
        node = document
        for escaped in reference[2:].split("/"):
            part = unquote(escaped).replace("~1", "/").replace("~0", "~")
            if is_object(node) and part in node:
                node = node[part]
            elif is_array(node) and part.isdecimal() and int(part) < len(node):
                node = node[int(part)]
            else:
                raise LookupError("leads to nothing")
    return node


def _schema_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What openapi-spec-validator finds; it takes more than a second to import."""
    from openapi_spec_validator.validation import exceptions

    validator = _validator(document)
    structure = [_cause(error) for error in validator.schema_validator.iter_errors(document)]
    for cause in structure:
        yield f"#{pointer(cause.absolute_path)}: {_message(cause)}"
    if structure:
        return  # the rest takes it for granted
    # These two say no place; `_path_problems` does.
    repeated = (exceptions.DuplicateOperationIDError, exceptions.UnresolvableParameterError)
    try:
        rest = validator(document)
        # Not iter_errors(), which begins with the structure once more.
        found: list[Any] = list(rest.root_validator(rest.schema_path))
    except ValueError as fault:  # it reads paths as format strings
        yield f"#/paths: {fault}"
        return
    for error in found:
        if not isinstance(error, repeated):
            cause = _cause(error)
            path = list(cause.absolute_path)
            place = _schema_place(document, path, cause.instance, "#") if path else "#"
            yield f"{place}{pointer(path)}: {_message(cause)}"


def _validator(document: Mapping[str, Any]) -> Any:
    """The validator for a document, which asks jsonschema-rs for most of the answers.

    By itself it holds each schema against OpenAPI's schema of schemas with jsonschema, and that
    would be half of a generation. What jsonschema-rs finds valid, in a hundredth of the time, is
    not looked at again; what it does not, jsonschema judges.
    """
    import jsonschema_rs
    from openapi_schema_validator import oas31_format_checker, validators
    from openapi_spec_validator.shortcuts import get_validator_cls

    found: Any = get_validator_cls(document)
    usual: Any = found.keyword_validators["schema"]
    known: Any = cast("Any", validators).OPENAPI_SPECIFICATIONS

    def is_regex(text: str) -> bool:
        return bool(oas31_format_checker.conforms(text, "regex"))

    quick = jsonschema_rs.validator_for(
        found.keyword_validators["default"].value_validator_cls.META_SCHEMA,
        registry=jsonschema_rs.Registry([(uri, known.contents(uri)) for uri in known]),
        validate_formats=True,
        formats={"regex": is_regex},  # else one that JavaScript alone takes would pass
    )

    def validate(self: Any, schema: Any, value: Any) -> Any:
        own_dialect = "jsonSchemaDialect" in document or (is_object(value) and "$schema" in value)
        if not own_dialect and quick.is_valid(value):
            return None
        return usual._validate_schema_meta(self, schema, value)

    schemas = type(usual.__name__, (usual,), {"_validate_schema_meta": validate})
    keywords = {**found.keyword_validators, "schema": schemas}
    return type(found.__name__, (found,), {"keyword_validators": keywords})


def _cause(error: Any) -> Any:
    """Of an `anyOf` or `oneOf`, the branch that gets furthest tells what is really wrong."""
    while error.context:
        error = max(error.context, key=_depth)
    return error


def _depth(error: Any) -> int:
    return len(error.absolute_path)


def _message(error: Any) -> str:
    # The further lines quote OpenAPI's schema and the instance.
    message = str(error.message).splitlines()[0]
    return message if len(message) <= _MESSAGE_LENGTH else message[:_MESSAGE_LENGTH] + "…"


def _schema_place(node: Any, path: list[str | int], instance: Any, place: str) -> str:
    """Find a schema in the document: the validator gives the place of a value in it only."""
    target = node
    try:
        for part in path:
            target = target[part]
        if target == instance:
            return place
    except (LookupError, TypeError):
        pass  # another schema, or none
    children = node.items() if is_object(node) else enumerate(_list(node))
    for key, child in children:
        found = _schema_place(child, path, instance, place + pointer([key]))
        if found:
            return found
    return ""


def _path_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What OpenAPI's schema does not see in the paths and their operations."""
    operation_ids = Counter(
        str(operation["operationId"])
        for _, _, _, operation in operations(document)
        if "operationId" in operation
    )
    schemes = _mapping(_mapping(document.get("components")).get("securitySchemes"))
    yield from _security_problems(document, schemes, "#")
    for path in _mapping(document.get("paths")):
        if not path.startswith(("/", "x-")):
            yield f"#/paths{pointer([path])}: the path does not begin with a slash"
    for place, path, item, operation in operations(document):
        operation_id = operation.get("operationId")
        if operation_id is None:
            yield f"{place}: the operation has no operationId"
        elif operation_ids[str(operation_id)] > 1:
            yield f"{place}: the operationId {operation_id!r} stands at more than one operation"
        yield from _security_problems(operation, schemes, place)
        yield from _parameter_problems(document, place, path, item, operation)


def operations(
    document: Mapping[str, Any],
) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Each operation with its place, its path and the path's item."""
    for path, value in _mapping(document.get("paths")).items():
        item = _mapping(value)
        for method in _METHODS:
            if method in item:
                yield f"#/paths{pointer([path])}/{method}", path, item, _mapping(item[method])


def _security_problems(
    owner: Mapping[str, Any], schemes: Mapping[str, Any], place: str
) -> Iterator[str]:
    for requirement in _list(owner.get("security")):
        for name in _mapping(requirement):
            if name not in schemes:
                yield f"{place}/security: the security scheme {name!r} is not defined"


def _parameter_problems(
    document: Mapping[str, Any],
    place: str,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[str]:
    in_path: set[str] = set()
    for declared in [*_list(item.get("parameters")), *_list(operation.get("parameters"))]:
        try:
            parameter = _mapping(resolved(document, declared))
        except LookupError:
            continue  # `_reference_problems` says so
        name = str(parameter.get("name"))
        if parameter.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
            yield f"{place}/parameters: OpenAPI ignores the header parameter {name!r}"
        if parameter.get("in") == "path":
            in_path.add(name)
    in_template = set(re.findall(r"\{([^{}]*)\}", path))
    for name in sorted(in_template - in_path):
        yield f"{place}/parameters: the path parameter {name!r} of {path} is not declared"
    for name in sorted(in_path - in_template):
        yield f"{place}/parameters: the path parameter {name!r} does not stand in {path}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if is_object(value) else {}


def _list(value: Any) -> list[Any]:
    return value if is_array(value) else []


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer of a path into a document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
