"""What users have recorded validates, parses, and comes back as it was."""

import json
import re
from operator import attrgetter

import pytest

from tests.contract import consumer, samples
from tests.contract.contract import Contract

SAMPLES = samples.load()


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_is_what_the_document_says(sample: samples.Sample, contract: Contract) -> None:
    assert list(samples.surprises(contract, sample)) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_says_where_it_is_from(sample: samples.Sample) -> None:
    assert re.fullmatch(r"https://\S+|`make record` on .*", sample.source)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", sample.recorded)
    assert sample.origin in {"live", "documentation"}
    assert sample.note


@pytest.mark.parametrize("sample", SAMPLES, ids=attrgetter("name"))
def test_a_sample_holds_nothing_personal(sample: samples.Sample) -> None:
    text = json.dumps(sample.body)

    assert "sk-or-" not in text
    for found in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text):
        assert found.startswith("00000000-0000-4000-8000-")
    for user in re.findall(r'"user_id": "([^"]*)"', text):
        assert re.fullmatch(r"(user|org)_[0a9A]+", user)


def test_the_samples_show_both_forms_of_a_date_and_every_kind_of_error() -> None:
    dates = {row["date"][10:] for sample in SAMPLES for row in sample.body.get("data", [])}
    statuses = {sample.status for sample in SAMPLES}

    assert dates == {"", " 00:00:00"}
    assert statuses == {200, 400, 401, 403, 429, 500}


def test_a_sample_that_is_broken_is_not_what_the_document_says(contract: Contract) -> None:
    assert list(samples.tolerated(contract)) == []


def test_the_client_reads_every_sample_and_gives_it_back() -> None:
    consumer.reads_every_sample(consumer.installed())
