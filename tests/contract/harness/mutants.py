"""Mutation testing of the contract: no change of the reference document may go unnoticed.

Each mutant is generated into a client. The document is then checked against the sandbox, its
faults, the recorded samples and the calendar; the client against the consumer's checks. The
comparison of `openapi.yaml` with its sources plays no part.
"""

from __future__ import annotations

import functools
import itertools
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from generator.errors import GeneratorError
from tests.contract.harness import (
    calendar_days,
    consumer,
    faults,
    provider,
    reference,
    samples,
    targets,
)
from tests.contract.harness.contract import Contract
from tests.contract.harness.exchange import Exchange, check_all
from tests.contract.harness.mutation import Mutant, mutants


class Outcome(NamedTuple):
    """Whether and how a mutant was noticed."""

    id: str  # the mutant's
    killed: bool  # whether anything failed
    how: str  # the generator's refusal, and the first check of document and client that failed


def sample(every: int) -> list[Mutant]:
    """Every n-th mutant; 1 gives all of them."""
    return list(mutants(reference.document()))[::every]


def run(chosen: list[Mutant], *, workers: int | None = None) -> list[Outcome]:
    """Judge mutants."""
    return provider.in_processes(judge, chosen, workers)


def judge(mutant: Mutant) -> Outcome:
    """Generate a mutant's client, and run the checks of document and client until one fails."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            package = reference.generated(mutant.document, Path(scratch))
            client = consumer.failing_in(package)
        except GeneratorError as error:
            client = f"generation: {' '.join(str(error).split())[:160]}"
    how = [*filter(None, (_noticed_in_document(mutant.document), client))]
    return Outcome(mutant.id, bool(how), "; ".join(how))


def _noticed_in_document(document: Mapping[str, Any]) -> str | None:
    contract = Contract(document)
    for name, check in _CHECKS.items():
        try:
            if found := check(contract):
                return f"{name}: {found}"
        except (AssertionError, LookupError) as error:
            return f"{name}: nothing at {error}"  # a row, its date or a media type is missing
    return None


def _by_sandbox(contract: Contract) -> str | None:
    """The first breach of the healthy sandbox, or the first drift that differs from the usual."""
    found = check_all(contract, _healthy())
    usual = check_all(reference.contract(), _healthy())
    drift = {finding.key for finding in found.drift} ^ {finding.key for finding in usual.drift}
    unexpected = [*map(str, found.breaches)]
    unexpected += [f"unexpected drift or none: {key}" for key in sorted(drift)]
    return next(iter(unexpected), None)


def _by_samples(contract: Contract) -> str | None:
    wrong = (text for item in samples.load() for text in samples.surprises(contract, item))
    more = (f"{path} may be {what}" for path, what in samples.allowed(contract))
    return next(itertools.chain(wrong, more), None)


def _by_calendar(contract: Contract) -> str | None:
    for text, allowed in calendar_days.deviations(contract):
        return f"{text!r} is {'allowed' if allowed else 'refused'}"
    return None


def _by_faults(contract: Contract) -> str | None:
    for case, seen in _faulty():
        if found := faults.differences(contract, case, seen):
            return f"{case.fault}: {found[0]}"
    return None


_CHECKS: dict[str, Callable[[Contract], str | None]] = {
    "sandbox": _by_sandbox,
    "samples": _by_samples,
    "calendar": _by_calendar,
    "faults": _by_faults,
}


@functools.cache
def _healthy() -> list[Exchange]:
    """The exchanges with the sandbox; they do not depend on the document."""
    return provider.probe(targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY))


@functools.cache
def _faulty() -> list[tuple[faults.Case, list[Exchange]]]:
    """The exchanges with the faulty sandboxes. Faults of the socket do not concern the document."""
    target = targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY)
    cases = [case for case in faults.CASES if not case.socket]
    return [(case, faults.exchanges(case, target)) for case in cases]
