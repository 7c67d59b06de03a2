"""The project's own corrections: each has a reason, and fails once that reason has gone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.spec import overlay as overlays
from generator.spec.read import read_document
from generator.spec.round_trip import load
from generator.spec.write import serialize
from tests.generator.edited import edited
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

OVERLAY = load((ROOT / "spec/overlay.yaml").read_text("utf-8"), "overlay")
CONTRACT = load((ROOT / "openapi.yaml").read_text("utf-8"), "contract")
GET = "paths /activity get"
ITEM = "components schemas ActivityItem"
BODY = "components schemas Analytics_getUserActivity_Response_200"


def test_every_action_names_a_source() -> None:
    without = [
        action["target"] for action in OVERLAY["actions"] if "Source" not in action["description"]
    ]

    assert without == []


def test_every_action_fails_once_its_reason_has_gone() -> None:
    with pytest.raises(GeneratorError) as caught:
        overlays.apply(CONTRACT, OVERLAY)  # everything is corrected already

    report = str(caught.value)
    for action in OVERLAY["actions"]:
        first_sentence = action["description"].split(". ")[0]
        assert f"- {first_sentence}.\n    target: {action['target']}\n" in report


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("info title", "OpenRouter API", "The API has a name and a version"),
        ("info version", "1.0.0", "The API has a name and a version"),
        ("servers", [{"url": "https://example.org"}], "The base URL is named"),
        (f"{GET} tags 0 0", "subpackage_usage", "The tag that is a list goes"),
        (f"{GET} tags analytics", "analytics", "The tag comes back as the string"),
        (f"{GET} parameters Authorization description", "A key", "The header parameter `Auth"),
        (f"{GET} parameters Authorization required", False, "The header parameter `Authorization`"),
        ("components securitySchemes", {}, "The bearer token is a security scheme"),
        (f"{GET} security", [], "The operation requires the security scheme"),
        (f"{GET} parameters date description", "A week.", "The query parameter `date` is a"),
        (f"{GET} parameters date schema format", "date", "The query parameter `date` is a"),
        ("components schemas ErrorResponse", {"type": "object"}, "Errors have a schema"),
        (f"{GET} responses default", {"description": "Else"}, "Every other status has the same"),
        (f"{ITEM} description", "A row.", "The fields of a row have descriptions"),
        (f"{ITEM} properties usage description", "A cost.", "The fields of a row have"),
        (f"{ITEM} properties usage", ..., "The fields of a row have descriptions"),
        (f"{BODY} description", "The answer.", "The response has descriptions"),
        (f"{ITEM} properties date format", "date-time", "The row's `date` is a calendar day"),
        (
            f"{GET} responses 200 content application/json example",
            {},
            "The response has an example",
        ),
    ],
)
def test_an_action_fails_if_upstream_changes_what_it_corrects(
    place: str, value: Any, sentence: str
) -> None:
    upstream = serialize(edited(read_document(FIRST_UPSTREAM), {place: value}))

    with pytest.raises(GeneratorError, match=re.escape(sentence)) as caught:
        overlays.apply(load(upstream, "upstream"), load(FIRST_OVERLAY, "overlay"))

    assert "expected" in str(caught.value)
    assert "found" in str(caught.value)
