"""Everything that the templates show of a document, in one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.config import Config

from generator.client.names import method_names
from generator.client.parse import ParsedDocument
from generator.client.views.client import client_arguments, client_docstring, server_url
from generator.client.views.docstrings import docstring
from generator.client.views.models import ModelViews
from generator.client.views.operations import Namespace, Operation, namespace, operation
from generator.client.views.security import Scheme, schemes
from generator.spec.operations import operations


@frozen
class PackageView:
    """The views of a package; the templates know them by these names.

    Attributes:
        parsed: The schemas as openapi-python-client parsed them.
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

    @property
    def modules(self) -> set[str]:
        """The optional modules of the runtime that operations import."""
        return {module for item in self.operations for module in item.modules}


def package_view(
    document: Mapping[str, Any], parsed: ParsedDocument, config: Config
) -> PackageView:
    """Make the views of a package.

    Raises:
        GeneratorError: Something of the document is not supported.
    """
    found = schemes(document, config.field_prefix)
    names = method_names(document)
    by_namespace: dict[str, list[Operation]] = {}
    for place, path, item, _ in operations(document):
        method = place.rpartition("/")[2]
        view = operation(document, parsed, names[path, method], path, method, item)
        by_namespace.setdefault(view.namespace, []).append(view)
    alternatives = [view.security for views in by_namespace.values() for view in views]
    classes = [prop.class_info for prop in parsed.models]
    classes += [prop.class_info for prop in parsed.enums]
    title = f"{config.project_name_override}: a client for {document['info']['title']}."
    return PackageView(
        parsed=parsed,
        package_docstring=docstring(title, default=f"{config.project_name_override}: a client."),
        base_url=server_url(document),
        schemes=found,
        client_docstring=client_docstring(document),
        client_arguments=client_arguments(document, found, str(config.package_name_override)),
        key_required=all(each and all(each) for each in alternatives),
        namespaces={
            name: namespace(document, name, views) for name, views in sorted(by_namespace.items())
        },
        models=ModelViews(parsed.models, parsed.presences),
        model_homes={str(info.name): str(info.module_name) for info in classes},
    )
