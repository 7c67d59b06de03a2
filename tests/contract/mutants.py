"""Mutation testing of the contract: a changed openapi.yaml must not go unnoticed.

Each mutant is generated into a client, and the contract tests are run against both: the document is
held against the sandbox, its faults, the recorded samples and the calendar; the client against what
a client has to do. The comparison of `openapi.yaml` with its sources plays no part.
"""

from __future__ import annotations

import concurrent.futures
import functools
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.contract import calendar_days, consumer, facts, faults, provider, samples, targets
from tests.contract.contract import DOCUMENT, ROOT, Contract
from tests.contract.exchange import Checker, Exchange
from tests.contract.mutation import Mutant, mutants

CONFIG = ROOT / "generator-config.yaml"


class Reason(NamedTuple):
    """Why a mutant cannot be told from the original, in a way that a reader can check."""

    name: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        id: The mutant's.
        generation: What the generator refused it with, if it did.
        document: The test of the document that failed, with its reason.
        client: The test of the generated client that failed, with its reason.
        reason: Why neither failed, if that is understood.
        seconds: How long it took.
    """

    id: str
    generation: str | None = None
    document: str | None = None
    client: str | None = None
    reason: Reason | None = None
    seconds: float = 0.0

    @property
    def killers(self) -> list[str]:
        """All that failed, each with where it stands."""
        found = {"generation": self.generation, "document": self.document, "client": self.client}
        return [f"{stage}: {what}" for stage, what in found.items() if what]

    @property
    def killed(self) -> bool:
        """Whether anything failed."""
        return bool(self.killers)


@dataclass(frozen=True)
class Score:
    """What became of all mutants."""

    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def killed(self) -> int:
        """How many were killed."""
        return sum(outcome.killed for outcome in self.outcomes)

    @property
    def survivors(self) -> list[Outcome]:
        """Those that were not."""
        return [outcome for outcome in self.outcomes if not outcome.killed]

    @property
    def unexplained(self) -> list[Outcome]:
        """The survivors without a reason: each is a hole in the tests."""
        return [outcome for outcome in self.survivors if outcome.reason is None]

    @property
    def percent(self) -> float:
        """The share of those that could be killed which were."""
        possible = len(self.outcomes) - len(self.survivors) + len(self.unexplained)
        return 100 * self.killed / possible if possible else 100.0


def original() -> Mapping[str, Any]:
    """The document that the mutants are made from."""
    return Contract.read(DOCUMENT).document


def sample(every: int, offset: int = 0) -> list[Mutant]:
    """A part of the mutants: the same one every time, spread over all kinds."""
    return list(mutants(original()))[offset::every]


def run(chosen: Iterable[Mutant] | None = None, *, workers: int | None = None) -> Score:
    """Try mutants, in as many processes as there are processors."""
    start = time.perf_counter()
    todo = list(mutants(original()) if chosen is None else chosen)
    count = min(workers or os.cpu_count() or 1, max(1, len(todo) // 8))
    if count == 1:
        outcomes = [judge(mutant) for mutant in todo]
    else:
        # Not by fork: the test run that calls this may have threads.
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(count, mp_context=context) as pool:
            outcomes = list(pool.map(judge, todo, chunksize=4))
    return Score(tuple(outcomes), time.perf_counter() - start)


def judge(mutant: Mutant) -> Outcome:
    """Generate a mutant's client, and run the tests of document and client until one fails."""
    from generator.client.generate import build
    from generator.errors import GeneratorError

    start = time.perf_counter()
    generation = client = None
    same = False
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / DOCUMENT.name
        path.write_text(json.dumps(mutant.document), "utf-8")
        try:
            build(path, CONFIG, Path(scratch) / "out")
        except GeneratorError as error:
            generation = " ".join(str(error).split())[:160]
        else:
            [package] = (Path(scratch) / "out").iterdir()
            same = _files(package) == _original_files()
            client = _client_killer(package)
    document = _document_killer(mutant.document)
    reason = None if generation or document or client else _reason(mutant, same=same)
    return Outcome(mutant.id, generation, document, client, reason, time.perf_counter() - start)


def _client_killer(package: Path) -> str | None:
    try:
        with consumer.loaded(package, "mutant") as client:
            return consumer.failing(client)
    except Exception as error:  # noqa: BLE001 - a client that cannot be imported is noticed, too
        return f"import: {type(error).__name__}"


def _document_killer(document: Mapping[str, Any]) -> str | None:
    contract = Contract(document)
    for kill in (_by_sandbox, _by_samples, _by_calendar, _by_faults):
        try:
            if found := kill(contract):
                return f"{kill.__name__.removeprefix('_by_')}: {found}"
        except (AssertionError, LookupError) as error:
            # The tests look for a row, its date or a media type where the document has it.
            return f"{kill.__name__.removeprefix('_by_')}: nothing at {error}"
    return None


def _by_sandbox(contract: Contract) -> str | None:
    return healthy_deviation(contract, _healthy())


def healthy_deviation(contract: Contract, exchanges: Iterable[Exchange]) -> str | None:
    """What is wrong about a healthy sandbox, which shows no drift but all that is known."""
    checker = Checker(contract)
    for exchange in exchanges:
        checker.check(exchange)
    found = checker.result()
    if found.breaches:
        return str(found.breaches[0])
    drift = {finding.key for finding in found.drift}
    for key in sorted(drift ^ set(facts.KNOWN_DRIFT)):
        return f"{'new' if key in drift else 'no'} drift {' '.join(key)}"
    return None


def _by_samples(contract: Contract) -> str | None:
    wrong = (text for item in samples.load() for text in samples.surprises(contract, item))
    return next(wrong, None) or next(samples.tolerated(contract), None)


def _by_calendar(contract: Contract) -> str | None:
    return next(iter(calendar_days.deviations(contract)), None)


def _by_faults(contract: Contract) -> str | None:
    for case, seen in _faulty():
        verdict = faults.judge(contract, case, seen)
        if not verdict.caught:
            code, path = min(verdict.missed or verdict.surplus)
            return f"{case.title}: {'no ' if verdict.missed else ''}{code} {path}"
    return None


@functools.cache
def _healthy() -> list[Exchange]:
    """The sandbox's answers; no mutant changes them."""
    return provider.probe(targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY))


@functools.cache
def _faulty() -> list[tuple[faults.Case, list[Exchange]]]:
    """The answers of the faulty sandboxes; those that need a socket say nothing of the document."""
    target = targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY)
    cases = [case for case in faults.CASES if not case.socket]
    return [(case, faults.exchanges(case, target)) for case in cases]


def _files(package: Path) -> dict[str, bytes]:
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


@functools.cache
def _original_files() -> dict[str, bytes]:
    from generator.client.generate import build

    with tempfile.TemporaryDirectory() as scratch:
        build(DOCUMENT, CONFIG, Path(scratch) / "out")
        [package] = (Path(scratch) / "out").iterdir()
        return _files(package)


def _reason(mutant: Mutant, *, same: bool) -> Reason | None:
    """Why a survivor is no hole, if the client is the same to the byte."""
    if same and mutant.keyword == "format" and "string" not in mutant.kinds:
        return Reason(
            "format-of-a-number",
            "JSON Schema asserts the format of strings alone; OpenAPI's double, float and int32 "
            "tell a reader how large a number may get. The client is the same to the byte.",
        )
    return None


def lines(score: Score) -> Iterator[str]:
    """The report, in markdown."""
    total = len(score.outcomes)
    yield "# Mutants of openapi.yaml"
    yield ""
    yield (
        f"{total} mutants, {score.killed} killed, {len(score.survivors)} survived, "
        f"{len(score.unexplained)} of them without a reason: {score.percent:.1f} % of those that "
        f"differ from the original. {score.seconds:.0f} s."
    )
    yield ""
    yield "## Survivors"
    yield ""
    for reason in dict.fromkeys(outcome.reason for outcome in score.survivors):
        yield f"{reason.name}: {reason.text}" if reason else "**Without a reason**:"
        yield ""
        yield from (f"- `{item.id}`" for item in score.survivors if item.reason == reason)
        yield ""
    if not score.survivors:
        yield "None."
        yield ""
    yield "## Killed"
    yield ""
    yield "By the first test of the document, and by the first of the client, that failed:"
    yield "`sandbox` and `calendar` stand in tests/contract/test_provider.py, `samples` in"
    yield "test_samples.py, `faults` in test_faults.py; those of the client are the parameters of"
    yield "`test_the_client` in test_consumer.py. By generation: the generator's own refusal."
    yield ""
    yield "| mutant | by generation | by a test of the document | by a test of the client |"
    yield "| --- | --- | --- | --- |"
    for outcome in score.outcomes:
        if outcome.killed:
            cells = (outcome.generation, outcome.document, outcome.client)
            yield f"| `{_cell(outcome.id)}` | {' | '.join(_cell(cell or '') for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
