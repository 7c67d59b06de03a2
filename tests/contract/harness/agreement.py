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

_NO_SCHEMA = {"error-under-200", "no-schema", "undocumented-body", "undocumented-status"}
"""Findings of a body that no schema describes."""


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
    if not found.breaches:  # one mistake is not reported in several ways
        found.add(_of_days(contract))
        found.add(_allowed(contract))
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


def _allowed(contract: Contract) -> Iterator[Finding]:
    """What the document allows, although the API never sends it: no value, null, another type."""
    for sample in samples.load():
        before = {item.key for item in samples.check(contract, sample)}
        if {code for code, _ in before} & _NO_SCHEMA:
            continue
        for path, what, body in _broken(sample):
            after = samples.check(contract, replace(sample, body=body))
            allowed = not any(item.kind == "breach" for item in after)
            if allowed and ("unknown-field", path) not in before:
                yield Finding("drift", "allows-more", path, "what the API sends", what)


def _broken(sample: Sample) -> Iterator[tuple[str, str, Any]]:
    """The sample's body with one wrong value: its path, what it is, and the body."""
    body: dict[str, Any] = sample.body
    if sample.is_error:
        for name, other in (("code", "text"), ("message", 42)):
            for what, details in _variants(body["error"], name, other):
                yield f"$.error.{name}", what, {**body, "error": details}
        return
    strings = dict.fromkeys(facts.STRING_FIELDS, 42)
    for name, other in (strings | dict.fromkeys(facts.NUMBER_FIELDS, "text")).items():
        for what, row in _variants(body["data"][0], name, other):
            yield f"$.data[*].{name}", what, {**body, "data": [row]}


def _variants(
    members: dict[str, Any], name: str, other: str | int
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "none", {key: value for key, value in members.items() if key != name}
    yield "null", {**members, name: None}
    yield "true", {**members, name: True}
    yield "another type", {**members, name: other}
