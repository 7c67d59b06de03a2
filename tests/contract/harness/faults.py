"""The faults of the sandbox, and the finding that each of them must cause.

Each fault changes one thing about a healthy API. The checks must find it, by its name, and must
find nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from tests.contract.harness import facts, provider, targets
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Exchange, check_all

TODAY = dt.date(2026, 8, 24)
ROWS = 120
"""Rows of the account: four a day, so that a response without `date` has a row 51."""


class Case(NamedTuple):
    """A fault and the findings that it must cause."""

    fault: str  # the sandbox's name for it
    expected: frozenset[str]  # each as `code path`; new drift begins with `drift: `
    socket: bool  # whether it needs a socket


def _case(fault: str, *expected: str, socket: bool = False) -> Case:
    return Case(fault, frozenset(expected), socket)


def _row(fault: str, code: str) -> Case:
    """A fault of one field of row 51."""
    return _case(fault, f"{code} $.data[51].{fault.split(':')[2]}")


_CONTENT_TYPE = "content-type headers.content-type"
_NO_RESPONSE = "no-response status"
_REFUSED = ("key-refused status", "unexpected-status status")

CASES = [
    _row("wrong-type:51:usage", "wrong-type"),
    _row("wrong-type:51:model", "wrong-type"),
    _row("value:51:requests:true", "wrong-type"),
    _row("value:51:provider_name:[]", "wrong-type"),
    _row("value:51:prompt_tokens:{}", "wrong-type"),
    _row("null:51:completion_tokens", "null"),
    _row("null:51:endpoint_id", "null"),
    _row("null:51:date", "null"),
    *(_row(f"missing:51:{name}", "missing") for name in facts.STRING_FIELDS + facts.NUMBER_FIELDS),
    _row("nan:51:usage", "not-a-number"),
    _row("infinity:51:byok_usage_inference", "not-a-number"),
    _row("huge-number:51:usage", "number-out-of-range"),
    _row("duplicate-keys:51:requests", "repeated-name"),
    _row('value:51:date:"yesterday"', "pattern"),
    _row('value:51:date:"2026-02-29"', "pattern"),
    _row('value:51:date:"2026-08-11T07:30:00Z"', "pattern"),
    _row('value:51:date:"2026-08-11 07:30:00"', "pattern"),
    _row('value:51:date:"2026-08-11 00:00:00Z"', "pattern"),
    _row('value:51:date:"x2026-08-11"', "pattern"),
    _row('value:51:date:"2026-08-24"', "row-outside"),
    _case('json:{"data":[42]}', "wrong-type $.data[0]"),
    _case("json:{}", "missing $.data"),
    _case('json:{"data":{}}', "wrong-type $.data"),
    _case('json:{"data":null}', "null $.data"),
    _case("json:[]", "wrong-type $"),
    _case("json:null", "null $"),
    _case("not-json", "not-json $"),
    _case("not-utf8", "not-utf8 $"),
    _case("error-200:502", "error-under-200 $.error"),
    _case("content-type", _CONTENT_TYPE),
    _case("wrong-charset", "charset headers.content-type"),
    _case("no-key-check", "accepted-without-key status"),
    _case("no-date-check", "date-accepted status"),
    _case("error-missing:code", "missing $.error.code"),
    _case("error-missing:message", "missing $.error.message"),
    _case('error-value:code:"400"', "wrong-type $.error.code"),
    _case("error-value:code:null", "null $.error.code"),
    _case("error-value:code:400.5", "wrong-type $.error.code"),
    _case("error-value:code:418", "code-mismatch $.error.code"),
    _case("error-value:message:{}", "wrong-type $.error.message"),
    _case('error-value:metadata:"x"', "wrong-type $.error.metadata"),
    _case("status:500", "server-error status"),
    _case("status:403", *_REFUSED),
    _case("status:400", "unexpected-status status"),
    _case("rate-limit:1", "rate-limited status", "drift: status-not-named responses.429"),
    _case(
        "error-status:418",
        "unexpected-status status",
        "code-mismatch $.error.code",
        "drift: status-not-named responses.418",
    ),
    _case(
        "cloudflare:520",
        "server-error status",
        _CONTENT_TYPE,
        "drift: status-not-named responses.520",
    ),
    _case("status:403:html", *_REFUSED, _CONTENT_TYPE),
    _case(
        "status:500:other",
        "server-error status",
        "missing $.error",
        "drift: unknown-field $.detail",
    ),
    _case(
        "redirect",
        "unexpected-status status",
        _CONTENT_TYPE,
        "drift: status-not-named responses.307",
    ),
    _case("extra-field:51", "drift: unknown-field $.data[*].surprise"),
    _case('json:{"data":[],"next":null}', "drift: unknown-field $.next"),
    _case('error-value:hint:"x"', "drift: unknown-field $.error.hint"),
    _case("truncated", _NO_RESPONSE, socket=True),
    _case("truncated-chunked", _NO_RESPONSE, socket=True),
    _case("close", _NO_RESPONSE, socket=True),
    _case("reset", _NO_RESPONSE, socket=True),
    _case("reset-body", _NO_RESPONSE, socket=True),
    _case("not-http", _NO_RESPONSE, socket=True),
    _case("gzip-garbage", _NO_RESPONSE),
]


def exchanges(case: Case, target: targets.Target) -> list[Exchange]:
    """The exchanges of the probes with a faulty sandbox."""
    return provider.probe(target, fault=quote(case.fault, safe=":"))


def differences(contract: Contract, case: Case, seen: list[Exchange]) -> list[str]:
    """The findings that are missing, each as `no code path`, and those that are not expected."""
    found = check_all(contract, seen)
    # A faulty API sends less, so known drift may be absent.
    drift = {finding.key for finding in found.drift} - facts.KNOWN_DRIFT.keys()
    names = {f"{finding.code} {finding.path}" for finding in found.breaches}
    names |= {f"drift: {' '.join(key)}" for key in drift}
    missing = [f"no {name}" for name in sorted(case.expected - names)]
    return [*missing, *sorted(names - case.expected)]


def run(contract: Contract) -> Iterator[tuple[Case, list[str]]]:
    """All faults with their differences, in process if that is enough, else over HTTP."""
    app = targets.sandbox_target(rows=ROWS, today=TODAY)
    with targets.sandbox_over_http() as server:
        for case in CASES:
            yield case, differences(contract, case, exchanges(case, server if case.socket else app))
