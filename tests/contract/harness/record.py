"""Record samples of the live API, without personal data."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.spec.values import is_array, is_object
from tests.contract.harness import facts, provider, samples, targets
from tests.contract.harness.contract import Contract
from tests.contract.harness.findings import Finding, public_name, shape

ROWS = 12
"""The most rows of a sample: four of each of three days."""

NOT_RECORDED = "not recorded"
"""The end of a line about a response of which no sample was made."""

_PUBLIC = ("date", "model", "model_permaslug", "provider_name")
"""The fields of a row that are the same for everybody."""


class Sanitiser:
    """Replaces personal data; equal values get equal replacements.

    Args:
        scale: The factor for amounts and counts.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._ids: dict[str, str] = {}

    def body(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body of a success or an error, fit to be published."""
        clean: dict[str, Any] = {}
        for name, value in body.items():
            if name == "data" and is_array(value):
                clean[name] = [self._members(row, _PUBLIC) for row in _selected(value)]
            elif name == "error":
                # The API's own sentences are what a sample of an error shows.
                clean[name] = self._members(value, ("code", "message"))
            else:
                clean[public_name(name)] = self._value(name, value)
        return clean

    def _members(self, value: Any, public: tuple[str, ...]) -> Any:
        if not is_object(value):
            return self._value("", value)
        return {
            public_name(name): item if name in public else self._value(name, item)
            for name, item in value.items()
        }

    def _value(self, name: str, value: Any) -> Any:
        """A value that may be personal: its shape, or another amount."""
        if is_array(value):
            return [self._value(name, item) for item in value]
        match value:
            case dict():
                return self._members(value, ())
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


def _selected(rows: list[Any]) -> list[Any]:
    """Some rows of the first three days, and the last row."""
    days = itertools.groupby(rows[:-1], lambda row: row.get("date") if is_object(row) else None)
    few = [row for _, of in itertools.islice(days, 3) for row in itertools.islice(of, 4)]
    return [*few[: ROWS - 1], *rows[-1:]]


def record(
    contract: Contract, target: targets.Target, folder: Path = samples.FOLDER
) -> Iterator[str]:
    """Write one sample for each response to a probe, and say what is new in it."""
    # The factor is secret, so that the amounts cannot be recovered.
    sanitiser = Sanitiser(random.SystemRandom().uniform(0.3, 3))
    recorded = target.utc_today().isoformat()
    known = {name for sample in samples.load() for name in _names(sample.body)}
    for exchange in provider.probe(target):
        body: Any = exchange.body.value
        if exchange.status is None or exchange.body.code or not is_object(body):
            reason = exchange.failure or exchange.body.code or "not an object"
            yield f"{exchange.label}: {reason}, {NOT_RECORDED}"
            continue
        assert exchange.probe is not None
        kind = "activity" if exchange.status == 200 else f"error-{exchange.status}"
        sample = samples.Sample(
            name=f"{recorded}-{kind}-{exchange.probe.name.replace(' ', '-')}",
            source=f"`make contract ARGS=record` on {recorded}, {exchange.label}",
            recorded=recorded,
            origin="live",
            note="Identifiers, unknown texts and amounts are replaced; the rows are a selection.",
            status=exchange.status,
            content_type=exchange.content_type,
            expected=(),
            body=sanitiser.body(body),
        )
        found = samples.check(contract, sample)
        _write(folder, sample, sorted({" ".join(finding.key) for finding in found}))
        news = [
            f"a field that no sample had: {name}" for name in sorted({*_names(sample.body)} - known)
        ]
        news += map(str, filter(_is_new, found))
        yield f"{sample.name}.json: status {sample.status}, {'; '.join(news) or 'nothing new'}"


def _is_new(finding: Finding) -> bool:
    return finding.kind == "breach" or finding.key not in facts.KNOWN_DRIFT


def _write(folder: Path, sample: samples.Sample, expected: list[str]) -> None:
    values = dataclasses.asdict(sample) | {"expected": expected}
    name = values.pop("name")
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=2, ensure_ascii=False)
    # A row fits on a line.
    text = re.sub(r"\{[^{}\[\]]*\}", lambda found: re.sub(r"\n +", " ", found[0]), text)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")


def _names(value: Any) -> Iterator[str]:
    """The names of all members, at any depth."""
    if is_object(value):
        yield from value
    for item in value.values() if is_object(value) else value if is_array(value) else ():
        yield from _names(item)
