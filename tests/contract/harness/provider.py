"""The provider's side: call an API, and check each response against the document."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import httpx

from tests.contract.harness import consumer, facts, targets
from tests.contract.harness.consumer import Package
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Checker, Exchange
from tests.contract.harness.exploration import explore
from tests.contract.harness.findings import Finding, Findings
from tests.contract.harness.targets import Target

T = TypeVar("T")
R = TypeVar("R")

_OUTAGE = frozenset({502, 503, 504, *range(520, 531)})
"""What gateways and Cloudflare send in place of the API."""

_TEMPORARY = _OUTAGE | {None, 429, 500}

_UNDECODED = httpx.DecodingError.__name__
"""The failure of a body that is not in the encoding that its header names: a breach."""

_UNREADABLE = Finding("breach", "client", "$", "a body that the installed client loads whole")


@dataclass(frozen=True)
class Result:
    """The result of a run."""

    target: str  # the name of the API
    seed: int | None  # the seed of the made-up requests; None if nothing was made up
    findings: Findings  # all deviations
    exchanges: dict[str, int]  # how many requests were sent, by label
    notes: tuple[str, ...] = ()  # what else the reader has to know, such as what was left out

    @property
    def new_drift(self) -> list[Finding]:
        """The drift that is not in `facts.KNOWN_DRIFT`."""
        return [item for item in self.findings.drift if item.key not in facts.KNOWN_DRIFT]


def run(
    contract: Contract,
    target: Target,
    *,
    seed: int = 0,
    examples: int = 30,
    client: Package | None = None,
) -> Result:
    """Send the probes, and the requests made up by schemathesis if the API is ours.

    Args:
        contract: The document.
        target: The API.
        seed: Another seed gives other requests.
        examples: How many random requests schemathesis sends, besides its systematic ones.
        client: A client package that has to load the responses.
    """
    checker = Checker(contract)
    notes: list[str] = []
    for exchange in probe(target):
        if error := _error(exchange):
            checker.exchanges[exchange.label] += 1
            checker.findings.add([error])
            notes.append(f"the run ended early: {_ENDED.get(error.code, 'this is an outage')}")
            break
        found = checker.check(exchange)
        healthy = exchange.status == 200 and not any(item.kind == "breach" for item in found)
        if client is not None and healthy:
            reason = consumer.unreadable(client, exchange.body.value)
            if reason:
                finding = replace(_UNREADABLE, received=reason, where=exchange.label)
                checker.findings.add([finding])
    else:
        if client is not None:
            notes.append(f"version {client.version} of the client loads the responses")
        if target.gentle:
            notes.append("not our own API: a few GET requests, sent slowly")
        else:
            explore(checker, target, seed=seed, examples=examples)
    return Result(target.name, seed, checker.result(), dict(checker.exchanges), tuple(notes))


_ENDED = {
    "key-refused": "a management key is needed",
    "rate-limited": "too many requests for now",
}


def _error(exchange: Exchange) -> Finding | None:
    """The reason why a response says nothing about the contract: an outage, or a refused key.

    Only the request for all days shows whether the key is accepted, and whether a 500 is more than
    one request's.
    """
    status, whole = exchange.status, not exchange.query and exchange.key == "management"
    down = status is None or status == 429 or status in _OUTAGE
    refused = whole and exchange.problem in {"server-error", "key-refused"}
    if exchange.failure == _UNDECODED or not (down or refused):
        return None
    known = facts.expected_statuses(exchange.key, exchange.query, exchange.todays) or ()
    expected = " or ".join(map(str, sorted(known))) or "an HTTP response"
    received = exchange.failure or str(status)
    return Finding("error", exchange.problem, "status", expected, received, where=exchange.label)


def probe(target: Target, *, fault: str | None = None) -> list[Exchange]:
    """Send the requests whose responses are known beforehand.

    An outage or a refused key ends the run, unless it is the fault.

    Args:
        target: The API.
        fault: A fault of the sandbox, as it is written in the path.
    """
    return asyncio.run(_probe_all(target, fault))


async def _probe_all(target: Target, fault: str | None) -> list[Exchange]:
    transport = httpx.ASGITransport(cast("Any", target.app)) if target.app else None
    parts = urlsplit(target.base_url)
    prefix = f"/fault/{fault}" if fault else ""
    url = f"{parts.scheme}://{parts.netloc}{prefix}{parts.path}/activity"
    exchanges: list[Exchange] = []
    async with httpx.AsyncClient(
        transport=transport,
        timeout=targets.TIMEOUT,
        # A proxy of the environment cannot reach this machine's loopback interface.
        trust_env=not targets.is_loopback(target.base_url),
    ) as client:
        for item in facts.probes(target.utc_today()):
            skipped = target.gentle and not item.gentle
            if skipped or (item.key == "inference" and target.inference_key is None):
                continue
            if target.gentle and exchanges:
                await asyncio.sleep(targets.GENTLE_PAUSE)
            exchange = await _send(client, url, target, item)
            if target.gentle and exchange.status in _TEMPORARY:
                await asyncio.sleep(targets.GENTLE_RETRY)
                exchange = await _send(client, url, target, item)
            exchanges.append(exchange)
            if fault is None and _error(exchange):
                break  # the other requests would fail, too
    return exchanges


async def _send(client: httpx.AsyncClient, url: str, target: Target, item: facts.Probe) -> Exchange:
    query = () if item.date is None else (("date", item.date),)
    credential = target.credential(item.key)
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    before = target.utc_today()
    exchange = Exchange(f"the probe '{item.name}'", query=query, key=item.key, probe=item)
    try:
        async with asyncio.timeout(targets.LONGEST):
            response = await client.get(url, params=query, headers=headers)
    except (httpx.RequestError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        return replace(exchange, failure=type(error).__name__)  # its text may contain the URL
    return replace(
        exchange,
        todays=tuple(sorted({before, target.utc_today()})),
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        content=response.content,
    )


def false_alarms(seed: int) -> list[str]:
    """The findings of a run against a healthy sandbox, whose account depends on the seed."""
    from tests.contract.harness import reference  # it needs the generator, which others do not

    logging.getLogger("httpx").setLevel(logging.WARNING)
    target = targets.sandbox_target(seed=seed)
    result = run(reference.contract(), target, seed=seed, client=reference.client())
    found = result.findings
    return [f"seed {seed}: {item}" for item in (*found.errors, *found.breaches, *result.new_drift)]


def healthy_runs(seeds: Sequence[int], *, workers: int | None = None) -> list[str]:
    """The false alarms of many runs."""
    return [alarm for alarms in in_processes(false_alarms, seeds, workers) for alarm in alarms]


def in_processes(work: Callable[[T], R], items: Sequence[T], workers: int | None) -> list[R]:
    """The results for all items, from one process per processor, or from this one if few."""
    count = min(workers or os.cpu_count() or 1, max(1, len(items) // 8))
    if count == 1:
        return [*map(work, items)]
    # Not forked: the sandbox may have left threads behind.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        return [*pool.map(work, items, chunksize=4)]
