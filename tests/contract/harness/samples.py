"""Bodies recorded from the live API, without personal data; one file each, with its source."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.spec.values import json_type
from tests.contract.harness import facts
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker, Exchange
from tests.contract.harness.findings import Finding, Place, generic, json_path, replaced

FOLDER = Path(__file__).parents[1] / "samples"

_NO_SCHEMA = {"error-under-200", "no-schema", "undocumented-body", "undocumented-status"}
"""Findings of a body that no schema describes."""


@dataclass(frozen=True)
class Sample:
    """A recorded response."""

    name: str  # the file's name without its suffix
    source: str  # where it was published
    recorded: str  # the day, or about the day, on which it was recorded
    origin: str  # `live`, or `documentation` if nobody has published a recorded one
    note: str  # what is special about it, and what was replaced
    status: int  # the HTTP status
    content_type: str  # the header
    expected: tuple[str, ...]  # the findings that it must cause, each as `code path`
    body: Any  # the loaded body

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body, ensure_ascii=False).encode()

    @property
    def is_error(self) -> bool:
        """Whether it is an error, whatever its HTTP status."""
        return "error" in self.body


@functools.cache
def load(folder: Path = FOLDER) -> list[Sample]:
    """All samples, by name."""
    samples: list[Sample] = []
    for path in sorted(folder.glob("*.json")):
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        expected = tuple(values.pop("expected"))
        samples.append(Sample(name=path.stem, expected=expected, **values))
    return samples


def check(contract: Contract, sample: Sample) -> list[Finding]:
    """The findings of a sample, except those that need many bodies."""
    checker = Checker(contract)
    label, content = f"the sample {sample.name}", sample.content
    checker.check_response(
        Exchange(label, status=sample.status, content_type=sample.content_type, content=content)
    )
    many = {"always-whole", "never-present"}
    return [item for item in checker.result() if item.code not in many]


def surprises(contract: Contract, sample: Sample) -> Iterator[str]:
    """Findings that a sample should not have, and those that are missing."""
    found = {" ".join(finding.key) for finding in check(contract, sample)}
    for name in sorted(found ^ set(sample.expected)):
        yield f"{sample.name}: {'' if name in found else 'no '}{name}"


def other_than(*kinds: str) -> list[Any]:
    """Values of every JSON type but these; a number allows an integer."""
    allowed = (*kinds, "integer") if "number" in kinds else kinds
    values: list[Any] = ["text", 1, 1.5, True, None, [], {}, ["x"], {"x": 1}]
    return [value for value in values if json_type(value) not in allowed]


def broken(body: dict[str, Any]) -> Iterator[tuple[Place, Any, Any]]:
    """Copies of a body with one wrong value: its place, the value (`...` if left out), the copy.

    Only the last row is changed.
    """
    last = len(body.get("data", ())) - 1
    for place, kinds in facts.TYPES.items():
        at = tuple(last if step == 0 else step for step in place)
        absent = [...] if place and place[-1] != 0 and "null" not in kinds else []
        for value in (*other_than(*kinds), *absent):
            with contextlib.suppress(LookupError):  # it is a place in the other kind of body
                yield at, value, replaced(body, at, value)


def allowed(contract: Contract) -> Iterator[tuple[str, str]]:
    """The paths and types of values that the document allows and the API never sends."""
    for sample in load():
        before = {item.key for item in check(contract, sample)}
        if {code for code, _ in before} & _NO_SCHEMA:
            continue
        for place, value, body in broken(sample.body):
            path = generic(json_path(place))
            after = check(contract, replace(sample, body=body))
            documented = ("unknown-field", path) not in before
            if documented and not any(item.kind == "breach" for item in after):
                yield path, "nothing" if value is ... else json_type(value)
