"""The provider's side, checked against the sandbox in process and over HTTP."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

import sandbox
from tests.contract.harness import (
    calendar_days,
    consumer,
    facts,
    provider,
    strict_json,
    targets,
)
from tests.contract.harness.consumer import Package
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker
from tests.contract.harness.exploration import explore
from tests.contract.harness.findings import json_path
from tests.contract.harness.targets import Target

TODAY = dt.date(2026, 8, 24)
DRIFT = {
    ("unknown-field", "$.data[*].cached_tokens"),
    *(("always-whole", f"$.data[*].{name}") for name in facts.COUNTS),
    ("never-present", "$.error.metadata"),
    ("never-present", "$.user_id"),
}
"""The drift of the reference document."""


@pytest.fixture(params=["in process", "over HTTP"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The healthy sandbox."""
    with targets.sandbox_over_http() as server:
        yield server if request.param == "over HTTP" else targets.sandbox_target(today=TODAY)


def test_a_healthy_sandbox(contract: Contract, client: Package, seed: int, target: Target) -> None:
    result = provider.run(contract, target, seed=seed, client=client)

    assert result.findings.errors == result.findings.breaches == []
    assert {finding.key for finding in result.findings.drift} == DRIFT
    assert set(facts.KNOWN_DRIFT) >= DRIFT


def test_the_document_and_the_client_of_the_repository(
    committed: Contract, committed_client: Package, seed: int, target: Target
) -> None:
    result = provider.run(committed, target, seed=seed, client=committed_client)

    assert result.findings.errors == result.findings.breaches == []


@pytest.mark.parametrize("offset", range(3))
def test_other_seeds_make_no_false_alarm(seed: int, offset: int) -> None:
    assert provider.false_alarms(seed + 1000 + offset) == []


def test_a_sandbox_that_cannot_be_checked_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*, seed: int) -> Target:
        return replace(healthy(seed=seed), base_url="http://sandbox/fault/status:500/api/v1")

    healthy = targets.sandbox_target
    monkeypatch.setattr(targets, "sandbox_target", down)

    [alarm] = provider.false_alarms(0)

    assert alarm.startswith("seed 0: server-error at status")


@pytest.mark.parametrize(
    ("rows", "today"),
    [
        *((rows, TODAY) for rows in (0, 1, 29)),
        *((120, dt.date.fromisoformat(day)) for day in ("2028-03-01", "2027-01-01", "2027-12-31")),
    ],
)
def test_no_account_and_no_day_makes_a_false_alarm(
    contract: Contract, rows: int, today: dt.date
) -> None:
    target = targets.sandbox_target(rows=rows, today=today)

    result = provider.run(contract, target, examples=5)

    assert result.findings.breaches == []
    assert [item for item in result.new_drift if item.code != "always-whole"] == []


def test_schemathesis_draws_days_inside_the_window(contract: Contract, seed: int) -> None:
    with sandbox.serve(today=TODAY) as server:
        target = Target("x", server.base_url, sandbox.MANAGEMENT_KEY, today=TODAY)
        result = provider.run(contract, target, seed=seed)
        queries = [request.query for request in server.requests]

    days = {query for query in queries if facts.calendar_day(query.removeprefix("date="))}
    assert result.findings.breaches == []
    assert len(days) > 10


def test_schemathesis_alone_notices_a_window_that_refuses_its_days(contract: Contract) -> None:
    target = targets.sandbox_target(today=TODAY)
    checker = Checker(contract)

    explore(checker, replace(target, today=dt.date(2026, 3, 1)), seed=0, examples=10)

    assert "unexpected-status" in {finding.code for finding in checker.findings.breaches}


def test_a_refused_day_outside_the_window_is_not_a_breach(contract: Contract) -> None:
    """schemathesis also draws constants of the application's modules, such as old days."""
    schemathesis_draws_this = "2001-02-03"
    checker = Checker(contract)

    for seed in range(5):
        explore(checker, targets.sandbox_target(today=TODAY), seed=seed, examples=20)

    assert facts.calendar_day(schemathesis_draws_this)
    assert checker.findings.breaches == []


@pytest.mark.parametrize("query", [(("group_by", "models"),), (("date", "soon"), ("a", "b"))])
def test_a_parameter_that_the_document_does_not_name_may_be_refused(
    query: tuple[tuple[str, str], ...],
) -> None:
    allowed = facts.expected_statuses("management", query, [TODAY])

    assert allowed is not None
    assert {400, 404} < allowed
    assert {401, 403, 429, 500}.isdisjoint(allowed)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("wrong-type:0:usage", "wrong-type"),
        ("no-key-check", "accepted-without-key"),
        ("status:500", "server-error"),
    ],
)
def test_made_up_requests_find_faults_without_the_probes(
    contract: Contract, fault: str, code: str
) -> None:
    target = targets.sandbox_target(rows=120, today=TODAY, fault=fault)
    checker = Checker(contract)

    explore(checker, target, seed=0, examples=10)

    assert code in {finding.code for finding in checker.findings.breaches}


def test_the_document_allows_the_days_of_the_calendar(contract: Contract) -> None:
    assert calendar_days.deviations(contract) == []


def test_the_pattern_keeps_to_what_all_regular_expressions_have_in_common(
    contract: Contract,
) -> None:
    pattern = calendar_days.date_schema(contract)["pattern"]

    assert re.fullmatch(r"\^[-0-9\[\]{}()|: ]+\?\$", pattern)
    assert "(?" not in pattern


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "GENTLE_PAUSE", 0.05)
    monkeypatch.setattr(targets, "GENTLE_RETRY", 0.0)


def gentle_target(server: sandbox.Sandbox, fault: str | None = None) -> Target:
    """The sandbox, treated as an API of somebody else."""
    url = server.fault_url(fault) if fault else server.base_url
    return Target("x", url, sandbox.MANAGEMENT_KEY, gentle=True)


def test_another_api_gets_few_get_requests_slowly(contract: Contract) -> None:
    with sandbox.serve() as server:
        start = time.perf_counter()
        result = provider.run(contract, gentle_target(server))
        took = time.perf_counter() - start
        requests = list(server.requests)

    assert result.findings.breaches == []
    assert {(request.method, request.path) for request in requests} == {("GET", "/api/v1/activity")}
    assert sum(result.exchanges.values()) == len(requests) <= 12
    assert took >= 0.05 * (len(requests) - 1) > 0


@pytest.mark.parametrize(
    ("fault", "codes", "count"),
    [
        pytest.param("status:403", ["key-refused"], 1, id="a refused key ends the run"),
        pytest.param("status:502", ["server-error"], 2, id="an outage ends the run"),
        pytest.param("flaky:1:contract:status:502:html", [], 9, id="a temporary failure"),
    ],
)
def test_failures_of_an_api_of_others(
    contract: Contract, fault: str, codes: list[str], count: int
) -> None:
    with sandbox.serve() as server:
        result = provider.run(contract, gentle_target(server, fault))
        requests = len(server.requests)

    assert [finding.code for finding in result.findings.errors] == codes
    assert result.findings.breaches == []
    assert requests == count


def test_a_body_in_another_encoding_than_its_header_names_is_a_breach(contract: Contract) -> None:
    target = targets.sandbox_target(fault="gzip-garbage")

    result = provider.run(contract, target, examples=1)

    assert result.findings.errors == []
    assert result.findings.breaches


def test_a_client_that_cannot_load_the_responses_is_a_breach(
    contract: Contract, client: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = targets.sandbox_target(rows=30, today=TODAY)

    def refused(_package: Package, _body: object) -> str:
        return "ResponseValidationError"

    monkeypatch.setattr(consumer, "unreadable", refused)

    result = provider.run(contract, target, examples=1, client=client)

    assert [finding.code for finding in result.findings.breaches] == ["client"]


def test_strict_json_finds_what_python_accepts() -> None:
    value, oddities = strict_json.parse(b'{"a":[NaN,-Infinity,1e999],"b":1,"b":{"c":1,"c":2}}')

    assert value == {"a": [0, 0, 0], "b": {"c": 2}}
    assert {(oddity.code, json_path(oddity.place)) for oddity in oddities} == {
        ("not-a-number", "$.a[0]"),
        ("not-a-number", "$.a[1]"),
        ("number-out-of-range", "$.a[2]"),
        ("repeated-name", "$.b"),
        ("repeated-name", "$.b.c"),
    }


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"\xef\xbb\xbf{}"])
def test_strict_json_refuses_what_is_not_json(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        strict_json.parse(content)
