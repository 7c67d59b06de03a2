"""What a command says of a call while it goes on."""

from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.client.command.conftest import COMMAND, PROGRAM, Runner, terminal
from tests.client.conftest import Clock
from tests.client.package import transfer


def test_verbose_tells_what_is_sent_and_what_comes(
    run: Runner, server: Sandbox, clock: Clock
) -> None:
    address = server.fault_url("flaky:1:verbose")

    code, _, err = run(f"{COMMAND} --verbose --format csv --base-url {address}")

    lines = [line.removeprefix(f"{PROGRAM}: ") for line in err.splitlines()]
    assert 0 == code
    assert lines[0].startswith("attempt 1: GET http://127.0.0.1:")
    assert 2 == lines.count("authorization: [key]")
    assert any(line.startswith("503 Service Unavailable after ") for line in lines)
    assert any(line.startswith("attempt 2: GET ") for line in lines)
    assert any(line.startswith("200 OK after ") for line in lines)
    assert lines[-1].split(" after ")[0].endswith(" bytes")


@pytest.mark.parametrize("length", ["header", "chunks"])
def test_a_long_transfer_shows_its_progress_on_a_terminal(
    run: Runner, server: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, length: str
) -> None:
    terminal(monkeypatch, "stderr")
    monkeypatch.setattr(transfer, "PROGRESS_AFTER", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    url = server.base_url if length == "header" else server.fault_url("slow-body:0.01")

    code, _, err = run(f"{COMMAND} --base-url {url} --output", str(tmp_path / "a.csv"))

    assert 0 == code
    assert "writing" in err
    assert 61 == (tmp_path / "a.csv").read_text("utf-8").count("\n")


def test_progress_makes_way_for_rows_on_the_same_terminal(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, "stderr", "stdout")
    monkeypatch.setattr(transfer, "PROGRESS_AFTER", -1.0)

    code, _, err = run(COMMAND)

    assert 0 == code
    assert "writing" not in err


def test_a_short_transfer_shows_nothing(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stderr")

    assert run.rows("--format csv")
