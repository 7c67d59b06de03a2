"""Bodies recorded from the live API, without personal data; one file each, with its source."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker, Exchange
from tests.contract.harness.findings import Finding

FOLDER = Path(__file__).parents[1] / "samples"


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


def undetected(contract: Contract) -> Iterator[str]:
    """Samples in which an object was replaced by another value, and the document allows that."""
    for sample in load():
        for name in ("", "error" if sample.is_error else "data"):
            for other in (42, "text", [42], None):
                body = {**sample.body, name: other} if name else other
                broken = replace(sample, body=body)
                if not any(finding.kind == "breach" for finding in check(contract, broken)):
                    yield f"{sample.name}: {name or 'the whole body'} as {json.dumps(other)}"
