"""Single faults of the sandbox, and by what name each of them has to be found.

A check that has never been seen to fail proves nothing. Each fault changes one thing about an
otherwise healthy API; the probes must find it, name it, and find nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from urllib.parse import quote

from tests.contract import facts, provider, targets
from tests.contract.contract import Contract
from tests.contract.exchange import Checker, Exchange
from tests.contract.findings import Finding, Findings

TODAY = dt.date(2026, 8, 24)
ROWS = 120
"""Rows of the account: four a day, so that the answer without `date` has a row 51."""

Names = frozenset[tuple[str, str]]
"""Findings by code and path."""


class Case(NamedTuple):
    """A fault and its names.

    Attributes:
        title: What is wrong, in words.
        fault: The sandbox's name for it.
        breaches: Code and path of each breach that must be found.
        drift: Likewise the drift, beside what is known.
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


def _row(title: str, fault: str, code: str, field: str, row: int = 51) -> Case:
    return Case(title, fault, frozenset({(code, f"$.data[{row}].{field}")}))


def _one(title: str, fault: str, code: str, path: str, *, socket: bool = False) -> Case:
    return Case(title, fault, frozenset({(code, path)}), socket=socket)


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
    _one("a row that is no object", 'json:{"data":[42]}', "wrong-type", "$.data[0]"),
    _one("no data", "json:{}", "missing", "$.data"),
    _one("data that is no array", 'json:{"data":{}}', "wrong-type", "$.data"),
    _one("data that is null", 'json:{"data":null}', "null", "$.data"),
    _one("a body that is no object", "json:[]", "wrong-type", "$"),
    _one("a body that is null", "json:null", "null", "$"),
    _one("no JSON", "not-json", "not-json", "$"),
    _one("no UTF-8", "not-utf8", "not-utf8", "$"),
    _one("an error under 200", "error-200:502", "error-under-200", "$.error"),
    _one("a wrong content type", "content-type", "content-type", "headers.content-type"),
    _one("a wrong charset", "wrong-charset", "charset", "headers.content-type"),
    _one("200 without a key", "no-key-check", "answered-without-key", "status"),
    _one("a date accepted that must not be", "no-date-check", "date-accepted", "status"),
    _one("an error without code", "error-missing:code", "missing", "$.error.code"),
    _one("an error without message", "error-missing:message", "missing", "$.error.message"),
    _one("a code that is a string", 'error-value:code:"400"', "wrong-type", "$.error.code"),
    _one("a code that is null", "error-value:code:null", "null", "$.error.code"),
    _one("a code that is a fraction", "error-value:code:400.5", "wrong-type", "$.error.code"),
    _one("a code of another status", "error-value:code:418", "code-mismatch", "$.error.code"),
    _one("a message that is no string", "error-value:message:{}", "wrong-type", "$.error.message"),
    _one("metadata that is a string", 'error-value:metadata:"x"', "wrong-type", "$.error.metadata"),
    _one("500 for everything", "status:500", "server-error", "status"),
    Case(
        "403 for everything",
        "status:403",
        frozenset({("key-refused", "status"), ("unexpected-status", "status")}),
    ),
    _one("400 for everything", "status:400", "unexpected-status", "status"),
    Case(
        "429 for everything",
        "rate-limit:1",
        frozenset({("rate-limited", "status")}),
        drift=frozenset({("status-not-named", "responses.429")}),
    ),
    Case(
        "a status for errors that no document lists",
        "error-status:418",
        frozenset({("unexpected-status", "status"), ("code-mismatch", "$.error.code")}),
        drift=frozenset({("status-not-named", "responses.418")}),
    ),
    Case(
        "Cloudflare's page",
        "cloudflare:520",
        frozenset({("server-error", "status"), ("content-type", "headers.content-type")}),
        drift=frozenset({("status-not-named", "responses.520")}),
    ),
    Case(
        "a 403 that is a page",
        "status:403:html",
        frozenset(
            {
                ("key-refused", "status"),
                ("unexpected-status", "status"),
                ("content-type", "headers.content-type"),
            }
        ),
    ),
    Case(
        "a 500 of another form",
        "status:500:other",
        frozenset({("server-error", "status"), ("missing", "$.error")}),
        drift=frozenset({("unknown-field", "$.detail")}),
    ),
    Case(
        "a redirect",
        "redirect",
        frozenset({("unexpected-status", "status"), ("content-type", "headers.content-type")}),
        drift=frozenset({("status-not-named", "responses.307")}),
    ),
    Case(
        "a field that no document names",
        "extra-field:51",
        frozenset(),
        drift=frozenset({("unknown-field", "$.data[*].surprise")}),
    ),
    Case(
        "a field beside data",
        'json:{"data":[],"next":null}',
        frozenset(),
        drift=frozenset({("unknown-field", "$.next")}),
    ),
    Case(
        "a field in errors that no document names",
        'error-value:hint:"x"',
        frozenset(),
        drift=frozenset({("unknown-field", "$.error.hint")}),
    ),
    _one("the end in mid-body", "truncated", "no-answer", "status", socket=True),
    _one("the end between chunks", "truncated-chunked", "no-answer", "status", socket=True),
    _one("no answer at all", "close", "no-answer", "status", socket=True),
    _one("a reset", "reset", "no-answer", "status", socket=True),
    _one("a reset in mid-body", "reset-body", "no-answer", "status", socket=True),
    _one("no HTTP", "not-http", "no-answer", "status", socket=True),
    _one("gzip that is none", "gzip-garbage", "no-answer", "status"),
]


class Verdict(NamedTuple):
    """What came of a fault.

    Attributes:
        case: The fault.
        missed: What should have been found and was not.
        surplus: What was found beside it.
    """

    case: Case
    missed: Names
    surplus: Names

    @property
    def caught(self) -> bool:
        """Whether it was found, by its name, and nothing else."""
        return not self.missed and not self.surplus


def exchanges(case: Case, target: targets.Target) -> list[Exchange]:
    """What the probes see of a faulty sandbox."""
    return provider.probe(target, fault=quote(case.fault, safe=":"))


def judge(contract: Contract, case: Case, seen: list[Exchange]) -> Verdict:
    """Hold what was found against what has to be."""
    checker = Checker(contract)
    for exchange in seen:
        checker.check(exchange)
    found = checker.result()
    breaches = frozenset((finding.code, finding.path) for finding in found.breaches)
    drift = frozenset(finding.key for finding in new_drift(found))
    return Verdict(
        case,
        (case.breaches - breaches) | (case.drift - drift),
        (breaches - case.breaches) | (drift - case.drift),
    )


def new_drift(found: Findings) -> list[Finding]:
    """The drift that is not known, nor only for want of data: a faulty API answers less."""
    return [finding for finding in found.drift if finding.key not in facts.KNOWN_DRIFT]


def run(contract: Contract) -> list[Verdict]:
    """Try all faults: in process where that is enough, else over HTTP."""
    app = targets.sandbox_target(rows=ROWS, today=TODAY)
    verdicts = [judge(contract, case, exchanges(case, app)) for case in CASES if not case.socket]
    with targets.sandbox_over_http() as server:
        verdicts += [
            judge(contract, case, exchanges(case, server)) for case in CASES if case.socket
        ]
    return verdicts
