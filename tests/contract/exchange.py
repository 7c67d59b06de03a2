"""One request and its answer, and everything that is wrong about the two."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any

from tests.contract import facts, strict_json
from tests.contract.contract import Answer, Contract, Schema
from tests.contract.drift import Observations
from tests.contract.findings import Finding, Findings, Kind, excerpt, json_path
from tests.contract.json_values import Place, is_array, is_object
from tests.contract.strict_json import Oddity


@dataclass(frozen=True)
class Exchange:
    """One request and what came back.

    Attributes:
        label: What it is called in a report.
        method: In capitals.
        query: The parameters of the query, as they were sent.
        key: Which key the request carried.
        todays: The UTC day on which it was answered; two where midnight fell in between.
        status: The HTTP status; None if there was no answer.
        content_type: The header, or an empty text.
        content: The body, decompressed.
        failure: Why there was no answer.
        probe: The probe that it is of, if it is of one.
    """

    label: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    key: facts.Key = "management"
    todays: tuple[dt.date, ...] = ()
    status: int | None = None
    content_type: str = ""
    content: bytes = b""
    failure: str = ""
    probe: facts.Probe | None = field(default=None, repr=False)

    @functools.cached_property
    def body(self) -> Body:
        """The body, read once."""
        return Body.read(self.content)

    @property
    def dates(self) -> list[str]:
        """The values of the parameter `date`."""
        return [value for name, value in self.query if name == "date"]


@dataclass(frozen=True)
class Body:
    """A body as JSON, or what keeps it from being any."""

    value: Any = None
    oddities: tuple[Oddity, ...] = ()
    code: str = ""
    problem: str = ""

    @classmethod
    @functools.lru_cache(maxsize=32)  # most faults leave most answers as they are
    def read(cls, content: bytes) -> Body:
        """Read a body."""
        try:
            value, oddities = strict_json.parse(content)
        except UnicodeDecodeError:
            return cls(code="not-utf8", problem="another encoding")
        except ValueError as error:
            # The parser's own message quotes nothing, but it is not needed either.
            problem = "nothing" if not content else f"something else ({type(error).__name__})"
            return cls(code="not-json", problem=problem)
        return cls(value, tuple(oddities))


class Checker:
    """Holds exchanges against a document and against what is known of the API.

    Args:
        contract: The document.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.observations = Observations(contract)
        self.findings = Findings()
        self.asked: Counter[str] = Counter()

    def check(self, exchange: Exchange) -> list[Finding]:
        """Say what is wrong about an exchange, and keep it."""
        return self._keep(exchange, self._check(exchange))

    def check_answer(self, exchange: Exchange) -> list[Finding]:
        """Likewise for an exchange of which nothing but the answer is known."""
        return self._keep(exchange, self._check_answer(exchange, exchange.status or 0))

    def _keep(self, exchange: Exchange, found: Iterable[Finding]) -> list[Finding]:
        self.asked[exchange.label] += 1
        kept = [replace(finding, where=exchange.label) for finding in found]
        self.findings.add(kept)
        return kept

    def result(self) -> Findings:
        """All findings of all exchanges, and the drift that only many of them show."""
        return Findings([*self.findings, *self.observations.findings()])

    def _check(self, exchange: Exchange) -> Iterator[Finding]:
        if exchange.status is None:
            yield Finding("breach", "no-answer", "status", "an HTTP answer", exchange.failure)
            return
        yield from self._check_request(exchange)
        if exchange.method != self.contract.method:
            return  # the document says nothing of other methods
        if not _is_error_under_200(exchange):
            yield from _check_status(exchange, exchange.status)
        yield from self._check_answer(exchange, exchange.status)

    def _check_answer(self, exchange: Exchange, status: int) -> Iterator[Finding]:
        answer = self.contract.answer(status)
        if answer is None:
            yield _status_finding("breach", "undocumented-status", status)
            return
        if not answer.named:
            yield _status_finding("drift", "status-not-named", status)
        if _is_error_under_200(exchange):
            received = f"an error of code {excerpt(exchange.body.value['error'].get('code'))}"
            yield Finding("breach", "error-under-200", "$.error", "data", received)
            # What it holds has to be an error's body all the same.
            answer = self.contract.answer(500) or answer
        yield from self._check_content(exchange, answer)

    def _check_content(self, exchange: Exchange, answer: Answer) -> Iterator[Finding]:
        if not answer.content:
            if exchange.content:
                yield Finding("breach", "undocumented-body", "body", "no body", "a body")
            return
        header = Message()
        header["content-type"] = exchange.content_type
        media_type = header.get_content_type() if exchange.content_type else "nothing"
        if media_type not in answer.content:
            expected = " or ".join(answer.content)
            yield Finding("breach", "content-type", "headers.content-type", expected, media_type)
            return  # what a body of another type holds, no document says
        charset = str(header.get_param("charset") or "utf-8").lower()
        if charset not in {"utf-8", "utf8"}:
            yield Finding("breach", "charset", "headers.content-type", "utf-8", charset[:20])
        schema = answer.content[media_type]
        if schema is None:
            yield Finding("breach", "no-schema", "body", "a documented schema", "none")
            return
        yield from self._check_body(exchange, schema)

    def _check_body(self, exchange: Exchange, schema: Schema) -> Iterator[Finding]:
        body = exchange.body
        if body.code:
            yield Finding("breach", body.code, "$", "JSON in UTF-8", body.problem)
            return
        odd = set[str]()
        for oddity in body.oddities:
            path = json_path(oddity.place)
            odd.add(path)
            yield Finding("breach", oddity.code, path, "JSON that every reader takes", oddity[2])
        deviations = self.contract.deviations(schema, body.value)
        yield from (finding for finding in deviations if finding.path not in odd)
        self.observations.observe(schema, body.value)
        if deviations:
            return  # the meaning of a malformed body is nobody's business
        if exchange.status != 200:
            yield from _check_error(exchange, body.value)
        elif not _is_error_under_200(exchange):
            yield from _check_rows(exchange, body.value)

    def _allows(self, schema: Schema, text: str) -> bool:
        """Whether a schema takes the text of a query, which may stand for a number or a literal."""
        values: list[Any] = [text]
        with contextlib.suppress(ValueError):
            values.append(json.loads(text))
        return any(map(self.contract.validator(schema).is_valid, values))

    def _check_request(self, exchange: Exchange) -> Iterator[Finding]:
        """Hold the document against a probe: it must allow what the API takes, and only that."""
        probe = exchange.probe
        if probe is None or exchange.status is None:
            return
        place = f"{self.contract.method} {self.contract.path}"
        if place != facts.OPERATION:
            yield Finding("breach", "another-operation", place, facts.OPERATION, place)
        if exchange.status == 401 and probe.key == "none" and not self.contract.required_security:
            yield Finding(
                "breach", "security-not-documented", f"{place}: security", "a key", "none"
            )
        declared = [item for item in self.contract.parameters if item.get("in") == "query"]
        for parameter in self.contract.parameters:
            given = probe.date is not None and (parameter["in"], parameter["name"]) == (
                "query",
                "date",
            )
            if parameter.get("required") and not given and exchange.status == 200:
                yield Finding(
                    "breach",
                    "parameter-not-required",
                    f"{place}: {parameter['name']}",
                    "a parameter that is needed",
                    "200 without it",
                )
        if probe.date is None:
            return
        schema = next((item.get("schema", {}) for item in declared if item["name"] == "date"), None)
        path = f"{place}: date"
        if schema is None:
            yield Finding(
                "breach", "undocumented-parameter", path, "a documented parameter", "none"
            )
        elif self._allows(schema, probe.date) is not probe.well_formed:
            allowed = "a form that the document allows", "a form that the API refuses"
            expected, received = reversed(allowed) if probe.well_formed else allowed
            yield Finding("breach", "parameter-form", path, expected, received, excerpt(probe.date))


def _check_status(exchange: Exchange, status: int) -> Iterator[Finding]:
    if exchange.method != "GET":
        return
    expected = facts.expected_statuses(exchange.key, exchange.dates, exchange.todays)
    if expected is None or status in expected:
        return
    if status == 200 and exchange.key != "management":
        code = "answered-without-key"
    elif status == 200:
        code = "date-accepted"
    elif status >= 500:
        code = "server-error"
    elif status == 429:
        code = "rate-limited"
    elif status in {401, 403} and exchange.key == "management":
        code = "key-refused"
    else:
        code = "unexpected-status"
    wanted = " or ".join(map(str, sorted(expected)))
    yield Finding("breach", code, "status", wanted, str(status))


def _status_finding(kind: Kind, code: str, status: int) -> Finding:
    return Finding(kind, code, f"responses.{status}", "a status listed by number", str(status))


def _is_error_under_200(exchange: Exchange) -> bool:
    if exchange.status != 200:
        return False
    body: Any = exchange.body.value
    return is_object(body) and "data" not in body and is_object(body.get("error"))


def _check_error(exchange: Exchange, body: Any) -> Iterator[Finding]:
    details: Any = body.get("error") if is_object(body) else None
    code: Any = details.get("code") if is_object(details) else None
    if code is not None and code != exchange.status:
        expected = str(exchange.status)
        yield Finding("breach", "code-mismatch", "$.error.code", expected, excerpt(code))


def _check_rows(exchange: Exchange, body: Any) -> Iterator[Finding]:
    """Rows lie in the days that were asked for, and each stands there once."""
    rows: Any = body.get("data") if is_object(body) else None
    if not is_array(rows):
        return  # the document allows it: then it is wrong, and other checks show that
    asked = facts.calendar_day(exchange.dates[0]) if len(exchange.dates) == 1 else None
    seen: set[tuple[str, ...]] = set()
    for index, row in enumerate(rows):
        if not is_object(row):
            continue
        day = facts.calendar_day(str(row.get("date"))[:10])
        place: Place = ("data", index)
        if day is not None and not _asked_for(day, asked, exchange.todays):
            wanted = "the day asked for" if asked else f"one of the last {facts.WINDOW} days"
            yield Finding("breach", "row-outside", json_path((*place, "date")), wanted, "another")
        same = tuple(str(row.get(name)) for name in ("date", "model", "endpoint_id"))
        if same in seen:
            wanted = "one row per day, model and endpoint"
            yield Finding("drift", "row-twice", json_path(place), wanted, "another one")
        seen.add(same)


def _asked_for(day: dt.date, asked: dt.date | None, todays: tuple[dt.date, ...]) -> bool:
    if asked:
        return day == asked
    return not todays or any(1 <= (today - day).days <= facts.WINDOW for today in todays)
