"""The completeness check: whether everything in a document reaches the views of its package.

openapi-python-client leaves out in silence what it does not know. This check does not ask it, but
compares the document with what the templates are about to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_python_client.config import Config

from generator.client.completeness.operations import missing_operations
from generator.client.completeness.schemas import missing_classes, missing_schemas
from generator.client.views.package import PackageView

__all__ = ["missing"]


def missing(
    document: Mapping[str, Any], normal: Mapping[str, Any], view: PackageView, config: Config
) -> list[str]:
    """What of the document the package would not have, each with its place.

    Every operation has a method with its parameters, its body, and each documented response; every
    schema has a class with its properties or values. The commands follow from these at run time.

    Args:
        document: The document.
        normal: The document as the parser got it.
        view: The views of the package.
        config: The configuration of openapi-python-client.
    """
    return [
        *missing_operations(document, view),
        *missing_schemas(document, view),
        *missing_classes(normal, view, config),
    ]
