"""Many runs against healthy sandboxes: checks that cry wolf are worth as little as silent ones."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from tests.contract import consumer, provider, report, targets
from tests.contract.contract import Contract


def alarms_of(seed: int) -> list[str]:
    """What a run complains of; the account and the requests depend on the seed."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    target = targets.sandbox_target(seed=seed)
    result = provider.run(Contract.read(), target, seed=seed, client=consumer.installed())
    found = [*result.findings.breaches, *report.new_drift(result)]
    return [f"seed {seed}: {finding}" for finding in found]


def run(seeds: Iterable[int], *, workers: int | None = None) -> list[str]:
    """What all the runs complain of, in as many processes as there are processors."""
    # Not by fork: the sandbox may have left threads behind.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=context) as pool:
        return [alarm for alarms in pool.map(alarms_of, seeds) for alarm in alarms]
