"""`python -m tests.contract`: hold an API, a document or a client against the contract.

Without a command it is `run`. It needs the repository's folder and, beside the package itself,
schemathesis; the sandbox needs starlette and uvicorn, too, and the mutants need the generator.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import sys
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from tests.contract.contract import DOCUMENT, ROOT

# The package as it is installed, if it is; else the repository's own.
sys.path.append(str(ROOT / "generated"))

from tests.contract import consumer, facts, faults, healthy_runs, provider, record, report, targets
from tests.contract.contract import Contract

_OPTIONAL = {"starlette", "uvicorn", "openapi_python_client", "ruamel"}
"""What the sandbox and the generator need, and asking another API does not."""

OK, FAILED, NOT_RUN, DRIFT = 0, 1, 2, 3
"""Exit codes; the last one only where it is asked for."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    for name, (_, description) in _COMMANDS.items():
        command = commands.add_parser(name, help=description, description=description)
        _add_arguments(command, name)
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0].startswith("--"):
        arguments = ["run", *arguments] if "--help" not in arguments else arguments
    options = parser.parse_args(arguments)
    # Servers and clients log URLs, which are nobody's business here.
    logging.disable(logging.WARNING)
    try:
        return _COMMANDS[options.command][0](options)
    except NotRunError as error:
        sys.stderr.write(f"contract: {error}\n")
        return NOT_RUN
    except ModuleNotFoundError as error:
        if error.name not in _OPTIONAL:
            raise
        sys.stderr.write(f"contract: {options.command} needs {error.name}, which is not here\n")
        return NOT_RUN
    finally:
        logging.disable(logging.NOTSET)


class NotRunError(Exception):
    """Why nothing was tested."""


def _add_arguments(command: argparse.ArgumentParser, name: str) -> None:
    add = command.add_argument
    if name in {"run", "record"}:
        add(
            "--base-url",
            default=os.environ.get("BASE_URL") or None,
            help="another API than the sandbox; the key is read from "
            + " or ".join(facts.KEY_VARIABLES),
        )
    if name in {"run", "seeds"}:
        add("--seed", default=os.environ.get("CONTRACT_SEED", "0"), help="a number, or random")
        add("--examples", type=int, default=30, help="requests that are made up (default: 30)")
    if name == "run":
        add("--document", type=Path, default=DOCUMENT, help="the OpenAPI document")
        add("--fail-on-drift", action="store_true", help=f"exit with {DRIFT} on new drift")
    if name == "seeds":
        add("--count", type=int, default=200, help="how many runs (default: 200)")
    if name == "mutants":
        add("--every", type=int, default=1, metavar="N", help="only every Nth mutant")
    if name in {"mutants", "seeds"}:
        add("--workers", type=int, default=None, help="processes (default: one per processor)")
    if name != "record":
        add("--reports", type=Path, default=Path("reports"), help="folder (default: reports)")


def _run(options: argparse.Namespace) -> int:
    contract = Contract.read(options.document)
    seed = _seed(options.seed)
    results: list[provider.Result] = []
    secrets: list[str] = []
    with _targets(options.base_url, seed) as targets:
        for target in targets:
            secrets += filter(None, [target.key, target.inference_key])
            results.append(
                provider.run(
                    contract,
                    target,
                    seed=seed,
                    examples=options.examples,
                    client=consumer.installed(),
                )
            )
    _say(report.terminal(results), secrets)
    report.write(results, options.reports, secrets)
    _say([f"written: {options.reports / name}" for name in (report.MARKDOWN, report.JUNIT)], [])
    if any(result.findings.breaches for result in results):
        return FAILED
    return DRIFT if options.fail_on_drift and any(map(report.new_drift, results)) else OK


@contextlib.contextmanager
def _targets(base_url: str | None, seed: int) -> Generator[list[targets.Target]]:
    if base_url is not None:
        yield [_foreign(base_url)]
        return
    with targets.sandbox_over_http(seed=seed) as server:
        yield [targets.sandbox_target(seed=seed), server]


def _foreign(base_url: str) -> targets.Target:
    """An API that somebody else runs, with the key of the environment."""
    if not base_url.startswith("https://") and not targets.is_loopback(base_url):
        raise NotRunError("a key is sent over https, or to this machine: check BASE_URL")
    key = next(filter(None, (os.environ.get(name) for name in facts.KEY_VARIABLES)), None)
    if key is None:
        raise NotRunError(f"a management key is needed: set {facts.KEY_VARIABLES[0]}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise NotRunError("the key holds characters that no key has; it is not shown here")
    base_url = base_url.rstrip("/")
    return targets.Target(
        name=f"the API at {base_url}",
        base_url=base_url,
        key=key,
        gentle=not targets.is_loopback(base_url),
    )


def _record(options: argparse.Namespace) -> int:
    target = _foreign(options.base_url or facts.SERVER)
    _say(record.record(Contract.read(), target), [target.key])
    return OK


def _faults(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    verdicts = faults.run(Contract.read())
    caught = sum(verdict.caught for verdict in verdicts)
    lines = ["# Faults of the sandbox", ""]
    lines += [f"{caught} of {len(verdicts)} caught and named. {_since(start)} s.", ""]
    for case, missed, surplus in verdicts:
        names = ", ".join(
            f"{code} at `{path}`" for code, path in sorted(case.breaches | case.drift)
        )
        lines.append(f"- {case.title} (`{case.fault}`): {names}")
        lines += [f"  - **not found**: {code} at {path}" for code, path in sorted(missed)]
        lines += [f"  - **found, too**: {code} at {path}" for code, path in sorted(surplus)]
    return _finish(lines, options.reports / "faults.md", ok=caught == len(verdicts))


def _mutants(options: argparse.Namespace) -> int:
    from tests.contract import mutants

    score = mutants.run(mutants.sample(options.every), workers=options.workers)
    return _finish(
        list(mutants.lines(score)), options.reports / "mutants.md", ok=not score.unexplained
    )


def _breaks(options: argparse.Namespace) -> int:
    from tests.contract import breaks

    start = time.perf_counter()
    verdicts = breaks.run()
    noticed = sum(verdict.test is not None for verdict in verdicts)
    lines = ["# The client, broken on purpose", ""]
    lines += [f"{noticed} of {len(verdicts)} breaks noticed. {_since(start)} s.", ""]
    lines += [
        f"- {broken.name} (`{broken.file}`): {f'`{test}`' if test else '**no test fails**'}"
        for broken, test in verdicts
    ]
    return _finish(lines, options.reports / "breaks.md", ok=noticed == len(verdicts))


def _seeds(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    first = _seed(options.seed)
    seeds = range(first, first + options.count)
    alarms = healthy_runs.run(seeds, workers=options.workers)
    lines = ["# Healthy runs", ""]
    lines += [f"{options.count} runs, seeds from {first}: {len(alarms)} false alarms."]
    lines += [f"{_since(start)} s.", "", *(f"- {line}" for line in alarms)]
    return _finish(lines, options.reports / "seeds.md", ok=not alarms)


def _finish(lines: list[str], path: Path, *, ok: bool) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    # The table of the mutants that died is for the file.
    _say(lines[: lines.index("## Killed")] if "## Killed" in lines else lines, [])
    _say([f"written: {path}"], [])
    return OK if ok else FAILED


def _seed(text: str) -> int:
    return random.SystemRandom().randrange(2**32) if text == "random" else int(text)


def _since(start: float) -> str:
    return f"{time.perf_counter() - start:.1f}"


def _say(lines: Iterable[str], secrets: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(report.hide(line, secrets) + "\n")
        sys.stdout.flush()


_COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "run": (_run, "test an API: the sandbox, or the one at --base-url"),
    "record": (_record, "take a sample from the live API, without what is personal"),
    "faults": (_faults, "show that each fault of the sandbox is found"),
    "mutants": (_mutants, "show that no change of openapi.yaml goes unnoticed"),
    "breaks": (_breaks, "show that no broken client goes unnoticed"),
    "seeds": (_seeds, "show that healthy runs stay quiet"),
}

if __name__ == "__main__":
    sys.exit(main())
