"""A command keeps a long response as bytes, and fails as if it had read all of it at once."""

from __future__ import annotations

import gc
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.conftest import ITEM, KEY, Answer, Loopback, loopback
from tests.client.package import (
    BASE_URL_VARIABLE,
    ActivityItem,
    Client,
    Code,
    commands,
    errors,
    kept,
)

ROWS = 3000
BREACH = [ITEM] * (ROWS - 100) + [{**ITEM, "usage": "much"}] + [ITEM] * 99
FORMATS = ["csv", "json", "jsonl", "parquet", "table"]


def body(rows: list[Any]) -> bytes:
    return json.dumps({"data": rows}).encode()


BODIES = {
    "good": body([ITEM] * ROWS),
    "breach": body(BREACH),
    "syntax": body(BREACH) + b"}",
    "truncated": body([ITEM] * ROWS)[:-2],
    "missing": b'{"rows": []}',
    "error": b'{"error": {"code": 429, "message": "Slow down"}}',
}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    """Responds to /NAME/… with a body of that name."""

    def answer(seen: Any) -> Answer:
        return 200, {}, BODIES[seen.target.split("/")[1]]

    with loopback(answer) as server:
        yield server


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", KEY)
    monkeypatch.delenv(BASE_URL_VARIABLE, raising=False)


def run(server: Loopback, name: str, *arguments: str) -> int:
    url = f"{server.url.rstrip('/')}/{name}"
    code: int = commands.main(["get-user-activity", "--base-url", url, *arguments])
    return code


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("breach", Code.BROKEN_CONTRACT),
        ("syntax", Code.BROKEN_CONTRACT),
        ("truncated", Code.BROKEN_CONTRACT),
        ("missing", Code.BROKEN_CONTRACT),
        ("error", Code.TOO_MANY_REQUESTS),
    ],
)
def test_a_failure_has_the_words_of_the_client_and_leaves_no_file(
    server: Loopback,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    expected: Any,
) -> None:
    url = f"{server.url.rstrip('/')}/{name}"
    with Client(KEY, base_url=url) as client, pytest.raises(errors.APIError) as caught:
        client.analytics.get_user_activity()

    code = run(server, name, "--output", str(tmp_path / "a.csv"))

    assert expected == code
    assert str(caught.value) in capsys.readouterr().err
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize("form", FORMATS)
def test_a_breach_in_a_late_row_writes_nothing(
    server: Loopback, capfdbinary: pytest.CaptureFixture[bytes], form: str
) -> None:
    code = run(server, "breach", "--format", form)

    out, err = capfdbinary.readouterr()
    assert (Code.BROKEN_CONTRACT, b"") == (code, out), err.decode()
    assert f"$.data[{ROWS - 100}].usage: expected number, received string".encode() in err


@pytest.mark.parametrize("form", FORMATS)
def test_an_interrupt_between_two_rows_leaves_no_file(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def interrupted(self: Any) -> Iterator[Any]:
        for count, row in enumerate(iterate(self)):
            if self.kinds and count == ROWS // 2:
                raise KeyboardInterrupt
            yield row

    ended: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", ended.append)
    iterate = kept.KeptRows.__iter__
    monkeypatch.setattr(kept.KeptRows, "__iter__", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        code = run(server, "good", "--format", form, "--output", str(tmp_path / f"a.{form}"))
    finally:
        signal.signal(signal.SIGINT, before)

    assert (128 + signal.SIGINT, [signal.SIGINT]) == (code, ended)
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize("form", FORMATS)
def test_only_few_models_exist_at_once(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    made: list[Any] = []
    most = 0

    def counted(self: Any) -> Any:
        nonlocal most
        made.append(None)
        if len(made) % 500 == 0:
            most = max(most, models())
        return to_dict(self)

    to_dict = ActivityItem.to_dict
    monkeypatch.setattr(ActivityItem, "to_dict", counted)
    file = tmp_path / f"a.{form}"
    already = models()

    code = run(server, "good", "--format", form, "--output", str(file))

    assert (Code.DONE, True) == (code, file.exists())
    assert len(made) >= ROWS
    assert most - already < ROWS / 5


def models() -> int:
    """How many rows exist."""
    return sum(type(item) is ActivityItem for item in gc.get_objects())
