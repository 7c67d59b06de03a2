"""The recorded samples keep to the document, and contain no personal data."""

import json
import re
from operator import attrgetter

import pytest

from tests.contract.harness import samples
from tests.contract.harness.contract import Contract

SAMPLES = samples.load()


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_keeps_to_the_document(sample: samples.Sample, contract: Contract) -> None:
    assert list(samples.surprises(contract, sample)) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_names_its_source(sample: samples.Sample) -> None:
    assert re.fullmatch(r"https://\S+", sample.source)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", sample.recorded)
    assert sample.origin in {"live", "documentation"}
    assert sample.note


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_contains_no_personal_data(sample: samples.Sample) -> None:
    text = json.dumps(sample.body)

    assert "sk-or-" not in text
    for found in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text):
        assert found.startswith("00000000-0000-4000-8000-")
    for user in re.findall(r'"user_id": "([^"]*)"', text):
        assert re.fullmatch(r"(user|org)_[0a9A]+", user)


def test_the_samples_show_both_forms_of_a_date_and_every_kind_of_error() -> None:
    dates = {row["date"][10:] for sample in SAMPLES for row in sample.body.get("data", [])}

    assert dates == {"", " 00:00:00"}
    assert {sample.status for sample in SAMPLES} == {200, 400, 401, 403, 429, 500}


def test_a_broken_sample_does_not_keep_to_the_document(contract: Contract) -> None:
    assert list(samples.allowed(contract)) == []
