"""The provider's side: ask an API, and hold each of its answers against the document."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from tests.contract import facts, targets
from tests.contract.consumer import Package, unreadable
from tests.contract.contract import Contract
from tests.contract.exchange import Checker, Exchange
from tests.contract.exploration import explore
from tests.contract.findings import Finding, Findings
from tests.contract.targets import Target

_PASSING = frozenset({429, 500, 502, 503, 504, *range(520, 531)})

_UNREADABLE = Finding("breach", "client", "$", "a body that the installed client reads whole")


@dataclass(frozen=True)
class Result:
    """What a run found.

    Attributes:
        target: What was asked.
        seed: The seed of the requests that were made up.
        findings: All deviations.
        exchanges: How many requests were made.
        asked: What was asked for, each thing once.
        notes: What the reader has to know besides, such as what was left out.
    """

    target: str
    seed: int
    findings: Findings
    exchanges: int
    asked: tuple[str, ...]
    notes: tuple[str, ...] = ()


def run(
    contract: Contract,
    target: Target,
    *,
    seed: int = 0,
    examples: int = 30,
    client: Package | None = None,
) -> Result:
    """Ask all that there is to ask: the probes, and what schemathesis makes up.

    Args:
        contract: The document.
        target: The API.
        seed: Another seed, other requests.
        examples: How many requests schemathesis makes up at random, besides its systematic ones.
        client: A client package that has to read what comes back.
    """
    checker = Checker(contract)
    notes: list[str] = []
    if client is not None:
        notes.append(f"what the API answers is read by version {client.version} of the client")
    for exchange in probe(target):
        found = checker.check(exchange)
        healthy = exchange.status == 200 and not any(item.kind == "breach" for item in found)
        if client is not None and healthy and (reason := unreadable(client, exchange.body.value)):
            checker.findings.add([replace(_UNREADABLE, received=reason, where=exchange.label)])
    if target.gentle:
        notes.append("not our own API: few requests, slowly, and GET alone")
    if any(finding.code == "key-refused" for finding in checker.findings):
        notes.append("the key was refused (a management key is needed), and no more was asked")
    elif not target.gentle or contract.method == "GET":
        explore(checker, target, seed=seed, examples=examples)
    return Result(
        target.name,
        seed,
        checker.result(),
        sum(checker.asked.values()),
        tuple(checker.asked),
        tuple(notes),
    )


def probe(target: Target, *, fault: str | None = None) -> list[Exchange]:
    """Send the requests whose answers are known beforehand.

    Args:
        target: The API.
        fault: A fault of the sandbox, as it stands in the path.
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
        # No proxy of the environment leads to this machine's own loopback interface.
        trust_env=not targets.is_loopback(target.base_url),
    ) as client:
        for item in facts.probes(target.utc_today()):
            if target.gentle and not item.gentle:
                continue
            if item.key == "inference" and target.inference_key is None:
                continue
            if target.gentle and exchanges:
                await asyncio.sleep(targets.GENTLE_PAUSE)
            exchange = await _ask(client, url, target, item)
            if target.gentle and (exchange.status is None or exchange.status in _PASSING):
                await asyncio.sleep(targets.GENTLE_PATIENCE)
                exchange = await _ask(client, url, target, item)
            exchanges.append(exchange)
            if target.gentle and exchanges[0].status in {401, 403}:
                break  # the others would say the same
    return exchanges


async def _ask(client: httpx.AsyncClient, url: str, target: Target, item: facts.Probe) -> Exchange:
    query = () if item.date is None else (("date", item.date),)
    credential = target.credential(item.key)
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    before = target.utc_today()
    status, content_type, content, failure = None, "", b"", ""
    try:
        response = await client.get(url, params=query, headers=headers)
    except httpx.RequestError as error:
        failure = type(error).__name__  # its text may hold the URL, and that a token
    else:
        status, content = response.status_code, response.content
        content_type = response.headers.get("content-type", "")
    return Exchange(
        label=f"the probe '{item.name}'",
        query=query,
        key=item.key,
        todays=tuple(sorted({before, target.utc_today()})),
        status=status,
        content_type=content_type,
        content=content,
        failure=failure,
        probe=item,
    )
