"""What the templates show of the parameters of an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty

from generator.client.operations.requests import RequestParameter, request_parameters
from generator.client.parse import ParsedDocument
from generator.client.schemas.expressions import parameter_encoder
from generator.client.schemas.types import (
    annotation,
    has_parts,
    parameter_annotation,
    sole_type,
    union,
)
from generator.client.views.docstrings import sentence
from generator.spec.media_types import is_json
from generator.spec.operations import DEFAULT_STYLES


@frozen
class Parameter:
    """An argument of an operation, and the property that the parser made of it.

    Attributes:
        name: The name of the parameter in the document.
        encoder: The expression for the function that encodes its value.
        style: The further arguments with which the value is added to the request.
    """

    name: str
    python_name: str
    location: str
    annotation: str
    default: str
    encoder: str
    documentation: str
    prop: PropertyProtocol
    style: str = ""

    @property
    def has_style(self) -> bool:
        """Whether the parameter needs the optional module of the styles."""
        if self.style or "_styles." in self.encoder:
            return True
        return self.location != "query" and "encode.array(" in self.encoder


def parameters(
    item: Mapping[str, Any],
    data: Mapping[str, Any],
    parsed: ParsedDocument,
) -> list[Parameter]:
    """The views of the parameters of an operation."""
    found = request_parameters(item, data)
    return [_parameter(each, parsed.property(each.name, each.schema)) for each in found]


def _parameter(parameter: RequestParameter, prop: PropertyProtocol) -> Parameter:
    given, encoder = _value(parameter, prop)
    text = sentence(parameter.data.get("description") or prop.description)
    text = text or f"The {parameter.location} parameter {parameter.name}."
    if prop.default is not None:
        text += f" The server's default is {prop.default.raw_value!r}."
    return Parameter(
        name=parameter.name,
        python_name=parameter.python_name,
        location=parameter.location,
        annotation=given if parameter.required else f"{given} | None",
        default="" if parameter.required else "None",
        encoder=encoder,
        documentation=text,
        prop=prop,
        style=_style(parameter, prop),
    )


def _value(parameter: RequestParameter, prop: PropertyProtocol) -> tuple[str, str]:
    """The annotation of an argument, and its encoder."""
    if parameter.media_type:
        if not is_json(parameter.media_type):
            return "str", "encode.string"
        ascii_only = parameter.location == "header"
        return annotation(prop), "_styles.json_ascii" if ascii_only else "_styles.json_text"
    given, encoder = parameter_annotation(prop), parameter_encoder(prop)
    if parameter.data.get("allowEmptyValue") and not isinstance(sole_type(prop), StringProperty):
        return union([given, 'Literal[""]']), f'encode.one_of({encoder}, encode.const(""))'
    return given, encoder


def _style(parameter: RequestParameter, prop: PropertyProtocol) -> str:
    """How a value is added to the request, as far as it is not usual."""
    if parameter.media_type:
        return ""
    found = ""
    usual = DEFAULT_STYLES[parameter.location]
    # Only label and matrix change a value without parts.
    if parameter.style != usual and (has_parts(prop) or parameter.location == "path"):
        found += f', style="{parameter.style}"'
    if has_parts(prop) and parameter.explode != (usual == "form"):
        found += f", explode={parameter.explode}"
    if parameter.data.get("allowReserved") and parameter.location == "query":
        found += ", reserved=True"
    return found


def split_path(path: str) -> tuple[list[tuple[str, str]], str]:
    """The parts of a path: each literal with the name of the parameter after it, and the end.

    The literals are percent-encoded as far as they are not. A fragment is not sent.
    """
    *pieces, end = re.split(r"\{([^{}]*)\}", path.partition("#")[0])
    literals = [quote(literal, safe="/:@!$&'()*+,;=?%") for literal in [*pieces[::2], end]]
    return list(zip(literals, pieces[1::2], strict=False)), literals[-1]
