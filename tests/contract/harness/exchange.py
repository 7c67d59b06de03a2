"""An exchange is one request and its response. The checker finds everything wrong with it."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any, NamedTuple

from generator.spec.values import is_array, is_object
from tests.contract.harness import facts, strict_json
from tests.contract.harness.contract import Contract, DocumentedResponse, Schema
from tests.contract.harness.drift import Observations
from tests.contract.harness.findings import Finding, Findings, excerpt, json_path

_CONTENT_TYPE = "headers.content-type"


class Body(NamedTuple):
    """A body as JSON, or the reason why it is not JSON: a finding's code and its text."""

    value: Any = None
    oddities: tuple[strict_json.Oddity, ...] = ()
    code: str = ""
    problem: str = ""


@functools.lru_cache(maxsize=32)  # most faults leave most bodies as they are
def load_body(content: bytes) -> Body:
    """Load a body."""
    try:
        value, oddities = strict_json.parse(content)
    except UnicodeDecodeError:
        return Body(code="not-utf8", problem="another encoding")
    except ValueError as error:
        problem = f"something else ({type(error).__name__})" if content else "nothing"
        return Body(code="not-json", problem=problem)
    return Body(value, tuple(oddities))


@dataclass(frozen=True)
class Exchange:
    """One request and its response."""

    label: str  # its name in a report
    method: str = "GET"  # in capitals
    query: tuple[tuple[str, str], ...] = ()  # the parameters of the query, as they were sent
    key: facts.Key = "management"  # which key the request had
    # The UTC day of the response; two days if midnight fell in between.
    todays: tuple[dt.date, ...] = ()
    status: int | None = None  # the HTTP status; None if there was no response
    content_type: str = ""  # the header, or an empty text
    content: bytes = b""  # the body, decompressed
    failure: str = ""  # why there was no response
    # The probe that made it, if a probe did.
    probe: facts.Probe | None = field(default=None, repr=False)

    @property
    def body(self) -> Body:
        """The loaded body."""
        return load_body(self.content)

    @property
    def dates(self) -> list[str]:
        """The values of the parameter `date`."""
        return [value for name, value in self.query if name == "date"]

    @property
    def problem(self) -> str:
        """The name of the problem that its status is, if it is not the expected status."""
        managed = self.key == "management"
        match self.status:
            case None:
                return "no-response"
            case 200:
                return "date-accepted" if managed else "accepted-without-key"
            case 429:
                return "rate-limited"
            case 401 | 403 if managed:
                return "key-refused"
            case status:
                return "server-error" if status >= 500 else "unexpected-status"

    @property
    def is_error_under_200(self) -> bool:
        """Whether it is an error's body with HTTP 200."""
        body: Any = self.body.value if self.status == 200 else None
        return is_object(body) and "data" not in body and is_object(body.get("error"))


class Checker:
    """Checks exchanges against a document and against what is known of the API.

    Args:
        contract: The document.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.observations = Observations(contract)
        self.findings = Findings()
        self.exchanges: Counter[str] = Counter()

    def check(self, exchange: Exchange) -> list[Finding]:
        """Find what is wrong with an exchange, and remember it."""
        return self._remember(exchange, self._check(exchange))

    def check_response(self, exchange: Exchange) -> list[Finding]:
        """The same for an exchange whose request is unknown."""
        return self._remember(exchange, self._check_response(exchange, exchange.status or 0))

    def _remember(self, exchange: Exchange, found: Iterable[Finding]) -> list[Finding]:
        self.exchanges[exchange.label] += 1
        kept = [replace(finding, where=exchange.label) for finding in found]
        self.findings.add(kept)
        return kept

    def result(self) -> Findings:
        """The findings of all exchanges, and the drift that only all of them show."""
        if self.findings.errors:
            return self.findings
        return Findings([*self.findings, *self.observations.findings()])

    def _check(self, exchange: Exchange) -> Iterator[Finding]:
        if exchange.status is None:
            yield _breach(exchange.problem, "status", "an HTTP response", exchange.failure)
            return
        if exchange.probe is not None:
            yield from self._check_request(exchange, exchange.probe)
        if exchange.method != self.contract.method:
            return  # the document does not describe other methods
        if not exchange.is_error_under_200:
            yield from _check_status(exchange, exchange.status)
        yield from self._check_response(exchange, exchange.status)

    def _check_response(self, exchange: Exchange, status: int) -> Iterator[Finding]:
        response = self.contract.response(status)
        place, wanted = f"responses.{status}", "a status listed by number"
        if response is None:
            yield Finding("drift", "undocumented-status", place, wanted, str(status))
        elif not response.named:
            yield Finding("drift", "status-not-named", place, wanted, str(status))
        if exchange.is_error_under_200:
            received = (
                f"an error of code {excerpt(exchange.body.value['error'].get('code'), 'code')}"
            )
            yield _breach("error-under-200", "$.error", "data", received)
            # The body must still be an error's body.
            response = self.contract.error_response()
        if response is not None:
            yield from self._check_content(exchange, response)

    def _check_content(self, exchange: Exchange, response: DocumentedResponse) -> Iterator[Finding]:
        place = f"responses.{exchange.status}"
        if not response.content:
            if exchange.content:
                yield Finding("drift", "undocumented-body", place, "no body", "a body")
            return
        header = Message()
        header["content-type"] = exchange.content_type
        media_type = header.get_content_type() if exchange.content_type else "nothing"
        if media_type not in response.content:
            yield _breach("content-type", _CONTENT_TYPE, " or ".join(response.content), media_type)
            return  # the document does not describe such a body
        charset = str(header.get_param("charset") or "utf-8").lower()
        if charset not in {"utf-8", "utf8"}:
            yield _breach("charset", _CONTENT_TYPE, "utf-8", charset[:20])
        schema = response.content[media_type]
        if schema is None:
            yield Finding("drift", "no-schema", place, "a documented schema", "none")
            return
        yield from self._check_body(exchange, schema)

    def _check_body(self, exchange: Exchange, schema: Schema) -> Iterator[Finding]:
        body = exchange.body
        if body.code:
            yield _breach(body.code, "$", "JSON in UTF-8", body.problem)
            return
        odd = {json_path(oddity.place): oddity for oddity in body.oddities}
        for path, oddity in odd.items():
            yield _breach(oddity.code, path, "JSON that every reader can load", oddity.received)
        deviations = self.contract.deviations(schema, body.value)
        yield from (finding for finding in deviations if finding.path not in odd)
        self.observations.observe(schema, body.value)
        if deviations:
            return  # the meaning of a malformed body is not checked
        if exchange.status != 200:
            yield from _check_error(exchange, body.value)
        elif not exchange.is_error_under_200:
            yield from _check_rows(exchange, body.value)

    def _check_request(self, exchange: Exchange, probe: facts.Probe) -> Iterator[Finding]:
        """Check the document against a probe: it must allow what the API accepts, and only that."""
        place = f"{self.contract.method} {self.contract.path}"
        if place != facts.OPERATION:
            yield _breach("another-operation", place, facts.OPERATION, place)
        if exchange.status == 401 and probe.key == "none" and not self.contract.required_security:
            yield _breach("security-not-documented", f"{place}: security", "a key", "none")
        day = self.contract.parameter("query", "date")
        for parameter in self.contract.parameters:
            given = parameter is day and probe.date is not None
            if parameter.get("required") and not given and exchange.status == 200:
                code, path = "parameter-not-required", f"{place}: {parameter['name']}"
                yield _breach(code, path, "a required parameter", "200 without it")
        if probe.date is None:
            return
        path = f"{place}: date"
        if day is None:
            yield Finding("drift", "undocumented-parameter", path, "a documented parameter", "none")
        elif self._allows(day.get("schema", {}), probe.date) is not probe.well_formed:
            shape = excerpt(probe.date)
            if probe.well_formed:
                refused, accepted = "another form", "a form that the API accepts"
                yield _breach("parameter-form", path, refused, accepted, shape)
            else:
                expected, received = "no form that the API refuses", "one that it refuses"
                yield Finding("drift", "allows-more", path, expected, received, shape)

    def _allows(self, schema: Schema, text: str) -> bool:
        """Whether a schema allows a query's text, as a string or as the number or literal in it."""
        values: list[Any] = [text]
        with contextlib.suppress(ValueError):
            values.append(json.loads(text))
        return any(map(self.contract.validator(schema).is_valid, values))


def check_all(contract: Contract, exchanges: Iterable[Exchange]) -> Findings:
    """The findings of exchanges, and the drift that only all of them show."""
    checker = Checker(contract)
    for exchange in exchanges:
        checker.check(exchange)
    return checker.result()


def _breach(code: str, path: str, expected: str, received: str, excerpt: str = "") -> Finding:
    return Finding("breach", code, path, expected, received, excerpt)


def _check_status(exchange: Exchange, status: int) -> Iterator[Finding]:
    expected = facts.expected_statuses(exchange.key, exchange.query, exchange.todays)
    if exchange.method != "GET" or expected is None or status in expected:
        return
    wanted = " or ".join(map(str, sorted(expected)))
    yield _breach(exchange.problem, "status", wanted, str(status))


def _check_error(exchange: Exchange, body: Any) -> Iterator[Finding]:
    details: Any = body.get("error") if is_object(body) else None
    code: Any = details.get("code") if is_object(details) else None
    if code is not None and code != exchange.status:
        yield _breach("code-mismatch", "$.error.code", str(exchange.status), excerpt(code, "code"))


def _check_rows(exchange: Exchange, body: Any) -> Iterator[Finding]:
    """Rows must be of the requested days. A repeated row is drift."""
    rows: Any = body.get("data") if is_object(body) else None
    if not is_array(rows):
        return  # the document wrongly allows that: other checks report it
    requested = facts.calendar_day(exchange.dates[0]) if len(exchange.dates) == 1 else None
    seen: set[tuple[str, ...]] = set()
    for index, row in enumerate(rows):
        if not is_object(row):
            continue
        day = facts.calendar_day(str(row.get("date"))[:10])
        path = json_path(("data", index))
        if day is not None and not _is_requested(day, requested, exchange.todays):
            wanted = "the requested day" if requested else f"one of the last {facts.WINDOW} days"
            yield _breach("row-outside", f"{path}.date", wanted, "another")
        same = tuple(str(row.get(name)) for name in ("date", "model", "endpoint_id"))
        if same in seen:
            wanted = "one row per day, model and endpoint"
            yield Finding("drift", "repeated-row", path, wanted, "another one")
        seen.add(same)


def _is_requested(day: dt.date, requested: dt.date | None, todays: tuple[dt.date, ...]) -> bool:
    if requested:
        return day == requested
    return not todays or any(1 <= (today - day).days <= facts.WINDOW for today in todays)
