"""The budget alert prints one line, and cron can rely on its exit code."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openrouter_analytics import Client

import sandbox
from examples import budget
from tests.examples.programs import run
from tests.package.snippets import point_at

Alert = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[sandbox.Sandbox]:
    with sandbox.serve() as server:
        yield server


@pytest.fixture
def alert(
    server: sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Alert:
    """Run it with these arguments, and return its exit code and what it printed."""

    def alert(*arguments: str, fault: str | None = None) -> tuple[int, str, str]:
        point_at(server.fault_url(fault) if fault else server.base_url, monkeypatch)
        monkeypatch.setattr(sys, "argv", ["budget.py", *arguments])
        try:
            code = budget.main()
        except SystemExit as leaving:  # by argparse
            code = int(str(leaving.code))
        out, error = capsys.readouterr()
        return code, out, error

    return alert


def spent(server: sandbox.Sandbox, days: int) -> float:
    """What the newest days cost; the sandbox's account has activity on each."""
    with Client(sandbox.MANAGEMENT_KEY, base_url=server.base_url) as client:
        items = client.analytics.get_user_activity().data
    newest = sorted({item.date for item in items})[-days:]
    return sum(item.usage for item in items if item.date in newest)


@pytest.mark.parametrize(("days", "period"), [(30, "30 days"), (7, "7 days"), (1, "day")])
def test_within_the_budget_it_says_so_on_stdout(
    alert: Alert, server: sandbox.Sandbox, days: int, period: str
) -> None:
    usd = spent(server, days)

    line = f"budget: within: {usd:,.2f} of 2,000.00 USD in the last {period}\n"
    assert (0, line, "") == alert("2000", "--days", str(days))


def test_over_the_budget_it_says_so_on_stderr(alert: Alert, server: sandbox.Sandbox) -> None:
    usd = spent(server, 30)

    line = f"budget: OVER: {usd:,.2f} of {usd - 0.01:,.2f} USD in the last 30 days\n"
    assert (1, "", line) == alert(f"{usd - 0.01:.2f}")
    assert 0 == alert(f"{usd + 0.01:.2f}")[0]


@pytest.mark.parametrize("arguments", [(), ("x",), ("-1",), ("nan",), ("1", "--days", "31")])
def test_wrong_arguments_are_2(alert: Alert, arguments: tuple[str, ...]) -> None:
    code, out, error = alert(*arguments)

    assert (2, "") == (code, out)
    assert "budget.py: error: " in error


def one_line(finished: tuple[int, str, str]) -> int:
    """The exit code of a run that printed one line, to stderr."""
    code, out, error = finished
    assert "" == out
    assert error.startswith("budget: ")
    assert 1 == error.count("\n")
    return code


@pytest.mark.parametrize("fault", ["status:401", "status:403"])
def test_a_key_that_is_not_accepted_is_2(alert: Alert, fault: str) -> None:
    assert 2 == one_line(alert("1", fault=fault))


def test_no_key_is_2(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MANAGEMENT_KEY", "")

    assert 2 == one_line(alert("1"))


def test_an_entry_of_no_proxy_that_httpx_cannot_read_is_no_crash(
    server: sandbox.Sandbox, tmp_path: Path
) -> None:
    alert = run(
        *("budget.py", "2000"),
        cwd=tmp_path,
        base_url=server.base_url,
        NO_PROXY="localhost,127.0.0.1,[::1]",
    )

    assert (0, "") == (alert.code, alert.err)


@pytest.mark.parametrize(
    "package",
    [
        pytest.param("", id="another package of this name"),
        pytest.param("import no_such_package", id="a missing package"),
        pytest.param("raise MemoryError", id="a crash of an import"),
        pytest.param("import types as errors\nclass Client: pass", id="a crash of a call"),
    ],
)
def test_a_crash_is_3(tmp_path: Path, package: str) -> None:
    (tmp_path / "openrouter_analytics.py").write_text(package)

    crashed = run("budget.py", "1", cwd=tmp_path, base_url="", PYTHONPATH=str(tmp_path))

    assert 3 == one_line(crashed)


@pytest.mark.parametrize("fault", ["rate-limit:3600", "status:404", "null", "error-200:502"])
def test_no_usable_answer_is_3(alert: Alert, fault: str) -> None:
    assert 3 == one_line(alert("1", fault=fault))


def test_what_passes_is_waited_for(alert: Alert) -> None:
    assert 0 == alert("2000", fault="flaky:1:budget:status:503")[0]
