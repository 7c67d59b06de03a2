"""Models keep all data, compare by value, and come back from copies and pickles."""

import copy
import datetime as dt
import pickle
import pprint
from collections.abc import Callable, Hashable
from typing import Any

import attrs
import pytest

from tests.client.conftest import ITEM
from tests.client.http_library import httpx
from tests.client.package import (
    UNSET,
    ActivityItem,
    ActivityResponse,
    ErrorDetail,
    ErrorResponse,
    Response,
    Unset,
    brief,
)

DETAIL = {"code": 400, "message": "Words"}
BODIES: list[tuple[Any, dict[str, Any]]] = [
    (ActivityItem, {**ITEM, "date": "2026-08-23"}),
    (ActivityResponse, {"data": [{**ITEM, "date": "2026-08-23"}] * 3, "next": {"page": [2]}}),
    (ActivityResponse, {"data": []}),
    (ErrorDetail, DETAIL),
    (ErrorDetail, {**DETAIL, "metadata": None, "more": 1}),
    (ErrorDetail, {**DETAIL, "metadata": {"a": [1, {"b": None}]}}),
    (ErrorResponse, {"error": DETAIL}),
    (ErrorResponse, {"error": DETAIL, "user_id": None, "z": []}),
    (ErrorResponse, {"error": {**DETAIL, "x": 1}, "user_id": "u"}),
]
MODELS = pytest.mark.parametrize(("model", "body"), BODIES)


def through_pickle(value: object) -> object:
    restored: object = pickle.loads(pickle.dumps(value))
    return restored


COPIES = pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy])


@MODELS
def test_a_body_comes_back_out(model: Any, body: dict[str, Any]) -> None:
    assert model.from_dict(body).to_dict() == body


@MODELS
@COPIES
def test_copies_are_equal(
    model: Any, body: dict[str, Any], way: Callable[[object], object]
) -> None:
    made = model.from_dict(body)

    copied = way(made)

    assert copied == made
    assert copied is not made
    assert type(copied) is model


@MODELS
def test_models_have_slots_no_hash_and_only_keywords(model: Any, body: dict[str, Any]) -> None:
    made = model.from_dict(body)

    assert not hasattr(made, "__dict__")
    assert not isinstance(made, Hashable)
    with pytest.raises(AttributeError):
        made.surprise = 1
    with pytest.raises(TypeError, match="positional"):
        model(*body.values())


@MODELS
def test_a_known_field_wins_over_an_unknown_one_of_its_name(
    model: Any, body: dict[str, Any]
) -> None:
    made = model.from_dict(body)
    unknown = dict.fromkeys([*body, "new"], "?")

    changed = attrs.evolve(made, additional_properties=unknown)

    known = {name for name in body if name not in made.additional_properties}
    assert changed.to_dict() == unknown | {name: body[name] for name in known}


def test_equality_is_by_value() -> None:
    item = ActivityItem.from_dict(ITEM)

    assert item == ActivityItem.from_dict(ITEM)
    assert item != ActivityItem.from_dict({**ITEM, "usage": 1})
    assert item != ActivityItem.from_dict({**ITEM, "cached_tokens": 8})


def test_fields_of_a_subclass_have_their_defaults() -> None:
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


def test_evolve_keeps_unknown_fields() -> None:
    item = ActivityItem.from_dict(ITEM)

    changed = attrs.evolve(item, usage=2)

    assert changed.usage == 2
    assert changed.additional_properties == {"cached_tokens": 7}
    assert item.usage == ITEM["usage"]


def test_documented_fields_come_first_and_in_their_order() -> None:
    backwards = {"cached_tokens": 7, **dict(reversed(ITEM.items())), "web_searches": 1}

    written = ActivityItem.from_dict(backwards).to_dict()

    documented = [field.name for field in attrs.fields(ActivityItem)][:-1]
    assert [*written] == [*documented, "cached_tokens", "web_searches"]


def test_an_unknown_field_is_no_attribute_and_the_error_says_where_it_is() -> None:
    item = ActivityItem.from_dict(ITEM)

    with pytest.raises(AttributeError, match=r"cached_tokens.* additional_properties") as caught:
        _ = item.cached_tokens

    assert (caught.value.name, caught.value.obj) == ("cached_tokens", item)


def test_the_repr_of_a_long_list_is_short() -> None:
    many = ActivityResponse.from_dict({"data": [ITEM] * 10_000})

    assert repr(many).endswith(" … and 9999 more], additional_properties={})")
    assert len(repr(many)) < 600
    assert len(pprint.pformat(many)) < 600


@pytest.mark.parametrize(
    ("value", "expected"),
    [([], "[]"), ([1], "[1]"), ([1, 2], "[1, … and 1 more]"), (UNSET, "UNSET"), (None, "None")],
)
def test_brief(value: object, expected: str) -> None:
    assert brief(value) == expected


def test_the_source_is_not_changed() -> None:
    source = copy.deepcopy(ITEM)

    ActivityItem.from_dict(source).additional_properties["more"] = 1

    assert source == ITEM


def test_an_absent_member_is_unset_and_differs_from_null() -> None:
    absent = ErrorResponse.from_dict({"error": DETAIL})
    null = ErrorResponse.from_dict({"error": DETAIL, "user_id": None})

    assert (absent.user_id, absent.error.metadata, null.user_id) == (UNSET, UNSET, None)
    assert absent != null


def test_a_model_that_is_made_by_hand_is_written_as_json() -> None:
    made = ErrorDetail(code=400, message="Words", metadata={"day": dt.date(2026, 8, 23)})

    assert made.to_dict() == {**DETAIL, "metadata": {"day": "2026-08-23"}}


def test_a_response_is_frozen_and_brief() -> None:
    response = Response[None](200, b"abc", httpx.Headers({"X": "1"}), None)

    assert repr(response) == "Response(status_code=200, content=<3 bytes>, parsed=None)"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        response.status_code = 201


@COPIES
def test_unset_stays_itself(way: Callable[[object], object]) -> None:
    assert way(UNSET) is UNSET
    assert way([UNSET]) == [UNSET]


def test_unset_is_false_and_named() -> None:
    assert not UNSET
    assert repr(UNSET) == "UNSET"
    assert isinstance(UNSET, Unset)
