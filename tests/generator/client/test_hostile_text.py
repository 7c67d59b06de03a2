"""Text of a document never becomes code, whatever it is and wherever it occurs.

`DOCUMENT` uses what the generator supports; each of its strings, keys and values, is a position.
Hostile texts are put into every position; what comes out is either refused with an error, or a
package of the very same code, its string literals and its names excepted.
"""

import ast
import builtins
import functools
import json
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from generator.client.generate import generate
from generator.errors import GeneratorError
from generator.spec.read import read_document
from generator.spec.values import is_array, is_object
from tests.generator.client import command, small

PACKAGE = "hostile_client"
CONFIG = small.configuration(PACKAGE)

# What every payload would do if it were ever run, and what would then be seen.
SENTINEL = "hostile_text_was_run"
PAYLOAD = f"__import__('builtins').__dict__.update({SENTINEL}=1)"
PRODUCT = "50337"  # of the two factors below, should a template engine see them

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

# The same, with texts together that are refused for the same reason: a name takes a text or refuses
# it for good, and every refusal costs a generation of its own.
MIXTURES = {
    "quotes": f"\"'\"\"\"''' {PAYLOAD} #",
    "backslashes": f'\\N{{DASH}} \\x \\777 \\"{PAYLOAD}\\',
    "braces": "{" + PAYLOAD + "} {x!r} {{ 7191*7 }} {% raise %} #} %s ${x}",
    "invisible": f"\n{PAYLOAD}\r{PAYLOAD}\0{PAYLOAD}\x85{PAYLOAD}\u2028{PAYLOAD}\u202e\u200b\ufeff",
    "punctuation": f".{PAYLOAD}-_/",
}

# Words that mean something to Python, to attrs, or to the modules and classes of the package.
WORDS = """
    class match OPERATION UUID print list dict type datetime date self cls None
    client body request response options arguments timeout headers warnings decode encode
    errors types models api call send close sync asyncio field define data additional_properties
    from_dict to_dict mro name value uuid operation Any Literal Self Unset Mapping StrEnum
    Client Response
""".split()  # noqa: SIM905 - a list of quoted words is harder to read

# Words that mean something to `Client`, which takes the names of tags and of security schemes.
CLIENTS_WORDS = """
    self class None call send close with_headers __init__ base_url timeout headers httpx_args name
    errors types Any Mapping Client given scheme
""".split()  # noqa: SIM905

DOCUMENT = read_document("""
openapi: 3.1.0
info:
  title: Widgets
  summary: All about widgets.
  description: Makes and shows widgets.
  termsOfService: https://widgets.example/terms
  version: 1.2.3
  contact: {name: Ann, url: https://widgets.example/ann, email: ann@widgets.example}
  license: {name: Free, url: https://widgets.example/licence}
externalDocs: {description: More of it., url: https://widgets.example/docs}
servers:
  - {url: https://api.widgets.example/v1, description: The only one.}
security:
  - apiToken: []
tags:
  - {name: Tools, description: What makes widgets.}
paths:
  /widgets/{widgetId}/view:
    parameters:
      - $ref: '#/components/parameters/WidgetId'
    get:
      operationId: getWidget
      tags: [Tools]
      summary: Show a widget
      description: Shows the widget that has this identifier.
      externalDocs: {description: More of this., url: https://widgets.example/get}
      deprecated: true
      parameters:
        - name: page
          in: query
          description: Which page.
          example: second
          schema: {type: string, default: first, pattern: '^[a-z]+$'}
        - name: shade
          in: query
          description: Which shade.
          schema: {$ref: '#/components/schemas/Colour'}
        - name: ids
          in: query
          description: Which ones.
          schema: {type: array, items: {type: string}}
        - name: since
          in: query
          description: Since when.
          schema: {type: string, format: date}
        - name: X-Trace
          in: header
          description: What to call this call.
          schema: {type: string}
        - name: session
          in: cookie
          description: Which session.
          schema: {type: string}
      responses:
        '200':
          description: The widget.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Widget'}
        4XX:
          description: No such widget.
          content:
            application/problem+json:
              schema: {$ref: '#/components/schemas/Failure'}
        default: {$ref: '#/components/responses/Trouble'}
  /widgets:
    post:
      operationId: makeWidget
      tags: [Tools]
      summary: Make a widget
      description: Makes a widget of its parts.
      requestBody:
        description: The widget to make.
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Widget'}
      responses:
        '201':
          description: Made.
          content:
            text/plain:
              schema: {type: string}
            text/event-stream:
              schema: {$ref: '#/components/schemas/Widget'}
        '204': {description: 'Made, and nothing to say.'}
  /probe:
    get:
      operationId: probe
      summary: Probe the server
      description: Needs no key.
      security: [{login: []}, {}]
      responses:
        '200':
          description: Some bytes.
          content:
            application/octet-stream:
              schema: {type: string, format: binary}
components:
  securitySchemes:
    apiToken:
      type: apiKey
      in: header
      name: X-Api-Token
      description: Ask Ann for it.
      x-environment-variables: [WIDGETS_TOKEN, OTHER_TOKEN]
      x-environment-variable-notes: {OTHER_TOKEN: Ask Ben for it.}
    login: {type: http, scheme: basic, description: Who you are.}
  parameters:
    WidgetId:
      name: widgetId
      in: path
      required: true
      description: Which widget to show.
      schema: {type: string}
  responses:
    Trouble:
      description: Anything else.
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Failure'}
  schemas:
    Colour: {type: string, description: What it looks like., enum: [red, dark red]}
    Size: {type: integer, description: How big it is., enum: [1, 2]}
    Failure:
      type: object
      description: What went wrong.
      required: [reason]
      properties:
        reason: {type: string, description: Why.}
    Part:
      type: object
      description: Some of a widget.
      additionalProperties: false
      required: [self]
      properties:
        self: {type: string, description: Its own name.}
    Widget:
      type: object
      description: A thing.
      required: [label, kind, colour, grid]
      properties:
        label:
          type: string
          description: What it is called.
          pattern: '^[A-Z]'
          example: Wheel
          examples: [Lever, Screw]
        kind: {type: string, const: widget-kind, description: What it is.}
        colour: {$ref: '#/components/schemas/Colour'}
        size: {$ref: '#/components/schemas/Size'}
        made: {type: [string, 'null'], format: date-time, description: When it was made.}
        day: {type: string, format: date, description: The day.}
        serial: {type: string, format: uuid, description: Its number.}
        weight: {type: number, description: In kilograms.}
        ready: {type: boolean, description: Whether it works.}
        parts:
          type: array
          description: What is in it.
          items: {$ref: '#/components/schemas/Part'}
        grid:
          type: array
          description: Its holes.
          items: {type: array, items: {type: integer}}
        extra:
          type: object
          description: What else there is.
          additionalProperties: {type: integer, description: How much of it.}
        owner:
          type: object
          title: Holder
          description: Whose it is.
          properties:
            ownerName: {type: string, description: The name.}
        either:
          description: One or the other.
          oneOf:
            - {$ref: '#/components/schemas/Part'}
            - {type: string, description: Its name alone.}
        maybe:
          description: A widget in the widget.
          anyOf:
            - {$ref: '#/components/schemas/Widget'}
            - {type: 'null'}
""")

# What the server answers. It changes with the names of the document.
WIDGET: dict[str, Any] = {
    "label": "Wheel",
    "kind": "widget-kind",
    "colour": "dark red",
    "size": 2,
    "made": "2024-02-29T08:30:00+00:00",
    "day": "2024-02-29",
    "serial": "5f0c3b1e-7c1d-4b8e-9a51-2f6a3d9c0e11",
    "weight": 1.5,
    "ready": True,
    "parts": [{"self": "cog"}],
    "grid": [[1, 2], []],
    "extra": {"spare cogs": 3},
    "owner": {"ownerName": "Bob"},
    "either": {"self": "cog"},
    "maybe": None,
}

# Names change wherever they stand at once: declared, referred to, required, in a path, in `WIDGET`.
# Those of components come first, as they are refused together.
NAMES = (
    *("Widget", "Part", "Colour", "Size", "Failure", "WidgetId", "Trouble"),
    *("apiToken", "Tools", "getWidget", "makeWidget", "probe"),
    *("widgetId", "page", "shade", "ids", "since", "X-Trace", "session"),
    *("label", "kind", "colour", "size", "made", "day", "serial", "weight", "ready", "parts"),
    *("grid", "extra", "owner", "ownerName", "either", "maybe", "self", "reason"),
    *("red", "dark red", "widget-kind"),
)

# Prose is never refused. Other free text is for the document's author to choose, but has a form.
# Every other string is one of OpenAPI's own words.
PROSE = {"summary", "description", "termsOfService", "example", "examples"}
FREE = {"title", "name", "url", "email", "version", "default", "pattern", "x-environment-variables"}


class Position(NamedTuple):
    """A string of the document: a name, or the key or value at a place."""

    kind: str
    place: tuple[str | int, ...]


Texts = dict[Position, str]


def walk(node: Any, place: tuple[str | int, ...] = ()) -> Iterator[Position]:
    """Every key and value that is no name."""
    if is_object(node):
        for key, value in node.items():
            if key not in NAMES:
                yield Position("key", (*place, key))
            yield from walk(value, (*place, key))
    elif is_array(node):
        for index, value in enumerate(node):
            yield from walk(value, (*place, index))
    elif isinstance(node, str) and node not in NAMES:
        yield Position("value", place)


def is_in(keys: set[str], position: Position) -> bool:
    """Whether the value belongs to one of the keys, by itself or in a list."""
    steps = [step for step in position.place if isinstance(step, str)]
    return position.kind == "value" and steps[-1] in keys


POSITIONS = [*walk(DOCUMENT), *(Position("name", (name,)) for name in NAMES)]
PROSE_POSITIONS = [p for p in POSITIONS if is_in(PROSE, p)]
# Where few characters are allowed. Next to each other they are refused together, which costs less.
STRICT = {
    "url", "default", "pattern", "x-environment-variables", "widgetId", "X-Trace", "session",
}.union(*DOCUMENT["components"].values())  # fmt: skip


def is_strict(position: Position) -> bool:
    last = next(step for step in reversed(position.place) if isinstance(step, str))
    return last in STRICT or last.startswith("/")


NAME_POSITIONS = sorted(
    (
        position
        for position in POSITIONS
        if position.kind == "name"
        or is_in(FREE, position)
        or str(position.place[-1]).startswith("/")
    ),
    key=is_strict,
)
OTHER_POSITIONS = [p for p in POSITIONS if p not in PROSE_POSITIONS and p not in NAME_POSITIONS]


def original(position: Position) -> str:
    if position.kind != "value":
        return str(position.place[-1])
    node = DOCUMENT
    for step in position.place:
        node = node[step]  # type: ignore[index]
    return str(node)


def put(texts: Texts, node: Any, place: tuple[str | int, ...] = ()) -> Any:
    """A copy of `node` with the texts in their positions."""
    if is_object(node):
        return {
            texts.get(Position("key", (*place, key))) or rename(texts, key): put(
                texts, value, (*place, key)
            )
            for key, value in node.items()
        }
    if is_array(node):
        return [put(texts, value, (*place, index)) for index, value in enumerate(node)]
    if isinstance(node, str):
        return texts.get(Position("value", place)) or rename(texts, node)
    return node


def rename(texts: Texts, string: str) -> str:
    """A string after the names in it, if it holds some, have changed."""
    if text := texts.get(Position("name", (string,))):
        return text
    head, slash, last = string.rpartition("/")
    if head.startswith("#/components/") and (text := texts.get(Position("name", (last,)))):
        return head + slash + text.replace("~", "~0").replace("/", "~1")
    if text := texts.get(Position("name", ("widgetId",))):
        return string.replace("{widgetId}", "{" + text + "}")
    return string


class Workshop:
    """Generates packages, and keeps what comes out of it until it is inspected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[tuple[Texts, Path]] = []
        self.count = 0
        self.refusal = ""

    def make(self, texts: Texts) -> Path | None:
        """Generate with these texts; None if the generator refuses, as it may."""
        self.count += 1
        site = self.folder / str(self.count)
        site.mkdir()
        document, config = site / "document.json", site / "config.yaml"
        document.write_text(json.dumps(put(texts, DOCUMENT)))
        config.write_text(CONFIG)
        self.refusal = ""
        try:
            generate(document, config, site / "output")
        except GeneratorError as error:
            self.refusal = str(error).strip() or "<nothing>"
        assert not hasattr(builtins, SENTINEL), texts
        if self.refusal:
            assert self.refusal != "<nothing>", texts
            assert "ruff" not in self.refusal, texts  # a syntax error: the text has become code
            assert not (site / "output").exists(), texts
            return None
        (site / "answer.json").write_text(json.dumps(put(texts, WIDGET)))
        self.made.append((texts, site))
        return site

    def make_all(self, texts: Texts) -> None:
        """Generate such that each text is in some package, or has been refused all by itself."""
        if self.make(texts) is None and len(texts) > 1:
            items = list(texts.items())
            self.make_all(dict(items[: len(items) // 2]))
            self.make_all(dict(items[len(items) // 2 :]))


class Shape(NamedTuple):
    """What a package is made of, without its strings and without the names that it gives itself."""

    nodes: Counter[str]
    outside_names: frozenset[str]


def shape(site: Path) -> Shape:
    nodes: Counter[str] = Counter()
    outside_names: set[str] = set()
    for path in (site / "output" / PACKAGE).rglob("*"):
        if path.is_dir():
            continue
        assert path.suffix == ".py" or path.name == "py.typed", path
        source = path.read_text(encoding="utf-8")
        assert PRODUCT not in source, path
        of_file = shape_of_source(source)
        nodes += of_file.nodes
        outside_names |= of_file.outside_names
    return Shape(nodes, frozenset(outside_names))


@functools.cache  # most modules are the same in every package
def shape_of_source(source: str) -> Shape:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an invalid escape is only a warning, as yet
        tree = ast.parse(source)
    nodes = Counter(["file", *filter(None, map(node_name, ast.walk(tree)))])
    return Shape(nodes, frozenset(loaded_names(tree) - bound_names(tree)))


def node_name(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str()) | ast.Expr(value=ast.Constant(value=str())):
            return None
        case ast.Constant(value=value):
            return repr(value)
        case _:
            return type(node).__name__


def loaded_names(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def bound_names(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.partition(".")[0])
            case ast.MatchAs(name=str(name)):
                names.add(name)
            case _:
                pass
    return names


# Imports every module of each package, and calls every operation of it, sync and async.
PROBE = f"""
import asyncio, builtins, importlib, inspect, json, pathlib, pkgutil, sys, warnings
import httpx

warnings.simplefilter("ignore", DeprecationWarning)

def argument(parameter, body):
    if parameter.name == "body" and parameter.kind is parameter.KEYWORD_ONLY:
        return body
    return ["x"] if "Sequence[" in parameter.annotation else "2024-02-29"

def call(package, method, body):
    parameters = inspect.signature(method).parameters.values()
    own = ("timeout", "max_retries", "headers", "extra_query")
    arguments = {{p.name: argument(p, body) for p in parameters if p.name not in own}}
    try:
        result = method(**arguments)
        return asyncio.run(result) if inspect.iscoroutine(result) else result
    except (package.errors.APIError, package.errors.ConfigurationError):
        return None

def check(site):
    package = importlib.import_module({PACKAGE!r})
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    answer = json.loads((site / "answer.json").read_text())
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    async_transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    client = package.Client("key", max_retries=0, httpx_args={{"transport": transport}})
    methods = [
        method
        for name, value in vars(package.Client).items()
        if isinstance(value, property)
        for _, method in inspect.getmembers(getattr(client, name), inspect.ismethod)
        if not method.__name__.startswith("_")
    ]
    results = [call(package, method, None) for method in methods]
    widgets = [result for result in results if hasattr(result, "to_dict")]
    assert len(methods) == 8, "an operation has no method"
    assert [widget.to_dict() for widget in widgets] == [answer, answer], "the answer is not read"
    for method in methods:
        call(package, method, widgets[0])

for site in map(pathlib.Path, sys.argv[1:]):
    sys.path.insert(0, str(site / "output"))
    try:
        check(site)
        assert not hasattr(builtins, {SENTINEL!r}), "text has become code"
    except Exception as error:
        print(f"{{site}}: {{type(error).__name__}}: {{error}}")
    sys.path.pop(0)
    for name in [name for name in sys.modules if name.partition(".")[0] == {PACKAGE!r}]:
        del sys.modules[name]
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture(scope="session")
def benign(tmp_path_factory: pytest.TempPathFactory) -> Shape:
    """The shape of the package that the document gives as it is."""
    site = Workshop(tmp_path_factory.mktemp("benign")).make({})
    assert site is not None
    return shape(site)


def assert_no_text_is_code(workshop: Workshop, expected: Callable[[Texts], Shape]) -> None:
    for texts, site in workshop.made:
        baseline, found = expected(texts), shape(site)
        assert baseline.nodes == found.nodes, (texts, found.nodes - baseline.nodes)
        assert found.outside_names <= baseline.outside_names, texts
    sites = [str(site) for _, site in workshop.made]
    finished = subprocess.run(
        [sys.executable, "-c", PROBE, *sites], capture_output=True, text=True, check=True
    )
    assert "" == finished.stdout


def test_every_string_is_a_position() -> None:
    everywhere = {position: f"<{number}>" for number, position in enumerate(POSITIONS)}

    changed = put(everywhere, DOCUMENT)

    assert set(map(original, POSITIONS)).isdisjoint(strings(changed))


def strings(node: Any) -> Iterator[str]:
    if is_object(node):
        yield from node
        yield from strings(list(node.values()))
    elif is_array(node):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize("part", range(2))
def test_prose_stays_prose(workshop: Workshop, benign: Shape, part: int) -> None:
    for text in list(TEXTS.values())[part::2]:
        made = workshop.make({p: original(p) + text for p in PROSE_POSITIONS})
        assert made is not None, workshop.refusal

    assert_no_text_is_code(workshop, lambda _: benign)


def test_text_that_is_not_unicode_is_refused(workshop: Workshop) -> None:
    made = workshop.make(dict.fromkeys(PROSE_POSITIONS, "\ud800"))

    assert made is None


@pytest.mark.parametrize("mixture", MIXTURES)
def test_names_stay_names(
    workshop: Workshop, benign: Shape, mixture: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    workshop.make_all({p: original(p) + MIXTURES[mixture] for p in NAME_POSITIONS})

    def expected(texts: Texts) -> Shape:
        if not {'"', "\\"} & {*MIXTURES[mixture]}:
            return benign
        # A class of such names is not read into structs, whatever else they hold.
        quoted = {p: original(p) + '"' for p in texts}
        site = Workshop(tmp_path_factory.mktemp("quoted")).make(quoted)
        assert site is not None
        return shape(site)

    assert_no_text_is_code(workshop, expected)


@pytest.mark.parametrize("start", range(0, len(WORDS), 14))
def test_words_of_python_and_the_package_are_names_like_others(
    workshop: Workshop, benign: Shape, start: int
) -> None:
    names = [name for name in NAMES if name not in ("apiToken", "Tools")]

    for turn in range(start, min(start + 14, len(WORDS)), 2):
        words = WORDS[turn:] + WORDS[:turn]
        texts = {Position("name", (n,)): word for n, word in zip(names, words, strict=False)}
        assert workshop.make(texts) is not None, workshop.refusal

    assert_no_text_is_code(workshop, lambda _: benign)


@pytest.mark.parametrize("form", ["__{}__", "{}_", "{}_async"])
def test_names_with_underscores_stay_names(workshop: Workshop, benign: Shape, form: str) -> None:
    workshop.make_all({Position("name", (n,)): form.format(n) for n in NAMES})

    assert_no_text_is_code(workshop, lambda _: benign)


@pytest.mark.parametrize(
    "names",
    [
        ("red", "dark red"),
        ("label", "kind"),
        ("page", "shade"),
        ("widgetId", "page"),
        ("getWidget", "makeWidget"),
        ("getWidget", "probe"),
        ("Colour", "Part"),
    ],
)
def test_names_that_come_to_the_same_stay_apart(
    workshop: Workshop, benign: Shape, names: tuple[str, str]
) -> None:
    for pair in (("some-thing", "some_thing"), ("someThing", "SOMETHING"), ("so", "so_async")):
        workshop.make({Position("name", (n,)): w for n, w in zip(names, pair, strict=True)})

    assert_no_text_is_code(workshop, lambda _: benign)


def test_words_of_the_client_stay_the_clients(workshop: Workshop, benign: Shape) -> None:
    scheme, tag = Position("name", ("apiToken",)), Position("name", ("Tools",))

    for word in CLIENTS_WORDS:
        workshop.make_all({scheme: word, tag: word})

    assert_no_text_is_code(workshop, lambda _: benign)


@pytest.mark.parametrize("part", range(8))
def test_openapis_words_become_no_code(workshop: Workshop, benign: Shape, part: int) -> None:
    texts = list(TEXTS.values())

    for number, position in enumerate(OTHER_POSITIONS[part::8]):
        workshop.make({position: texts[(number + part) % len(texts)]})

    assert_no_text_is_code(workshop, lambda texts: without(texts) or benign)


def without(texts: Texts) -> Shape | None:
    """The shape of the package whose document has a harmless word in these positions."""
    with tempfile.TemporaryDirectory() as folder:
        site = Workshop(Path(folder)).make(dict.fromkeys(texts, "harmless"))
        return shape(site) if site else None


def test_the_command_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    document, config, output = (tmp_path / name for name in ("d.json", "c.yaml", "output"))
    document.write_text(json.dumps(put({Position("name", ("apiToken",)): PAYLOAD}, DOCUMENT)))
    config.write_text(CONFIG)

    finished = command.generate(document, config, output)

    assert 1 == finished.returncode
    assert finished.stderr.startswith("error: ")
    assert "Traceback" not in finished.stderr
    assert not output.exists()
