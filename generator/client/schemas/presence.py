"""Which members of a model are there in requests, in responses, and without a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from generator.client.normalise.outermost_schemas import outermost_schemas
from generator.client.normalise.pointers import reached
from generator.spec.references import resolve
from generator.spec.values import as_object


@frozen
class Presence:
    """The members of a class that are not simply required or optional.

    Attributes:
        optional: The members that may be left out, although ``from_dict`` demands them: they are
            read-only, and the class is also used in requests.
        demanded: The members that may not be left out, although ``from_dict`` does not demand them:
            they are write-only, and the class is also used in responses.
        undeclared: The required members that the document does not declare.
    """

    optional: set[str]
    demanded: set[str]
    undeclared: list[str]


def find_presences(
    document: Mapping[str, Any], components: Mapping[str, Any]
) -> dict[str, Presence]:
    """The presence of the members of each component.

    Args:
        document: A normalised document.
        components: A copy of its schemas. What they require is corrected: ``from_dict`` does not
            demand what is only in requests, and a request does not need what is only in responses.
    """
    schemas = document["components"]["schemas"]
    slots = [slot for slot in outermost_schemas(document) if slot.kind != "schemas"]
    received = reached([it.holder[it.key] for it in slots if it.kind == "responses"], schemas)
    sent = reached([it.holder[it.key] for it in slots if it.kind != "responses"], schemas)
    found: dict[str, Presence] = {}
    for name, schema in components.items():
        members = as_object(schema.get("properties"))
        required = dict.fromkeys(schema.get("required", []))
        undeclared = [member for member in required if member not in members]
        read_only, write_only = (
            {
                member
                for member in required.keys() & members.keys()
                if as_object(members[member]).get(keyword)
                or as_object(resolve(document, members[member])).get(keyword)
            }
            for keyword in ("readOnly", "writeOnly")
        )
        both = name in sent and name in received
        optional, demanded = (read_only, write_only) if both else (set[str](), set[str]())
        found[name] = Presence(optional, demanded, undeclared)
        freed = write_only if name in received else read_only if name in sent else ()
        if freed:
            schema["required"] = [member for member in required if member not in freed]
    return found
