"""Decoders make Python values of JSON values, and encoders the other way round."""

import datetime as dt
import math
from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest

from tests.client.formats import NO_DATE_TIMES, NO_DATES, NO_UUIDS
from tests.client.package import UNSET, ErrorDetail, errors
from tests.client.package import _decode as decode
from tests.client.package import _encode as encode


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


IDENTIFIER = UUID("01234567-89ab-4cde-8f01-23456789abcd")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def shown(part: object) -> str:
    """The id of a part of a case: the name of a decoder or encoder, or the value."""
    return getattr(part, "__qualname__", ascii(part)[:50]).partition(".<")[0]


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


@pytest.mark.parametrize(("decoder", "value", "expected"), DECODED, ids=shown)
def test_a_value_is_decoded(decoder: decode.Decoder[Any], value: Any, expected: Any) -> None:
    decoded = decoder(value)

    assert decoded == expected
    assert type(decoded) is type(expected)


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
    (decode.date_time, None, "$: expected date-time, received null"),
    (decode.uuid, 1, "$: expected uuid, received integer"),
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


@pytest.mark.parametrize(("decoder", "value", "text"), REFUSED, ids=shown)
def test_a_value_is_refused(decoder: decode.Decoder[Any], value: Any, text: str) -> None:
    with pytest.raises(errors.ResponseValidationError) as raised:
        decoder(value)

    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("decoder", "name", "text"),
    [
        *((decode.date, "date", text) for text in [*NO_DATES, "0000-01-01"]),
        *((decode.date_time, "date-time", text) for text in NO_DATE_TIMES),
        *((decode.uuid, "uuid", text) for text in NO_UUIDS),
    ],
    ids=shown,
)
def test_a_text_of_another_format_is_refused(
    decoder: decode.Decoder[Any], name: str, text: str
) -> None:
    with pytest.raises(errors.ResponseValidationError) as raised:
        decoder(text)

    assert str(raised.value) == f"$: expected {name}, received string that is not a {name}"


@pytest.mark.parametrize(
    ("members", "expected"), [({}, UNSET), ({"a": None}, UNSET), ({"a": 1}, 1)]
)
def test_an_optional_member_may_be_absent_or_null(members: Any, expected: object) -> None:
    assert decode.optional(members, "a", decode.integer) == expected


@pytest.mark.parametrize(
    ("decode_member", "members", "message"),
    [
        (decode.optional, {"a": "1"}, r"^\$\.a: expected integer, received string$"),
        (decode.required, {}, r"^\$\.a: .* received nothing$"),
        (decode.required, {"a": None}, r"^\$\.a: .* received null$"),
    ],
    ids=shown,
)
def test_a_member_is_refused(decode_member: Any, members: Any, message: str) -> None:
    with pytest.raises(errors.ResponseValidationError, match=message):
        decode_member(members, "a", decode.integer)


def test_the_other_members_are_decoded() -> None:
    assert decode.additional({"a": 1, "b": "2"}, {"a"}, decode.string) == {"b": "2"}


def test_days_are_remembered_but_not_without_end() -> None:
    first = dt.date(2000, 1, 1)
    for day in range(3000):
        text = (first + dt.timedelta(days=day)).isoformat()
        assert text == decode.TEXTS[decode.date(text)]
        assert 0 < len(decode.DATES) <= 1024
        assert 0 < len(decode.TEXTS) <= 1024


@pytest.mark.parametrize("content", [b"", b"NaN", b"[-Infinity]", b"[" * 100_000, b"\xff"])
def test_only_json_is_parsed(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode.parse(content)


DAY = dt.date(2026, 8, 23)
NOON = dt.datetime(2026, 8, 23, 12, tzinfo=dt.UTC)
LOCAL_MEAN_TIME = moment("1911-12-31T23:43:52-00:16:08")

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
    # RFC 3339 has no seconds in an offset.
    (encode.date_time, LOCAL_MEAN_TIME, "1912-01-01T00:00:00+00:00"),
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


@pytest.mark.parametrize(("encoder", "value", "expected"), ENCODED, ids=shown)
def test_a_value_is_encoded(encoder: Callable[[Any], Any], value: Any, expected: Any) -> None:
    encoded = encoder(value)

    assert encoded == expected
    assert type(encoded) is type(expected)


@pytest.mark.parametrize(("encoder", "value", "words"), NOT_ENCODED, ids=shown)
def test_a_value_is_not_encoded(encoder: Callable[[Any], Any], value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encoder(value)


def test_a_set_has_no_json_value() -> None:
    with pytest.raises(TypeError, match="a set has no JSON value"):
        encode.json_value([{1}])
