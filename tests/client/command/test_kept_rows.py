"""A command keeps a long response as bytes, and fails as if it had read all of it at once."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.command.conftest import FORMATS, Runner
from tests.client.conftest import ITEM, KEY, Loopback, loopback
from tests.client.package import ActivityItem, Client, Code, errors

ROWS = 3000
BREACH = [ITEM] * (ROWS - 100) + [{**ITEM, "usage": "much"}] + [ITEM] * 99


def body(rows: list[Any]) -> bytes:
    return json.dumps({"data": rows}).encode()


BODIES = {
    "good": body([ITEM] * ROWS),
    "breach": body(BREACH),
    "syntax": body(BREACH) + b"}",
    "truncated": body([ITEM] * ROWS)[:-2],
    "missing": b'{"rows": []}',
    "error": b'{"error": {"code": 429, "message": "Slow down"}}',
    "repeated": b'{"data": [{}], "data": []}',
}


@pytest.fixture(scope="module")
def bodies() -> Iterator[Loopback]:
    """Responds to /NAME/… with a body of that name."""
    with loopback(lambda seen: (200, {}, BODIES[seen.target.split("/")[1]])) as server:
        yield server


@pytest.mark.parametrize("name", ["breach", "syntax", "truncated", "missing", "error"])
def test_a_failure_has_the_words_of_the_client_and_leaves_no_file(
    run: Runner, bodies: Loopback, tmp_path: Path, name: str
) -> None:
    url = f"{bodies.url}/{name}"
    with Client(KEY, base_url=url) as client, pytest.raises(errors.APIError) as caught:
        client.analytics.get_user_activity()

    code, line = run.failure(f"--base-url {url} --output", str(tmp_path / "a.csv"))

    assert (Code.TOO_MANY_REQUESTS if name == "error" else Code.BROKEN_CONTRACT) == code
    assert str(caught.value) in line
    assert [] == [*tmp_path.iterdir()]


def test_the_last_of_two_arrays_counts(run: Runner, bodies: Loopback) -> None:
    assert [] == run.json_rows(f"--base-url {bodies.url}/repeated")


@pytest.mark.parametrize("form", FORMATS)
def test_a_breach_in_a_late_row_writes_nothing(run: Runner, bodies: Loopback, form: str) -> None:
    code, line = run.failure(f"--base-url {bodies.url}/breach --format {form}")

    assert Code.BROKEN_CONTRACT == code
    assert f"$.data[{ROWS - 100}].usage: expected number, received string" in line


@pytest.mark.parametrize("form", FORMATS)
def test_only_few_models_exist_at_once(
    run: Runner, bodies: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    existing: list[int] = []
    made = 0

    def counted(self: Any) -> Any:
        nonlocal made
        made += 1
        if made % 500 == 0:
            existing.append(models())
        return to_dict(self)

    to_dict = ActivityItem.to_dict
    monkeypatch.setattr(ActivityItem, "to_dict", counted)
    already = models()

    run.rows(f"--base-url {bodies.url}/good --format {form} --output", str(tmp_path / "rows"))

    assert made >= ROWS
    assert max(existing) - already < ROWS / 5


def models() -> int:
    """How many rows exist."""
    return sum(type(item) is ActivityItem for item in gc.get_objects())
