"""Requests that nobody thought of: schemathesis makes them up, and checks the answers with us."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as HypothesisPhase
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData

from tests.contract import facts, targets
from tests.contract.exchange import Checker, Exchange
from tests.contract.findings import Finding
from tests.contract.targets import Target

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.engine.recorder import ScenarioRecorder

GENTLE_EXAMPLES = 4
"""How many requests may be made up for an API that is not our own."""

_LABEL = "a request that schemathesis made up"


def explore(checker: Checker, target: Target, *, seed: int, examples: int) -> None:
    """Make up requests, and check each answer by schemathesis' checks and by ours.

    The document says of `date` that it is a day. The API takes the days of its window only, which
    no schema can say. So the days that schemathesis makes up lie inside the window, where its check
    that valid data is accepted holds. Every request, whatever made it up, is held against
    `facts.expected_statuses` as well, and where that expects a day to be refused, it decides.

    Args:
        checker: What is told of each exchange.
        target: The API.
        seed: Another seed, other requests.
        examples: How many are made up at random, besides the systematic ones; only few are where
            the API is not our own.
    """
    # At midnight the window moves: a margin of a day keeps what is made up inside of it.
    days = range(2, facts.WINDOW)
    today = target.utc_today()
    schemathesis.openapi.format(
        "date", st.sampled_from([(today - dt.timedelta(days=ago)).isoformat() for ago in days])
    )
    schema: Any = schemathesis.openapi.from_dict(
        dict(checker.contract.document), config=_config(target, seed=seed, examples=examples)
    )
    if target.app is not None:
        schema.app = target.app
    # schemathesis' client for applications logs each request, with its URL, through httpx.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if target.gentle:
        _ask_gently(checker, target, schema, seed)
    else:
        _run_engine(checker, target, schema)


def _config(target: Target, *, seed: int, examples: int) -> schemathesis.Config:
    """The configuration, complete: no file in the working directory changes it."""
    load = cast("Any", schemathesis.Config).from_dict  # typed in part only
    config = load(
        {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {target.key}"},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "continue-on-failure": True,
            "request-timeout": targets.TIMEOUT,
            "base-url": target.base_url,
            # Bodies are checked whole.
            "output": {"truncation": {"enabled": False, "max-recorded-payload-size": 0}},
            # These two send requests of their own, one of them by other methods.
            "checks": {
                name: {"enabled": not target.gentle}
                for name in ("ignored_auth", "unsupported_method")
            },
        }
    )
    return cast("schemathesis.Config", config)


def _run_engine(checker: Checker, target: Target, schema: Any) -> None:
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _check_scenario(checker, target, event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            error = event.value if isinstance(event, events.NonFatalError) else event.exception
            kind = type(error).__name__
            checker.findings.add([Finding("breach", "not-run", "schemathesis", "a run", kind)])


def _check_scenario(checker: Checker, target: Target, recorder: ScenarioRecorder) -> None:
    for case_id, interaction in recorder.interactions.items():
        request = interaction.request
        headers = {name.lower(): values[0] for name, values in request.headers.items()}
        authorization = headers.get("authorization", "")
        exchange = _exchange(
            target, request.method, request.uri, authorization, interaction.response
        )
        checks = recorder.checks.get(case_id, ())
        infos = [check.failure_info for check in checks if check.failure_info is not None]
        _check(checker, exchange, [info.failure for info in infos])


def _ask_gently(checker: Checker, target: Target, schema: Any, seed: int) -> None:
    """Ask for a few valid things, slowly.

    Not by the engine: it begins with requests that look like an attack, to learn what the server
    lets pass.
    """

    @seeded(seed)
    @settings(
        max_examples=GENTLE_EXAMPLES,
        phases=[HypothesisPhase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(schema.as_strategy())
    def ask(case: Any) -> None:
        time.sleep(targets.GENTLE_PAUSE)
        try:
            response = case.call()
        except requests.RequestException as error:
            failure = type(error).__name__  # its text holds the URL
            checker.check(_exchange(target, case.method, "", f"Bearer {target.key}", None, failure))
            return
        sent = response.request
        authorization = sent.headers.get("Authorization", "")
        failures: Sequence[Failure] = ()
        try:
            case.validate_response(response)
        except FailureGroup as group:
            failures = group.exceptions
        exchange = _exchange(target, sent.method, sent.url, authorization, response)
        _check(checker, exchange, failures)

    ask()


def _exchange(
    target: Target,
    method: str,
    url: str,
    authorization: str,
    response: Response | None,
    failure: str = "no answer",
) -> Exchange:
    query = tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    key, todays = target.key_of(authorization), (target.utc_today(),)
    if response is None:
        return Exchange(_LABEL, method, query, key, todays, failure=failure)
    return Exchange(
        label=_LABEL,
        method=method,
        query=query,
        key=key,
        todays=todays,
        status=response.status_code,
        content_type=(response.headers.get("content-type") or [""])[0],
        content=response.content or b"",
    )


def _check(checker: Checker, exchange: Exchange, failures: Iterable[Failure]) -> None:
    """Check an exchange, and add what only schemathesis has found.

    The texts of its failures quote bodies, and are left out.
    """
    found = checker.check(exchange)
    if any(finding.kind == "breach" for finding in found):
        return
    expected = facts.expected_statuses(exchange.key, exchange.dates, exchange.todays)
    for failure in failures:
        if isinstance(failure, RejectedPositiveData) and expected is not None:
            continue  # a day outside the window, which has to be refused
        code, title = f"schemathesis-{failure.code}", failure.kind_title
        finding = Finding("breach", code, "exchange", "no failure", title, where=_LABEL)
        checker.findings.add([finding])
