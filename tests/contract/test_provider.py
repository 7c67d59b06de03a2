"""The provider's side against the sandbox, in process and over HTTP."""

import datetime as dt
import time
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

import sandbox
from tests.contract.harness import (
    calendar_days,
    consumer,
    facts,
    healthy_runs,
    mutants,
    provider,
    report,
    targets,
)
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker
from tests.contract.harness.exploration import explore
from tests.contract.harness.targets import Target

TODAY = dt.date(2026, 8, 24)


def drift_of(result: provider.Result) -> set[tuple[str, str]]:
    return {finding.key for finding in result.findings.drift}


def test_a_healthy_sandbox_in_process(contract: Contract, seed: int) -> None:
    target = targets.sandbox_target(today=TODAY)

    result = provider.run(contract, target, seed=seed, client=consumer.installed())

    assert result.findings.breaches == []
    assert drift_of(result) == set(facts.KNOWN_DRIFT)


def test_a_healthy_sandbox_over_http(contract: Contract, seed: int) -> None:
    with targets.sandbox_over_http() as target:
        result = provider.run(contract, target, seed=seed, client=consumer.installed())

    assert result.findings.breaches == []
    assert drift_of(result) == set(facts.KNOWN_DRIFT)


@pytest.mark.parametrize("offset", range(3))
def test_other_seeds_make_no_false_alarm(seed: int, offset: int) -> None:
    assert healthy_runs.alarms_of(seed + 1000 + offset) == []


@pytest.mark.parametrize("rows", [0, 1, 29])
def test_a_small_account_makes_no_false_alarm(contract: Contract, rows: int) -> None:
    target = targets.sandbox_target(rows=rows, today=TODAY)

    result = provider.run(contract, target, examples=5)

    assert result.findings.breaches == []
    assert [f for f in report.new_drift(result) if f.code != "always-whole"] == []


@pytest.mark.parametrize("today", [dt.date(2028, 3, 1), dt.date(2027, 1, 1), dt.date(2027, 12, 31)])
def test_no_day_of_the_year_makes_a_false_alarm(contract: Contract, today: dt.date) -> None:
    target = targets.sandbox_target(rows=120, today=today)

    assert mutants.healthy_deviation(contract, provider.probe(target)) is None


def test_schemathesis_asks_days_inside_the_window_and_finds_them_accepted(
    contract: Contract, seed: int
) -> None:
    """What a schema cannot say of `date` is said by its generator; no check is switched off."""
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


def test_a_day_outside_the_window_that_is_refused_is_no_alarm(contract: Contract) -> None:
    """schemathesis also draws on the constants in the application's modules, such as old days."""
    schemathesis_draws_on_this = "2001-02-03"
    target, _ = gentle_target()
    checker = Checker(contract)

    for seed in range(5):
        explore(checker, replace(target, gentle=False), seed=seed, examples=20)

    assert facts.calendar_day(schemathesis_draws_on_this)
    assert checker.findings.breaches == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("wrong-type:0:usage", "wrong-type"),
        ("no-key-check", "answered-without-key"),
        ("status:500", "server-error"),
    ],
)
def test_requests_that_are_made_up_find_faults_too(
    contract: Contract, fault: str, code: str
) -> None:
    """The probes are not needed to find what is wrong with every answer."""
    target = targets.sandbox_target(rows=120, today=TODAY, fault=fault)
    checker = Checker(contract)

    explore(checker, target, seed=0, examples=10)

    assert code in {finding.code for finding in checker.findings.breaches}


def test_the_rows_dates_are_the_calendar(contract: Contract) -> None:
    assert calendar_days.deviations(contract) == []


class Recorder:
    """An application that notes which methods it is asked with."""

    def __init__(self, app: targets.ASGIApp) -> None:
        self.app = app
        self.methods: list[str] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.methods.append(scope["method"])
        await self.app(scope, receive, send)


def gentle_target(**arguments: Any) -> tuple[Target, Recorder]:
    """The sandbox as if it belonged to somebody else."""
    target = targets.sandbox_target(today=TODAY, **arguments)
    assert target.app is not None
    recorder = Recorder(target.app)
    return replace(target, app=recorder, gentle=True, inference_key=None), recorder


def test_an_api_of_others_gets_few_requests_and_only_reads(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP: what is sent beside the exchanges that are checked would show here."""
    monkeypatch.setattr(targets, "GENTLE_PAUSE", 0.0)
    with sandbox.serve() as server:
        key = sandbox.MANAGEMENT_KEY
        result = provider.run(contract, Target("x", server.base_url, key, gentle=True))
        requests = list(server.requests)

    assert result.findings.breaches == []
    assert {(request.method, request.path) for request in requests} == {("GET", "/api/v1/activity")}
    assert result.exchanges == len(requests) <= 12


def test_between_two_requests_to_others_there_is_a_pause(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "GENTLE_PAUSE", 0.05)
    target, recorder = gentle_target()
    start = time.perf_counter()

    provider.run(contract, target)

    assert time.perf_counter() - start >= 0.05 * (len(recorder.methods) - 1)


def test_a_refused_key_ends_the_run(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "GENTLE_PAUSE", 0.0)
    target, recorder = gentle_target(fault="status:403")

    result = provider.run(contract, target)

    assert [finding.code for finding in result.findings.breaches] == ["key-refused"]
    assert len(recorder.methods) == 1


def test_a_passing_failure_is_asked_again(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "GENTLE_PAUSE", 0.0)
    monkeypatch.setattr(targets, "GENTLE_PATIENCE", 0.0)
    target, _ = gentle_target(fault="flaky:1:contract-tests:status:502:html")

    result = provider.run(contract, target)

    assert result.findings.breaches == []


def test_a_client_that_cannot_read_the_answers_is_a_breach(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = targets.sandbox_target(rows=30, today=TODAY)

    def refused(_package: consumer.Package, _body: object) -> str:
        return "ResponseValidationError"

    monkeypatch.setattr(provider, "unreadable", refused)

    result = provider.run(contract, target, examples=1, client=consumer.installed())

    assert [finding.code for finding in result.findings.breaches] == ["client"]
