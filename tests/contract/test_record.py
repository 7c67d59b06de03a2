"""A sample is recorded without personal data, and new fields in it are named."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.contract.harness import provider, record, samples, targets
from tests.contract.harness.contract import Contract

TODAY = dt.date(2026, 8, 24)


def test_every_response_becomes_a_sample(contract: Contract, tmp_path: Path) -> None:
    target = targets.sandbox_target(today=TODAY)

    said = list(record.record(contract, target, tmp_path))

    recorded = samples.load(tmp_path)
    assert len(recorded) == len(said) > 5
    for sample in recorded:
        assert list(samples.surprises(contract, sample)) == []
    assert {sample.status for sample in recorded} == {200, 400, 401, 403}
    assert all(line.endswith("nothing new") for line in said)
    values = json.loads((tmp_path / "2026-08-24-error-401-no-key.json").read_text("utf-8"))
    assert values["body"] == {"error": {"code": 401, "message": "Missing Authentication header"}}
    assert values["source"] == "`make contract ARGS=record` on 2026-08-24, the probe 'no key'"


def test_a_sample_contains_no_personal_data(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def factor(*_: object) -> float:
        return 0.7317  # with other factors an amount may become that of another row

    monkeypatch.setattr("random.SystemRandom.uniform", factor)
    target = targets.sandbox_target(today=TODAY)
    [whole] = [item for item in provider.probe(target) if item.label == "the probe 'all days'"]
    rows: list[dict[str, Any]] = whole.body.value["data"]

    list(record.record(contract, target, tmp_path))

    text = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert sandbox.MANAGEMENT_KEY not in text
    assert not any(row["endpoint_id"] in text for row in rows)
    [sample] = [item for item in samples.load(tmp_path) if "all-days" in item.name]
    kept = sample.body["data"]
    assert 3 <= len(kept) <= record.ROWS
    assert len({row["date"] for row in kept}) >= 3
    amounts = {row["usage"] for row in rows if row["usage"]}
    assert amounts.isdisjoint(row["usage"] for row in kept if row["usage"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {
                "data": [
                    {"model": "a/b", "owner": {"name": "Jane", "tags": ["x9", 3, None, True]}}
                ],
                "user_id": "user_2x",
            },
            {
                "data": [
                    {"model": "a/b", "owner": {"name": "Aaaa", "tags": ["a9", 6, None, True]}}
                ],
                "user_id": "aaaa_9a",
            },
            id="unknown fields are masked at any depth",
        ),
        pytest.param(
            {
                "error": {"code": 403, "message": "No.", "metadata": {"who": "Jane"}},
                "user_id": "2x",
            },
            {
                "error": {"code": 403, "message": "No.", "metadata": {"who": "Aaaa"}},
                "user_id": "9a",
            },
            id="an error keeps code and message",
        ),
        pytest.param(
            {"data": [{"endpoint_id": name} for name in "aba"]},
            {"data": [{"endpoint_id": f"00000000-0000-4000-8000-{n:012}"} for n in (1, 2, 1)]},
            id="an endpoint keeps its replacement",
        ),
    ],
)
def test_what_is_replaced(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert record.Sanitiser(2.0).body(body) == expected


def test_new_fields_are_named(contract: Contract, tmp_path: Path) -> None:
    target = targets.sandbox_target(today=TODAY, fault="extra-field:0")

    said = "\n".join(record.record(contract, target, tmp_path))

    assert "a field that no sample had: surprise" in said
    assert "unknown-field at $.data[*].surprise" in said


def test_what_is_not_json_is_not_recorded(contract: Contract, tmp_path: Path) -> None:
    target = targets.sandbox_target(today=TODAY, fault="cloudflare:520")

    said = list(record.record(contract, target, tmp_path))

    assert not list(tmp_path.iterdir())
    assert all("not-json, not recorded" in line for line in said)
