"""The keywords of a schema, by what the client makes of them."""

from __future__ import annotations

#: Annotations say what a value means. They neither allow nor forbid it.
ANNOTATIONS = {
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$schema", "contentEncoding",
    "contentMediaType", "contentSchema", "default", "definitions", "deprecated", "description",
    "example", "examples", "externalDocs", "readOnly", "title", "writeOnly", "xml",
}  # fmt: skip
#: These keywords limit a value further than its type does. Only the server checks them.
LIMITS = {
    "contains", "dependencies", "dependentRequired", "dependentSchemas", "else",
    "exclusiveMaximum", "exclusiveMinimum", "if", "maxContains", "maxItems", "maxLength",
    "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum",
    "multipleOf", "not", "pattern", "propertyNames", "then", "uniqueItems",
}  # fmt: skip
#: These keywords decide the type of a value. The client checks it.
TYPES = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "discriminator", "enum", "format",
    "items", "nullable", "oneOf", "patternProperties", "prefixItems", "properties", "required",
    "type", "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
#: The keywords of objects among them.
OF_OBJECTS = (
    "additionalProperties", "patternProperties", "properties", "required", "unevaluatedProperties",
)  # fmt: skip
#: The keywords of arrays among them.
OF_ARRAYS = ("items", "prefixItems", "unevaluatedItems")


def is_annotation(keyword: str) -> bool:
    """Whether a keyword neither allows nor forbids a value."""
    return keyword in ANNOTATIONS or (keyword.startswith("x-") and keyword != "x-enum-varnames")
