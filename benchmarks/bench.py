"""Times this client beside its peers: the figures of docs/guide/performance.md, its chart, results.json.

`make bench` runs it on the wheel of this tree, in about ten minutes on two idle cores. Names of
rows choose a part of them, and ``--quick`` takes fewer rounds; both are shown and not written.
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
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from benchmarks import contenders, figures, inputs, peers
from benchmarks.contenders import CONTENDERS, ROOT, Missing
from benchmarks.goals import GOALS, Goal
from benchmarks.turns import Command, Figure, Taker, Worker, rounds

SIZES = (1, 10, 1000, 10_000, 100_000)
CONFIG = """\
project_name_override: large-client
package_name_override: large_client
package_version_override: 1.0.0
"""
NAMED = (
    *("attrs", "httpx", "httpx2", "msgspec", "openapi-generator-cli", "openapi-python-client"),
    *("openrouter", "pydantic", "ruff", "urllib3"),
)
"""The packages whose versions are told."""

ALL = ("this", "fast", "httpx2", "stock", "sdk", "openapi-generator", "httpx")
ASYNCHRONOUS = tuple(name for name in ALL if name != "openapi-generator")  # it has no such calls
READERS = ("this", "fast", "stock", "sdk", "openapi-generator", "httpx", "floor")
DOCUMENTED = ("this", "fast", "stock", "openapi-generator", "httpx", "floor")
MODELS = ("this", "fast", "stock", "sdk", "openapi-generator", "floor")
GENERATED = ("this", "stock", "openapi-generator")


class Bench(NamedTuple):
    """What there is to measure with; all of it is made for this run.

    Attributes:
        folder: Holds all the rest.
        pythons: The contenders' environments.
        port: Where the server of canned answers listens.
    """

    folder: Path
    pythons: Mapping[str, Path]
    port: int

    @property
    def documents(self) -> dict[str, Path]:
        """The documents that clients are generated of."""
        return {"this": ROOT / "openapi.yaml", "large": self.folder / "large.yaml"}

    def python(self, name: str) -> str:
        """A contender's interpreter; ``python`` is one that imports nothing."""
        return str(self.pythons["this" if name == "python" else name])

    def body(self, name: str) -> str:
        """The path of a body."""
        return str(self.folder / "bodies" / f"{name}.json")

    def base_url(self, name: str) -> str:
        """Where that body is the answer."""
        return f"http://127.0.0.1:{self.port}/{name}"


Taking = Callable[[Bench, str], Taker]
"""Makes the one who measures a contender."""


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        title: Its name.
        body: What each row of the body holds, where there is a body.
        names: The contenders that take part.
        taking: How it is measured; or the title of a row from which the interpreter's own start is
            subtracted.
        unit: In what: seconds or bytes.
    """

    title: str
    body: str
    names: tuple[str, ...]
    taking: Taking | str
    unit: str = "s"


class Group(NamedTuple):
    """Rows whose contenders all take turns with each other: see `rounds`."""

    rows: tuple[Row, ...]
    seconds: float
    least: int
    most: int = 41


# --------------------------------------------------------------------------------------------------
# How a row is measured
# --------------------------------------------------------------------------------------------------


def with_body(action: str, body: str) -> Taking:
    """By a worker that does something with a body."""
    return lambda bench, name: Worker(bench.python(name), name, action, bench.body(body))


def with_server(action: str, body: str) -> Taking:
    """By a worker that does something with a server."""
    return lambda bench, name: Worker(bench.python(name), name, action, bench.base_url(body))


def memory(figure: str, body: str) -> Taking:
    """By a fresh process each time, which holds the rows of a body."""
    action = "memory" if figure.endswith("RSS") else "memory, traced"

    def taking(bench: Bench, name: str) -> Taker:
        def find() -> float:
            worker = Worker(bench.python(name), name, action, bench.body(body))
            worker.stop()
            return float(worker.answer[figure.split()[0]])

        return Figure(find)

    return taking


def start(attribute: str) -> Taking:
    """By a fresh interpreter that runs code of the contender."""

    def taking(bench: Bench, name: str) -> Taker:
        code = str(getattr(CONTENDERS[name], attribute)) if name in CONTENDERS else "pass"
        return Command([bench.python(name), "-I", "-c", code])

    return taking


def first_result(bench: Bench, name: str) -> Taker:
    """By a fresh interpreter that prints a figure out of an answer."""
    of = CONTENDERS[name]
    code = f"import sys\n_, base_url, key = sys.argv\n{of.ready}\n{of.first}"
    return Command([bench.python(name), "-I", "-c", code, bench.base_url("1-unknown"), peers.KEY])


def size(bench: Bench, name: str) -> Taker:
    """By the files in the contender's environment."""
    return Figure(lambda: contenders.size(Path(bench.python(name)).parents[1]))


def generator(bench: Bench, name: str, document: Path) -> tuple[list[str], Path]:
    """The command by which a contender generates a document's package, and where it does."""
    package = bench.folder / "made" / document.stem / name / "large_client"
    package.parent.mkdir(parents=True, exist_ok=True)
    config = bench.folder / "config.yaml"
    return contenders.generating(name, document, config, package), package.parent


def generation(document: str) -> Taking:
    """By the command that generates, into an empty folder."""

    def taking(bench: Bench, name: str) -> Taker:
        command, folder = generator(bench, name, bench.documents[document])
        path = os.pathsep.join([str(contenders.SCRIPTS), os.environ.get("PATH", os.defpath)])
        # What Python compiles goes to the scratch folder, so that the tree stays as it is.
        compiled = str(bench.folder / "compiled")

        def empty() -> None:
            shutil.rmtree(folder)
            folder.mkdir()

        return Command(command, {"PATH": path, "PYTHONPYCACHEPREFIX": compiled}, empty)

    return taking


def large(attribute: str) -> Taking:
    """By a fresh interpreter that imports the client of the large document."""

    def taking(bench: Bench, name: str) -> Taker:
        command, folder = generator(bench, name, bench.documents["large"])
        if not any(folder.iterdir()) and (reason := peers.generate(command)):
            raise Missing(reason)
        code = str(getattr(CONTENDERS[name], attribute))
        return Command([bench.python(name), "-c", code], {"PYTHONPATH": str(folder)})

    return taking


KNOWN = "documented fields"
UNKNOWN = "and `cached_tokens`"

GROUPS = (
    Group(
        (
            Row("decode 10 rows", KNOWN, DOCUMENTED, with_body("decode", "10")),
            Row("decode 1,000 rows", KNOWN, DOCUMENTED, with_body("decode", "1000")),
            Row("decode 100,000 rows", KNOWN, DOCUMENTED, with_body("decode", "100000")),
        ),
        seconds=45,
        least=7,
    ),
    Group(
        (
            Row(
                *("decode 10 rows, unknown field", UNKNOWN),
                *(READERS, with_body("decode", "10-unknown")),
            ),
            Row(
                *("decode 1,000 rows, unknown field", UNKNOWN),
                *(READERS, with_body("decode", "1000-unknown")),
            ),
            Row(
                *("decode 100,000 rows, unknown field", UNKNOWN),
                *(READERS, with_body("decode", "100000-unknown")),
            ),
        ),
        seconds=55,
        least=7,
    ),
    Group(
        (Row("`to_dict` of 1,000 rows", UNKNOWN, MODELS, with_body("to_dict", "1000-unknown")),),
        seconds=10,
        least=7,
    ),
    Group(
        (
            Row("one call, 1 row", UNKNOWN, ALL, with_server("call", "1-unknown")),
            Row("one call, 1,000 rows", UNKNOWN, ALL, with_server("call", "1000-unknown")),
            Row(
                *("30 calls at once", UNKNOWN),
                *(ASYNCHRONOUS, with_server("calls_at_once", "1-unknown")),
            ),
            Row("construction of a client", "", ALL, with_server("construct", "1-unknown")),
        ),
        seconds=50,
        least=7,
    ),
    Group(
        (
            Row("memory held per row", KNOWN, DOCUMENTED, memory("held", "10000"), "B"),
            Row(
                "memory held per row, unknown field",
                UNKNOWN,
                READERS,
                memory("held", "10000-unknown"),
                "B",
            ),
        ),
        seconds=0,
        least=1,
    ),
    Group(
        (
            Row(
                "memory held per row, as RSS",
                UNKNOWN,
                READERS,
                memory("held RSS", "100000-unknown"),
                "B",
            ),
            Row(
                "peak RSS with 100,000 rows",
                UNKNOWN,
                READERS,
                memory("peak RSS", "100000-unknown"),
                "B",
            ),
        ),
        seconds=0,
        least=3,
    ),
    Group(
        (
            Row("process that imports", "", ("python", *ALL), start("imported")),
            Row("import", "", ALL, "process that imports"),
            Row("process that imports what a call needs", "", ALL, start("ready")),
            Row("fresh process to first result", UNKNOWN, ALL, first_result),
        ),
        seconds=60,
        least=7,
        most=21,
    ),
    Group((Row("size installed", "", ALL, size, "B"),), seconds=0, least=1),
    Group(
        (Row("generation, this document", "", GENERATED, generation("this")),),
        seconds=30,
        least=3,
        most=7,
    ),
    Group(
        (Row("generation, 100 operations", "", GENERATED, generation("large")),),
        seconds=60,
        least=3,
        most=3,
    ),
    Group(
        (
            Row("process that imports the large client", "", GENERATED, large("large")),
            Row("process that imports all its models", "", GENERATED, large("large_models")),
        ),
        seconds=30,
        least=5,
        most=11,
    ),
)


# --------------------------------------------------------------------------------------------------
# The run
# --------------------------------------------------------------------------------------------------


def tell(text: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


@contextlib.contextmanager
def server(python: Path, folder: Path) -> Generator[int]:
    """The server of canned answers, in a process of its own: its port."""
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
    """All that is measured with; which contenders are missing, and why."""
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "bodies").mkdir()
        inputs.write_bodies(folder / "bodies", SIZES)
        yaml: Any = YAML(typ="safe")
        yaml.dump(inputs.large_document(), folder / "large.yaml")
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        generated = contenders.generate(folder / "generated")
        pythons: dict[str, Path] = {}
        for contender in CONTENDERS:
            package = generated.get(contender)
            try:
                if isinstance(package, str):
                    raise Missing(package)
                pythons[contender] = contenders.install(contender, folder / contender, package)
            except Missing as error:
                missing[contender] = str(error)
                tell(f"without {contender}: {error}")
        with server(pythons["this"], folder / "bodies") as port:
            yield Bench(folder, pythons, port), missing


Samples = dict[tuple[str, str], list[float]]
"""What was measured, round by round, by the titles of rows and the names of contenders."""


def measure(bench: Bench, group: Group, scale: float) -> tuple[Samples, dict[str, dict[str, str]]]:
    """Measure the rows of a group; and whoever takes no part in one, and why."""
    takers: dict[tuple[str, str], Taker] = {}
    absent: dict[str, dict[str, str]] = {row.title: {} for row in group.rows}
    try:
        for row in group.rows:
            for name in row.names:
                if isinstance(row.taking, str) or name not in {"python", *bench.pythons}:
                    continue
                try:
                    takers[row.title, name] = row.taking(bench, name)
                except Missing as error:
                    absent[row.title][name] = str(error)
        least = max(1, round(group.least * scale))
        samples = rounds(takers, seconds=group.seconds * scale, least=least, most=group.most)
    finally:
        for taker in takers.values():
            taker.stop()
    for row in group.rows:
        for title, name in tuple(samples):
            if title == row.taking and name != "python":
                pairs = zip(samples[title, name], samples[title, "python"], strict=True)
                samples[row.title, name] = [whole - start for whole, start in pairs]
    return samples, absent


def quartiles(values: list[float]) -> list[float]:
    """The first and the third quartile, in four digits."""
    if len(values) < 2:
        return values * 2
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return [short(first), short(third)]


def short(value: float) -> float:
    """Four digits of a figure: more is noise."""
    return float(f"{value:.4g}")


def summary(row: Row, samples: Samples, absent: Mapping[str, str]) -> dict[str, Any]:
    """A row of results.json."""
    measured = {name: values for (title, name), values in samples.items() if title == row.title}
    return {
        "title": row.title,
        "body": row.body,
        "unit": row.unit,
        "rounds": max(map(len, measured.values()), default=0),
        "median": {
            name: short(statistics.median(measured[name])) for name in row.names if name in measured
        },
        "quartiles": {name: quartiles(measured[name]) for name in row.names if name in measured},
        "absent": dict(absent),
    }


def spread(goal: Goal, samples: Samples) -> list[float] | None:
    """The quartiles of a goal's ratio, round by round."""
    above = samples.get((goal.row, goal.contender))
    other, times = goal.per or (goal.row, 1)
    below = samples.get((other, goal.peer))
    if above is None or below is None:
        return None
    return quartiles([a / (b * times) for a, b in zip(above, below, strict=True)])


def marks(bench: Bench) -> dict[str, str]:
    """What each contender does with a body: see worker.py."""
    found: dict[str, str] = {}
    for name in bench.pythons:
        worker = Worker(bench.python(name), name, "marks", bench.body("10-unknown"))
        worker.stop()
        found[name] = str(worker.answer["marks"])
    return found


def versions(bench: Bench) -> dict[str, str]:
    """What was measured, by version."""
    found: dict[str, str] = {}
    environments = [*bench.pythons.values(), Path(sys.executable)]
    environments.append(contenders.JAVA_SCRIPTS / "python")
    for python in environments:
        found |= contenders.versions(python)
    mine = {name: found[name] for name in sorted(found) if name in NAMED}
    [wheel] = (ROOT / "dist").glob("*.whl")
    return {"openrouter-analytics": wheel.name.split("-")[1], **mine}


def machine() -> dict[str, str | int]:
    """Where it was measured."""
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
    """The groups with those of their rows whose titles hold one of the names, or all."""
    titles = [row.title for group in GROUPS for row in group.rows]
    for name in names:
        if not any(name in title for title in titles):
            raise SystemExit(f"no row is called {name!r}; there are: {', '.join(titles)}")
    groups: list[Group] = []
    for group in GROUPS:
        rows = [row for row in group.rows if not names or any(name in row.title for name in names)]
        derived = {row.taking for row in rows}
        rows = [row for row in group.rows if row in rows or row.title in derived]
        if rows:
            groups.append(group._replace(rows=tuple(rows)))
    return groups


def run(groups: list[Group], scale: float) -> dict[str, Any]:
    """Measure: what results.json holds."""
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
            tell(", ".join(row.title for row in group.rows))
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
