"""What the templates show of the responses of an operation."""

from __future__ import annotations

from attrs import frozen
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.responses import Response

from generator.client.error_classes import error_class
from generator.client.expressions import decoder
from generator.client.types import annotation
from generator.client.views.docstrings import sentence
from generator.errors import GeneratorError


@frozen
class DocumentedResponse:
    """A response of the document: its status pattern and the expression that reads its body."""

    pattern: str
    reader: str
    annotation: str
    description: str
    accept: str
    prop: PropertyProtocol

    @property
    def is_success(self) -> bool:
        """Whether the status pattern is one of a success."""
        return self.pattern.startswith("2")


def _response(response: Response) -> DocumentedResponse:
    prop, source = response.prop, response.source["attribute"]
    if source == "response.json()":
        reader, text = f"json_body({decoder(prop)})", annotation(prop)
        accept = "application/json"
    elif source == "response.text":
        reader, text, accept = "text_body", "str", "text/*"
    elif source == "response.content" or isinstance(prop, FileProperty):
        reader, text, accept = "bytes_body", "bytes", "application/octet-stream"
    else:
        reader, text, accept = "no_body", "None", ""
    description = sentence(getattr(response.data, "description", ""))
    pattern = response.status_code.pattern
    return DocumentedResponse(pattern, reader, text, description, accept, prop)


def responses(endpoint: Endpoint) -> tuple[list[DocumentedResponse], list[DocumentedResponse]]:
    """The successes and the errors of an operation."""
    found = [_response(response) for response in endpoint.responses]
    errors = [response for response in found if not response.is_success]
    # An operation without a success of its own succeeds with its default response.
    success = [response for response in found if response.is_success] or [
        response for response in errors if response.pattern == "default"
    ]
    if not success:
        raise GeneratorError(f"{endpoint.name}: the document has no response for a success")
    return success, errors


def raises(errors: list[DocumentedResponse]) -> list[tuple[str, str]]:
    """The entries of a docstring's section on exceptions."""
    entries: list[tuple[str, str]] = []
    for response in errors:
        text = f"HTTP {response.pattern}: {response.description}"
        if response.pattern == "default":
            name, text = "APIStatusError", response.description or "Any other error."
        elif response.pattern.endswith("XX"):
            name = "InternalServerError" if response.pattern == "5XX" else "APIStatusError"
        else:
            name = error_class(int(response.pattern))
        entries.append((f"errors.{name}", text))
    if all(response.pattern != "default" for response in errors):
        entries.append(("errors.APIStatusError", "Any other error."))
    return entries
