"""Everything that the templates show of a document, in one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import Endpoint

from generator.client.parse import ParsedDocument
from generator.client.views.client import client_arguments, client_docstring, server_url
from generator.client.views.docstrings import docstring
from generator.client.views.models import ModelViews
from generator.client.views.operations import Namespace, Operation, namespace
from generator.client.views.security import Scheme, schemes


@frozen
class PackageView:
    """The views of a package; the templates know them by these names.

    Attributes:
        parsed: The document as openapi-python-client parsed it.
        model_homes: The module of each model and enum.
    """

    parsed: ParsedDocument
    package_docstring: str
    base_url: str
    schemes: list[Scheme]
    client_docstring: str
    client_arguments: str
    key_required: bool
    namespaces: dict[str, Namespace]
    models: ModelViews
    model_homes: dict[str, str]

    @property
    def operations(self) -> list[Operation]:
        """All operations."""
        return [item for space in self.namespaces.values() for item in space.operations]

    def operation(self, endpoint: Endpoint) -> Operation:
        """The view of an operation that openapi-python-client has parsed."""
        operations = self.namespaces[str(endpoint.tags[0])].operations
        return next(item for item in operations if item.name == str(endpoint.name))


def package_view(
    document: Mapping[str, Any], parsed: ParsedDocument, config: Config
) -> PackageView:
    """Make the views of a package.

    Raises:
        GeneratorError: Something of the document is not supported.
    """
    found = schemes(document, config.field_prefix)
    namespaces = {
        str(tag): namespace(document, collection)
        for tag, collection in sorted(parsed.endpoint_collections_by_tag.items())
    }
    operations = [item for space in namespaces.values() for item in space.operations]
    classes = [item.class_info for item in [*parsed.models, *parsed.enums]]
    title = f"{config.project_name_override}: a client for {document['info']['title']}."
    return PackageView(
        parsed=parsed,
        package_docstring=docstring(title, default=f"{config.project_name_override}: a client."),
        base_url=server_url(document),
        schemes=found,
        client_docstring=client_docstring(document),
        client_arguments=client_arguments(document, found, str(config.package_name_override)),
        key_required=all(
            operation.security and all(operation.security) for operation in operations
        ),
        namespaces=namespaces,
        models=ModelViews(parsed.models, parsed.presences),
        model_homes={str(info.name): str(info.module_name) for info in classes},
    )
