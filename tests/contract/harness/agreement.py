"""Compare a document with what is recorded of the API: the facts, the samples and the sandbox.

A document *contradicts* the record if it forbids what the API sends or accepts. That is a breach.
If it says more, less or something else, that is drift: perhaps the API has changed as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.contract.harness import calendar_days, facts, provider, samples, targets
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker
from tests.contract.harness.findings import FORBIDDEN, Finding, Findings, Kind
from tests.contract.harness.samples import Sample

_TODAY = dt.date(2026, 8, 24)
_ROWS = 120
_DATE = "$.data[*].date"


def compare(contract: Contract) -> provider.Result:
    """All contradictions and all drift, each once."""
    checker = Checker(contract)
    found = Findings()
    live, documented = _samples("live"), _samples("documentation")
    for sample in live:
        found.add(_of_sample(contract, sample))
    for exchange in provider.probe(targets.sandbox_target(rows=_ROWS, today=_TODAY)):
        found.add(checker.check(exchange))
    for sample in documented:  # nobody has seen the live API send these
        found.add(replace(item, kind="drift") for item in _of_sample(contract, sample))
    found.add(_of_document(contract))
    if not found.breaches:  # so that one mistake is reported only once
        found.add(_of_days(contract))
        found.add(
            Finding("drift", "allows-more", path, "what the API sends", what)
            for path, what in samples.allowed(contract)
        )
    exchanges = dict.fromkeys((_label(sample) for sample in live + documented), 1)
    exchanges |= checker.exchanges
    notes = (FORBIDDEN,) if found.breaches else ()
    return provider.Result("the document, compared with the facts", None, found, exchanges, notes)


def _samples(origin: str) -> list[Sample]:
    return [sample for sample in samples.load() if sample.origin == origin]


def _label(sample: Sample) -> str:
    return f"the sample {sample.name}"


def _of_sample(contract: Contract, sample: Sample) -> Iterator[Finding]:
    for finding in samples.check(contract, sample):
        if " ".join(finding.key) not in sample.expected:
            yield replace(finding, where=_label(sample))


def _of_document(contract: Contract) -> Iterator[Finding]:
    """What the document says of its server, parameters and statuses."""
    place = f"{contract.method} {contract.path}"
    servers: list[Any] = contract.document.get("servers", [])
    first = servers[0]["url"] if servers else "none"
    if first.rstrip("/") != facts.SERVER:
        where = "facts.SERVER"
        yield Finding("breach", "another-server", "servers[0].url", facts.SERVER, first, "", where)
    for parameter in contract.parameters:
        if parameter.get("in") != "query" or parameter["name"] not in facts.PARAMETERS:
            path, wanted = f"{place}: {parameter['name']}", "a parameter that `facts` knows"
            yield Finding("drift", "unknown-parameter", path, wanted, "another")
    seen = {*facts.NAMED_STATUSES, *(sample.status for sample in samples.load())}
    for status in contract.operation.get("responses", {}):
        if status.isdigit() and int(status) not in seen:
            path = f"responses.{status}"
            yield Finding("drift", "unknown-status", path, "a status that `facts` knows", status)


def _of_days(contract: Contract) -> Iterator[Finding]:
    """The days that the document refuses, and what it allows in their place."""
    try:
        deviations = calendar_days.deviations(contract)
    except (AssertionError, LookupError):
        return  # no `date` where one is known: that is found, too
    for text, allowed in deviations:
        if allowed:
            yield Finding("drift", "allows-more", _DATE, "days only", f"{text!r}")
        else:
            kind: Kind = "breach" if text.endswith(calendar_days.MIDNIGHT) else "drift"
            wanted, where = "every day of 2000 to 2099", "the calendar"
            yield Finding(kind, "refused-day", _DATE, wanted, f"no {text!r}", "", where)
