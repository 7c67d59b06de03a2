"""Take a new sample from the live API, without what is personal in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contract import facts, provider, samples, targets
from tests.contract.contract import Contract
from tests.contract.exchange import Exchange
from tests.contract.findings import Finding, public_name, shape
from tests.contract.json_values import is_array, is_object

ROWS = 12
"""Rows that a sample keeps at most: enough to show the form."""

_PUBLIC = ("date", "model", "model_permaslug", "provider_name")
"""The fields of a row that are the same for everybody."""

_DAYS_SHOWN = 3


class Sanitiser:
    """Replaces what is personal, the same thing by the same thing.

    Args:
        scale: What amounts and counts are multiplied by.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._ids: dict[str, str] = {}

    def body(self, body: Any) -> Any:
        """A success or an error, fit to be published."""
        members = body if is_object(body) else {}
        rows: Any = members.get("data")
        if is_array(rows):
            kept = [self._row(row) for row in _spread(rows)]
            rest = {name: value for name, value in members.items() if name != "data"}
            return {"data": kept, **self._unknown(rest)}
        return self._error(members)

    def _row(self, row: Any) -> Any:
        if not is_object(row):
            return self._value("", row)
        return {
            public_name(name): value if name in _PUBLIC else self._value(name, value)
            for name, value in row.items()
        }

    def _error(self, members: dict[str, Any]) -> Any:
        details: Any = members.get("error")
        if not is_object(details):
            return self._unknown(members)
        # The API's own few sentences are what a sample of an error is for.
        kept = {name: details[name] for name in ("code", "message") if name in details}
        error = self._unknown(details) | kept
        return {**self._unknown(members), "error": error}

    def _unknown(self, members: dict[str, Any]) -> dict[str, Any]:
        return {public_name(name): self._value(name, value) for name, value in members.items()}

    def _value(self, name: str, value: Any) -> Any:
        """What is not known to be public: its form, without its content."""
        if is_array(value):
            return [self._value(name, item) for item in value]
        if is_object(value):
            return self._unknown(value)
        match value:
            case str() if name == "endpoint_id":
                number = len(self._ids) + 1
                return self._ids.setdefault(value, f"00000000-0000-4000-8000-{number:012d}")
            case str():
                return shape(value)
            case int() if not isinstance(value, bool):
                return round(value * self._scale)
            case float():
                return round(value * self._scale, 6)
            case _:
                return value


def _spread(rows: list[Any]) -> Iterator[Any]:
    """Some rows of some days: those of the first ones that occur, and the last row."""
    per_day = ROWS // _DAYS_SHOWN
    seen: dict[str, int] = {}
    for row in rows[:-1]:
        day = str(row.get("date")) if is_object(row) else ""
        if len(seen) < _DAYS_SHOWN or day in seen:
            seen[day] = seen.get(day, 0) + 1
            if seen[day] <= per_day and sum(min(n, per_day) for n in seen.values()) < ROWS:
                yield row
    yield from rows[-1:]


def record(
    contract: Contract, target: targets.Target, folder: Path = samples.FOLDER
) -> Iterator[str]:
    """Write a sample of each answer that the probes get, and say what is new in it."""
    # Nobody can tell the amounts from those of another account with another factor.
    sanitiser = Sanitiser(random.SystemRandom().uniform(0.3, 3))
    recorded = target.utc_today()
    before = set(_names_in(samples.load()))
    for exchange in provider.probe(target):
        name = _file_name(exchange, recorded)
        if exchange.status is None or exchange.body.code:
            yield f"{exchange.label}: {exchange.failure or exchange.body.code}, nothing is kept"
            continue
        body: Any = exchange.body.value
        if not is_object(body):
            yield f"{exchange.label}: no object, nothing is kept"
            continue
        sample = samples.Sample(
            name=name,
            source=f"`make record` on {recorded}, {exchange.label}",
            recorded=recorded.isoformat(),
            origin="live",
            note="Identifiers, unknown texts and amounts are replaced; the rows are a selection.",
            status=exchange.status,
            content_type=exchange.content_type,
            expected=(),
            body=sanitiser.body(body),
        )
        found = samples.check(contract, sample)
        expected = sorted({" ".join(finding.key) for finding in found})
        _write(folder / f"{name}.json", sample, expected)
        yield f"{name}.json: status {exchange.status}, {_news(found, sample, before)}"


def _file_name(exchange: Exchange, day: dt.date) -> str:
    assert exchange.probe is not None
    what = exchange.probe.name.replace(" ", "-")
    kind = "activity" if exchange.status == 200 else f"error-{exchange.status}"
    return f"{day}-{kind}-{what}"


def _write(path: Path, sample: samples.Sample, expected: list[str]) -> None:
    values = dataclasses.asdict(sample) | {"expected": expected}
    del values["name"]  # the file has it
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _names_in(known: list[samples.Sample]) -> Iterator[str]:
    for sample in known:
        yield from _members(sample.body)


def _members(value: Any) -> Iterator[str]:
    if is_object(value):
        for name, item in value.items():
            yield name
            yield from _members(item)
    elif is_array(value):
        for item in value:
            yield from _members(item)


def _news(found: list[Finding], sample: samples.Sample, before: set[str]) -> str:
    """What no earlier sample has, and what the document does not allow."""
    names = sorted(set(_members(sample.body)) - before)
    news = [f"a field that no sample had: {name}" for name in names]
    news += [
        str(finding)
        for finding in found
        if finding.kind == "breach" or finding.key not in facts.KNOWN_DRIFT
    ]
    return "; ".join(news) if news else "nothing new"
