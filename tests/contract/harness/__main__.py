"""Check an API, a document or a client against the contract.

The command needs this repository, and the installed packages `openrouter-analytics` and
`schemathesis`. The sandbox needs starlette and uvicorn as well, the mutants need the generator.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path

import httpx

# The installed package, if there is one; else the repository's own.
sys.path.append(str(Path(__file__).parents[3] / "generated"))

try:
    from schemathesis.errors import LoaderError

    from tests.contract.harness import consumer, facts, faults, provider, record, report, targets
    from tests.contract.harness.contract import DOCUMENT, Contract
except ModuleNotFoundError as error:
    sys.stderr.write(f"contract: {error}\n")
    sys.exit(2)  # Python would exit with 1, which means a breach

OK, FAILED, NOT_RUN, DRIFT, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes. An outage and a refused key are NOT_RUN. DRIFT is only for --fail-on-drift."""


LAST_PORT = 65_535


class NotRunError(Exception):
    """The reason why nothing was checked."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(argv)
    logging.disable(logging.WARNING)  # servers and clients log URLs
    try:
        return _MODES[options.mode][0](options)
    except NotRunError as error:
        sys.stderr.write(f"contract: {error}\n")
        return NOT_RUN
    except ModuleNotFoundError as error:
        sys.stderr.write(f"contract: {options.mode} needs {error.name}, which is not installed\n")
        return NOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        sys.stderr.write(f"contract: {error.filename or 'stdout'}: {error.strerror}\n")
        _discard_output()
        return NOT_RUN
    except Exception:  # noqa: BLE001 - Python would exit with 1, which means a breach
        traceback.print_exc()
        return NOT_RUN
    finally:
        logging.disable(logging.NOTSET)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.contract.harness",
        description=__doc__,
        epilog="\n".join(f"{mode:8}  {text}" for mode, (_, text) in _MODES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("mode", nargs="?", choices=_MODES, default="run", help="default: run")
    add(
        "--base-url",
        default=os.environ.get("BASE_URL") or None,
        help="run, record: the API to call (default: the variable BASE_URL, else the sandbox); "
        f"{' or '.join(facts.KEY_VARIABLES)} gives the key",
    )
    add("--document", type=Path, default=DOCUMENT, help="run: the OpenAPI document")
    add("--fail-on-drift", action="store_true", help=f"run: exit with {DRIFT} on new drift")
    seed = os.environ.get("CONTRACT_SEED", "0")
    add("--seed", type=_seed, default=seed, help="run, seeds: a number, or random")
    add("--examples", type=_count, default=30, help="run: random requests (default: 30)")
    add("--count", type=_count, default=200, help="seeds: how many runs (default: 200)")
    add("--every", type=_count, default=1, metavar="N", help="mutants: only every Nth mutant")
    add("--workers", type=_count, help="mutants, seeds: processes (default: one per processor)")
    add("--reports", type=Path, default=Path("reports"), help="folder (default: reports)")
    return parser


def _run(options: argparse.Namespace) -> int:
    contract = _contract(options.document)
    results: list[provider.Result] = []
    secrets: list[str] = []
    if options.base_url is None:  # the sandbox only does what is recorded of the API
        from tests.contract.harness import agreement

        results = [agreement.compare(contract)]
    if not any(result.findings.breaches for result in results):
        seed: int = options.seed
        client = consumer.installed()
        with _targets(options.base_url, seed) as apis:
            results += [
                provider.run(contract, api, seed=seed, examples=options.examples, client=client)
                for api in apis
            ]
            secrets = [key for api in apis for key in (api.key, api.inference_key) if key]
    report.write(results, options.reports, secrets)
    _print(report.terminal(results), secrets)
    _print(f"written: {options.reports / name}" for name in (report.MARKDOWN, report.JUNIT))
    if any(result.findings.breaches for result in results):
        return FAILED
    if any(result.findings.errors for result in results):
        return NOT_RUN
    return DRIFT if options.fail_on_drift and any(item.new_drift for item in results) else OK


@contextlib.contextmanager
def _targets(base_url: str | None, seed: int) -> Generator[list[targets.Target]]:
    if base_url is not None:
        yield [_api_at(base_url)]
        return
    with targets.sandbox_over_http(seed=seed) as server:
        yield [targets.sandbox_target(seed=seed), server]


def _api_at(base_url: str) -> targets.Target:
    """The API at a URL, with the key of the environment."""
    try:
        url = httpx.URL(base_url)
        local = targets.is_loopback(base_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise NotRunError(f"--base-url is no URL: {error}") from error
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > LAST_PORT:
        raise NotRunError("--base-url is no URL such as https://host/path")
    if not base_url.startswith("https://") and not local:
        raise NotRunError("the key is sent over https only, or to this machine: check --base-url")
    key = next(filter(None, (os.environ.get(name) for name in facts.KEY_VARIABLES)), None)
    if key is None:
        raise NotRunError(f"a management key is needed: set {facts.KEY_VARIABLES[0]}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise NotRunError("the key contains characters that no key has; it is not shown here")
    base_url = base_url.rstrip("/")
    return targets.Target(f"the API at {base_url}", base_url, key, gentle=not local)


def _record(options: argparse.Namespace) -> int:
    target = _api_at(options.base_url or facts.SERVER)
    lines = list(record.record(Contract.load(), target))
    _print(lines, [target.key])
    return NOT_RUN if all(line.endswith(record.NOT_RECORDED) for line in lines) else OK


def _faults(options: argparse.Namespace) -> int:
    from tests.contract.harness import reference

    found = faults.run(reference.contract())
    outcomes = [(case.fault, not wrong, ", ".join(wrong or case.expected)) for case, wrong in found]
    return _prove("Faults of the sandbox", outcomes, options)


def _mutants(options: argparse.Namespace) -> int:
    from tests.contract.harness import mutants

    outcomes = mutants.run(mutants.sample(options.every), workers=options.workers)
    return _prove("Mutants of the reference document", outcomes, options)


def _breaks(options: argparse.Namespace) -> int:
    from tests.contract.harness import breaks

    noticed = [(f"{it.file}: {it.name}", breaks.noticed_by(it)) for it in breaks.BREAKS]
    outcomes = [(name, check is not None, check or "") for name, check in noticed]
    return _prove("The client, broken on purpose", outcomes, options)


def _prove(
    title: str, outcomes: Sequence[tuple[str, bool, str]], options: argparse.Namespace
) -> int:
    """Report each deliberate mistake: its name, whether it was noticed, and by what."""
    missed = [
        f"- **not noticed**: `{name}` {how}" for name, noticed, how in outcomes if not noticed
    ]
    summary = f"{len(outcomes) - len(missed)} of {len(outcomes)} noticed."
    lines = [f"# {title}\n\n{summary}\n", *missed, ""]
    lines += [f"- `{name}`: {how}" for name, noticed, how in outcomes if noticed]
    return _finish(lines, options, ok=not missed)


def _seeds(options: argparse.Namespace) -> int:
    first: int = options.seed
    seeds = range(first, first + options.count)
    alarms = provider.healthy_runs(seeds, workers=options.workers)
    summary = f"{options.count} runs, seeds from {first}: {len(alarms)} false alarms."
    lines = [f"# Healthy runs\n\n{summary}\n", *(f"- {line}" for line in alarms)]
    return _finish(lines, options, ok=not alarms)


def _finish(lines: list[str], options: argparse.Namespace, *, ok: bool) -> int:
    """Write the report of a mode, and print it."""
    lines.append(f"\n{time.perf_counter() - _START:.0f} s.")
    path = options.reports / f"{options.mode}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    shown = lines if len(lines) < 300 else lines[: lines.index("")]
    _print([*shown, f"written: {path}"])
    return OK if ok else FAILED


def _contract(path: Path) -> Contract:
    try:
        return Contract.load(path)
    except (LoaderError, IndexError):
        raise NotRunError(f"--document: {path} is no OpenAPI document with an operation") from None


def _count(text: str) -> int:
    """Read how many there are, at least one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return number


def _seed(text: str) -> int:
    """Read a number, or choose one at random."""
    if text != "random" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text}: expected a number from 0 on, or random")
    return random.SystemRandom().randrange(2**32) if text == "random" else int(text)


def _print(lines: Iterable[str], secrets: Iterable[str] = ()) -> None:
    try:
        for line in lines:
            # An output that is closed is None.
            if sys.stdout:
                sys.stdout.write(report.hide(line, secrets) + "\n")
                sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has read enough
        _discard_output()


def _discard_output() -> None:
    """Discard what could not be written: Python would try again at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_START = time.perf_counter()

_MODES: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "run": (_run, "check the sandbox, or the API at --base-url"),
    "record": (_record, "record samples of the live API, without personal data"),
    "faults": (_faults, "show that each fault of the sandbox is found"),
    "mutants": (_mutants, "show that every change of a document is noticed"),
    "breaks": (_breaks, "show that every broken client is noticed"),
    "seeds": (_seeds, "show that healthy runs report nothing"),
}

if __name__ == "__main__":
    sys.exit(main())
