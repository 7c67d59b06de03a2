"""Models keep all data, and their decoders and encoders follow the contract."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import pickle
import pprint
from collections.abc import Callable, Hashable
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import attrs
import pytest

from tests.client.conftest import GOOD, ITEM, KEY, Script
from tests.client.http_library import httpx
from tests.client.package import (
    UNSET,
    ActivityItem,
    ActivityResponse,
    Credential,
    ErrorDetail,
    ErrorResponse,
    Keys,
    Operation,
    Response,
    Scheme,
    Unset,
    brief,
    bytes_body,
    errors,
    json_body,
    no_body,
    one_of_several,
    text_body,
)
from tests.client.package import _decode as decode
from tests.client.package import _encode as encode

BODIES: list[tuple[Any, dict[str, Any]]] = [
    (ActivityItem, {**ITEM, "date": "2026-08-23"}),
    (ActivityResponse, {"data": [{**ITEM, "date": "2026-08-23"}] * 3, "next": {"page": [2]}}),
    (ActivityResponse, {"data": []}),
    (ErrorDetail, {"code": 400, "message": "Words"}),
    (ErrorDetail, {"code": 400, "message": "Words", "metadata": None, "more": 1}),
    (ErrorDetail, {"code": 400, "message": "Words", "metadata": {"a": [1, {"b": None}]}}),
    (ErrorResponse, {"error": {"code": 400, "message": "Words"}}),
    (ErrorResponse, {"error": {"code": 400, "message": "Words"}, "user_id": None, "z": []}),
    (ErrorResponse, {"error": {"code": 400, "message": "Words", "x": 1}, "user_id": "u"}),
]
MODELS = pytest.mark.parametrize(("model", "body"), BODIES)


def through_pickle(value: object) -> object:
    restored: object = pickle.loads(pickle.dumps(value))
    return restored


class TestModels:
    """The classes of ``models``."""

    @MODELS
    def test_body_comes_back_out(self, model: Any, body: dict[str, Any]) -> None:
        made = model.from_dict(body)

        assert made.to_dict() == body
        assert json.loads(json.dumps(made.to_dict())) == body
        assert model.from_dict(made.to_dict()) == made

    @MODELS
    @pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy])
    def test_copies_are_equal(
        self, model: Any, body: dict[str, Any], way: Callable[[object], object]
    ) -> None:
        made = model.from_dict(body)

        copied = way(made)

        assert copied == made
        assert copied is not made
        assert type(copied) is model

    @MODELS
    def test_slots_no_hash_and_only_keywords(self, model: Any, body: dict[str, Any]) -> None:
        made = model.from_dict(body)

        assert not hasattr(made, "__dict__")
        assert not isinstance(made, Hashable)
        with pytest.raises(AttributeError):
            made.surprise = 1
        with pytest.raises(TypeError, match="positional"):
            model(*body.values())

    def test_equality_is_by_value_and_class(self) -> None:
        item = ActivityItem.from_dict(ITEM)

        assert item == ActivityItem.from_dict(ITEM)
        assert item != ActivityItem.from_dict({**ITEM, "usage": 1})
        assert item != ActivityItem.from_dict({**ITEM, "cached_tokens": 8})

    def test_fields_of_a_subclass_have_their_defaults(self) -> None:
        @attrs.define(kw_only=True)
        class Noted(ActivityItem):  # type: ignore[misc] # Any, for mypy
            note: str = "none"
            tags: list[str] = attrs.field(factory=list[str])
            where: str = attrs.field(default=attrs.Factory(lambda it: it.model, takes_self=True))
            who: str

        noted = Noted.from_dict(ITEM)

        assert (noted.note, noted.tags, noted.where) == ("none", [], noted.model)
        assert noted.tags is noted.tags
        with pytest.raises(AttributeError, match="who"):
            _ = noted.who

    def test_evolve_keeps_unknown_fields(self) -> None:
        item = ActivityItem.from_dict(ITEM)

        changed = attrs.evolve(item, usage=2)

        assert changed.usage == 2
        assert changed.additional_properties == {"cached_tokens": 7}
        assert item.usage == ITEM["usage"]

    def test_documented_fields_come_first_and_in_their_order(self) -> None:
        backwards = {"cached_tokens": 7, **dict(reversed(ITEM.items())), "web_searches": 1}

        written = ActivityItem.from_dict(backwards).to_dict()

        documented = [field.name for field in attrs.fields(ActivityItem)][:-1]
        assert [*written] == [*documented, "cached_tokens", "web_searches"]

    def test_unknown_field_is_no_attribute_and_the_error_says_where_it_is(self) -> None:
        item = ActivityItem.from_dict(ITEM)

        with pytest.raises(
            AttributeError, match=r"cached_tokens.* additional_properties"
        ) as caught:
            _ = item.cached_tokens

        assert (caught.value.name, caught.value.obj) == ("cached_tokens", item)

    @MODELS
    def test_known_field_wins_over_an_unknown_of_its_name(
        self, model: Any, body: dict[str, Any]
    ) -> None:
        made = model.from_dict(body)
        unknown = dict.fromkeys([*body, "new"], "?")

        changed = attrs.evolve(made, additional_properties=unknown)

        known = {name for name in body if name not in made.additional_properties}
        assert changed.to_dict() == unknown | {name: body[name] for name in known}

    def test_repr_of_a_long_list_is_short(self) -> None:
        many = ActivityResponse.from_dict({"data": [ITEM] * 10_000})

        assert repr(many).endswith(" … and 9999 more], additional_properties={})")
        assert len(repr(many)) < 600
        assert len(pprint.pformat(many)) < 600

    @pytest.mark.parametrize(
        ("value", "expected"),
        [([], "[]"), ([1], "[1]"), ([1, 2], "[1, … and 1 more]"), (UNSET, "UNSET"), (None, "None")],
    )
    def test_brief(self, value: object, expected: str) -> None:
        assert brief(value) == expected

    def test_source_is_not_changed(self) -> None:
        source = copy.deepcopy(ITEM)

        ActivityItem.from_dict(source).additional_properties["more"] = 1

        assert source == ITEM

    def test_live_and_documented_dates_are_the_same(self) -> None:
        documented = {**ITEM, "date": "2026-08-23"}

        assert ActivityItem.from_dict(ITEM) == ActivityItem.from_dict(documented)
        assert ActivityItem.from_dict(ITEM).date == dt.date(2026, 8, 23)

    def test_optional_members(self) -> None:
        absent = ErrorResponse.from_dict({"error": {"code": 1, "message": ""}})
        null = ErrorResponse.from_dict({"error": {"code": 1, "message": ""}, "user_id": None})

        assert absent.user_id is UNSET
        assert null.user_id is None
        assert absent.error.metadata is UNSET
        assert absent != null
        assert absent.to_dict() == {"error": {"code": 1, "message": ""}}
        assert null.to_dict() == {"error": {"code": 1, "message": ""}, "user_id": None}

    def test_made_by_hand(self) -> None:
        made = ErrorDetail(code=400, message="Words", metadata={"day": dt.date(2026, 8, 23)})

        assert made.to_dict() == {
            "code": 400,
            "message": "Words",
            "metadata": {"day": "2026-08-23"},
        }

    def test_response_is_frozen_and_brief(self) -> None:
        response = Response[None](200, b"abc", httpx.Headers({"X": "1"}), None)

        assert repr(response) == "Response(status_code=200, content=<3 bytes>, parsed=None)"
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            response.status_code = 201


class TestUnset:
    """``UNSET``, the value of an absent field."""

    @pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy])
    def test_stays_itself(self, way: Callable[[object], object]) -> None:
        assert way(UNSET) is UNSET
        assert way([UNSET]) == [UNSET]

    def test_is_false_and_named(self) -> None:
        assert not UNSET
        assert repr(UNSET) == "UNSET"
        assert isinstance(UNSET, Unset)


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


IDENTIFIER = UUID("01234567-89ab-4cde-8f01-23456789abcd")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


DECODED: list[tuple[decode.Decoder[Any], Any, Any]] = [
    (decode.anything, {"a": [None]}, {"a": [None]}),
    (decode.null, None, None),
    (decode.boolean, True, True),
    (decode.boolean, False, False),
    (decode.string, "", ""),
    (decode.integer, 3, 3),
    (decode.integer, 3.0, 3),
    (decode.integer, -0.0, 0),
    (decode.integer, 1e300, int(1e300)),
    (decode.integer, 10**400, 10**400),
    (decode.number, 0, 0),
    (decode.number, 1.5, 1.5),
    (decode.number, 1.7976931348623157e308, 1.7976931348623157e308),
    (decode.number, 10**400, 10**400),
    (decode.date, "2026-08-23", dt.date(2026, 8, 23)),
    (decode.date, "2024-02-29", dt.date(2024, 2, 29)),
    (decode.date, "2026-08-23 00:00:00", dt.date(2026, 8, 23)),
    (decode.date, "2026-08-23T00:00:00.000", dt.date(2026, 8, 23)),
    (decode.date, "2026-08-23T23:59:59Z", dt.date(2026, 8, 23)),
    (decode.date, "2026-08-23t20:00:00-07:00", dt.date(2026, 8, 24)),
    (decode.date, "2026-08-23 05:00:00+09:00", dt.date(2026, 8, 22)),
    (decode.date_time, "2026-08-23T12:00:00Z", moment("2026-08-23T12:00:00+00:00")),
    (decode.date_time, "2026-08-23t12:00:00z", moment("2026-08-23T12:00:00+00:00")),
    (decode.date_time, "2026-08-23 12:00:00.5+02:00", moment("2026-08-23T12:00:00.5+02:00")),
    (decode.date_time, "9999-12-31T23:59:59-01:00", moment("9999-12-31T23:59:59-01:00")),
    (decode.uuid, str(IDENTIFIER), IDENTIFIER),
    (decode.uuid, str(IDENTIFIER).upper(), IDENTIFIER),
    (decode.enum(Colour), "red", Colour.RED),
    (decode.enum(Colour), "blue", "blue"),
    (decode.enum(Size), 1, Size.SMALL),
    (decode.enum(Size), 1.0, Size.SMALL),
    (decode.enum(Size), 2, 2),
    (decode.const("a"), "a", "a"),
    (decode.const(1), 1.0, 1),
    (decode.const(True), True, True),
    (decode.const(None), None, None),
    (decode.array(decode.integer), [], []),
    (decode.array(decode.integer), [1, 2.0], [1, 2]),
    (decode.mapping(decode.integer), {}, {}),
    (decode.mapping(decode.integer), {"a": 1.0}, {"a": 1}),
    (decode.nullable(decode.string), None, None),
    (decode.nullable(decode.string), "a", "a"),
    (decode.one_of(decode.integer, decode.string), "a", "a"),
    (decode.one_of(decode.date, decode.string), "2026-08-23", dt.date(2026, 8, 23)),
    (decode.one_of(decode.date, decode.string), "soon", "soon"),
    (decode.object_, {"a": 1}, {"a": 1}),
]

REFUSED: list[tuple[decode.Decoder[Any], Any, str]] = [
    (decode.null, 0, "$: expected null, received integer"),
    (decode.boolean, 1, "$: expected boolean, received integer"),
    (decode.boolean, "true", "$: expected boolean, received string"),
    (decode.string, b"a", "$: expected string, received bytes"),
    (decode.string, None, "$: expected string, received null"),
    (decode.integer, True, "$: expected integer, received boolean"),
    (decode.integer, 1.5, "$: expected integer, received number"),
    (decode.integer, math.inf, "$: expected integer, received a number that JSON does not have"),
    (decode.integer, "1", "$: expected integer, received string"),
    (decode.number, True, "$: expected number, received boolean"),
    (decode.number, math.inf, "$: expected number, received a number that JSON does not have"),
    (decode.number, -math.inf, "$: expected number, received a number that JSON does not have"),
    (decode.number, math.nan, "$: expected number, received a number that JSON does not have"),
    (decode.number, [], "$: expected number, received array"),
    (decode.date, 20260823, "$: expected date, received integer"),
    *(
        (decode.date, text, "$: expected date, received string that is not a date")
        for text in (
            "",
            "soon",
            "20260823",
            "2026-8-23",
            "2026-02-29",
            "2026-13-01",
            "0000-01-01",
            "2026-08-23T12:00:00",
            "2026-08-23 00:00",
            "2026-08-23 24:00:00",
            "2026-08-23 25:00:00",
            "2026-08-23T00:00:00+24:00",
            "2026-08-23T00:00:00+0200",
            "9999-12-31T23:59:59-01:00",
            "2026-08-23\n",
            "２０２６-08-23",
        )
    ),
    (decode.date_time, None, "$: expected date-time, received null"),
    *(
        (decode.date_time, text, "$: expected date-time, received string that is not a date-time")
        for text in (
            "2026-08-23",
            "2026-08-23T12:00:00",
            "2026-08-23T24:00:00Z",
            "2026-08-23T25:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-08-23T12:00:00+25:00",
            "2026-08-23T12:00Z",
        )
    ),
    (decode.uuid, 1, "$: expected uuid, received integer"),
    *(
        (decode.uuid, text, "$: expected uuid, received string that is not a uuid")
        for text in ("", "a" * 36, IDENTIFIER.hex, f"{{{IDENTIFIER}}}", f"urn:uuid:{IDENTIFIER}")
    ),
    (decode.enum(Colour), 1, "$: expected string, received integer"),
    (decode.enum(Size), True, "$: expected integer, received boolean"),
    (decode.enum(Size), "1", "$: expected integer, received string"),
    (decode.const("a"), "b", '$: expected "a", received another string'),
    (decode.const(1), True, "$: expected 1, received boolean"),
    (decode.const(True), 1, "$: expected true, received integer"),
    (decode.const(False), 0, "$: expected false, received integer"),
    (decode.const(None), "", "$: expected null, received string"),
    (decode.array(decode.integer), {}, "$: expected array, received object"),
    (decode.array(decode.integer), "ab", "$: expected array, received string"),
    (decode.array(decode.integer), [1, "2"], "$[1]: expected integer, received string"),
    (
        decode.array(decode.mapping(decode.array(decode.null))),
        [{}, {"a": [], "b c": [None, 1]}],
        "$[1]['b c'][1]: expected null, received integer",
    ),
    (decode.mapping(decode.integer), [], "$: expected object, received array"),
    (decode.mapping(decode.integer), {"a": "1"}, "$.a: expected integer, received string"),
    (decode.nullable(decode.string), 1, "$: expected string, received integer"),
    (
        decode.one_of(decode.integer, decode.string, decode.integer),
        None,
        "$: expected integer or string, received null",
    ),
    (
        decode.one_of(decode.string, decode.array(decode.mapping(decode.integer)), decode.null),
        [{"a": "1"}],
        "$[0].a: expected integer, received string",
    ),
    (decode.object_, None, "$: expected object, received null"),
]


class TestDecoders:
    """Decoders: JSON values to Python values."""

    @pytest.mark.parametrize(("decoder", "value", "expected"), DECODED)
    def test_taken(self, decoder: decode.Decoder[Any], value: Any, expected: Any) -> None:
        decoded = decoder(value)

        assert decoded == expected
        assert type(decoded) is type(expected)

    @pytest.mark.parametrize(("decoder", "value", "text"), REFUSED)
    def test_refused(self, decoder: decode.Decoder[Any], value: Any, text: str) -> None:
        with pytest.raises(errors.ResponseValidationError) as raised:
            decoder(value)

        assert str(raised.value) == text

    @pytest.mark.parametrize(
        ("members", "expected"),
        [
            ({}, UNSET),
            ({"a": None}, UNSET),
            ({"a": 1}, 1),
        ],
    )
    def test_optional(self, members: dict[str, Any], expected: object) -> None:
        assert decode.optional(members, "a", decode.integer) == expected

    def test_days_are_remembered_but_not_without_end(self) -> None:
        first = dt.date(2000, 1, 1)
        for day in range(3000):
            text = (first + dt.timedelta(days=day)).isoformat()
            assert text == decode.TEXTS[decode.date(text)]

        assert 0 < len(decode.DATES) <= 1024
        assert 0 < len(decode.TEXTS) <= 1024

    def test_optional_of_the_wrong_type(self) -> None:
        with pytest.raises(errors.ResponseValidationError, match=r"^\$\.a: expected integer"):
            decode.optional({"a": "1"}, "a", decode.integer)

    def test_required(self) -> None:
        with pytest.raises(errors.ResponseValidationError, match=r"^\$\.a: .* received nothing$"):
            decode.required({}, "a", decode.anything)
        with pytest.raises(errors.ResponseValidationError, match=r"^\$\.a: .* received null$"):
            decode.required({"a": None}, "a", decode.integer)

    def test_additional(self) -> None:
        assert decode.additional({"a": 1, "b": "2"}, {"a"}, decode.string) == {"b": "2"}

    @pytest.mark.parametrize("content", [b"", b"NaN", b"[-Infinity]", b"[" * 100_000, b"\xff"])
    def test_parse_takes_json_alone(self, content: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            decode.parse(content)


DAY = dt.date(2026, 8, 23)
NOON = dt.datetime(2026, 8, 23, 12, tzinfo=dt.UTC)

ENCODED: list[tuple[Callable[[Any], Any], Any, Any]] = [
    (encode.anything, True, "true"),
    (encode.anything, 1, "1"),
    (encode.anything, 1.5, "1.5"),
    (encode.anything, "a", "a"),
    (encode.boolean, False, "false"),
    (encode.string, "a b", "a b"),
    (encode.string, Colour.RED, "red"),
    (encode.integer, -3, "-3"),
    (encode.integer, Size.SMALL, "1"),
    (encode.number, 1, "1"),
    (encode.number, 1.5, "1.5"),
    (encode.number, 1e30, "1e+30"),
    (encode.number, 10**400, str(10**400)),
    (encode.date, DAY, "2026-08-23"),
    (encode.date, NOON, "2026-08-23"),
    (encode.date_time, NOON, "2026-08-23T12:00:00+00:00"),
    (encode.date_time, "2026-08-23T12:00:00Z", "2026-08-23T12:00:00+00:00"),
    (encode.uuid, IDENTIFIER, str(IDENTIFIER)),
    (encode.uuid, str(IDENTIFIER).upper(), str(IDENTIFIER)),
    (encode.enum(Colour), Colour.RED, "red"),
    (encode.enum(Colour), "blue", "blue"),
    (encode.enum(Size), Size.SMALL, "1"),
    (encode.enum(Size), 7, "7"),
    (encode.const("a"), "a", "a"),
    (encode.const(1), 1, "1"),
    (encode.one_of(encode.integer, encode.string), "a", "a"),
    (encode.array(encode.integer), [1, 2], ["1", "2"]),
    (encode.array(encode.string), ("a",), ["a"]),
    (encode.json_value, Colour.RED, "red"),
    (encode.json_value, Size.SMALL, 1),
    (encode.json_value, NOON, "2026-08-23T12:00:00+00:00"),
    (encode.json_value, IDENTIFIER, str(IDENTIFIER)),
    (encode.json_value, {"a": (DAY, None)}, {"a": ["2026-08-23", None]}),
    (encode.json_value, [ErrorDetail(code=1, message="")], [{"code": 1, "message": ""}]),
]

NOT_ENCODED: list[tuple[Callable[[Any], Any], Any, str]] = [
    (encode.anything, None, "expected a str, received NoneType"),
    (encode.boolean, 1, "expected a bool, received int"),
    (encode.string, 1, "expected a str, received int"),
    (encode.string, "\ud800", "."),
    (encode.integer, True, "expected an int, received bool"),
    (encode.integer, 1.0, "expected an int, received float"),
    (encode.number, False, "expected a number, received bool"),
    (encode.number, math.nan, "expected a finite number, received nan"),
    (encode.number, math.inf, "expected a finite number, received inf"),
    (encode.date, 1, "expected a date, received int"),
    (encode.date_time, NOON.replace(tzinfo=None), "without a time zone"),
    (encode.date_time, "2026-08-23", "expected a date-time such as"),
    (encode.date_time, DAY, "expected a datetime, received date"),
    (encode.uuid, "a", "expected a UUID, received str"),
    (encode.uuid, 1, "expected a UUID, received int"),
    (encode.enum(Colour), 1, "expected a str, received int"),
    (encode.enum(Size), "1", "expected an int, received str"),
    (encode.const("a"), "b", "expected 'a', received 'b'"),
    (encode.const(1), True, "expected 1, received True"),
    (encode.const(True), 1, "expected True, received 1"),
    (encode.one_of(encode.integer, encode.boolean), "a", "an int, received str; expected a bool"),
    (encode.array(encode.integer), "12", "expected a list, received str"),
    (encode.array(encode.integer), {1}, "expected a list, received set"),
    (encode.array(encode.integer), ["1"], "expected an int, received str"),
]


class TestEncoders:
    """Encoders: Python values to JSON values."""

    @pytest.mark.parametrize(("encoder", "value", "expected"), ENCODED)
    def test_taken(self, encoder: Callable[[Any], Any], value: Any, expected: Any) -> None:
        encoded = encoder(value)

        assert encoded == expected
        assert type(encoded) is type(expected)

    def test_offset_of_seconds_becomes_utc(self) -> None:
        zone = dt.timezone(dt.timedelta(minutes=-16, seconds=-8))

        encoded = encode.date_time(dt.datetime(1911, 12, 31, 23, 43, 52, tzinfo=zone))

        assert encoded == "1912-01-01T00:00:00+00:00"

    @pytest.mark.parametrize(("encoder", "value", "words"), NOT_ENCODED)
    def test_refused(self, encoder: Callable[[Any], Any], value: Any, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            encoder(value)

    def test_value_without_a_json_value(self) -> None:
        with pytest.raises(TypeError, match="a set has no JSON value"):
            encode.json_value([{1}])


class TestArguments:
    """Encoders of the parts of a request."""

    def test_path(self) -> None:
        arguments = encode.Arguments("/api")

        arguments.add_path("/books/", "id", "a/b c?ü", encode.string)
        arguments.add_path("/pages/", "number", 7, encode.integer)

        assert arguments.path == "/api/books/a%2Fb%20c%3F%C3%BC/pages/7"

    @pytest.mark.parametrize("value", ["", ".", "..", "\ud800"], ids=ascii)
    def test_path_refused(self, value: str) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^id: "):
            encode.Arguments().add_path("/", "id", value, encode.string)

    def test_query(self) -> None:
        arguments = encode.Arguments()

        arguments.add_query("q", "a", encode.string)
        arguments.add_query("none", None, encode.string)
        arguments.add_query("tag", ["x", "y"], encode.array(encode.string))

        assert arguments.query == [("q", "a"), ("tag", "x"), ("tag", "y")]

    def test_headers_and_cookies(self) -> None:
        arguments = encode.Arguments()

        arguments.add_header("X-A", 1, encode.integer)
        arguments.add_header("X-B", None, encode.integer)
        arguments.add_cookie("a", "1; 2", encode.string)
        arguments.add_cookie("b", None, encode.string)
        arguments.add_cookie("c", 3, encode.integer)

        assert arguments.headers == {"X-A": "1", "Cookie": "a=1%3B%202; c=3"}

    @pytest.mark.parametrize("value", ["é", "a\r\nX-Injected: 1", "\0", " a", "a "])
    def test_header_refused(self, value: str) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^X-A: "):
            encode.Arguments().add_header("X-A", value, encode.string)

    def test_body(self) -> None:
        arguments = encode.Arguments()

        arguments.add_json(UNSET, "application/json")
        nothing = (arguments.content, dict(arguments.headers))
        arguments.add_json({"day": DAY, "name": "Zoë"}, "application/json")

        assert nothing == (None, {})
        assert arguments.content == '{"day":"2026-08-23","name":"Zoë"}'.encode()
        assert arguments.headers == {"Content-Type": "application/json"}

    @pytest.mark.parametrize(
        "value", [{1}, math.nan, [math.inf], b"", [UNSET], "\ud800"], ids=ascii
    )
    def test_body_refused(self, value: object) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^body: "):
            encode.Arguments().add_json(value, "application/json")

    def test_refusal_names_the_parameter(self) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^page: expected an int") as raised:
            encode.Arguments().add_query("page", "1", encode.integer)

        assert raised.value.__cause__ is None


class TestReaders:
    """Decoding of a response body by its media type."""

    @pytest.mark.parametrize(
        ("content", "charset", "text"),
        [
            ("Zoë".encode(), "utf-8", "Zoë"),
            ("Zoë".encode("latin-1"), "latin-1", "Zoë"),
            ("Zoë".encode("utf-16"), "utf-16", "Zoë"),
            (b"a\xff", "utf-8", "a�"),
            (b"a", "no-such-charset", "a"),
            (b"6162", "hex", "6162"),
            (b"a\xff", "idna", "a�"),
            (b"a\xff", "undefined", "a�"),
            (b"a", "", "a"),
        ],
    )
    def test_text(self, content: bytes, charset: str, text: str) -> None:
        assert text_body(content, f"text/plain; charset={charset}") == text
        assert text_body(content, f'text/plain; format=flowed;CHARSET="{charset}"') == text

    def test_text_without_a_charset_is_utf_8(self) -> None:
        assert text_body("Zoë".encode(), "") == "Zoë"

    @pytest.mark.parametrize("media_type", ["text/csv", "TEXT/CSV; charset=utf-8", "image/png"])
    def test_another_media_type_is_not_read(self, media_type: str) -> None:
        reader = one_of_several(text_body, read=("text/plain",), others=("text/csv", "image/*"))

        with pytest.raises(errors.ResponseValidationError, match="expected text/plain, received"):
            reader(b"a", media_type)
        assert reader(b"a", "text/plain; charset=utf-8") == reader(b"a", "a/b") == "a"

    def test_json_that_is_nested_too_deep(self) -> None:
        def descend(value: Any) -> Any:
            return descend(value)

        with pytest.raises(errors.ResponseValidationError, match="nested too deeply"):
            json_body(descend)(b"1", "application/json")

    def test_bytes_and_nothing(self) -> None:
        no_body(b"a", "text/plain")

        assert bytes_body(b"\xff", "image/png") == b"\xff"

    @pytest.mark.parametrize(
        ("status", "expected"), [(200, "200"), (201, "2XX"), (302, "default"), (418, "default")]
    )
    def test_most_exact_pattern_reads(self, status: int, expected: str) -> None:
        def reader(name: str) -> Callable[[bytes, str], str]:
            return lambda _content, _content_type: name

        names = {name: reader(name) for name in ("default", "2XX", "200")}
        operation = Operation[str, str](method="GET", path="/", success=names, errors=names)

        assert operation.read_success(status, b"", "") == expected
        assert operation.read_error(status, b"", "") == expected

    def test_undocumented_statuses(self) -> None:
        operation = Operation[bytes, bytes](
            method="GET", path="/", success={"200": bytes_body, "3XX": bytes_body}, errors={}
        )

        assert operation.read_error(500, b"", "") is None
        with pytest.raises(errors.ResponseValidationError, match="status 200 or 3XX, received 204"):
            operation.read_success(204, b"", "")

    def test_error_without_form_is_no_error(self) -> None:
        readers = {"default": json_body(decode.object_), "500": json_body(decode.null)}
        operation = Operation[Any, Any](method="GET", path="/", success={}, errors=readers)
        breach = errors.ResponseValidationError("a value", "nothing").inside("data")

        assert not operation.is_error(breach, b"{}", "")


def secured(*security: tuple[str, ...]) -> Any:
    """An operation with these alternatives of schemes."""
    success = {"2XX": bytes_body}
    return Operation[bytes, None](
        method="GET", path="/", security=security, success=success, errors={}
    )


PUBLIC = secured()

OTHER = Scheme(
    argument="token", header="X-Token", prefix="", environment=("TOKEN",), description="Ask us."
)


class TestSecurity:
    """Security: operations with and without a key, and schemes of other documents."""

    def test_first_alternative_whose_keys_are_there(self) -> None:
        operation = secured(("other", "apiKey"), ("apiKey",))
        script = Script()
        client = script.client()

        client.call(operation, encode.Arguments("/"), {})

        assert script.requests[0].headers["Authorization"] == f"Bearer {KEY}"
        assert "X-Token" not in script.requests[0].headers

    def test_no_alternative_says_what_is_missing(self) -> None:
        operation = secured(("other",))
        script = Script()
        client = script.client()
        client._keys = Keys({"other": OTHER}, {"other": None}, required=False)

        with pytest.raises(errors.ConfigurationError) as raised:
            client.call(operation, encode.Arguments("/"), {})

        assert str(raised.value) == "no key: pass token=…, or set TOKEN. Ask us."
        assert script.requests == []

    def test_arguments_that_make_no_url(self) -> None:
        script = Script()
        client = script.client()

        with pytest.raises(errors.ConfigurationError, match="make no request"):
            client.call(PUBLIC, encode.Arguments("/" + 70_000 * "a"), {})

        assert script.requests == []

    def test_query_that_is_written_already_is_sent_as_it_is(self) -> None:
        script = Script()

        script.client().call(PUBLIC, encode.Arguments("/?a=b%2Fc"), {})

        assert script.requests[0].url.query == b"a=b%2Fc"

    def test_operation_without_security_sends_no_key(self) -> None:
        script = Script()

        content = script.client().call(PUBLIC, encode.Arguments("/"), {})

        assert content == GOOD.content
        assert "Authorization" not in script.requests[0].headers

    def test_error_of_it_has_no_hint(self) -> None:
        client = Script(httpx.Response(403, json={"error": "no"})).client()

        with pytest.raises(errors.PermissionDeniedError) as raised:
            client.call(PUBLIC, encode.Arguments("/"), {})

        assert str(raised.value) == "GET https://openrouter.ai/api/v1/ answered 403: no"

    def test_header_of_the_users_own_takes_the_keys_place(self) -> None:
        script = Script()

        script.client(headers={"authorization": "Basic dTpw"}).analytics.get_user_activity()

        assert script.requests[0].headers.get_list("Authorization") == ["Basic dTpw"]

    def test_scheme_without_environment_or_prefix(self) -> None:
        scheme = Scheme(
            argument="token", header="X-Token", prefix="", environment=(), description=""
        )
        request = httpx.Request("GET", "https://example.com")

        credential = scheme.credential(Credential.given("secret", "token"))
        assert credential is not None
        credential.add_to(request, scheme)

        assert request.headers["X-Token"] == "secret"
        assert scheme.credential(None) is None
        assert scheme.missing() == "no key: pass token=…."
        assert repr(credential) == "<key of the argument token>"
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(credential)
