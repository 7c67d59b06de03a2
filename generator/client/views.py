"""What the templates show of the document: everything that needs more than to be put in its place.

openapi-python-client hands its templates the parsed document; these views stand beside it, with the
expressions, docstrings and imports worked out, so that the templates hold text and nothing to
decide.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from attrs import frozen
from openapi_python_client.parser.properties import AnyProperty, Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ANY_ADDITIONAL_PROPERTY
from openapi_python_client.strings import ClassName, PythonIdentifier, safe_for_docstring

from generator.client import types as code
from generator.client.error_classes import error_class
from generator.errors import GeneratorError
from generator.spec.references import resolve
from generator.spec.values import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openapi_python_client.parser.openapi import Endpoint, EndpointCollection
    from openapi_python_client.parser.properties.protocol import PropertyProtocol
    from openapi_python_client.parser.responses import Response
    from openapi_python_client.schema.untrusted_string import UntrustedString

WIDTH = 88
"""The columns of a docstring before it is indented."""

#: Names that the methods and modules of an operation use themselves.
_TAKEN_BY_METHODS = {
    "arguments",
    "client",
    "encode",
    "headers",
    "max_retries",
    "options",
    "request",
    "self",
    "timeout",
    "warnings",
}
_TAKEN_BY_MODELS = {
    "additional_name",
    "additional_properties",
    "field",
    "from_dict",
    "to_dict",
}
#: The names in a module that a class of the document would hide.
TAKEN_BY_MODULES = {
    "Any",
    "CallOptions",
    "Callable",
    "Client",
    "Literal",
    "Mapping",
    "Never",
    "OPERATION",
    "Operation",
    "Response",
    "Self",
    "Sequence",
    "TYPE_CHECKING",
    "Timeout",
    "UNSET",
    "UUID",
    "Unpack",
    "Unset",
}
#: The other arguments of ``Client``, and what its constructor calls its own variables.
_TAKEN_BY_CONSTRUCTOR = {
    "base_url",
    "credential",
    "follow_redirects",
    "given",
    "headers",
    "http_library",
    "httpx_args",
    "max_retries",
    "name",
    "scheme",
    "self",
    "timeout",
    "verify_ssl",
}
#: The public names of ``Client``, which a namespace would hide.
_TAKEN_BY_CLIENT = {
    "aclose",
    "call",
    "call_async",
    "close",
    "get_async_httpx_client",
    "get_httpx_client",
    "send",
    "send_async",
    "set_async_httpx_client",
    "set_httpx_client",
    "with_headers",
    "with_max_retries",
    "with_timeout",
}


@frozen
class Scheme:
    """A security scheme, as ``Client`` takes its key."""

    name: str
    argument: str
    header: str
    prefix: str
    environment: list[str]
    description: list[str]


@frozen
class Parameter:
    """An argument of an operation."""

    name: str
    python_name: str
    location: str
    annotation: str
    default: str
    encoder: str
    documentation: str
    media_type: str = ""


@frozen
class Answer:
    """A documented response: its status pattern and the expression that reads its body."""

    pattern: str
    reader: str
    annotation: str
    description: str
    accept: str


@frozen
class Operation:
    """An operation, ready to be written out."""

    name: str
    namespace: str
    method: str
    path: str
    path_parts: list[tuple[str, Parameter]]
    path_end: str
    positional: list[Parameter]
    keyword: list[Parameter]
    body: Parameter | None
    security: list[list[str]]
    accept: str
    success: list[Answer]
    errors: list[Answer]
    success_annotation: str
    error_annotation: str
    any_annotation: str
    models: list[Class]
    deprecated: str
    forward: str
    module_docstring: str
    docstring: str
    async_docstring: str


@frozen
class Namespace:
    """The operations of a tag."""

    name: str
    class_name: str
    docstring: str
    module_docstring: str
    models: list[Class]
    operations: list[Operation]


@frozen
class Member:
    """A property of a model."""

    name: str
    python_name: str
    required: bool
    annotation: str
    field: str
    doubt: str | None
    struct_type: str
    from_struct: str
    decoder: str
    encoder: str


@frozen
class Model:
    """A model, ready to be written out."""

    name: str
    module_docstring: str
    docstring: str
    members: list[Member]
    imports: list[Class]
    deferred: list[Class]
    additional_annotation: str
    additional: str
    additional_encoder: str
    subscripts: bool
    has_struct: bool
    holds_structs: bool
    has_optional: bool


def raw(text: UntrustedString | str | None) -> str:
    """The text of the document, to be escaped by whoever writes it out."""
    if text is None:
        return ""
    return text if isinstance(text, str) else text.get_untrusted_value()


def paragraph(
    text: UntrustedString | str | None, *, indent: str = "", hanging: str | None = None
) -> str:
    """Text of the document as the lines of a docstring, escaped and wrapped."""
    # Escaped before it is wrapped: a line may not be broken inside an escape.
    return textwrap.fill(
        str(safe_for_docstring(" ".join(raw(text).split()))),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def sentence(text: UntrustedString | str | None) -> str:
    """Text of the document as a sentence: trimmed, and with a full stop."""
    trimmed = " ".join(raw(text).split())
    return trimmed if not trimmed or trimmed[-1] in ".!?:" else f"{trimmed}."


def docstring(summary: str, *parts: str) -> str:
    """The content of a docstring: its summary and those of its parts that are not empty."""
    return "\n\n".join(filter(None, [paragraph(summary), *parts]))


def section(title: str, entries: Iterable[tuple[str, str]]) -> str:
    """A section of a docstring in Google's style, or nothing if it is empty."""
    lines = [
        paragraph(f"{name}: {text}" if text else name, indent="    ", hanging="        ")
        for name, text in entries
    ]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def schemes(document: Mapping[str, Any], prefix: str) -> list[Scheme]:
    """The security schemes of the document.

    Raises:
        GeneratorError: A scheme is of a kind that the client has not.
    """
    found: list[Scheme] = []
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        match scheme:
            case {"type": "http", "scheme": str(kind)} if kind.lower() == "bearer":
                header, before = "Authorization", "Bearer "
            case {"type": "apiKey", "in": "header", "name": str(header)}:
                before = ""
            case _:
                raise GeneratorError(
                    f"#/components/securitySchemes/{name}: only http bearer and apiKey in a header "
                    "are supported"
                )
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", header):
            raise GeneratorError(f"securitySchemes.{name}: {header!r} is no name of a header")
        environment: Any = scheme.get("x-environment-variables", [])
        if not is_array(environment) or not all(isinstance(item, str) for item in environment):
            raise GeneratorError(
                f"securitySchemes.{name}: x-environment-variables is no list of names"
            )
        argument = str(PythonIdentifier(name, prefix))
        # In lines, each of which but the last ends with its space.
        lines = textwrap.wrap(sentence(scheme.get("description")), WIDTH - 12)
        description = [f"{line} " for line in lines[:-1]] + lines[-1:]
        found.append(Scheme(name, argument, header, before, environment, description))
    arguments = [scheme.argument for scheme in found]
    for argument in arguments:
        if argument in _TAKEN_BY_CONSTRUCTOR or arguments.count(argument) > 1:
            raise GeneratorError(
                f"securitySchemes: {argument!r} is taken by another argument of Client"
            )
    return found


def base_url(document: Mapping[str, Any]) -> str:
    """The first server's URL, with the defaults of its variables.

    Raises:
        GeneratorError: There is none that a client could use without its user's help.
    """
    server: dict[str, Any] = (document.get("servers") or [{"url": "/"}])[0]
    url: str = server["url"]
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", variable["default"])
    if not re.fullmatch(r"https?://[^\s{}\"'\\]+", url):
        raise GeneratorError(
            f"servers[0].url: expected an absolute http or https URL, found {url!r}"
        )
    return url.rstrip("/")


def client_docstring(document: Mapping[str, Any], found: list[Scheme], package: str) -> str:
    """The docstring of ``Client``."""
    info = document["info"]
    variable = f"{package.upper()}_BASE_URL"
    keys = [
        (
            scheme.argument,
            "".join(scheme.description)
            + (
                f" Without it, {' or '.join(scheme.environment)} is read."
                * bool(scheme.environment)
            ),
        )
        for scheme in found
    ]
    arguments = [
        *keys,
        (
            "base_url",
            f"Where the API is. Without it, {variable} is read, else it is {base_url(document)}.",
        ),
        (
            "timeout",
            "Seconds that connecting, and each read and write, may take, or an "
            "``httpx.Timeout``; ``httpx.Timeout(None)`` waits without end.",
        ),
        (
            "max_retries",
            "How many more tries a call may have that failed for a reason which may pass; only "
            "where the method allows to repeat it.",
        ),
        ("headers", "Headers to send with every call."),
        ("verify_ssl", "False, a path or an ``ssl.SSLContext``, as httpx takes them."),
        ("follow_redirects", "Whether redirects are followed; a key goes to its own origin only."),
        (
            "httpx_args",
            "More arguments of ``httpx.Client`` and ``httpx.AsyncClient``, such as ``proxy``.",
        ),
        (
            "http_library",
            "``httpx2`` runs on the maintained fork of httpx, which is an extra to install.",
        ),
    ]
    parts = (
        paragraph(sentence(info.get("description"))),
        paragraph(
            "One client serves many threads and many event loops. Copies that ``with_headers`` and "
            "its like make share its connections, and leave it as it was. Leaving its ``with`` "
            "block closes them."
        ),
        section("Args", arguments),
        section(
            "Raises",
            [("ConfigurationError", "An argument, or what stands in for it, cannot be used.")],
        ),
    )
    return docstring(f"A client for {sentence(info['title'])}", *parts)


def _classes(properties: Iterable[PropertyProtocol]) -> list[Class]:
    found = {
        prop.class_info.name: prop.class_info
        for item in properties
        for prop in code.models_in(item)
    }
    return [found[name] for name in sorted(found)]


def _rename(prop: PropertyProtocol, taken: set[str], suffix: str) -> None:
    if prop.python_name in taken:
        # Not by set_python_name, whose snake case would drop an underscore at the end.
        object.__setattr__(prop, "python_name", f"{prop.python_name}_{suffix}")


def _descriptions(
    document: Mapping[str, Any], path: str, data: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """What the document says of each parameter; the parser keeps what it says of the schemas."""
    found: dict[tuple[str, str], str] = {}
    for item in [*document["paths"][path].get("parameters", []), *data.get("parameters", [])]:
        parameter = resolve(document, item)
        if "description" in parameter:
            found[parameter["in"], parameter["name"]] = parameter["description"]
    return found


def _parameter(prop: PropertyProtocol, location: str, description: str | None) -> Parameter:
    name, where = raw(prop.name), location
    annotation = code.parameter_annotation(prop)
    try:
        encoder = code.parameter_encoder(prop)
    except GeneratorError:
        raise GeneratorError(
            f"the {where} parameter {name!r} is of a type that cannot stand there"
        ) from None
    text = sentence(description or prop.description)
    if prop.default is not None:
        text += f" The server's default is {prop.default.raw_value!r}."
    return Parameter(
        name=name,
        python_name=prop.python_name,
        location=location,
        annotation=annotation if prop.required else f"{annotation} | None",
        default="" if prop.required else "None",
        encoder=encoder,
        documentation=text,
    )


def _body(endpoint: Endpoint, description: str) -> Parameter | None:
    if not endpoint.bodies:
        return None
    body = endpoint.bodies[0]
    annotation = code.annotation(body.prop)
    return Parameter(
        name="body",
        python_name="body",
        location="body",
        annotation=annotation if body.prop.required else f"{annotation} | Unset",
        default="" if body.prop.required else "UNSET",
        encoder="",
        documentation=description or "The body of the request.",
        media_type=raw(body.content_type),
    )


def _answer(response: Response) -> Answer:
    prop, source = response.prop, response.source["attribute"]
    description = sentence(getattr(response.data, "description", ""))
    if source == "response.json()":
        reader, annotation, accept = (
            f"json_body({code.decoder(prop)})",
            code.annotation(prop),
            "application/json",
        )
    elif source == "response.text":
        reader, annotation, accept = "text_body", "str", "text/*"
    elif source == "response.content" or isinstance(prop, FileProperty):
        reader, annotation, accept = "bytes_body", "bytes", "application/octet-stream"
    else:
        reader, annotation, accept = "no_body", "None", ""
    return Answer(response.status_code.pattern, reader, annotation, description, accept)


def _union(annotations: Iterable[str]) -> str:
    members = [member for annotation in annotations for member in code.members(annotation)]
    ordered = [member for member in dict.fromkeys(members) if member != "None"]
    return " | ".join(ordered + ["None"] * ("None" in members)) or "Never"


def _raises(errors: list[Answer]) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for answer in errors:
        if answer.pattern == "default":
            entries.append(("errors.APIStatusError", answer.description or "Any other error."))
        elif answer.pattern.endswith("XX"):
            name = "InternalServerError" if answer.pattern == "5XX" else "APIStatusError"
            entries.append((f"errors.{name}", f"HTTP {answer.pattern}: {answer.description}"))
        else:
            name = error_class(int(answer.pattern))
            entries.append((f"errors.{name}", f"HTTP {answer.pattern}: {answer.description}"))
    if all(answer.pattern != "default" for answer in errors):
        entries.append(("errors.APIStatusError", "Any other error."))
    entries += [
        ("errors.APIConnectionError", "There is no complete HTTP answer."),
        ("errors.ResponseValidationError", "A success is not what the document says."),
        ("errors.ConfigurationError", "An argument cannot be used; nothing was sent."),
    ]
    return entries


def as_typed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document in which ``x-value-format`` takes the place of ``format``.

    The extension says what a string denotes whose grammar is wider than that of the format.
    """

    def typed(node: Any) -> Any:
        if is_object(node):
            copied = {name: typed(value) for name, value in node.items()}
            if node.get("type") == "string" and isinstance(node.get("x-value-format"), str):
                copied["format"] = node["x-value-format"]
            if is_array(node.get("enum")) and None in node["enum"] and is_array(node.get("type")):
                # Null among the values says it, too; the parser would make a class for each.
                kinds = [kind for kind in node["type"] if kind != "null"]
                copied["type"] = kinds[0] if len(kinds) == 1 else kinds
            return copied
        return [typed(item) for item in node] if is_array(node) else node

    copied: dict[str, Any] = typed(document)
    return copied


def _shape(path: str) -> str:
    """A path without the names of its parameters: two paths of one shape would be the same path."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _in_document(document: Mapping[str, Any], endpoint: Endpoint) -> tuple[str, Mapping[str, Any]]:
    """The path and the operation that an endpoint was made of; the parser keeps half of them."""
    shape = _shape(raw(endpoint.path))
    path = next(
        path
        for path in document["paths"]
        if _shape(path) == shape and endpoint.method in document["paths"][path]
    )
    return path, document["paths"][path][endpoint.method]


def operation(document: Mapping[str, Any], endpoint: Endpoint) -> Operation:
    """An operation, ready to be written out."""
    template, data = _in_document(document, endpoint)
    security = [
        list(alternative) for alternative in data.get("security", document.get("security", []))
    ]
    if [] in security:
        security = []  # an empty alternative: the operation can do without a key
    located = [
        ("path", endpoint.path_parameters),
        ("query", endpoint.query_parameters),
        ("header", endpoint.header_parameters),
        ("cookie", endpoint.cookie_parameters),
    ]
    for location, properties in located:
        for prop in properties:
            _rename(prop, _TAKEN_BY_METHODS | ({"body"} if endpoint.bodies else set()), location)
    described = _descriptions(document, template, data)
    parameters = [
        _parameter(prop, location, described.get((location, raw(prop.name))))
        for location, properties in located
        for prop in properties
    ]
    if len({parameter.python_name for parameter in parameters}) < len(parameters):
        raise GeneratorError(f"{endpoint.name}: two parameters come to the same Python name")
    body = _body(
        endpoint, sentence(resolve(document, data.get("requestBody", {})).get("description"))
    )

    *pieces, path_end = re.split(r"\{([^{}]*)\}", template)
    positional = [parameter for parameter in parameters if parameter.location == "path"]
    in_path = {parameter.name: parameter for parameter in positional}
    path_parts = [
        (literal, in_path[name]) for literal, name in zip(pieces[::2], pieces[1::2], strict=True)
    ]
    rest = [
        *([body] if body else []),
        *(parameter for parameter in parameters if parameter.location != "path"),
    ]
    keyword = sorted(rest, key=lambda parameter: bool(parameter.default))

    answers = [_answer(response) for response in endpoint.responses]
    success = [answer for answer in answers if answer.pattern.startswith("2")]
    errors = [answer for answer in answers if not answer.pattern.startswith("2")]
    if not success:
        # Without a success of its own, an operation's success is what it answers by default.
        success = [answer for answer in errors if answer.pattern == "default"]
    if not success:
        raise GeneratorError(f"{endpoint.name}: the document has no answer for a success")
    success_annotation = _union(answer.annotation for answer in success)
    error_annotation = _union(answer.annotation for answer in errors)
    used = [response.prop for response in endpoint.responses] + [
        item for _, items in located for item in items
    ]
    used += [item.prop for item in endpoint.bodies]

    namespace = str(endpoint.tags[0])
    summary = sentence(endpoint.summary) or f"{endpoint.method.upper()} {template}."
    deprecated = f"{namespace}.{endpoint.name} is deprecated" if data.get("deprecated") else ""
    options = [
        ("timeout", "Seconds for this call, or an ``httpx.Timeout``; the client's if None."),
        ("max_retries", "How many more tries this call may have; the client's if None."),
        ("headers", "Headers to send with this call, in place of the client's of the same name."),
    ]
    arguments = [
        (parameter.python_name, parameter.documentation) for parameter in [*positional, *keyword]
    ]
    call = f"client.{namespace}.{endpoint.name}"
    needed = ", ".join(
        [*(item.python_name for item in positional)]
        + [f"{item.python_name}={item.python_name}" for item in keyword if not item.default]
    )
    result = "" if success_annotation == "None" else "result = "
    description = sentence(endpoint.description)
    parts = (
        paragraph(description) if description not in ("", summary) else "",
        "Deprecated: the document says so, and a call warns." if deprecated else "",
        section("Args", arguments + options),
        section(
            "Returns", [(success_annotation, " ".join(answer.description for answer in success))]
        ),
        section("Raises", _raises(errors)),
    )
    variants = [
        docstring(summary, *parts, f"Examples:\n    >>> {result}{awaited}{call}{suffix}({needed})")
        for awaited, suffix in (("", ""), ("await ", "_async"))
    ]
    return Operation(
        name=str(endpoint.name),
        namespace=namespace,
        method=endpoint.method.upper(),
        path=template,
        path_parts=path_parts,
        path_end=path_end,
        positional=positional,
        keyword=keyword,
        body=body,
        security=security,
        accept=", ".join(dict.fromkeys(filter(None, (answer.accept for answer in success))))
        or "*/*",
        success=success,
        errors=errors,
        success_annotation=success_annotation,
        error_annotation=error_annotation,
        any_annotation=_union([success_annotation, *(answer.annotation for answer in errors)]),
        models=_classes(used),
        deprecated=deprecated,
        forward=", ".join(
            [item.python_name for item in positional]
            + [f"{item.python_name}={item.python_name}" for item in keyword]
        ),
        module_docstring=docstring(f"{endpoint.method.upper()} {template}: {summary}"),
        docstring=variants[0],
        async_docstring=variants[1],
    )


def namespace(document: Mapping[str, Any], collection: EndpointCollection) -> Namespace:
    """The operations of a tag, ready to be written out."""
    operations = [operation(document, endpoint) for endpoint in collection.endpoints]
    name = str(collection.tag)
    _, first = _in_document(document, collection.endpoints[0])
    tag = first["tags"][0] if first.get("tags") else "default"
    description = next(
        (item.get("description") for item in document.get("tags", []) if item["name"] == tag), None
    )
    if name in _TAKEN_BY_CLIENT:
        raise GeneratorError(f"the tag {tag!r} would hide Client.{name}: rename it in the overlay")
    # With the suffix, so that no tag hides what its module imports.
    class_name = f"{ClassName(name, 'Tag')}Operations"
    models = {model.name: model for item in operations for model in item.models}
    if class_name in models:
        raise GeneratorError(f"the tag {tag!r} and a schema come to the class {class_name}")
    names = [operation.name for operation in operations]
    for item in names:
        if names.count(item) > 1 or f"{item}_async" in names:
            raise GeneratorError(
                f"the tag {tag!r} has two operations that come to the method {item} or its twin"
            )
    return Namespace(
        name=name,
        class_name=class_name,
        docstring=docstring(sentence(description) or f"The operations of the tag {tag}."),
        module_docstring=docstring(f"The operations of the tag {tag}."),
        models=[models[name] for name in sorted(models)],
        operations=operations,
    )


def _references(model: ModelProperty) -> list[Class]:
    properties: list[PropertyProtocol] = [
        *(model.required_properties or []),
        *(model.optional_properties or []),
    ]
    if model.additional_properties is not None:
        properties.append(model.additional_properties)
    return [found for found in _classes(properties) if found.name != model.class_info.name]


def reachable(models: list[ModelProperty]) -> dict[str, set[str]]:
    """For each model the models that it holds, at any depth."""
    graph = {
        str(model.class_info.name): {str(item.name) for item in _references(model)}
        for model in models
    }
    closure: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += graph.get(name, ())
        closure[start] = seen
    return closure


def structs(models: list[ModelProperty], closure: Mapping[str, set[str]]) -> set[str]:
    """The models that msgspec can read into structs: closed to what the document does not name."""
    return {
        str(item.class_info.name)
        for item in models
        if str(item.class_info.name) not in closure[str(item.class_info.name)]
        and isinstance(item.additional_properties or ANY_ADDITIONAL_PROPERTY, AnyProperty)
        and all(
            # msgspec takes no name that JSON escapes.
            raw(member.name).isprintable()
            and not {*raw(member.name)} & {'"', "\\"}
            and code.struct_member(member, ())
            for member in [*(item.required_properties or []), *(item.optional_properties or [])]
        )
    }


def _field(prop: PropertyProtocol) -> str:
    """What follows the annotation of a member."""
    if not isinstance(prop, ListProperty):
        return "" if prop.required else " = UNSET"
    return f" = field({'' if prop.required else 'default=UNSET, '}repr=brief)"


def model(prop: ModelProperty, closure: Mapping[str, set[str]], in_structs: set[str]) -> Model:
    """A model, ready to be written out."""
    properties: list[PropertyProtocol] = [
        *(prop.required_properties or []),
        *(prop.optional_properties or []),
    ]
    order = [raw(name) for name in prop.data.properties or {}]
    # In the document's order, as far as it has one: an allOf's properties come first.
    properties.sort(key=lambda item: order.index(raw(item.name)) if raw(item.name) in order else -1)
    for item in properties:
        _rename(item, _TAKEN_BY_MODELS, "")
    name = str(prop.class_info.name)
    in_struct = [code.struct_member(item, in_structs) or ("", "") for item in properties]
    members = [
        Member(
            name=raw(item.name),
            python_name=item.python_name,
            required=item.required,
            annotation=_union([code.annotation(item)] + ["Unset"] * (not item.required)),
            field=_field(item),
            doubt=code.doubt(item),
            struct_type=struct_type,
            from_struct=from_struct,
            decoder=code.decoder(item),
            encoder=code.encoder(item, f"self.{item.python_name}", optional=not item.required),
        )
        for item, (struct_type, from_struct) in zip(properties, in_struct, strict=True)
    ]
    references = _references(prop)
    deferred = [other for other in references if name in closure.get(str(other.name), ())]
    # An object that the document closes is open here: what a server adds is kept, not refused.
    additional = prop.additional_properties or ANY_ADDITIONAL_PROPERTY
    anything = isinstance(additional, AnyProperty)
    entries = [(str(item.python_name), sentence(item.description)) for item in properties]
    rest = "The members that the document does not name, as they came; empty if there are none."
    entries.append(("additional_properties", rest))
    title = sentence(prop.description) or sentence(prop.data.title) or f"The schema {name}."
    has_optional = any(not item.required for item in properties)
    count = "len(data.keys() - _MEMBERS)" if has_optional else f"len(data) - {len(members)}"
    return Model(
        name=name,
        module_docstring=docstring(f"The model {name}."),
        docstring=docstring(title, section("Attributes", entries)),
        members=members,
        imports=[other for other in references if other not in deferred],
        deferred=deferred,
        additional_annotation=code.annotation(additional),
        additional=(
            f"decode.keep(self, data, _MEMBERS, {count})"
            if anything
            else "self.additional_properties = "
            f"decode.additional(data, _MEMBERS, {code.decoder(additional)})"
        ),
        additional_encoder=(
            "self.additional_properties"
            if anything
            else "encode.json_value(self.additional_properties)"
        ),
        subscripts=any(item.required and item.doubt is not None for item in members),
        has_struct=name in in_structs,
        holds_structs=any("struct(" in member.struct_type for member in members),
        has_optional=has_optional,
    )


def enum_docstring(prop: EnumProperty) -> str:
    """The docstring of an enum."""
    text = sentence(prop.description) or f"The values of {prop.class_info.name}."
    return docstring(
        text, "A value that the document does not know is kept as it comes, in place of a member."
    )
