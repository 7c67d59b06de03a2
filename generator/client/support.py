"""What of a document would not reach its client: refused before generation, looked for after it.

Neither half asks openapi-python-client, which leaves out in silence what it does not know: the
first reads the document alone, the second holds it against the syntax trees of the package.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from openapi_python_client.parser.properties import Class
from openapi_python_client.strings import PythonIdentifier

from generator.spec.operations import operations
from generator.spec.references import pointer, resolve
from generator.spec.values import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openapi_python_client.config import Config

#: What a schema may hold: what the client checks or types, what documentation is made of, and
#: limits, which are the server's to keep and the contract tests' to check.
_SCHEMA_KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "deprecated",
    "description", "discriminator", "enum", "example", "examples", "exclusiveMaximum",
    "exclusiveMinimum", "externalDocs", "format", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "nullable",
    "oneOf", "pattern", "properties", "readOnly", "required", "title", "type", "uniqueItems",
    "writeOnly", "xml",
}  # fmt: skip
#: What the module of every operation has.
_FUNCTIONS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed", "arguments")
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_BODY_TYPES = re.compile(r"application/(json|[\w.-]+\+json)(\s*;.*)?", re.IGNORECASE)
_ANSWER_TYPES = re.compile(
    r"(application/(json|[\w.-]+\+json|octet-stream)|text/[\w.+-]+)(\s*;.*)?", re.IGNORECASE
)


def unsupported(document: Mapping[str, Any]) -> list[str]:
    """What the document holds that the client would not honour, each with its place."""
    return list(_unsupported(document))


def _unsupported(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("webhooks"):
        yield "#/webhooks: a client does not receive calls"
    components = document.get("components", {})
    for kind in ("pathItems", "callbacks"):
        if components.get(kind):
            yield f"#/components/{kind}: not supported"
    for name, schema in components.get("schemas", {}).items():
        yield from _unsupported_schema(schema, f"#/components/schemas{pointer([name])}")
    for name, parameter in components.get("parameters", {}).items():
        place = f"#/components/parameters{pointer([name])}"
        yield from _unsupported_parameter(document, parameter, place)
    for name, body in components.get("requestBodies", {}).items():
        place = f"#/components/requestBodies{pointer([name])}"
        yield from _unsupported_content(body, place, _BODY_TYPES)
    for name, answer in components.get("responses", {}).items():
        place = f"#/components/responses{pointer([name])}"
        yield from _unsupported_content(answer, place, _ANSWER_TYPES)
    for place, path, item, operation in operations(document):
        yield from _unsupported_operation(document, place, path, item, operation)


def _unsupported_operation(
    document: Mapping[str, Any],
    place: str,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[str]:
    if "$ref" in item:
        yield f"{place}: a path that is a reference is not supported"
    for owner in (item, operation):
        if owner.get("servers"):
            yield f"{place}/servers: a client has one server, that of the document"
    if operation.get("callbacks"):
        yield f"{place}/callbacks: a client does not receive calls"
    for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
        yield from _unsupported_parameter(document, parameter, f"{place}/parameters")
    yield from _unsupported_content(
        operation.get("requestBody", {}), f"{place}/requestBody", _BODY_TYPES
    )
    for status, answer in operation.get("responses", {}).items():
        yield from _unsupported_content(answer, f"{place}/responses/{status}", _ANSWER_TYPES)
    if re.search(r"[{}]", re.sub(r"\{[A-Za-z_-][A-Za-z0-9_-]*\}", "", path)):
        yield f"{place}: {path!r} has a brace that opens or closes no parameter"
    if re.search(r"[\s?#\\\"'<>^`|]|[^\x20-\x7e]", path):
        yield f"{place}: {path!r} has a character that no path of a URL has"


def _unsupported_parameter(
    document: Mapping[str, Any], parameter: dict[str, Any], place: str
) -> Iterator[str]:
    if "$ref" in parameter:
        return
    where, name = parameter["in"], parameter["name"]
    place = f"{place} ({where} {name})"
    schema = parameter.get("schema")
    if schema is None:
        yield f"{place}: a parameter without a schema is not supported"
        return
    if parameter.get("style", _STYLES[where]) != _STYLES[where]:
        yield f"{place}: the style {parameter['style']!r} is not supported"
    explode = where in ("query", "cookie")
    exploded = parameter.get("explode", explode) == explode
    if not exploded and _holds_type(document, schema, {"array", "object"}):
        yield f"{place}: explode: {json.dumps(parameter['explode'])} is not supported"
    if parameter.get("allowReserved"):
        yield f"{place}: allowReserved is not supported"
    if where != "query" and _holds_type(document, schema, {"array"}):
        yield f"{place}: an array is supported in a query only"
    if where in ("header", "cookie") and not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        yield f"{place}: this is no name of a {where}"
    yield from _unsupported_schema(schema, f"{place}/schema")


def _unsupported_content(
    owner: dict[str, Any], place: str, types: re.Pattern[str]
) -> Iterator[str]:
    content: dict[str, Any] = owner.get("content", {})
    if len(content) > 1:
        yield f"{place}/content: more than one media type is not supported: {', '.join(content)}"
    for media_type, value in content.items():
        inner = f"{place}/content{pointer([media_type])}"
        if not types.fullmatch(media_type):
            yield f"{inner}: this media type is not supported"
        yield from _unsupported_schema(value.get("schema", {}), f"{inner}/schema")


def _holds_type(document: Mapping[str, Any], schema: dict[str, Any], types: set[str]) -> bool:
    """Whether a value may be of one of the types; options that hold themselves are no parameter."""
    schema = resolve(document, schema)
    kinds: Any = schema.get("type", [])
    return bool(types & set(kinds if is_array(kinds) else [kinds])) or any(
        _holds_type(document, option, types)
        for keyword in ("allOf", "anyOf", "oneOf")
        for option in schema.get(keyword, [])
    )


def _unsupported_schema(schema: Any, place: str) -> Iterator[str]:
    if not is_object(schema):
        yield f"{place}: a schema that is {json.dumps(schema)} is not supported"
        return
    for keyword in schema:
        if keyword not in _SCHEMA_KEYWORDS and not keyword.startswith("x-"):
            yield f"{place}: the keyword {keyword!r} is not supported"
    if "$ref" in schema and not schema["$ref"].startswith("#/components/schemas/"):
        yield f"{place}: a reference to {schema['$ref']!r}, which is no component, is not supported"
    beside = set(schema) - {"$ref", "description", "summary", "title"}
    if "$ref" in schema and any(not keyword.startswith("x-") for keyword in beside):
        yield f"{place}: {sorted(beside)} beside a $ref are not supported"
    if "const" in schema and schema["const"] is None:
        yield f"{place}: write type: 'null' for const: null"
    if any(isinstance(value, bool) for value in schema.get("enum", [])):
        yield f"{place}: an enum of booleans is not supported; write const for one of them"
    for name, inner in schema.get("properties", {}).items():
        yield from _unsupported_schema(inner, f"{place}/properties{pointer([name])}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, inner in enumerate(schema.get(keyword, [])):
            yield from _unsupported_schema(inner, f"{place}/{keyword}/{index}")
    if "items" in schema:
        yield from _unsupported_schema(schema["items"], f"{place}/items")
    if is_object(schema.get("additionalProperties")):
        yield from _unsupported_schema(
            schema["additionalProperties"], f"{place}/additionalProperties"
        )


def missing(document: Mapping[str, Any], package: Path, config: Config) -> list[str]:
    """What of the document the package does not hold, each with its place.

    Every operation has its module, its method and the method's async twin; the module has the
    method, the path, each parameter, the body's media type and each documented response; every
    operation has its command, and that an option for each argument; every schema has its class,
    and the class each property or value; every row that a command writes has all its columns.
    """
    trees = {
        path.relative_to(package).with_suffix("").as_posix(): ast.parse(path.read_text("utf-8"))
        for pattern in ("_commands.py", "api/**/*.py", "models/*.py")
        for path in sorted(package.glob(pattern))
    }
    found = list(_missing_operations(document, trees, config))
    found += _missing_schemas(document, trees, config)
    found += _missing_columns(trees)
    return found


def _values(node: Any) -> set[str | int]:
    """The strings and whole numbers of the code below a node."""
    values: set[str | int] = set()
    waiting: list[Any] = [node]
    while waiting:  # ast.walk takes three times as long
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str | int):
                values.add(node.value)
        elif isinstance(node, ast.AST):
            waiting += [getattr(node, field, None) for field in node._fields]
    return values


def _strings(node: ast.AST) -> set[str]:
    """The strings of the code below a node."""
    return {value for value in _values(node) if isinstance(value, str)}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a module, and the methods of its classes."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                yield inner


def _missing_operations(
    document: Mapping[str, Any], trees: Mapping[str, ast.Module], config: Config
) -> Iterator[str]:
    seen: set[str] = set()
    passed = _passed(trees)
    for place, path, item, operation in operations(document):
        tag = PythonIdentifier((operation.get("tags") or ["default"])[0], "tag")
        name = PythonIdentifier(operation["operationId"], config.field_prefix)
        module = f"api/{tag}/{name}"
        if module not in trees or module in seen:
            yield f"{place}: the operation has no module of its own, {module}.py"
            continue
        seen.add(module)
        functions = {
            node.name: node
            # The module last: where both have a function of the name, its own is meant below.
            for tree in (trees.get(f"api/{tag}/_namespace", ast.Module([], [])), trees[module])
            for node in _functions(tree)
        }
        for function in (name, f"{name}_async", *_FUNCTIONS):
            if function not in functions:
                yield f"{place}: the operation has no function {function}"
        table = {
            keyword.arg: _strings(keyword.value)
            for node in ast.walk(trees[module])
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Operation"
            for keyword in node.keywords
        }
        method = place.rpartition("/")[2].upper()
        if table.get("method") != {method} or table.get("path") != {path}:
            yield f"{place}: the operation's module asks for another method or path"
        documented = set(map(str, operation.get("responses", {})))
        read = table.get("success", set()) | table.get("errors", set())
        for status in sorted(documented - read):
            yield f"{place}/responses/{status}: the response is not read"
        sent = _strings(functions["arguments"]) if "arguments" in functions else set[str]()
        for declared in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = resolve(document, declared)
            if parameter["name"] not in sent:
                yield f"{place}/parameters: the parameter {parameter['name']!r} is not sent"
        for media_type in resolve(document, operation.get("requestBody", {})).get("content", {}):
            if media_type not in sent:
                yield f"{place}/requestBody: a body of {media_type} is not sent"
        if f"client.{tag}.{name}" not in passed:
            yield f"{place}: the operation has no command"
        elif "arguments" in functions:
            taken = functions["arguments"].args
            for argument in [*taken.args, *taken.kwonlyargs]:
                if argument.arg not in passed[f"client.{tag}.{name}"]:
                    yield f"{place}/parameters: the command has no option for {argument.arg}"


def _passed(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """By the method that a command calls: the arguments of its function that it passes on."""
    found: dict[str, set[str]] = {}
    for function in trees.get("_commands", ast.Module([], [])).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        arguments = {item.arg for item in [*function.args.args, *function.args.kwonlyargs]}
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                passed = {keyword.arg for keyword in call.keywords if keyword.arg}
                found.setdefault(ast.unparse(call.func), passed & arguments)
    return found


def _missing_columns(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Members of a row for which the command line has no column."""
    constants = {
        ast.unparse(node.target): {
            key.value for key in node.value.keys if isinstance(key, ast.Constant)
        }
        for node in trees.get("_commands", ast.Module([], [])).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    }
    for module, tree in trees.items():
        for node in tree.body if module.startswith("models/") else ():
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_MEMBERS":
                constant = f"_{module.removeprefix('models/')}_columns".upper()
                lost = _strings(node) - constants[constant] if constant in constants else set[str]()
                for name in sorted(lost):
                    yield f"{module}.py: the command line has no column for {name!r}"


def _missing_schemas(
    document: Mapping[str, Any], trees: Mapping[str, ast.Module], config: Config
) -> Iterator[str]:
    classes = {
        node.name: _values(node)
        for module, tree in trees.items()
        if module.startswith("models/")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    for place, name, schema in _schemas(document):
        wanted: set[str | int] = {*schema.get("properties", {})}
        wanted |= {value for value in schema.get("enum", []) if isinstance(value, str | int)}
        if name is not None and (wanted or schema.get("type") == "object"):
            class_name = Class.from_string(string=name, config=config).name
            candidates = [classes[class_name]] if class_name in classes else []
            absent = f"the schema has no class {class_name}"
        else:
            candidates = list(classes.values())
            absent = "the schema has no class"
        if wanted and not candidates:
            yield f"{place}: {absent}"
        elif wanted:
            # An inline schema's class has a name of the parser's making; its content tells which.
            best = max(candidates, key=lambda held: len(wanted & held))
            for lost in sorted(wanted - best, key=str):
                yield f"{place}: {lost!r} is in no class"


def _schemas(document: Mapping[str, Any]) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Every schema with its place, and its name if it is a component."""

    def walk(node: Any, place: str) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
        if is_array(node):
            for index, item in enumerate(node):
                yield from walk(item, f"{place}/{index}")
        elif is_object(node):
            parts = place.split("/")
            component = len(parts) == 4 and parts[1:3] == ["components", "schemas"]
            if is_object(node.get("properties")) or is_array(node.get("enum")):
                yield place, parts[3] if component else None, node
            for key, value in node.items():
                if key not in ("example", "examples", "default", "const", "enum"):
                    yield from walk(value, f"{place}{pointer([key])}")

    yield from walk({"components": document.get("components"), "paths": document["paths"]}, "#")
