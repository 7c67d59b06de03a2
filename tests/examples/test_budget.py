"""The budget alert prints one line, and cron can rely on its exit code."""

import calendar
import datetime as dt
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from openrouter_analytics.models import ActivityItem

import sandbox
from examples import budget
from tests.examples.programs import Call, Finished, fetch, run
from tests.package.snippets import point_at

Alert = Callable[..., Finished]

UNREADABLE = Path("/proc/self/mem")
"""A file that fails to be read, even by root."""


@pytest.fixture(scope="module")
def server() -> Iterator[sandbox.Sandbox]:
    with sandbox.serve() as server:
        yield server


@pytest.fixture
def alert(server: sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch, call: Call) -> Alert:
    """Run it with these arguments."""
    monkeypatch.delenv("BUDGET_WEBHOOK", raising=False)

    def alert(*arguments: str, fault: str | None = None, url: str = "") -> Finished:
        url = url or (server.fault_url(fault) if fault else server.base_url)
        point_at(url, monkeypatch)
        return call(budget, *arguments)

    return alert


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], None]:
    """Set the clock of the program."""

    def on(today: dt.date) -> None:
        now = SimpleNamespace(now=lambda zone: dt.datetime.combine(today, dt.time(6), zone))
        clock = SimpleNamespace(datetime=now, date=dt.date, timedelta=dt.timedelta, UTC=dt.UTC)
        monkeypatch.setattr(budget, "dt", clock)

    return on


def of_days(base_url: str, days: int) -> list[ActivityItem]:
    """The rows of the newest days; the sandbox's account has activity on each."""
    items = fetch(base_url)
    newest = sorted({item.date for item in items})[-days:]
    return [item for item in items if item.date in newest]


@pytest.mark.parametrize(("days", "period"), [(30, "30 days"), (7, "7 days"), (1, "day")])
def test_the_last_days_are_the_newest_ones(
    alert: Alert, server: sandbox.Sandbox, days: int, period: str
) -> None:
    items = of_days(server.base_url, days)
    usd = sum(item.usage for item in items)
    byok = f"{sum(item.byok_usage_inference for item in items):,.2f}"

    code, out, error = alert("2000", "--days", str(days))

    line = f"budget: within: {usd:,.2f} of 2,000.00 USD in the last {period}"
    assert (0, "") == (code, error)
    assert out.removesuffix("\n").partition(", ")[::2] in (
        (line, ""),
        (line, f"{byok} more by BYOK"),
    )


@pytest.mark.parametrize(
    ("today", "days", "name"),
    [
        ("2026-08-02", 1, "August 2026 (first 1 of 31 days)"),
        ("2026-08-24", 23, "August 2026 (first 23 of 31 days)"),
        ("2026-08-31", 30, "August 2026 (first 30 of 31 days)"),
        ("2026-09-01", 30, "August 2026 (last 30 of 31 days)"),
        ("2026-10-01", 30, "September 2026 (first 30 of 30 days)"),
        ("2027-01-01", 30, "December 2026 (last 30 of 31 days)"),
        ("2028-02-29", 28, "February 2028 (first 28 of 29 days)"),
    ],
)
def test_the_month_is_that_of_yesterday(
    alert: Alert, on: Callable[[dt.date], None], today: str, days: int, name: str
) -> None:
    now = dt.date.fromisoformat(today)
    on(now)
    with sandbox.serve(today=now) as server:
        items = of_days(server.base_url, days)
        yesterday = now - dt.timedelta(days=1)
        whole = calendar.monthrange(yesterday.year, yesterday.month)[1]
        usd = sum(item.usage for item in items)
        byok = sum(item.byok_usage_inference for item in items)

        printed = alert("2000", url=server.base_url)

    line = f"budget: within: {usd:,.2f} of 2,000.00 USD in {name}"
    if days < whole:
        line += f", {usd / days * whole:,.2f} projected"
    line += f", {byok:,.2f} more by BYOK\n"
    assert (0, line, "") == printed


AUGUST = budget.Period(
    "August 2026 (first 2 of 31 days)", dt.date(2026, 8, 1), dt.date(2026, 8, 3), 15.5
)
CUT = AUGUST._replace(name="August 2026 (last 30 of 31 days)", scale=31 / 30, cut=True)


def paid(*usages: float, byok: float = 0) -> list[ActivityItem]:
    """A row of the 1st of August for each amount."""
    row: dict[str, Any] = {
        "model": "m",
        "model_permaslug": "m",
        "endpoint_id": "e",
        "provider_name": "p",
    }
    row |= {"date": "2026-08-01", "byok_usage_inference": byok, "requests": 1}
    row |= {"prompt_tokens": 1, "completion_tokens": 1, "reasoning_tokens": 0}
    return [ActivityItem.from_dict(row | {"usage": usage}) for usage in usages]


@pytest.mark.parametrize(
    ("usages", "days", "projected", "verdict"),
    [
        pytest.param([100], AUGUST, False, "within", id="exactly the budget"),
        pytest.param([0.1] * 1000, AUGUST, False, "within", id="the budget as a sum of floats"),
        pytest.param([33.4, 33.3, 33.3, 1e-6], AUGUST, False, "OVER", id="a millionth over"),
        pytest.param([90], AUGUST, False, "within", id="a projection without --projected"),
        pytest.param([90], AUGUST, True, "OVER as projected", id="a projection over it"),
        pytest.param([6], AUGUST, True, "within", id="a projection within the budget"),
        pytest.param([101], AUGUST, True, "OVER", id="over it before the projection"),
        pytest.param([96], CUT, False, "within", id="a day is missing"),
        pytest.param([97], CUT, False, "OVER as projected", id="a day that is missing may matter"),
    ],
)
def test_the_verdict_is_the_exit_code(
    usages: list[float], days: budget.Period, projected: bool, verdict: str
) -> None:
    code, line = budget.judge({"": paid(*usages)}, days, 100, projected=projected)

    assert line.startswith(f"{verdict}: ")
    assert code == (verdict != "within")


def test_what_was_paid_to_a_provider_is_told_apart() -> None:
    code, line = budget.judge({"": paid(60, byok=70)}, AUGUST, 100, projected=False)

    assert 0 == code
    assert line.endswith(", days without activity: 1, 70.00 more by BYOK")


def test_an_account_without_activity_is_within_the_budget() -> None:
    code, line = budget.judge({"": []}, AUGUST, 0, projected=True)

    assert 0 == code
    assert line.endswith(", 0.00 projected, days without activity: 2")


def test_accounts_have_one_budget(
    alert: Alert, server: sandbox.Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, key in (("a", "MANAGEMENT_KEY"), ("b", "MANAGEMENT_KEY"), (".hidden", "BASE_PATH")):
        (tmp_path / name).write_text(f"{getattr(sandbox, key)}\n")
    usd = sum(item.usage for item in of_days(server.base_url, 7))
    monkeypatch.setattr(sandbox, "MANAGEMENT_KEY", "")  # no key in the environment

    code, out, error = alert("2000", "--days", "7", "--keys", str(tmp_path))

    assert (0, "") == (code, error)
    assert out.startswith(f"budget: within: {2 * usd:,.2f} of 2,000.00 USD in the last 7 days")
    assert out.endswith(f": a {usd:,.2f}, b {usd:,.2f}\n")


def test_a_key_that_is_refused_is_named_by_its_file(alert: Alert, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(sandbox.MANAGEMENT_KEY)
    (tmp_path / "b\x1b[2J").write_text(sandbox.INFERENCE_KEY)

    finished = alert("2000", "--keys", str(tmp_path))

    assert 2 == one_line(finished)
    assert finished[2].startswith("budget: b?[2J: ")


@pytest.mark.parametrize(
    "arguments",
    [
        *((), ("x",), ("-1",), ("nan",), ("inf",), ("1", "--days", "31")),
        *(("1", "--keys", folder) for folder in ("/dev/null", "", "EMPTY")),
    ],
)
def test_usage_errors_exit_with_2(alert: Alert, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "EMPTY").mkdir()

    code, out, error = alert(*(text.replace("EMPTY", f"{tmp_path}/EMPTY") for text in arguments))

    assert (2, "") == (code, out)
    assert "budget.py: error: " in error
    assert "EMPTY" not in arguments or "EMPTY: no key files" in error


def one_line(finished: Finished) -> int:
    """The exit code of a run that printed one line, to stderr."""
    code, out, error = finished
    assert "" == out
    assert error.startswith("budget: ")
    assert 1 == error.count("\n")
    return code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        *(("status:401", 2), ("status:403", 2)),
        *(("rate-limit:3600", 3), ("status:404", 3), ("null", 3), ("error-200:502", 3)),
    ],
)
def test_a_refused_key_exits_with_2_and_an_unusable_response_with_3(
    alert: Alert, fault: str, code: int
) -> None:
    assert code == one_line(alert("1", fault=fault))


def test_a_missing_key_exits_with_2(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_a_crash_exits_with_3(tmp_path: Path, package: str) -> None:
    (tmp_path / "openrouter_analytics.py").write_text(package)

    crashed = run("budget.py", "1", cwd=tmp_path, base_url="", PYTHONPATH=str(tmp_path))

    assert 3 == one_line(crashed)


def test_a_temporary_failure_is_retried(alert: Alert) -> None:
    assert 0 == alert("2000", fault="flaky:1:budget:status:503")[0]


class Hook(HTTPServer):
    """A webhook, what it received, and the status that it answers."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Received)
        self.bodies: list[object] = []
        self.url = f"http://127.0.0.1:{self.server_port}/services/secret"


class Received(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Hook)
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as hook:
        thread = Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield hook
        hook.shutdown()
        thread.join()


@pytest.mark.parametrize(("fault", "code"), [(None, 1), ("status:403", 2), ("rate-limit:3600", 3)])
def test_a_problem_goes_to_the_webhook(
    alert: Alert, hook: Hook, fault: str | None, code: int
) -> None:
    finished = alert("0.01", "--webhook", hook.url, fault=fault)

    assert code == one_line(finished)
    assert [{"text": finished[2].removesuffix("\n")}] == hook.bodies


@pytest.mark.skipif(not UNREADABLE.exists(), reason="this system has no such file")
def test_an_unreadable_key_file_exits_with_3_and_goes_to_the_webhook(
    alert: Alert, hook: Hook, tmp_path: Path
) -> None:
    (tmp_path / "a").symlink_to(UNREADABLE)

    finished = alert("2000", "--keys", str(tmp_path), "--webhook", hook.url)

    assert 3 == one_line(finished)
    assert finished[2].startswith("budget: a: [Errno 5] Input/output error")
    assert 1 == len(hook.bodies)


def test_if_all_is_well_the_webhook_hears_nothing(
    alert: Alert, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUDGET_WEBHOOK", hook.url)

    assert [0, 1] == [alert("2000")[0], alert("0.01")[0]]
    assert 1 == len(hook.bodies)


@pytest.mark.parametrize(("status", "why"), [(302, "it answered 302"), (404, "it answered 404")])
def test_a_refusing_webhook_exits_with_4(alert: Alert, hook: Hook, status: int, why: str) -> None:
    hook.status = status

    code, out, error = alert("0.01", "--webhook", hook.url)

    over, failure = error.splitlines()
    assert (4, "") == (code, out)
    assert over.startswith("budget: OVER: ")
    assert f"budget: the webhook failed: {why}" == failure


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("http://127.0.0.1:1/secret", 4, id="nobody listens"),
        pytest.param("https://127.0.0.1:x/secret", 4, id="no port"),
        pytest.param("https:///secret", 4, id="no host"),
        pytest.param("http://hooks.example/secret", 2, id="not encrypted"),
        pytest.param("http://localhost:a@hooks.example/secret", 2, id="not this machine"),
        pytest.param("ftp://127.0.0.1/secret", 2, id="not HTTP"),
    ],
)
@pytest.mark.parametrize("variable", [False, True])
def test_a_webhook_that_cannot_be_called_is_not_shown(
    alert: Alert, url: str, code: int, variable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable:
        monkeypatch.setenv("BUDGET_WEBHOOK", url)

    returned, out, error = alert("0.01", *([] if variable else ["--webhook", url]))

    assert (code, "") == (returned, out)
    assert "secret" not in error
    assert error.splitlines()[-1].startswith("budget")
