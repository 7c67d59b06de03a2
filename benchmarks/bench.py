"""Measure this client and others, for docs/guide/performance.md.

`make bench` measures the wheel of this checkout in four minutes on two idle cores. Names of rows
select rows, and ``--quick`` runs fewer rounds, in two minutes. With either, it prints figures and
writes none.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from benchmarks import contenders, figures, inputs, peers
from benchmarks.contenders import CONTENDERS
from benchmarks.goals import GOALS, Goal
from benchmarks.measurements import (
    ROOT,
    Measurement,
    Missing,
    Worker,
    by_turns,
    rounds,
    timed,
)

SIZES = (1, 10, 1000, 10_000, 100_000)
CORES = os.cpu_count() or 1
CONFIG = """\
project_name_override: large-client
package_name_override: large_client
package_version_override: 1.0.0
"""
NAMED = (
    *("attrs", "httpx", "httpx2", "msgspec", "openapi-generator-cli", "openapi-python-client"),
    *("openrouter", "pydantic", "ruff", "urllib3"),
)
"""The packages whose versions are in the results."""

ALL = ("this", "fast", "httpx2", "stock", "sdk", "openapi-generator", "httpx")
ASYNCHRONOUS = tuple(name for name in ALL if name != "openapi-generator")  # it has no such calls
READERS = ("this", "fast", "stock", "sdk", "openapi-generator", "httpx", "floor")
DOCUMENTED = ("this", "fast", "stock", "openapi-generator", "httpx", "floor")
MODELS = ("this", "fast", "stock", "sdk", "openapi-generator", "floor")
GENERATED = ("this", "stock", "openapi-generator")


class Bench(NamedTuple):
    """The environment of a run.

    Attributes:
        folder: A temporary folder for bodies, documents and generated packages.
        pythons: The interpreter of each contender.
        port: The port of the server with fixed responses.
    """

    folder: Path
    pythons: Mapping[str, Path]
    port: int

    @property
    def documents(self) -> dict[str, Path]:
        """The documents that clients are generated from."""
        return {"this": ROOT / "openapi.yaml", "large": self.folder / "large.yaml"}

    def python(self, name: str) -> str:
        """A contender's interpreter. The contender ``python`` imports nothing."""
        return str(self.pythons["this" if name == "python" else name])

    def body(self, name: str) -> str:
        """The file of a body."""
        return str(self.folder / "bodies" / f"{name}.json")

    def base_url(self, name: str) -> str:
        """The base URL that responds with a body."""
        return f"http://127.0.0.1:{self.port}/{name}"


Measure = Callable[[Bench, str], Measurement]
"""Prepares the measurement of a contender."""


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        title: The name of the row.
        body: The fields in the body's rows, if there is a body.
        names: The contenders.
        measure: How to measure, or the title of a row: then the figure is that row's, less the
            start of the interpreter.
    """

    title: str
    body: str
    names: tuple[str, ...]
    measure: Measure | str


class Group(NamedTuple):
    """Rows that are measured in the same rounds: see `rounds`.

    Attributes:
        rows: The rows.
        seconds: The time limit, after ``least`` rounds.
        least: The smallest number of rounds.
        most: The largest number of rounds.
        timed: Whether the figures are times. Others are found by several processes at once.
    """

    rows: tuple[Row, ...]
    seconds: float
    least: int
    most: int = 41
    timed: bool = True


# --------------------------------------------------------------------------------------------------
# How a row is measured
# --------------------------------------------------------------------------------------------------


def with_body(action: str, body: str, processes: int = 3) -> Measure:
    """Measure by workers that process a body."""

    def make(bench: Bench, name: str) -> Measurement:
        arguments = bench.python(name), name, action, bench.body(body)
        return by_turns([Worker(*arguments) for _ in range(processes)])

    return make


def with_server(action: str, body: str = "1-unknown") -> Measure:
    """Measure by a worker that calls the server."""
    return lambda bench, name: by_turns(
        [Worker(bench.python(name), name, action, bench.base_url(body))]
    )


def memory(figure: str, body: str) -> Measure:
    """Measure by a new process each time, which keeps the rows of a body."""
    action = "memory" if figure.endswith("RSS") else "memory, traced"

    def make(bench: Bench, name: str) -> Measurement:
        def find() -> float:
            worker = Worker(bench.python(name), name, action, bench.body(body))
            worker.stop()
            return float(worker.first[figure.split()[0]])

        return Measurement(find)

    return make


def start(attribute: str) -> Measure:
    """Measure by a new interpreter that runs code of the contender."""

    def make(bench: Bench, name: str) -> Measurement:
        code = str(getattr(CONTENDERS[name], attribute)) if name in CONTENDERS else "pass"
        return timed([bench.python(name), "-I", "-c", code])

    return make


def first_result(bench: Bench, name: str) -> Measurement:
    """Measure by a new interpreter that makes a call and prints one figure."""
    of = CONTENDERS[name]
    code = f"import sys\n_, base_url, key = sys.argv\n{of.ready}\n{of.first}"
    return timed([bench.python(name), "-I", "-c", code, bench.base_url("1-unknown"), peers.KEY])


def size(bench: Bench, name: str) -> Measurement:
    """Measure the files in the contender's environment."""
    return Measurement(lambda: contenders.size(Path(bench.python(name)).parents[1]))


def generator(bench: Bench, name: str, document: str) -> Measurement:
    """The command with which a contender generates a document's package into an empty folder."""
    folder = made(bench, name, document)
    folder.mkdir(parents=True, exist_ok=True)
    # Compiled files go to the temporary folder, so that the checkout stays unchanged.
    variables = {"PYTHONPYCACHEPREFIX": str(bench.folder / "compiled")}

    def empty() -> None:
        shutil.rmtree(folder)
        folder.mkdir()

    config = bench.folder / "config.yaml"
    path = bench.documents[document]
    command = contenders.generating(name, path, config, folder / "large_client")
    return timed(command, contenders.generation_environment() | variables, empty)


def made(bench: Bench, name: str, document: str) -> Path:
    """The folder of the package that a contender generates from a document."""
    return bench.folder / "made" / document / name


def generation(document: str) -> Measure:
    """Measure the command that generates a package."""
    return lambda bench, name: generator(bench, name, document)


_generating = threading.Lock()


def large(attribute: str) -> Measure:
    """Measure by a new interpreter that imports the client of the large document."""

    def make(bench: Bench, name: str) -> Measurement:
        folder = made(bench, name, "large")
        with _generating:  # the rows are prepared at once
            if not folder.exists():
                generator(bench, name, "large")
        code = str(getattr(CONTENDERS[name], attribute))
        return timed([bench.python(name), "-c", code], {"PYTHONPATH": str(folder)})

    return make


KNOWN = "documented fields"
UNKNOWN = "and `cached_tokens`"


def decoding(suffix: str, body: str, names: tuple[str, ...], file: str) -> tuple[Row, ...]:
    """A row for each size of a body. The large one takes long to prepare in each process."""
    return tuple(
        Row(
            f"decode {rows:,} rows{suffix}",
            body,
            names,
            with_body("decode", f"{rows}{file}", processes),
        )
        for rows, processes in ((10, 3), (1000, 3), (100_000, 1))
    )


CALLS = (
    Row("one call, 1 row", UNKNOWN, ALL, with_server("call")),
    Row("one call, 1,000 rows", UNKNOWN, ALL, with_server("call", "1000-unknown")),
    Row("30 calls at once", UNKNOWN, ASYNCHRONOUS, with_server("calls_at_once")),
    Row("construction of a client", "", ALL, with_server("construct")),
)
MEMORY = "memory held per row"
TRACED = (
    Row(MEMORY, KNOWN, DOCUMENTED, memory("held", "10000")),
    Row(f"{MEMORY}, unknown field", UNKNOWN, READERS, memory("held", "10000-unknown")),
)
RESIDENT = (
    Row(f"{MEMORY}, as RSS", UNKNOWN, READERS, memory("held RSS", "100000-unknown")),
    Row("peak RSS with 100,000 rows", UNKNOWN, READERS, memory("peak RSS", "100000-unknown")),
)
IMPORTS = (
    Row("process that imports", "", ("python", *ALL), start("imported")),
    Row("import", "", ALL, "process that imports"),
    Row("process that imports what a call needs", "", ALL, start("ready")),
    Row("fresh process to first result", UNKNOWN, ALL, first_result),
)
TO_DICT = Row("`to_dict` of 1,000 rows", UNKNOWN, MODELS, with_body("to_dict", "1000-unknown"))
GROUPS = (
    Group(decoding("", KNOWN, DOCUMENTED, ""), seconds=22, least=3),
    Group(decoding(", unknown field", UNKNOWN, READERS, "-unknown"), seconds=26, least=3),
    Group((TO_DICT,), seconds=6, least=7),
    Group(CALLS, seconds=26, least=7),
    Group(TRACED, seconds=0, least=1, timed=False),
    Group(RESIDENT, seconds=0, least=3, timed=False),
    Group(IMPORTS, seconds=30, least=5, most=21),
    Group((Row("size installed", "", ALL, size),), seconds=0, least=1, timed=False),
    Group(
        (Row("generation, this document", "", GENERATED, generation("this")),),
        seconds=15,
        least=3,
        most=7,
    ),
    Group(
        (Row("generation, 100 operations", "", GENERATED, generation("large")),),
        seconds=25,
        least=2,
        most=3,
    ),
    Group(
        (
            Row("process that imports the large client", "", GENERATED, large("large")),
            Row("process that imports all its models", "", GENERATED, large("large_models")),
        ),
        seconds=12,
        least=3,
        most=11,
    ),
)

# --------------------------------------------------------------------------------------------------
# The run
# --------------------------------------------------------------------------------------------------


def log(text: str) -> None:
    """Report progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


@contextlib.contextmanager
def server(python: Path, folder: Path) -> Generator[int]:
    """Run the server with fixed responses in its own process; yields its port."""
    process = subprocess.Popen(  # noqa: S603 - a module of ours
        [python, "-m", "benchmarks.server", folder],
        env={**peers.environment(), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout  # noqa: S101 - it is a pipe
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def prepared() -> Generator[tuple[Bench, dict[str, str]]]:
    """The environment of a run, and the reason for each missing contender."""
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "bodies").mkdir()
        inputs.write_bodies(folder / "bodies", SIZES)
        yaml: Any = YAML(typ="safe")
        yaml.dump(inputs.large_document(), folder / "large.yaml")
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        with ThreadPoolExecutor(CORES) as threads:
            generated = {
                contender: threads.submit(contenders.generate, contender, folder / "generated")
                for contender in ("openapi-generator", "stock")
            }
            installed = {
                contender: threads.submit(contenders.install, contender, folder / contender)
                for contender in CONTENDERS
            }
        pythons: dict[str, Path] = {}
        for contender, install in installed.items():
            try:
                pythons[contender] = install.result()
                if contender in generated:
                    contenders.add(generated[contender].result(), folder / contender)
            except Missing as error:
                pythons.pop(contender, None)
                missing[contender] = str(error)
                log(f"without {contender}: {error}")
        with server(pythons["this"], folder / "bodies") as port:
            yield Bench(folder, pythons, port), missing


Samples = dict[tuple[str, str], list[float]]
"""The figures of all rounds, by row and contender."""


def measure(bench: Bench, group: Group, scale: float) -> tuple[Samples, dict[str, dict[str, str]]]:
    """Measure the rows of a group; also returns the reason for each absent contender."""
    measurements: dict[tuple[str, str], Measurement] = {}
    absent: dict[str, dict[str, str]] = {row.title: {} for row in group.rows}
    names = {"python", *bench.pythons}
    try:
        with ThreadPoolExecutor(CORES) as threads:
            started = {
                (row.title, name): threads.submit(row.measure, bench, name)
                for row in group.rows
                for name in row.names
                if not isinstance(row.measure, str) and name in names
            }
        for (title, name), future in started.items():
            try:
                measurements[title, name] = future.result()
            except Missing as error:
                absent[title][name] = str(error)
        samples = rounds(
            measurements,
            seconds=group.seconds * scale,
            least=max(1, round(group.least * scale)),
            most=group.most,
            at_once=1 if group.timed else CORES,
        )
    finally:
        for measurement in measurements.values():
            measurement.stop()
    for row in group.rows:
        for title, name in tuple(samples):
            if title == row.measure and name != "python":
                pairs = zip(samples[title, name], samples[title, "python"], strict=True)
                samples[row.title, name] = [whole - start for whole, start in pairs]
    return samples, absent


def quartiles(values: list[float]) -> list[float]:
    """The first and third quartile, with four digits."""
    if len(values) < 2:
        return values * 2
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return [short(first), short(third)]


def short(value: float) -> float:
    """A figure with four digits: more would be noise."""
    return float(f"{value:.4g}")


def summary(row: Row, samples: Samples, absent: Mapping[str, str]) -> dict[str, Any]:
    """The figures of a row."""
    measured = {name: values for (title, name), values in samples.items() if title == row.title}
    return {
        "title": row.title,
        "body": row.body,
        "rounds": max(map(len, measured.values()), default=0),
        "median": {
            name: short(statistics.median(measured[name])) for name in row.names if name in measured
        },
        "absent": dict(absent),
    }


def spread(goal: Goal, samples: Samples) -> list[float] | None:
    """The quartiles of a goal's ratio in all rounds."""
    above = samples.get((goal.row, goal.contender))
    other, times = goal.per or (goal.row, 1)
    below = samples.get((other, goal.peer))
    if above is None or below is None:
        return None
    return quartiles([a / (b * times) for a, b in zip(above, below, strict=True)])


def marks(bench: Bench) -> dict[str, str]:
    """How each contender reads a body, as letters: see `worker.marks`."""
    found: dict[str, str] = {}
    for name in bench.pythons:
        worker = Worker(bench.python(name), name, "marks", bench.body("10-unknown"))
        worker.stop()
        found[name] = str(worker.first["marks"])
    return found


def versions(bench: Bench) -> dict[str, str]:
    """The versions of the measured packages."""
    found: dict[str, str] = {}
    environments = [*bench.pythons.values(), Path(sys.executable)]
    environments.append(contenders.OPENAPI_GENERATOR / "bin/python")
    for python in filter(Path.exists, environments):
        found |= contenders.versions(python)
    mine = {name: found[name] for name in sorted(found) if name in NAMED}
    [wheel] = (ROOT / "dist").glob("*.whl")
    return {"openrouter-analytics": wheel.name.split("-")[1], **mine}


def machine() -> dict[str, str | int]:
    """The machine and its Python."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def chosen(names: list[str]) -> list[Group]:
    """The groups with the rows whose titles contain one of the names, or all without names."""
    titles = [row.title for group in GROUPS for row in group.rows]
    for name in names:
        if not any(name in title for title in titles):
            raise SystemExit(f"no row is called {name!r}; there are: {', '.join(titles)}")
    groups: list[Group] = []
    for group in GROUPS:
        rows = [row for row in group.rows if not names or any(name in row.title for name in names)]
        derived = {row.measure for row in rows}
        rows = [row for row in group.rows if row in rows or row.title in derived]
        if rows:
            groups.append(group._replace(rows=tuple(rows)))
    return groups


def run(groups: list[Group], scale: float) -> dict[str, Any]:
    """Measure, and return all figures."""
    with prepared() as (bench, missing):
        results: dict[str, Any] = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": machine(),
            "versions": versions(bench),
            "contenders": {name: of.title for name, of in CONTENDERS.items()},
            "missing": missing,
            "marks": marks(bench),
            "rows": [],
            "goals": [],
        }
        samples: Samples = {}
        for group in groups:
            log(", ".join(row.title for row in group.rows))
            found, absent = measure(bench, group, scale)
            samples |= found
            for row in group.rows:
                results["rows"].append(summary(row, found, absent[row.title]))
        for goal in GOALS:
            results["goals"].append({**goal._asdict(), "spread": spread(goal, samples)})
    return results


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help="parts of the titles of the rows to measure")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    arguments = parser.parse_args()
    try:
        results = run(chosen(arguments.rows), 0.2 if arguments.quick else 1.0)
    except Missing as error:
        raise SystemExit(f"error: {error}") from error
    sys.stdout.write(figures.text(results))
    if not arguments.rows and not arguments.quick:
        figures.write(results)
    failed = [
        f"{name}, {row['title']}: {reason}"
        for row in results["rows"]
        for name, reason in row["absent"].items()
        if name in ("this", "fast", "httpx2")
    ]
    if failed:
        raise SystemExit("\n".join(failed))


if __name__ == "__main__":
    main()
