"""Every kind of schema is read as the document says, and written back as it came."""

import datetime as dt
import importlib.util
import json
import uuid
from typing import Any

import httpx
import pytest

from generator.client.normalise.enums import member_names
from tests.generator.client import mutated, small
from tests.generator.client.small import COUNT, TEXT, array, content, model, ref, returning

NUMBER = {"type": "number"}
NULL = {"type": "null"}
DATE = {"type": "string", "format": "date"}
TIME = {"type": "string", "format": "date-time"}
UUID = {"type": "string", "format": "uuid"}


def union(*options: Any, **members: Any) -> dict[str, Any]:
    return {"oneOf": [*options], **members}


def mapping(values: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def by_kind(**mapping: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"propertyName": "kind"}
    return {"discriminator": rule | ({"mapping": mapping} if mapping else {})}


PETS = (ref("Cat"), ref("Dog"))
SCHEMAS: dict[str, Any] = {
    # Discriminators. Every dog is a cat, too.
    "Cat": model("kind", "name", kind=TEXT, name=TEXT),
    "Dog": model("kind", "name", kind=TEXT, name=TEXT, bark=COUNT),
    "Pet": union(*PETS, **by_kind(cat="#/components/schemas/Cat", dog="Dog", hound="Dog")),
    "Named": model(pet=union(*PETS, NULL, **by_kind(dog="Dog"))),
    "Pets": array(ref("Pet")),
    "Guest": model(pet={"anyOf": [TEXT, ref("Pet")]}, pets=mapping(array(ref("Pet")))),
    "Car": model("kind", kind=TEXT, wheels=COUNT),
    "Thing": union(ref("Car"), ref("Pet"), **by_kind(car="Car", animal="Pet")),
    # Tags, without a discriminator.
    "Added": model("type", type={"const": "added"}, row=COUNT),
    "Removed": model("type", type={"type": "string", "enum": ["removed", "lost"]}, row=TEXT),
    "Event": {"anyOf": [ref("Added"), ref("Removed")]},
    # Subtypes.
    "Shape": {**model("kind", kind=TEXT), **by_kind(square="#/components/schemas/Square")},
    "Square": {"allOf": [ref("Shape"), model("side", side=NUMBER)]},
    "Circle": {"allOf": [ref("Shape"), model(radius=NUMBER)]},
    "Drawing": model(first=ref("Shape"), shapes=array(ref("Shape"))),
    "Figure": {"allOf": [ref("Shape"), model(points=COUNT)]},
    "Star": {"allOf": [ref("Figure"), model("points")]},
    "Figures": array(ref("Figure")),
    # Unions of scalars.
    "Scalars": model(
        when=union(DATE, TIME),
        then=union(TIME, DATE),
        date=union(DATE, TEXT),
        time=union(TIME, TEXT),
        id=union(UUID, TEXT),
        number=union(COUNT, NUMBER),
        count=union(COUNT, TEXT),
        const=union({"const": "auto"}, COUNT),
        enum=union({"type": "string", "enum": ["a", "b"], "title": "Letter"}, COUNT),
        enums=union(
            {"type": "string", "enum": ["x"], "title": "Cross"},
            {"type": "string", "enum": ["o"], "title": "Nought"},
        ),
        days=union(array(DATE), array(TIME)),
        anything=union({}, ref("Added")),
        nullable={"type": ["string", "integer", "null"]},
    ),
    # Recursion.
    "Node": model("name", name=TEXT, kids=mapping(ref("Node")), list=array(ref("Node"))),
    "Left": model(rights=mapping(ref("Right")), right=ref("Right")),
    "Right": model(lefts=mapping(array(ref("Left"))), choice=union(ref("Left"), TEXT)),
    "Tree": mapping(ref("Tree")),
    # Text that is no code, as a discriminator.
    "Odd": union(ref("OddA"), ref("OddB"), discriminator={
        "propertyName": 'ki"nd\\', "mapping": {"b'\"\n": "#/components/schemas/OddB"},
    }),
    "OddA": model(**{'ki"nd\\': TEXT, "b": COUNT}),
    "OddB": model(**{'ki"nd\\': TEXT, "b": TEXT}),
    "Yes": model("ok", ok={"const": True}, row=COUNT),
    "No": model("ok", ok={"const": False}, row=TEXT),
    "Answer": union(ref("Yes"), ref("No")),
    "First": model("version", version=COUNT),
    "Second": model("version", version=COUNT, row=TEXT),
    "Version": union(
        {"allOf": [ref("First")]}, ref("Second") | {"description": "New."},
        discriminator={"propertyName": "version", "mapping": {"1": "First", "2": "Second"}},
    ),
    # Presence.
    "Account": model(
        "id", "name", "password",
        id={"type": "integer", "readOnly": True}, name=TEXT,
        password={"type": "string", "writeOnly": True},
    ),
    "Received": model("id", "secret", id={"type": "integer", "readOnly": True},
                      secret={"type": "string", "writeOnly": True}),
    "Ghost": model("a", "ghost", a=TEXT),
    # Enums.
    "Enums": model(
        sign={"type": "integer", "enum": [-1, 0, 1]},
        case={"type": "string", "enum": ["a", "A", "", "a-b", "a_b", "+1", "-1", "class", "été"]},
        flag={"type": "boolean", "enum": [True, False]},
        true={"enum": [True]},
        mixed={"enum": ["auto", 1, None, True]},
        fraction={"type": "number", "enum": [0.5, 1, 2]},
        null={"type": ["string", "null"], "enum": ["n", None]},
        half={"const": 0.5},
        text={"type": "string", "enum": [1, "two"]},
        long={"type": "string", "enum": ["x" * 300, "x" * 301]},
    ),
    # Names.
    "Types": model(cat=TEXT, Cat=ref("Cat"), Dog=ref("Dog")),
    "Names": model(**dict.fromkeys(
        ["self", "Self", "cls", "data", "list", "str", "date", "Any", "decode", "int", "value",
         "unions", "datetime", "Literal", "encode", "from_dict", "isfinite", "name", "UNSET",
         "define", "field", "+1", "-1", "a-b", "a_b", "a b", "", "$", "None", "_MEMBERS",
         "additional_properties", "dict", "property", "len", "Mapping", "brief", "cast",
         "x-y", "X-Y", "@id", "id", "2nd-line"], TEXT,
    )),
    # Objects.
    "Maps": {**model(rows=mapping(array(ref("Added"))), free=mapping({}),
                     either=mapping(union(ref("Added"), array(TEXT)))),
             "additionalProperties": union(ref("Added"), array(COUNT), NULL)},
    "Defaults": model(
        count={"type": "integer", "default": 3},
        kind={"type": "string", "enum": ["a", "b"], "default": "a"},
        on={"type": "boolean", "default": True}, day={**DATE, "default": "2024-01-01"},
        list={**array(TEXT), "default": ["a"]}, object={**mapping(True), "default": {"a": 1}},
        format={"type": "string", "format": "uri-template"},
        byte={"type": "string", "format": "byte"},
        binary={"type": "string", "format": "binary"},
        either={**union(TEXT, COUNT), "default": 3},
    ),
}  # fmt: skip

SENT = ("Account", "Pet", "Scalars", "Drawing", "Defaults")


def document() -> dict[str, Any]:
    """A document with an operation that reads each schema, and one that sends some of them."""
    whole = small.document(
        {f"get_{name}": returning(ref(name)) for name in SCHEMAS}, components={"schemas": SCHEMAS}
    )
    for name in SENT:
        put = {"operationId": f"put_{name}", "requestBody": content(ref(name)) | {"required": True}}
        whole["paths"][f"/get_{name}"]["put"] = put | {"responses": small.DONE}
    # A parameter of each union of scalars.
    whole["paths"]["/get_Scalars"]["get"]["parameters"] = [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in SCHEMAS["Scalars"]["properties"].items()
        if name != "anything"
    ]
    return whole


DOCUMENT = document()


def operation_of(package: Any, name: str) -> Any:
    return small.module(package, f"api.default.get_{name.lower()}").OPERATION


def read(package: Any, name: str, value: Any) -> Any:
    """Read a body of the schema: the value, or the place and the reason of the refusal.

    It is the same with and without msgspec.
    """
    operation = operation_of(package, name)
    content = json.dumps(value).encode()
    found = mutated.outcome(package, operation, 200, content)
    assert found == mutated.outcome(package, operation, 200, content)  # expects unknown members
    with mutated.plain(package):
        assert found == mutated.outcome(package, operation, 200, content)
    try:
        return operation.read_success(200, content, "utf-8")
    except package.errors.ResponseValidationError as error:
        return error.path, error.expected, error.received


DOG = {"kind": "dog", "name": "Rex"}
MISSING = ("a value, since it is required", "nothing")

#: By schema: a body, and the attributes and classes on the way to what it becomes.
CLASSES: list[tuple[str, Any, str, str]] = [
    ("Pet", DOG, "", "Dog"),
    ("Pet", {"kind": "cat", "name": "Tom", "bark": 1}, "", "Cat"),
    ("Pet", DOG | {"kind": "hound"}, "", "Dog"),
    ("Pet", DOG | {"kind": "Dog"}, "", "Dog"),
    ("Pet", DOG | {"kind": "unknown"}, "", "Cat"),
    ("Named", {"pet": DOG}, "pet", "Dog"),
    ("Named", {"pet": None}, "pet", "NoneType"),
    ("Guest", {"pet": DOG}, "pet", "Dog"),
    ("Guest", {"pet": "none"}, "pet", "str"),
    ("Thing", {"kind": "car"}, "", "Car"),
    ("Thing", DOG, "", "Dog"),
    ("Thing", DOG | {"kind": "animal"}, "", "Cat"),
    ("Event", {"type": "lost", "row": "a"}, "", "Removed"),
    ("Event", {"type": "new", "row": "a"}, "", "Removed"),
    ("Event", {"type": "new", "row": 1}, "", "tuple"),
    ("Shape", {"kind": "square", "side": 2}, "", "Square"),
    ("Shape", {"kind": "Circle", "radius": 2}, "", "Circle"),
    ("Shape", {"kind": "hexagon"}, "", "Shape"),
    ("Drawing", {"first": {"kind": "square", "side": 1.5}}, "first", "Square"),
    ("Shape", {"kind": "Star", "points": 5}, "", "Star"),
    ("Odd", {'ki"nd\\': "b'\"\n", "b": "c"}, "", "OddB"),
    ("Answer", {"ok": False, "row": "a"}, "", "No"),
    ("Version", {"version": 2, "row": "a"}, "", "Second"),
    ("Version", {"version": 3, "row": "a"}, "", "First"),
    ("Scalars", {"when": "2024-01-01"}, "when", "date"),
    ("Scalars", {"when": "2024-01-01T10:30:00+00:00"}, "when", "datetime"),
    ("Scalars", {"when": "2024-01-01T10:30:00.500000+02:00"}, "when", "datetime"),
    ("Scalars", {"then": "2024-01-01"}, "then", "date"),
    ("Scalars", {"then": "2024-01-01T10:30:00+00:00"}, "then", "datetime"),
    ("Scalars", {"date": "2024-01-01"}, "date", "date"),
    ("Scalars", {"date": "2024-01-01 00:00:00"}, "date", "str"),
    ("Scalars", {"date": "2024-01-01T10:30:00Z"}, "date", "str"),
    ("Scalars", {"time": "2024-01-01T10:30:00+00:00"}, "time", "datetime"),
    ("Scalars", {"time": "2024-01-01T10:30:00.1234567Z"}, "time", "str"),
    ("Scalars", {"time": "soon"}, "time", "str"),
    ("Scalars", {"id": str(uuid.UUID(int=10))}, "id", "UUID"),
    ("Scalars", {"id": str(uuid.UUID(int=10)).upper()}, "id", "str"),
    ("Scalars", {"number": 3}, "number", "int"),
    ("Scalars", {"number": 3.0}, "number", "float"),
    ("Scalars", {"count": "3"}, "count", "str"),
    ("Scalars", {"count": 3.0}, "count", "int"),
    ("Scalars", {"const": "auto"}, "const", "str"),
    ("Scalars", {"const": 2}, "const", "int"),
    ("Scalars", {"enum": "a"}, "enum", "ScalarsLetter"),
    ("Scalars", {"enum": "c"}, "enum", "str"),
    ("Scalars", {"enums": "o"}, "enums", "ScalarsNought"),
    ("Scalars", {"enums": "q"}, "enums", "str"),
    ("Scalars", {"days": ["2024-01-01"]}, "days", "list"),
    ("Scalars", {"days": ["2024-01-01T10:30:00+00:00"]}, "days", "list"),
    ("Scalars", {"anything": {"type": "added"}}, "anything", "Added"),
    ("Scalars", {"anything": {"type": "other"}}, "anything", "dict"),
    ("Scalars", {"nullable": None}, "nullable", "NoneType"),
    ("Scalars", {"nullable": 2}, "nullable", "int"),
    ("Node", {"name": "a", "kids": {"b": {"name": "c"}}, "list": []}, "kids", "NodeKids"),
    ("Left", {"rights": {"a": {"choice": {}}}, "right": {"choice": "b"}}, "right", "Right"),
    ("Tree", {"a": {"b": {}}}, "", "Tree"),
    ("Account", {"id": 1, "name": "a"}, "password", "Unset"),
    ("Received", {"id": 1}, "secret", "Unset"),
    ("Ghost", {"a": "b", "ghost": None}, "additional_properties", "dict"),
    ("Enums", {"sign": -1}, "sign", "EnumsSign"),
    ("Enums", {"sign": 2}, "sign", "int"),
    ("Enums", {"case": "+1"}, "case", "EnumsCase"),
    ("Enums", {"flag": False}, "flag", "bool"),
    ("Enums", {"true": True}, "true_", "bool"),
    ("Enums", {"mixed": 1}, "mixed", "EnumsMixedType1"),
    ("Enums", {"mixed": "new"}, "mixed", "str"),
    ("Enums", {"mixed": None}, "mixed", "NoneType"),
    ("Enums", {"fraction": 0.25}, "fraction", "float"),
    ("Enums", {"null": None}, "null", "NoneType"),
    ("Enums", {"half": 0.5}, "half", "float"),
    ("Enums", {"text": "1"}, "text", "EnumsText"),
    ("Enums", {"long": "x" * 301}, "long", "EnumsLong"),
    ("Maps", {"rows": {"a": [{"type": "added", "row": 1}]}}, "rows", "MapsRows"),
    ("Maps", {"free": {"a": [1]}, "more": [1], "most": None}, "free", "dict"),
    ("Maps", {"either": {"a": ["b"], "c": {"type": "added"}}}, "either", "MapsEither"),
    ("Defaults", {}, "count", "Unset"),
    ("Defaults", {"byte": "aGk=", "binary": "\u00ff"}, "binary", "str"),
]


@pytest.mark.parametrize(("name", "value", "attribute", "expected"), CLASSES)
def test_a_value_is_of_the_schema_that_it_fits(
    package: Any, name: str, value: Any, attribute: str, expected: str
) -> None:
    found = read(package, name, value)

    decoded = getattr(found, attribute) if attribute else found
    assert expected == type(decoded).__name__, found
    if expected not in ("tuple", "date"):
        assert value == found.to_dict()


#: What breaks the contract: where, and how it is said.
REFUSED: list[tuple[str, Any, tuple[str, str, str]]] = [
    ("Pet", {"kind": "dog"}, ("$.name", *MISSING)),
    ("Pet", DOG | {"bark": "loud"}, ("$.bark", "integer", "string")),
    ("Pet", DOG | {"kind": ["dog"]}, ("$.kind", "string", "array")),
    ("Pet", 3, ("$", "object", "integer")),
    ("Pets", [DOG, {"kind": "dog"}], ("$[1].name", *MISSING)),
    ("Named", {"pet": DOG | {"name": 2}}, ("$.pet.name", "string", "integer")),
    ("Guest", {"pets": {"a": [DOG | {"name": 2}]}}, ("$.pets.a[0].name", "string", "integer")),
    ("Event", {"type": "lost", "row": 1}, ("$.row", "string", "integer")),
    ("Drawing", {"shapes": [{"kind": "square"}]}, ("$.shapes[0].side", *MISSING)),
    ("Figures", [{"kind": "Star"}], ("$[0].points", *MISSING)),
    ("Answer", {"ok": False, "row": 1}, ("$.row", "string", "integer")),
    ("Odd", {'ki"nd\\': "b'\"\n", "b": 1}, ("$.b", "string", "integer")),
    ("Scalars", {"when": "2024-01-01 00:00:00"}, ("$.when", "date or date-time", "string")),
    ("Scalars", {"id": 3}, ("$.id", "uuid or string", "integer")),
    ("Node", {"name": "a", "kids": {"b": {}}}, ("$.kids.b.name", *MISSING)),
    ("Tree", {"a": 3}, ("$.a", "object", "integer")),
    ("Account", {"name": "a", "password": "b"}, ("$.id", *MISSING)),
    ("Ghost", {"a": "b"}, ("$.ghost", *MISSING)),
    ("Enums", {"true": False}, ("$.true", "true", "another boolean")),
    ("Enums", {"half": 1.5}, ("$.half", "0.5", "another number")),
    ("Enums", {"flag": "yes"}, ("$.flag", "boolean", "string")),
]


@pytest.mark.parametrize(("name", "value", "expected"), REFUSED)
def test_a_breach_is_shown_with_its_place(
    package: Any, name: str, value: Any, expected: tuple[str, str, str]
) -> None:
    found = read(package, name, value)

    assert expected == found


@pytest.mark.skipif(importlib.util.find_spec("msgspec") is None, reason="msgspec is needed")
def test_msgspec_changes_no_result(package: Any) -> None:
    by_schema: dict[str, list[Any]] = {}
    for name, value in [case[:2] for case in CLASSES] + [case[:2] for case in REFUSED]:
        by_schema.setdefault(name, []).append(value)
    for name, bodies in by_schema.items():
        operation = operation_of(package, name)
        for body in mutated.mutated(bodies, 50):
            fast = mutated.outcome(package, operation, 200, body)
            with mutated.plain(package):
                assert fast == mutated.outcome(package, operation, 200, body), body


NOON = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
#: By parameter: an argument, and what is sent.
SENT_AS: list[tuple[str, Any, list[str]]] = [
    ("when", dt.date(2024, 1, 1), ["2024-01-01"]),
    ("when", NOON, ["2024-01-01T12:00:00+00:00"]),
    ("when", "2024-01-01", ["2024-01-01"]),
    ("when", "2024-01-01T12:00:00+00:00", ["2024-01-01T12:00:00+00:00"]),
    ("date", "2024-01-01T12:00:00Z", ["2024-01-01T12:00:00Z"]),
    ("date", dt.date(2024, 1, 1), ["2024-01-01"]),
    ("time", NOON, ["2024-01-01T12:00:00+00:00"]),
    ("id", uuid.UUID(int=10), [str(uuid.UUID(int=10))]),
    ("id", "A", ["A"]),
    ("number", 1.5, ["1.5"]),
    ("count", "1", ["1"]),
    ("count", 1, ["1"]),
    ("const", "auto", ["auto"]),
    ("enum", "a", ["a"]),
    ("days", [NOON, NOON], ["2024-01-01T12:00:00+00:00"] * 2),
    ("nullable", "a", ["a"]),
]


@pytest.mark.parametrize(("name", "argument", "expected"), SENT_AS)
def test_an_argument_is_sent_as_the_type_that_it_has(
    package: Any, name: str, argument: Any, expected: list[str]
) -> None:
    calls = small.Calls(package, lambda _: httpx.Response(200, json={}))

    calls("get_scalars", **{name: argument})

    assert expected == calls.last.url.params.get_list(name)


def test_what_a_request_needs_is_not_what_a_response_has(package: Any) -> None:
    account = package.models.Account(name="a", password="b")

    assert {"name": "a", "password": "b"} == account.to_dict()
    with pytest.raises(TypeError, match="password"):
        package.models.Account(name="a")


def test_a_command_sends_what_a_request_needs(package: Any) -> None:
    decoder = small.module(package, "_cli.bodies").decoder
    account = {"name": "a", "password": "b", "other": 1}

    assert account == decoder(package.models.Account)(account).to_dict()
    assert DOG == decoder(package.models.Cat | package.models.Dog)(DOG).to_dict()


def test_every_property_has_a_name_of_its_own(package: Any) -> None:
    value = {name: f"value of {name}" for name in SCHEMAS["Names"]["properties"]}

    found = read(package, "Names", value)

    assert value == found.to_dict()
    assert ("value of +1", "value of -1") == (found.plus_1, found.minus_1)
    assert ("value of id", "value of @id") == (found.id, found.at_id)
    assert "value of 2nd-line" == found.field_2nd_line
    assert {} == found.additional_properties


#: Values, and the names of their members.
MEMBERS: list[tuple[list[str | int], list[str]]] = [
    ([-1, 0, 1], ["VALUE_NEGATIVE_1", "VALUE_0", "VALUE_1"]),
    (["a", "A"], ["A_LOWER", "A"]),
    (["a b", "a-b", "a_b"], ["A_B", "A_MINUS_B", "A_B_2"]),
    (["+1", "-1", "1"], ["PLUS_1", "MINUS_1", "VALUE_1"]),
    (["-created", "created"], ["MINUS_CREATED", "CREATED"]),
    (["c", "c++", "c#"], ["C", "C_PLUS_PLUS", "C_NUMBER_SIGN"]),
    (["", "*", "<="], ["EMPTY", "ASTERISK", "LESS_THAN_SIGN_EQUALS_SIGN"]),
    (["None", "class", "__init__"], ["NONE", "CLASS", "INIT"]),
    (["fooBar", "foo_bar"], ["FOO_BAR", "FOO_BAR_2"]),
    (["1h", "1.5", "2024-01-02"], ["VALUE_1H", "VALUE_1_5", "VALUE_2024_01_02"]),
    (["été", "\ufb01", "fi"], ["ÉTÉ", "FI_2", "FI"]),
]


@pytest.mark.parametrize(("values", "expected"), MEMBERS)
def test_the_members_of_an_enum_have_readable_names(
    values: list[str | int], expected: list[str]
) -> None:
    assert expected == member_names(values, [])
    assert expected[::-1] == member_names(values[::-1], [])


def test_the_document_may_name_the_members() -> None:
    assert ["LOW", "VERY_HIGH"] == member_names([1, 2], ["low", "Very-High"])
