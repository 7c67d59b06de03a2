"""What the templates show of the bodies of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.parser.properties.model_property import ANY_ADDITIONAL_PROPERTY
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client.operations.requests import (
    BodyKind,
    RequestBody,
    fixed_header,
    part_headers,
    request_bodies,
)
from generator.client.parse import ParsedDocument
from generator.client.schemas.types import annotation, union
from generator.client.views.docstrings import sentence
from generator.client.views.parameters import Parameter
from generator.spec.media_types import essence, is_json
from generator.spec.values import as_object

_WRITERS = {
    BodyKind.JSON: "_bodies.as_json",
    BodyKind.TEXT: "_bodies.as_text",
    BodyKind.BYTES: "_bodies.as_bytes",
}
_ANNOTATIONS = {BodyKind.TEXT: "str | bytes", BodyKind.BYTES: "bytes | BinaryIO"}


@frozen
class Body:
    """A body that an operation takes.

    Attributes:
        media_type: Its media type, as the document writes it.
        writer: The expression for the function that makes it.
        prop: What the parser made of its schema.
    """

    media_type: str
    kind: BodyKind
    annotation: str
    writer: str
    prop: PropertyProtocol


@frozen
class Bodies:
    """The bodies that an operation takes, the preferred one first.

    Attributes:
        argument: The argument of the methods; None if there is no body.
        content_type: The argument that chooses one; None if there is no choice.
    """

    found: list[Body]
    argument: Parameter | None
    content_type: Parameter | None

    @property
    def is_json(self) -> bool:
        """Whether JSON is the only body."""
        return [body.kind for body in self.found] == [BodyKind.JSON] and not self.content_type


def bodies(document: Mapping[str, Any], data: Mapping[str, Any], parsed: ParsedDocument) -> Bodies:
    """The bodies of an operation."""
    request_body = data.get("requestBody", {})
    declared = request_bodies(document, data)
    found = [_body(body, parsed) for body in declared]
    if not found:
        return Bodies([], None, None)
    is_required = request_body.get("required") is True
    given = union(body.annotation for body in found)
    argument = Parameter(
        name="body",
        python_name="body",
        location="body",
        annotation=given if is_required else f"{given} | Unset",
        default="" if is_required else "UNSET",
        encoder="",
        documentation=sentence(request_body.get("description")) or "The body of the request.",
        prop=found[0].prop,
    )
    return Bodies(found, argument, _content_type(declared, argument))


def _content_type(declared: list[RequestBody], argument: Parameter) -> Parameter | None:
    is_open = any(body.is_open for body in declared)
    if len(declared) == 1 and not is_open:
        return None
    names = [body.media_type for body in declared]
    default = _default_type(declared[0])
    if not default and argument.default:
        default = '""'
    return Parameter(
        name="content_type",
        python_name="content_type",
        location="content_type",
        annotation="str" if is_open else f"Literal[{', '.join(map(repr, names))}]",
        default=default,
        encoder="",
        documentation=f"The media type of the body: {' or '.join(names)}.",
        prop=argument.prop,
    )


def _default_type(body: RequestBody) -> str:
    """The literal of the media type that is sent if the caller names none, or nothing."""
    within = {
        "text/*": "text/plain",
        "application/*": "application/octet-stream",
        "*/*": "application/json" if body.kind == BodyKind.JSON else "application/octet-stream",
    }
    found = within.get(essence(body.media_type), "" if body.is_open else body.media_type)
    return repr(found) if found else ""


def _body(body: RequestBody, parsed: ParsedDocument) -> Body:
    # A value without a class is passed on unchanged, whatever its schema says.
    prop = parsed.property("body", body.schema) if body.kind.has_class else ANY_ADDITIONAL_PROPERTY
    return Body(
        media_type=body.media_type,
        kind=body.kind,
        annotation=_ANNOTATIONS.get(body.kind) or annotation(prop),
        writer=_WRITERS.get(body.kind) or _structured_writer(body),
        prop=prop,
    )


def _structured_writer(body: RequestBody) -> str:
    encode = _form_encoding if body.kind == BodyKind.FORM else _part_encoding
    found = {name: encode(as_object(value)) for name, value in body.encoding.items()}
    return f"_{body.kind}.writer({ {name: value for name, value in found.items() if value}!r})"


def _form_encoding(encoding: Mapping[str, Any]) -> dict[str, Any]:
    if encoding.keys() & {"style", "explode", "allowReserved"}:
        style = str(encoding.get("style", "form"))
        found = {"style": style, "explode": bool(encoding.get("explode", style == "form"))}
        return found | {"reserved": True} if encoding.get("allowReserved") else found
    return {"json": True} if is_json(str(encoding.get("contentType", ""))) else {}


def _part_encoding(encoding: Mapping[str, Any]) -> dict[str, Any]:
    if encoding.keys() & {"style", "explode"}:
        return _form_encoding({"style": "form"} | {**encoding, "allowReserved": False})
    found: dict[str, Any] = {}
    media_type = str(encoding.get("contentType", "")).partition(",")[0].strip()
    if media_type and "*" not in essence(media_type):
        found["content_type"] = media_type
    headers = {name: fixed_header(value) for name, value in part_headers(encoding).items()}
    sent = {name: value for name, value in headers.items() if value is not None}
    return found | {"headers": sent} if sent else found
