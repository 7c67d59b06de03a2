"""Hostile texts for every string of a document, and the shape of the code that is made of it.

Each string of `DOCUMENT`, key or value, is a position. The tests put texts into positions. Then the
generator refuses the document with an error, or makes a package of the very same code, except for
string literals and names.
"""

import ast
import builtins
import functools
import json
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.client.generate import generate
from generator.errors import GeneratorError
from generator.spec.read import read_document
from generator.spec.references import objects
from generator.spec.values import as_object, is_array, is_object
from tests.generator.client import small
from tests.generator.paths import DOCUMENTS, ROOT

DOCUMENT = read_document((DOCUMENTS / "shapes.yaml").read_text("utf-8"))
PACKAGE = "hostile_client"

# Every payload sets this name in `builtins` if it is ever run.
SENTINEL = "hostile_text_was_run"
PAYLOAD = f"__import__('builtins').__dict__.update({SENTINEL}=1)"
PRODUCT = "50337"  # of the two factors below, if a template engine evaluates them

TEXTS = {
    "double quote": f'"+{PAYLOAD}+"',
    "single quote": "'+{}+'".format(PAYLOAD.replace("'", '"')),
    "docstring": f'"""\n{PAYLOAD}\n"""',
    "single-quoted docstring": f"'''\n{PAYLOAD}\n'''",
    "bracket": f'")] + [{PAYLOAD}] #',
    "backslash": "\\",
    "backslash and quote": f'\\"+{PAYLOAD}+\\"',
    "escape": "\\N{DASH} \\x \\u12 \\777",
    "newline": f"\n{PAYLOAD}\n",
    "carriage return": f"\r{PAYLOAD}\r",
    "other line ends": f"\u2028{PAYLOAD}\u2029{PAYLOAD}\x85{PAYLOAD}\x0c{PAYLOAD}",
    "nul": f"\0{PAYLOAD}",
    "invisible": "\u202e\u200b\ufeff",
    "open brace": "{",
    "close brace": "}",
    "replacement field": "{" + PAYLOAD + "}",
    "format": "{0.__class__} {x!r:>10} %s %(x)d $x ${x}",
    "template expression": "{{ 7191*7 }} {{ ''.__class__ }}",
    "template statement": "{% raise %} {% include '/etc/passwd' %} {# #}",
    "end of template comment": "#} -#} %} }} {{ 7191*7 }}",
    "comment": f"# type: ignore\n{PAYLOAD} # noqa",
    "call": PAYLOAD,
    "path": "/{" + PAYLOAD + "}/../..",
    "keyword": "class",
    "dunder": "__class__",
    "long": f"\\ {PAYLOAD} " * 40,
}

# The generator never refuses prose. OTHER_TOKEN is a variable that has a note. Other free text must
# have a certain form. Every other string is a name, or a word of OpenAPI.
PROSE = {"summary", "description", "termsOfService", "example", "examples", "OTHER_TOKEN"}
FREE = {"title", "name", "url", "email", "version", "default", "pattern", "x-environment-variables"}
STRICT = {"url", "pattern", "x-environment-variables", "securitySchemes"}


def _names() -> Iterator[tuple[str, int]]:
    """The names in the document, which may occur in several places, and how strict each is.

    0 allows any characters, 1 only visible ones, and 2 only few. Names of one strictness become
    neighbours: they are refused together, which takes fewer generations.
    """
    for components in DOCUMENT["components"].values():
        yield from ((name, 2) for name in components)
    for _, node in objects(DOCUMENT):
        others = [node[key] for key in ("operationId", "const") if isinstance(node.get(key), str)]
        others += node.get("tags", []) if "responses" in node else []
        others += as_object(as_object(node.get("discriminator")).get("mapping"))
        yield from ((name, 0) for name in others)
        values = [value for value in node.get("enum", []) if isinstance(value, str)]
        yield from ((value, 2 if "default" in node else 0) for value in values)  # of a server
        yield from ((name, 1) for name in as_object(node.get("properties")))
        if node.get("in") in ("path", "query", "header", "cookie") and "type" not in node:
            yield node["name"], 1 if node["in"] == "query" else 2


#: A name changes everywhere at once: in its declaration, in references, in `required`, in a path.
#: An empty value of an enum is not a name.
NAMES = {name: strictness for name, strictness in _names() if name}


class Position(NamedTuple):
    """A string of the document: a name, or the key or value at a place."""

    kind: str
    place: tuple[str | int, ...]

    @property
    def last(self) -> str:
        """The last key on the way to it."""
        return next(step for step in reversed(self.place) if isinstance(step, str))

    @property
    def original(self) -> str:
        """What the document has there."""
        if self.kind != "value":
            return str(self.place[-1])
        return str(functools.reduce(lambda node, step: node[step], self.place, DOCUMENT))  # type: ignore[index]


Texts = dict[Position, str]


def _walk(node: Any, place: tuple[str | int, ...] = ()) -> Iterator[Position]:
    """Every key and value that is no name."""
    if is_object(node):
        for key, value in node.items():
            if key not in NAMES:
                yield Position("key", (*place, key))
            yield from _walk(value, (*place, key))
    elif is_array(node):
        for index, value in enumerate(node):
            yield from _walk(value, (*place, index))
    elif isinstance(node, str) and node and node not in NAMES:
        yield Position("value", place)


def _is_in(keys: set[str], position: Position) -> bool:
    return position.kind == "value" and position.last in keys


POSITIONS = [*_walk(DOCUMENT), *(Position("name", (name,)) for name in NAMES)]
PROSE_POSITIONS = [p for p in POSITIONS if _is_in(PROSE, p)]
NAME_POSITIONS = sorted(
    (
        p
        for p in POSITIONS
        if p not in PROSE_POSITIONS and (p.kind == "name" or _is_in(FREE, p) or p.last[0] == "/")
    ),
    key=lambda p: NAMES.get(p.original, 2 * (not STRICT.isdisjoint(p.place))),
)
#: A word that has the same place in several objects is one position.
OTHER_POSITIONS = [
    *{
        (p.kind, p.original, p.place[-2:] if p.kind == "value" else p.last): p
        for p in POSITIONS
        if p not in PROSE_POSITIONS and p not in NAME_POSITIONS
    }.values()
]


def put(texts: Texts, node: Any = DOCUMENT, place: tuple[str | int, ...] = ()) -> Any:
    """A copy of a node, with the texts in their positions."""
    if is_object(node):
        return {
            texts.get(Position("key", (*place, key))) or _renamed(texts, key): put(
                texts, value, (*place, key)
            )
            for key, value in node.items()
        }
    if is_array(node):
        return [put(texts, value, (*place, index)) for index, value in enumerate(node)]
    if isinstance(node, str):
        return texts.get(Position("value", place)) or _renamed(texts, node)
    return node


def _renamed(texts: Texts, string: str) -> str:
    """A string in which the names are replaced."""

    def new(name: str) -> str:
        return texts.get(Position("name", (name,)), name)

    if string.startswith("#/"):
        steps = [new(step).replace("~", "~0").replace("/", "~1") for step in string.split("/")]
        return "/".join(steps)
    if string.startswith("/"):
        return re.sub(r"(?<=\{)[^{}]+", lambda name: new(name[0]), string)
    return new(string)


def folder_of(document: Any, folder: Path) -> Path:
    """Generate a document into a folder in which the smoke test of updates finds what it needs."""
    folder.mkdir(exist_ok=True)
    contract, config = folder / "openapi.yaml", folder / "generator-config.yaml"
    contract.write_text(json.dumps(document), "utf-8")
    config.write_text(small.configuration(PACKAGE), "utf-8")
    generate(contract, config, folder / "generated")
    return folder


class Workshop:
    """Generates packages, and keeps them until they are inspected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[tuple[Texts, Path]] = []
        self.count = 0
        self.refusal = ""

    def make(self, texts: Texts) -> Path | None:
        """Generate with these texts; None if the generator refuses, as it may."""
        self.count += 1
        folder, self.refusal = self.folder / str(self.count), ""
        try:
            folder_of(put(texts), folder)
        except GeneratorError as error:
            self.refusal = str(error).strip() or "<nothing>"
        assert not hasattr(builtins, SENTINEL), texts
        if self.refusal:
            assert self.refusal != "<nothing>", texts
            assert "ruff" not in self.refusal, texts  # a syntax error: the text has become code
            assert not (folder / "generated").exists(), texts
            return None
        self.made.append((texts, folder))
        return folder

    def make_all(self, texts: Texts) -> None:
        """Generate until each text is in a package, or has been refused on its own."""
        if self.make(texts) is None and len(texts) > 1:
            items = list(texts.items())
            self.make_all(dict(items[: len(items) // 2]))
            self.make_all(dict(items[len(items) // 2 :]))

    def inspect(self, expected: Callable[[Texts], "Shape"]) -> None:
        """Compare each package with one of harmless texts, import its modules, and call it."""
        for texts, folder in self.made:
            baseline, found = expected(texts), shape(folder)
            assert baseline.nodes == found.nodes, (texts, found.nodes - baseline.nodes)
            assert found.outside_names <= baseline.outside_names, texts
        failures = smoke_failures(*(folder for _, folder in self.made))
        assert "" == failures, failures


#: Imports every module of each package, and runs the smoke test of updates, in a new process.
PROBE = f"""
import builtins, importlib, pkgutil, sys
from generator.update.smoke_calls import main

for folder in sys.argv[1:]:
    if main(folder):
        print("in", folder)
    package = importlib.import_module({PACKAGE!r})
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    if hasattr(builtins, {SENTINEL!r}):
        print("text has become code in", folder)
    sys.path.pop(0)
    for name in [name for name in sys.modules if name.partition(".")[0] == {PACKAGE!r}]:
        del sys.modules[name]
"""


def smoke_failures(*folders: Path) -> str:
    """The failures of the packages in some folders."""
    command = [sys.executable, "-W", "error", "-c", PROBE, *map(str, folders)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


class Shape(NamedTuple):
    """The syntax of a package without its strings, and the names that it takes from outside."""

    nodes: Counter[str]
    outside_names: frozenset[str]


def shape(folder: Path) -> Shape:
    """The shape of the package in a folder."""
    files = [path for path in (folder / "generated" / PACKAGE).rglob("*") if path.is_file()]
    assert {".py"} == {path.suffix for path in files if path.name != "py.typed"}
    sources = [path.read_text("utf-8") for path in files]
    assert not [source for source in sources if PRODUCT in source]
    shapes = [_shape_of_source(source) for source in sources]
    names = frozenset[str]().union(*(each.outside_names for each in shapes))
    return Shape(sum((each.nodes for each in shapes), Counter[str]()), names)


@functools.cache  # most modules are the same in every package
def _shape_of_source(source: str) -> Shape:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an invalid escape is only a warning, as yet
        tree = ast.parse(source)
    nodes = Counter(["file"])
    loaded, bound = set[str](), set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str()) | ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Constant(value=value):
                nodes[repr(value)] += 1
                continue
            case ast.Name(id=name, ctx=ast.Load()):
                loaded.add(name)
            case ast.Name(id=name) | ast.arg(arg=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.partition(".")[0])
            case ast.MatchAs(name=str(name)):
                bound.add(name)
            case _:
                pass
        nodes[type(node).__name__] += 1
    return Shape(nodes, frozenset(loaded - bound))
