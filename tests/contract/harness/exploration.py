"""Requests made up by schemathesis. Its checks and ours are both applied to the responses."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from hypothesis import strategies as st
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

from tests.contract.harness import facts, targets
from tests.contract.harness.exchange import Checker, Exchange
from tests.contract.harness.findings import Finding
from tests.contract.harness.targets import Target

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.engine.recorder import ScenarioRecorder

_LABEL = "a request made up by schemathesis"


def explore(checker: Checker, target: Target, *, seed: int, examples: int) -> None:
    """Send made-up requests, and check each response.

    The document says that `date` is a day. The API accepts only the days of its window, which a
    schema cannot express. So schemathesis draws its days from inside the window, where its check
    "valid data is accepted" is right. `facts.expected_statuses` decides about days outside of it.

    Parameters that `facts` does not know are left out: nobody knows which of their values the API
    refuses.

    Args:
        checker: Collects the findings.
        target: The API; never one of others, for the engine sends malformed requests, too.
        seed: Another seed gives other requests.
        examples: How many random requests there are, besides the systematic ones.
    """
    # The window moves at midnight. A margin of one day keeps the drawn days inside of it.
    days = range(2, facts.WINDOW)
    today = target.utc_today()
    schemathesis.openapi.format(
        "date", st.sampled_from([(today - dt.timedelta(days=ago)).isoformat() for ago in days])
    )
    schema: Any = schemathesis.openapi.from_dict(
        checker.contract.known_part, config=_config(target, seed=seed, examples=examples)
    )
    if target.app is not None:
        schema.app = target.app
    # httpx logs every request of schemathesis, with its URL.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _check_scenario(checker, target, event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            error = event.value if isinstance(event, events.NonFatalError) else event.exception
            kind = type(error).__name__
            checker.findings.add([Finding("breach", "not-run", "schemathesis", "a run", kind)])


def _config(target: Target, *, seed: int, examples: int) -> schemathesis.Config:
    """The complete configuration: no file in the working directory changes it."""
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
        }
    )
    return cast("schemathesis.Config", config)


def _check_scenario(checker: Checker, target: Target, recorder: ScenarioRecorder) -> None:
    """Check a scenario's exchanges, and add what only schemathesis found.

    The texts of its failures quote bodies, and are left out.
    """
    for case_id, interaction in recorder.interactions.items():
        request = interaction.request
        headers = {name.lower(): values[0] for name, values in request.headers.items()}
        authorization = headers.get("authorization", "")
        exchange = _exchange(
            target, request.method, request.uri, authorization, interaction.response
        )
        if any(finding.kind == "breach" for finding in checker.check(exchange)):
            continue
        expected = facts.expected_statuses(exchange.key, exchange.query, exchange.todays)
        for check in recorder.checks.get(case_id, ()):
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            if isinstance(failure, RejectedPositiveData) and expected is not None:
                continue  # a day outside the window has to be refused
            if isinstance(failure, UndefinedStatusCode):
                continue  # drift, which the checker has found already
            code, title = f"schemathesis-{failure.code}", failure.kind_title
            finding = Finding("breach", code, "exchange", "no failure", title, where=_LABEL)
            checker.findings.add([finding])


def _exchange(
    target: Target, method: str, url: str, authorization: str, response: Response | None
) -> Exchange:
    query = tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    key, todays = target.key_of(authorization), (target.utc_today(),)
    if response is None:
        return Exchange(_LABEL, method, query, key, todays, failure="no response")
    content_type = (response.headers.get("content-type") or [""])[0]
    content = response.content or b""
    return Exchange(_LABEL, method, query, key, todays, response.status_code, content_type, content)
