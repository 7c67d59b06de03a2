"""Bodies that users have recorded from the live API, sanitised; one file each, with its source."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.contract.contract import Contract
from tests.contract.exchange import Checker, Exchange
from tests.contract.findings import Finding

FOLDER = Path(__file__).with_name("samples")


@dataclass(frozen=True)
class Sample:
    """A recorded answer.

    Attributes:
        name: The file's name without its suffix.
        source: Where it was published.
        recorded: The day on which it was, or about.
        origin: `live`, or `documentation` where nobody has published a recorded one.
        note: What is particular about it, and what was replaced.
        status: The HTTP status.
        content_type: The header.
        expected: What the checks say about it: `code path` of each finding.
        body: The body, loaded.
    """

    name: str
    source: str
    recorded: str
    origin: str
    note: str
    status: int
    content_type: str
    expected: tuple[str, ...]
    body: Any

    @functools.cached_property
    def content(self) -> bytes:
        """The body as it goes over the wire."""
        return json.dumps(self.body, ensure_ascii=False).encode()

    @property
    def is_error(self) -> bool:
        """Whether it is an error, whatever its HTTP status."""
        return "error" in self.body

    @functools.cached_property
    def exchange(self) -> Exchange:
        """It as an exchange of which the request is not known."""
        return Exchange(
            label=f"the sample {self.name}",
            status=self.status,
            content_type=self.content_type,
            content=self.content,
        )


@functools.cache
def load(folder: Path = FOLDER) -> list[Sample]:
    """All samples, by name."""
    return [read(path) for path in sorted(folder.glob("*.json"))]


def read(path: Path) -> Sample:
    """One sample."""
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    expected = tuple(values.pop("expected"))
    return Sample(name=path.stem, expected=expected, **values)


def check(contract: Contract, sample: Sample) -> list[Finding]:
    """What is wrong about a sample, and the unknown fields in it."""
    checker = Checker(contract)
    checker.check_answer(sample.exchange)
    unknown = [item for item in checker.result() if item.code != "always-whole"]
    # One sample does not show what is never there.
    return [item for item in unknown if item.code != "never-present"]


def tolerated(contract: Contract) -> Iterator[str]:
    """Samples of which an object was replaced by something else, and the document takes that."""
    for sample in load():
        for name in ("", "error") if sample.is_error else ("", "data"):
            for other in (42, "text", [42], None):
                body = {**sample.body, name: other} if name else other
                broken = replace(sample, body=body)
                if not any(finding.kind == "breach" for finding in check(contract, broken)):
                    yield f"{sample.name}: {name or 'the whole'} as {json.dumps(other)}"


def surprises(contract: Contract, sample: Sample) -> Iterator[str]:
    """Findings that a sample should not have, and those that it should have and has not."""
    found = {" ".join(finding.key) for finding in check(contract, sample)}
    for name in sorted(found - set(sample.expected)):
        yield f"{sample.name}: {name}"
    for name in sorted(set(sample.expected) - found):
        yield f"{sample.name}: no {name}"
