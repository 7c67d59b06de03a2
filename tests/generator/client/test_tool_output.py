"""What tools write into documents, and specifications hardly mention, generates and is read."""

from pathlib import Path
from typing import Any

import pytest

from tests.generator.client import small
from tests.generator.client.small import TEXT, content, model, ref, returning

#: The parser leaves control characters out of enums.
ODD = ["\n", "\t\x07", "a\u200db", 'q"\\', "\U000e0001", "a"]
KIND = model(kind=TEXT)
#: What a tool that joins files leaves of the references between them.
DOGS = {
    "relative": "./Dog",
    "file": "models/Dog.yaml",
    "pointer": "pets.yml#/Dog",
    "component": "pets.json#/components/schemas/Dog",
    "url": "https://small.example/schemas/Dog.json",
}
SCHEMAS: dict[str, Any] = {
    "Axes": model(**{"x-axis": TEXT, "xAxis": TEXT, "xaxis": TEXT}),
    "Circle": model(type={"type": "string", "const": "circle", "enum": ["circle"]}),
    "Cat": KIND,
    "Dog": KIND,
    "Pet": {
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": DOGS},
    },
    "Pets": model(pet=ref("Pet")),
    "Odd": {"type": "string", "enum": ODD, "default": ODD[3]},
    "Holder": {
        "type": "object",
        "properties": {
            "any": {"if": {"type": "object"}, "then": {"properties": {"then": TEXT}}},
            "odd": {"allOf": [ref("Odd")], "default": "\n"},
            "maybe": {"type": ["string", "null"], "enum": [*ODD[:2], None], "default": "\n"},
        },
        "$defs": {"Unused": model(unused=TEXT)},
    },
    "Open": {
        "type": "object",
        "properties": {"own": TEXT},
        "additionalProperties": True,
        "unevaluatedProperties": model(unevaluated=TEXT),
        "patternProperties": {"^x": model(inner=TEXT)},
    },
    "Conditional": {
        "type": "object",
        "properties": {"kind": TEXT},
        "allOf": [{"if": {"required": ["kind"]}, "then": {"properties": {"then": TEXT}}}],
        "else": {"properties": {"other": TEXT}},
        "dependentSchemas": {"kind": {"properties": {"dependent": TEXT}}},
    },
}  # fmt: skip
DOCUMENT = small.document(
    {name.lower(): returning(ref(name)) for name in SCHEMAS},
    components={"schemas": SCHEMAS},
)
DOCUMENT["paths"] |= {"x-group": {"get": 1}, "x-number": 2}
DOCUMENT["paths"]["/odd"]["get"]["responses"] |= {"x-number": 1, "x-response": {"content": 2}}


@pytest.fixture
def models(package: Any) -> Any:
    return small.module(package, "models")


def test_an_enum_has_its_values_as_they_are(models: Any) -> None:
    values = [str(value) for value in models.Odd]

    assert ODD == values


@pytest.mark.parametrize("name", ["then", "other", "dependent"])
def test_a_property_of_a_condition_has_any_type(models: Any, name: str) -> None:
    read = models.Conditional.from_dict({name: [1]})

    assert [1] == getattr(read, name)


def test_names_that_differ_in_signs_and_capitals_have_a_property_each(models: Any) -> None:
    axes = models.Axes(x_axis="capital", xaxis="plain", x_minus_axis="sign")

    assert {"x-axis": "sign", "xAxis": "capital", "xaxis": "plain"} == axes.to_dict()


def test_a_constant_may_be_an_enum_too(models: Any) -> None:
    read = models.Circle.from_dict({"type": "circle"})

    assert "circle" == read.type_


def test_properties_of_any_name_are_any_value_beside_others(models: Any) -> None:
    read = models.Open.from_dict({"xa": {"inner": 1}, "b": 2})

    assert {"xa": {"inner": 1}, "b": 2} == read.additional_properties


@pytest.mark.parametrize("kind", DOGS)
def test_a_discriminator_may_refer_to_the_file_of_a_component(models: Any, kind: str) -> None:
    read = models.Pets.from_dict({"pet": {"kind": kind}})

    assert isinstance(read.pet, models.Dog)


def test_a_name_that_is_too_long_for_a_file_is_shortened(tmp_path: Path) -> None:
    long = "Name" * 100
    schema = model(**{long: {"enum": ["a"], "title": "ä" * 150}})
    call = returning(schema | {"title": long}) | {"tags": [long]}
    document = small.document({"first": call, "second": call | {"operationId": "ü" * 150}})
    document["components"] = {"schemas": {long: schema, f"{long}2": schema}}

    made = small.make(document, tmp_path, "long")

    assert [f"{'ü' * 100}.py"] == [file.name for file in made.glob("api/name*/ü*")]
    assert 2 < len([*made.glob("models/name*.py")])


def test_a_condition_does_not_make_an_object(models: Any) -> None:
    read = models.Holder.from_dict({"any": "text"})

    assert "text" == read.any_


def test_an_operation_without_responses_generates(tmp_path: Path) -> None:
    document = small.document({"call": {}})
    del document["paths"]["/call"]["get"]["responses"]

    made = small.make(document, tmp_path, "silent")

    assert (made / "api/default/call.py").exists()


def test_a_schema_of_text_has_no_class(tmp_path: Path) -> None:
    mixed = model(a={"enum": ["a", 1]})
    call = returning(mixed, "text/plain") | {"requestBody": content(mixed, "text/plain")}

    made = small.make(small.document({"call": call}, method="post"), tmp_path, "textual")

    assert ["__init__.py"] == [file.name for file in made.glob("models/*.py")]
