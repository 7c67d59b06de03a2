"""Write a document in terms that openapi-python-client's parser knows, so that it drops nothing.

What the document allows stays the same, except for limits: see `keywords`. Each module does one
thing, in the order of `normalise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_python_client.config import Config

from generator.client.normalise.alternatives import Components
from generator.client.normalise.class_names import name_classes
from generator.client.normalise.cycles import end_cycles
from generator.client.normalise.files import mark_files
from generator.client.normalise.outermost_schemas import outermost_schemas
from generator.client.normalise.pointers import hoist_pointers
from generator.client.normalise.schemas import Simplified
from generator.client.normalise.subtypes import spread_subtypes
from generator.errors import refuse
from generator.spec.references import inlined

__all__ = ["normalise"]


def normalise(document: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """A copy of a document whose schemas have one type each, and whose classes have one name each.

    Args:
        document: A valid document.
        config: The configuration of openapi-python-client, which names classes.

    Raises:
        GeneratorError: A schema allows no value.
    """
    normal = inlined(document)
    schemas = normal.setdefault("components", {}).setdefault("schemas", {})
    unnamed = hoist_pointers(normal)
    mark_files(normal, unnamed)
    spread_subtypes(normal)
    simplified = Simplified(
        Components(schemas, ignores_siblings=str(normal["openapi"]).startswith("3.0")), unnamed
    )
    slots = [slot for slot in outermost_schemas(normal) if slot.kind != "schemas"]
    for holder, key, place, _ in slots:
        holder[key] = simplified.simplified(holder[key], place)
    simplified.add_components()
    refuse("the document has schemas that no value fits:", simplified.refusals)
    found = {
        # The parser would make a second class of what a bare reference leads to.
        name: {"allOf": [schema]} if "$ref" in schema else schema
        for name, schema in simplified.schemas.items()
    }
    normal["components"]["schemas"] = found
    holders = {id(slot.holder) for slot in slots}
    name_classes(normal, holders, simplified.unnamed, simplified.rank, config)
    end_cycles(found)
    return normal
