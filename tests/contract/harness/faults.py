"""The faults of the sandbox, and the finding that each of them must cause.

Each fault changes one thing about a healthy API. The checks must find it, by its name, and must
find nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from urllib.parse import quote

from tests.contract.harness import facts, provider, targets
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker, Exchange
from tests.contract.harness.findings import Finding, Findings

TODAY = dt.date(2026, 8, 24)
ROWS = 120
"""Rows of the account: four a day, so that a response without `date` has a row 51."""

Names = frozenset[tuple[str, str]]
"""Findings by code and path."""


class Case(NamedTuple):
    """A fault and the findings that it must cause.

    Attributes:
        title: What is wrong, in words.
        fault: The sandbox's name for it.
        breaches: Code and path of each breach.
        drift: Code and path of each drift that is not known already.
        socket: Whether it needs a socket.
    """

    title: str
    fault: str
    breaches: Names
    drift: Names = frozenset()
    socket: bool = False

    @property
    def id(self) -> str:
        """Its name in a test report."""
        return self.title.replace(" ", "-")


def _row(title: str, fault: str, code: str, field: str) -> Case:
    return _case(title, fault, (code, f"$.data[51].{field}"))


def _case(
    title: str,
    fault: str,
    *breaches: tuple[str, str],
    drift: tuple[str, str] | None = None,
    socket: bool = False,
) -> Case:
    return Case(title, fault, frozenset(breaches), frozenset({drift} if drift else ()), socket)


CASES = [
    _row("a string for a number in row 51", "wrong-type:51:usage", "wrong-type", "usage"),
    _row("a number for a string", "wrong-type:51:model", "wrong-type", "model"),
    _row("a boolean for a number", "value:51:requests:true", "wrong-type", "requests"),
    _row("an array for a string", "value:51:provider_name:[]", "wrong-type", "provider_name"),
    _row("an object for a number", "value:51:prompt_tokens:{}", "wrong-type", "prompt_tokens"),
    _row("null for a number", "null:51:completion_tokens", "null", "completion_tokens"),
    _row("null for a string", "null:51:endpoint_id", "null", "endpoint_id"),
    _row("null for a date", "null:51:date", "null", "date"),
    *(
        _row(f"no {name}", f"missing:51:{name}", "missing", name)
        for name in facts.STRING_FIELDS + facts.NUMBER_FIELDS
    ),
    _row("NaN", "nan:51:usage", "not-a-number", "usage"),
    _row("Infinity", "infinity:51:byok_usage_inference", "not-a-number", "byok_usage_inference"),
    _row("a number beyond doubles", "huge-number:51:usage", "number-out-of-range", "usage"),
    _row("a name twice", "duplicate-keys:51:requests", "repeated-name", "requests"),
    _row("a date in words", 'value:51:date:"yesterday"', "pattern", "date"),
    _row("a day in February that is none", 'value:51:date:"2026-02-29"', "pattern", "date"),
    _row("a moment for a day", 'value:51:date:"2026-08-11T07:30:00Z"', "pattern", "date"),
    _row("a time for midnight", 'value:51:date:"2026-08-11 07:30:00"', "pattern", "date"),
    _row("a date with a tail", 'value:51:date:"2026-08-11 00:00:00Z"', "pattern", "date"),
    _row("a date with a head", 'value:51:date:"x2026-08-11"', "pattern", "date"),
    _row("a row outside the window", 'value:51:date:"2026-08-24"', "row-outside", "date"),
    _case("a row that is no object", 'json:{"data":[42]}', ("wrong-type", "$.data[0]")),
    _case("no data", "json:{}", ("missing", "$.data")),
    _case("data that is no array", 'json:{"data":{}}', ("wrong-type", "$.data")),
    _case("data that is null", 'json:{"data":null}', ("null", "$.data")),
    _case("a body that is no object", "json:[]", ("wrong-type", "$")),
    _case("a body that is null", "json:null", ("null", "$")),
    _case("no JSON", "not-json", ("not-json", "$")),
    _case("no UTF-8", "not-utf8", ("not-utf8", "$")),
    _case("an error under 200", "error-200:502", ("error-under-200", "$.error")),
    _case("a wrong content type", "content-type", ("content-type", "headers.content-type")),
    _case("a wrong charset", "wrong-charset", ("charset", "headers.content-type")),
    _case("200 without a key", "no-key-check", ("accepted-without-key", "status")),
    _case("a date accepted that must not be", "no-date-check", ("date-accepted", "status")),
    _case("an error without code", "error-missing:code", ("missing", "$.error.code")),
    _case("an error without message", "error-missing:message", ("missing", "$.error.message")),
    _case("a code that is a string", 'error-value:code:"400"', ("wrong-type", "$.error.code")),
    _case("a code that is null", "error-value:code:null", ("null", "$.error.code")),
    _case("a code that is a fraction", "error-value:code:400.5", ("wrong-type", "$.error.code")),
    _case("a code of another status", "error-value:code:418", ("code-mismatch", "$.error.code")),
    _case(
        "a message that is no string", "error-value:message:{}", ("wrong-type", "$.error.message")
    ),
    _case(
        "metadata that is a string", 'error-value:metadata:"x"', ("wrong-type", "$.error.metadata")
    ),
    _case("500 for everything", "status:500", ("server-error", "status")),
    _case(
        "403 for everything",
        "status:403",
        ("key-refused", "status"),
        ("unexpected-status", "status"),
    ),
    _case("400 for everything", "status:400", ("unexpected-status", "status")),
    _case(
        "429 for everything",
        "rate-limit:1",
        ("rate-limited", "status"),
        drift=("status-not-named", "responses.429"),
    ),
    _case(
        "a status for errors that no document lists",
        "error-status:418",
        ("unexpected-status", "status"),
        ("code-mismatch", "$.error.code"),
        drift=("status-not-named", "responses.418"),
    ),
    _case(
        "Cloudflare's page",
        "cloudflare:520",
        ("server-error", "status"),
        ("content-type", "headers.content-type"),
        drift=("status-not-named", "responses.520"),
    ),
    _case(
        "a 403 that is a page",
        "status:403:html",
        ("key-refused", "status"),
        ("unexpected-status", "status"),
        ("content-type", "headers.content-type"),
    ),
    _case(
        "a 500 of another form",
        "status:500:other",
        ("server-error", "status"),
        ("missing", "$.error"),
        drift=("unknown-field", "$.detail"),
    ),
    _case(
        "a redirect",
        "redirect",
        ("unexpected-status", "status"),
        ("content-type", "headers.content-type"),
        drift=("status-not-named", "responses.307"),
    ),
    _case(
        "a field that no document names",
        "extra-field:51",
        drift=("unknown-field", "$.data[*].surprise"),
    ),
    _case(
        "a field beside data",
        'json:{"data":[],"next":null}',
        drift=("unknown-field", "$.next"),
    ),
    _case(
        "a field in errors that no document names",
        'error-value:hint:"x"',
        drift=("unknown-field", "$.error.hint"),
    ),
    _case("the end in mid-body", "truncated", ("no-response", "status"), socket=True),
    _case("the end between chunks", "truncated-chunked", ("no-response", "status"), socket=True),
    _case("no response at all", "close", ("no-response", "status"), socket=True),
    _case("a reset", "reset", ("no-response", "status"), socket=True),
    _case("a reset in mid-body", "reset-body", ("no-response", "status"), socket=True),
    _case("no HTTP", "not-http", ("no-response", "status"), socket=True),
    _case("gzip that is none", "gzip-garbage", ("no-response", "status")),
]


class Verdict(NamedTuple):
    """Whether a fault was found.

    Attributes:
        case: The fault.
        missed: Findings that are missing.
        surplus: Findings that should not be there.
    """

    case: Case
    missed: Names
    surplus: Names

    @property
    def caught(self) -> bool:
        """Whether the fault was found by its name, and nothing else was found."""
        return not self.missed and not self.surplus


def exchanges(case: Case, target: targets.Target) -> list[Exchange]:
    """The exchanges of the probes with a faulty sandbox."""
    return provider.probe(target, fault=quote(case.fault, safe=":"))


def judge(contract: Contract, case: Case, seen: list[Exchange]) -> Verdict:
    """Compare the findings with those that the case expects."""
    checker = Checker(contract)
    for exchange in seen:
        checker.check(exchange)
    found = checker.result()
    breaches = {(finding.code, finding.path) for finding in found.breaches}
    # A faulty API sends less, so known drift may be absent.
    drift = {finding.key for finding in found.drift} - facts.KNOWN_DRIFT.keys()
    missed = (case.breaches - breaches) | (case.drift - drift)
    return Verdict(case, missed, frozenset((breaches - case.breaches) | (drift - case.drift)))


def run(contract: Contract) -> list[Verdict]:
    """Judge all faults, in process if that is enough, else over HTTP."""
    app = targets.sandbox_target(rows=ROWS, today=TODAY)
    with targets.sandbox_over_http() as server:
        return [
            judge(contract, case, exchanges(case, server if case.socket else app)) for case in CASES
        ]
