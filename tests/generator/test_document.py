"""The document module, the chain from the published page, and the contract that it makes."""

import contextlib
import copy
import datetime as dt
import difflib
import itertools
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml  # type: ignore[import-untyped]

from generator import document as documents
from generator.errors import GeneratorError
from generator.intake import unmistakable

ROOT = Path(__file__).parents[2]
FIRST = Path(__file__).parent / "documents"
PAGE = (FIRST / "get-user-activity.md").read_bytes().decode()
PAGE_OVERLAY = (FIRST / "get-user-activity-overlay.yaml").read_bytes().decode()
UPSTREAM = (ROOT / "spec/upstream.yaml").read_bytes().decode()
OVERLAY = (ROOT / "spec/overlay.yaml").read_bytes().decode()
CONTRACT_TEXT = (ROOT / "openapi.yaml").read_bytes().decode()
CONTRACT = documents.load(CONTRACT_TEXT)
# What the chain began with; it stays when the project's own contract goes on.
FIRST_TEXT = documents.make_contract(documents.yaml_block(PAGE), PAGE_OVERLAY)
FIRST_CONTRACT = documents.load(FIRST_TEXT)


# The chain


@pytest.mark.skipif("page of 2025-11-08" not in OVERLAY, reason="a later version has been taken in")
def test_upstream_is_the_block_of_the_page() -> None:
    assert documents.yaml_block(PAGE) == UPSTREAM


def test_upstream_through_the_chain_gives_the_contract() -> None:
    assert documents.make_contract(UPSTREAM, OVERLAY) == CONTRACT_TEXT


MAKE_CONTRACT = """
import pathlib, sys
from generator.document import make_contract
names = ("spec/upstream.yaml", "spec/overlay.yaml")
texts = [pathlib.Path(name).read_text("utf-8") for name in names]
sys.stdout.buffer.write(make_contract(*texts).encode())
"""


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_contract_does_not_depend_on_the_process(seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Pacific/Apia"}
    run = subprocess.run(
        [sys.executable, "-c", MAKE_CONTRACT], cwd=ROOT, env=environment, capture_output=True
    )

    assert (run.returncode, run.stdout.decode()) == (0, CONTRACT_TEXT), run.stderr.decode()


LOADED_MODULES = """
import sys
from generator.document import load
load(open("openapi.yaml", encoding="utf-8").read())
print({"jsonpath", "jsonschema_rs", "openapi_spec_validator"} & set(sys.modules) or "none")
"""


def test_reading_a_document_imports_no_validator() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED_MODULES], cwd=ROOT, capture_output=True, text=True
    )

    assert run.stdout == "none\n", run.stderr


# The text of the first contract


def test_the_contract_says_where_it_comes_from_and_ends_in_a_newline() -> None:
    header = " ".join(re.findall("^# (.*)$", FIRST_TEXT, re.MULTILINE))

    assert header == (
        "Made by `make spec` from spec/upstream.yaml (the YAML block of OpenRouter's "
        "documentation page of 2025-11-08) and spec/overlay.yaml. Not to be edited: corrections "
        "belong in spec/overlay.yaml."
    )
    assert FIRST_TEXT.startswith("# Made by")
    assert FIRST_TEXT.endswith("\n")
    assert "\r" not in FIRST_TEXT


def test_what_upstream_wrote_stays_in_its_order_and_notation() -> None:
    diff = difflib.unified_diff(
        documents.yaml_block(PAGE).splitlines(), FIRST_TEXT.splitlines(), n=0
    )
    replaced = """\
  title: Get user activity grouped by endpoint
  version: endpoint_analytics.getUserActivity
        - - subpackage_analytics
        - name: Authorization
          in: header
          description: API key as bearer token in Authorization header
          required: true
          schema:
            type: string
          content: {}
          content: {}
          content: {}
          content: {}
"""

    assert replaced.splitlines() == [line[1:] for line in list(diff)[2:] if line.startswith("-")]


def test_what_the_overlay_says_of_the_operation() -> None:
    operation = FIRST_CONTRACT["paths"]["/activity"]["get"]
    scheme = FIRST_CONTRACT["components"]["securitySchemes"]["apiKey"]
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
    bodies = {status: answer["content"] for status, answer in operation["responses"].items()}

    assert FIRST_CONTRACT["info"] == {"title": "OpenRouter Analytics", "version": "2025-11-08"}
    assert FIRST_CONTRACT["servers"] == [{"url": "https://openrouter.ai/api/v1"}]
    assert operation["tags"] == ["analytics"]
    assert operation["security"] == [{"apiKey": []}]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert scheme["x-environment-variables"] == ["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_API_KEY"]
    assert [(parameter["name"], parameter["schema"]) for parameter in operation["parameters"]] == [
        ("date", {"type": "string", "format": "date"})
    ]
    assert list(bodies) == ["200", "400", "401", "403", "500", "default"]
    assert [error] * 5 == [body for status, body in bodies.items() if status != "200"]


def test_every_schema_and_property_has_a_description() -> None:
    described = {
        f"{name}.{key}": value
        for name, schema in FIRST_CONTRACT["components"]["schemas"].items()
        for key, value in {"": schema, **schema["properties"]}.items()
    }

    assert {"ErrorResponse.error"} == {
        name for name, schema in described.items() if "description" not in schema
    }


def test_what_only_later_documents_name_is_not_in_the_contract() -> None:
    later = ["cached_tokens", "group_by", "workspace_id", "api_key_hash", "openrouter_metadata"]

    assert [name for name in later if name in FIRST_TEXT] == []


# The bodies that the contract allows


def validator(status: str) -> jsonschema_rs.Draft202012Validator:
    """A validator that asserts formats, for the bodies that the contract has under a status."""
    answer = CONTRACT["paths"]["/activity"]["get"]["responses"][status]
    schema = answer["content"]["application/json"]["schema"]
    root = {**schema, "components": CONTRACT["components"]}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


ACTIVITY = validator("200")
ERROR = validator("400")
# A row as the live API sends it.
ROW = {
    "date": "2026-08-23 00:00:00",
    "model": "example-author/example-model",
    "model_permaslug": "example-author/example-model-2026-01-01",
    "endpoint_id": "00000000-0000-4000-8000-000000000001",
    "provider_name": "Example Provider",
    "usage": 0.015,
    "byok_usage_inference": 0,
    "requests": 5,
    "prompt_tokens": 1200,
    "completion_tokens": 340,
    "reasoning_tokens": 100,
}


def test_the_example_is_valid_and_has_live_dates() -> None:
    answer = CONTRACT["paths"]["/activity"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["example"]

    assert ACTIVITY.is_valid(example)
    assert all(row["date"].endswith(" 00:00:00") for row in example["data"])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="none"),
        pytest.param([ROW], id="live"),
        pytest.param([ROW | {"cached_tokens": 12}], id="with a field that it does not name"),
        pytest.param([ROW | {"date": "2026-08-23"}], id="as documented"),
        pytest.param([ROW | {"date": "2024-02-29 00:00:00"}], id="leap day"),
        pytest.param([ROW, ROW | {"date": "2000-02-29"}], id="two"),
    ],
)
def test_body_of_the_live_api_is_valid(rows: list[dict[str, Any]]) -> None:
    assert ACTIVITY.is_valid({"data": rows})


WRONG_DATES = [
    "",
    " ",
    "2026-02-30",
    "2026-02-30 00:00:00",
    "2023-02-29",
    "2023-02-29 00:00:00",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-01-32",
    "1999-12-31",
    "2100-01-01",
    "2026-08-23 00:00:01",
    "2026-08-23 12:00:00",
    "2026-08-23 24:00:00",
    "2026-08-23 00:00",
    "2026-08-23 00:00:00.000",
    "2026-08-23 00:00:00Z",
    "2026-08-23 00:00:00+00:00",
    "2026-08-23T00:00:00",
    "2026-08-23T00:00:00Z",
    "2026-08-23  00:00:00",
    "2026-08-23\t00:00:00",
    "2026-08-23\u00a000:00:00",
    "2026-08-23 ",
    " 2026-08-23",
    "2026-08-23\n",
    "2026-08-23 00:00:00\n",
    "\n2026-08-23",
    "2026-08-23\r\n",
    "2026-08-22\n2026-08-23",
    "2026-8-3",
    "26-08-23",
    "02026-08-23",
    "20260823",
    "2026-W34-7",
    "2026-235",
    "2026/08/23",
    "23-08-2026",
    "08/23/2026",
    "２０２６-０８-２３",
    "٢٠٢٦-٠٨-٢٣",
    "today",
    "null",
]


@pytest.mark.parametrize("date", [*WRONG_DATES, None, 20260823, 1787443200, True, ["2026-08-23"]])
def test_row_with_a_wrong_date_is_not_valid(date: Any) -> None:
    errors = list(ACTIVITY.iter_errors({"data": [ROW | {"date": date}]}))

    assert [list(error.instance_path) for error in errors] == [["data", 0, "date"]]


def test_every_calendar_day_of_the_century_and_no_other_is_valid() -> None:
    first = dt.date(2000, 1, 1)
    days = {str(first + dt.timedelta(days=n)) for n in range(36525)}
    numbers = itertools.product(range(1999, 2101), range(14), range(33))
    written = [f"{year}-{month:02}-{day:02}" for year, month, day in numbers]
    item = CONTRACT["components"]["schemas"]["ActivityItem"]["properties"]["date"]
    pattern = re.compile(item["pattern"])
    date = jsonschema_rs.Draft202012Validator(item, validate_formats=True)

    assert (len(days), max(days)) == (36525, "2099-12-31")
    for form in ("{}", "{} 00:00:00"):
        assert days == {day for day in written if pattern.fullmatch(form.format(day))}
        assert days == {day for day in written if date.is_valid(form.format(day))}


def test_the_pattern_keeps_to_what_all_regular_expressions_have_in_common() -> None:
    pattern = CONTRACT["components"]["schemas"]["ActivityItem"]["properties"]["date"]["pattern"]

    assert re.fullmatch(r"\^[-0-9\[\]{}()|: ]+\?\$", pattern)
    assert "(?" not in pattern


@pytest.mark.parametrize(
    "change",
    [
        {"usage": "0.015"},
        {"usage": None},
        {"requests": True},
        {"model": None},
        {"provider_name": 7},
        {"endpoint_id": ...},
        {"date": ...},
    ],
)
def test_row_with_a_wrong_or_missing_field_is_not_valid(change: dict[str, Any]) -> None:
    row = {name: value for name, value in (ROW | change).items() if value is not ...}

    assert not ACTIVITY.is_valid({"data": [row]})


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {}}, {"error": {}}, [], None])
def test_body_without_rows_is_not_valid(body: Any) -> None:
    assert not ACTIVITY.is_valid(body)


LIVE_ERRORS = [
    '{"error":{"message":"Date must be within the last 30 (completed) UTC days","code":400}}',
    '{"error":{"code":403,"message":"Only management keys can perform this operation"}}',
    '{"error":{"code":401,"message":"Missing Authentication header"}}',
    '{"error":{"code":500,"message":"","metadata":null},"user_id":null}',
    '{"error":{"code":429,"message":"Slow down","metadata":{"provider":"x"}},"user_id":"user_1"}',
    '{"error":{"code":400,"message":"No"},"openrouter_metadata":null}',
]


@pytest.mark.parametrize("body", LIVE_ERRORS)
def test_error_of_the_live_api_is_valid(body: str) -> None:
    assert ERROR.is_valid(json.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"error":"No"}',
        '{"error":null}',
        '{"error":{"code":"400","message":"No"}}',
        '{"error":{"code":400.5,"message":"No"}}',
        '{"error":{"message":"No"}}',
        '{"error":{"code":400}}',
        '{"error":{"code":400,"message":null}}',
        '{"error":{"code":400,"message":"No","metadata":[]}}',
        '{"error":{"code":400,"message":"No"},"user_id":7}',
    ],
)
def test_body_that_is_no_error_is_not_valid(body: str) -> None:
    assert not ERROR.is_valid(json.loads(body))


# The block of a page


@pytest.mark.parametrize(
    ("page", "block"),
    [
        ("```yaml\na: 1\n```\n", "a: 1\n"),
        ("# Title\n\n```yaml\na: 1\n\nb: 2\n```\n\n```yaml\nc: 3\n```", "a: 1\n\nb: 2\n"),
        ("```json\n{}\n```\n```yml\na: 1\n```", "a: 1\n"),
        ("```yaml\r\na: 1\r\n```\r\n", "a: 1\r\n"),
        ("````yaml\na: |\n  ```\n  x\n````\n", "a: |\n  ```\n  x\n"),
        ("```yaml\na: '```'\nb: x ```\n```\n", "a: '```'\nb: x ```\n"),
        ("``` yaml\na: 1\n```\n```yaml  \nb: 2\n```", "b: 2\n"),
        ("```yaml\n```\n", ""),
    ],
)
def test_first_yaml_block_of_a_page(page: str, block: str) -> None:
    assert block == documents.yaml_block(page)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no block"),
        ("a: 1", "no block"),
        ("```json\n{}\n```", "no block"),
        ("inline ```yaml\na: 1\n```", "no block"),
        ("```yaml\na: 1\n", "no end"),
        ("````yaml\na: 1\n```\n", "no end"),
    ],
)
def test_page_without_a_whole_yaml_block_is_refused(page: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=message):
        documents.yaml_block(page)


# Reading


def test_a_document_is_loaded_into_plain_types() -> None:
    text = """\
openapi: 3.1.0
quoted: "2025-11-08"
plain: 2025-11-08
time: 2025-11-08T00:00:00Z
norway: [no, off, y]
folded: >-
  a
  b
numbers: [1, 0x1F, 1.50, -2e3]
others: [true, null, ~, {}, []]
"""
    expected: dict[str, Any] = {
        "openapi": "3.1.0",
        "quoted": "2025-11-08",
        "plain": "2025-11-08",
        "time": "2025-11-08T00:00:00Z",
        "norway": ["no", "off", "y"],
        "folded": "a b",
        "numbers": [1, 31, 1.5, -2000.0],
        "others": [True, None, None, {}, []],
    }

    loaded = documents.load(text)

    assert expected == loaded
    assert {str} == {type(key) for key in loaded} | {type(loaded["quoted"])}
    assert [int, int, float, float] == [type(number) for number in loaded["numbers"]]
    assert (dict, list) == (type(loaded), type(loaded["numbers"]))


def test_a_json_document_is_loaded() -> None:
    assert documents.load(json.dumps(CONTRACT)) == CONTRACT


BITS = [
    *"a,:{}[]'\"\\|>~= \n\t\r#1&*!?é\u2028\x85",
    *("a b", "b: ", "- ", "- - ", ": ", "? ", "|-", "|+", "|2", ">-", "\n\n", "    ", " # c\n"),
    *("&a ", "*a", "!!str ", "! ", "%YAML 1.1\n", "---\n", "...\n", "<<: ", "null", "true", "yes"),
    *("017", "1_0", "0x1F", "1.5", "1e3", ".5", "5.", "+1", "-0", ".inf", "2025-01-01", "3.1.0"),
    *("1:30", "\\u0041", "\\ud83d", "\\/", "''", '""', "k: v\n", "- x\n", "  k: v\n", '"q": 1\n'),
]
TEXTS = [
    "z: 1\n",
    "a: 1\nb:\n  - x\n  - y: z\n    w: |\n      one\n        two\n\nc: {d: [1, 2], e: 'f'}\n",
    "k: >-\n  folded\n  text\n\n  para\nl: \"double\n  quoted\"\nm: 'single\n\n  q'\n",
    "x:\n- a\n- b: c\n  d: e\n-\n  - f\n",
]


def test_the_quick_reader_reads_nothing_otherwise() -> None:
    """It is libyaml's, of YAML 1.1; where the two differ, it has to leave a text to the other."""
    rng = random.Random(0)
    read = 0
    for _ in range(4000):
        text = rng.choice(TEXTS)
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(text) + 1)
            text = text[:start] + rng.choice(BITS) + text[start + rng.choice([0, 0, 1, 2, 5]) :]
        with contextlib.suppress(GeneratorError):
            quickly = unmistakable(text)
            usual = documents.parse(text, "it")
            read += 1

            assert json.dumps(usual) == json.dumps(quickly), text

    assert read > 400


@pytest.mark.parametrize("path", [ROOT / "openapi.yaml", FIRST / "library.yaml"])
def test_the_quick_reader_takes_documents(path: Path) -> None:
    text = path.read_text("utf-8")

    assert documents.parse(text, "it") == unmistakable(text)


def test_without_libyaml_the_usual_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own scanner takes `a:` for a key here, which neither libyaml nor YAML 1.2 does."""
    monkeypatch.setattr("generator.intake._LOADER", yaml.SafeLoader)

    assert {"openapi": "3.1.0", "a": ["a:"]} == documents.load("openapi: 3.1.0\na: [a:]\n")


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in itertools.pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a mapping"),
        ("- openapi", "not a mapping"),
        ("openapi", "not a mapping"),
        ("a: [", "line 1: "),
        ("a: 1\n b: 2", "line 2: "),
        ("a: 1\n\tb: 2", "line 2: "),
        ("a: \x00", "special characters are not allowed"),
        ("openapi: 3.1.0\n---\nopenapi: 3.1.0\n", "expected a single document"),
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' stands twice"),
        ("b:\n  - a: 1\n    'a': 3", "line 3: the key 'a' stands twice"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: the tag tag:yaml.org,2002:python"),
        ("a: !!timestamp 2025-11-08", "the tag tag:yaml.org,2002:timestamp"),
        ("a: !!binary aGk=", "the tag tag:yaml.org,2002:binary"),
        ("a: !!set {b}", "the tag tag:yaml.org,2002:set"),
        ("a: !thing {b: 1}", "the tag !thing"),
        ("a: !include other.yaml", "the tag !include"),
        ("a: &b 1", "line 1: the anchor &b"),
        ("a: &b {c: *b}", "the anchor &b"),
        ("a: *b", "undefined alias"),
        (BOMB, "the anchor &a"),
        ("<<: {a: 1}", "the merge key"),
        ("200: a", "the key '200' is no string"),
        ("null: a", "the key 'null' is no string"),
        ("? [a]\n: b", "is no string"),
        ("a: .nan", ".nan is no number of JSON"),
        ("a: -.INF", "-.INF is no number of JSON"),
        ("[" * 600, "nested too deeply"),
        ("a: 1", "openapi is None"),
        ("swagger: '2.0'", "openapi is None"),
        ("openapi: 2.0.0", "openapi is '2.0.0'"),
        ("openapi: 4.0.0", "openapi is '4.0.0'"),
        ("openapi: 3.1", "openapi is 3.1;"),
        ("openapi: 3.10.0", "openapi is '3.10.0'"),
        ("openapi: [3, 1, 0]", "openapi is [3, 1, 0]"),
    ],
)
def test_text_that_is_no_openapi_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^the document.*{re.escape(message)}") as caught:
        documents.load(text)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "# first\na: 1 # eol\n\n# before\nb: 'x'\nc: \"y\"\nd: 1.50\ne: 0x1F\nf: 2025-11-08\n",
        "a: >-\n  one\n  two\n\n  three\nb: |\n  one\n    two\n",
        "a:\n  - b: 1\n    c:\n      - d\n  - e\nf: {}\ng: []\n",
        f"a: {'long ' * 100}line\nb: '{'long ' * 100}line'\n",
        "a: ünï\nb: 日本\n",
        "a: yes\nb: no\nc: 012\nd: 1_000\n",
    ],
)
def test_a_round_trip_changes_nothing(text: str) -> None:
    assert text == documents.dump(documents.parse(text, "the document"))


# Validity


def operation_of(document: Any) -> Any:
    return document["paths"]["/activity"]["get"]


def schemas_of(document: Any) -> Any:
    return document["components"]["schemas"]


def test_the_contract_has_no_problems() -> None:
    assert documents.problems(CONTRACT) == []


def test_upstream_has_the_problems_that_the_overlay_mends() -> None:
    tag = '#/paths/~1activity/get/tags/0: ["subpackage_analytics"] is not of type "string"'
    header = (
        "#/paths/~1activity/get/parameters: OpenAPI ignores the header parameter 'Authorization'"
    )

    assert [tag, header] == documents.problems(documents.load(documents.yaml_block(PAGE)))


def operation(**fields: Any) -> dict[str, Any]:
    return {"responses": {"204": {"description": "Done"}}, **fields}


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def with_header(name: str) -> Callable[[Any], object]:
    parameter = {"name": name, "in": "header", "schema": {"type": "string"}}
    return lambda d: operation_of(d)["parameters"].append(parameter)


PROBLEMS: list[tuple[Callable[[Any], object], str]] = [
    (lambda d: d.pop("info"), '#: "info" is a required property'),
    (lambda d: d.update(paths=[]), '#/paths: [] is not of type "object"'),
    (
        lambda d: operation_of(d)["responses"].update(default={}),
        '#/paths/~1activity/get/responses/default: "description" is a required property',
    ),
    (
        lambda d: schemas_of(d).update(A={"type": "cat"}),
        "#/components/schemas/A/type: 'cat' is not one of",
    ),
    (
        lambda d: schemas_of(d).update(A={"properties": {"b": {"pattern": "("}}}),
        "#/components/schemas/A/properties/b/pattern: '(' is not a 'regex'",
    ),
    *(
        (
            lambda d, pattern=pattern: schemas_of(d).update(A={"pattern": pattern}),
            f"#/components/schemas/A/pattern: {pattern!r} is not a 'regex'",
        )
        for pattern in (r"\p{L}", "(?<name>a)")  # JavaScript takes them
    ),
    (
        lambda d: schemas_of(d).update(A={"$schema": "https://example.org/dialect"}),
        "#: Unknown JSON Schema dialect: 'https://example.org/dialect'",
    ),
    (
        lambda d: schemas_of(d).update(A={"allOf": [{"$ref": "#/components/schemas/A"}]}),
        "#/components: schemas contain each other without end",
    ),
    (
        lambda d: operation_of(d)["tags"].append(["a"]),
        '#/paths/~1activity/get/tags/1: ["a"] is not of type "string"',
    ),
    (
        lambda d: operation_of(d)["security"].append({"key": []}),
        "#/paths/~1activity/get/security: the security scheme 'key' is not defined",
    ),
    (
        lambda d: d.update(security=[{}, {"apiKey": [], "other": []}]),
        "#/security: the security scheme 'other' is not defined",
    ),
    *(
        (
            with_header(name),
            f"#/paths/~1activity/get/parameters: OpenAPI ignores the header parameter '{name}'",
        )
        for name in ("Authorization", "Accept", "Content-Type", "content-type")
    ),
    (
        lambda d: (
            d["components"].update(
                parameters={"a": {"name": "Accept", "in": "header", "schema": {}}}
            ),
            operation_of(d)["parameters"].append({"$ref": "#/components/parameters/a"}),
        ),
        "#/paths/~1activity/get/parameters: OpenAPI ignores the header parameter 'Accept'",
    ),
    (
        lambda d: operation_of(d).pop("operationId"),
        "#/paths/~1activity/get: the operation has no operationId",
    ),
    (
        lambda d: d["paths"].update({"/{a}": {"get": operation(operationId="a")}}),
        "#/paths/~1{a}/get/parameters: the path parameter 'a' of /{a} is not declared",
    ),
    (
        lambda d: d["paths"].update(
            {"/a": {"parameters": [in_path("b")], "put": operation(operationId="a")}}
        ),
        "#/paths/~1a/put/parameters: the path parameter 'b' does not stand in /a",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "other.yaml#/A"}),
        "#/components/schemas/A: the reference 'other.yaml#/A' leads out of the document",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "https://example.org/a.yaml"}),
        "#/components/schemas/A: the reference 'https://example.org/a.yaml' leads out",
    ),
    (
        lambda d: schemas_of(d).update(A={"items": {"$ref": "#/components/schemas/B"}}),
        "#/components/schemas/A/items: the reference '#/components/schemas/B' leads to nothing",
    ),
    (
        lambda d: schemas_of(d).update(A={"properties": {"example": {"$ref": "#/b"}}}),
        "#/components/schemas/A/properties/example: the reference '#/b' leads to nothing",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "#/components/schemas/A"}),
        "#/components/schemas/A: the reference '#/components/schemas/A' leads round in a circle",
    ),
]


@pytest.mark.parametrize(("change", "problem"), PROBLEMS)
def test_problem_is_named_with_its_place(change: Callable[[Any], object], problem: str) -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    change(document)

    found = documents.problems(document)

    assert [problem] == [line[: len(problem)] for line in found]


def test_all_problems_are_named() -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    document["paths"]["odd"] = {
        "get": operation(operationId="get-user-activity", security=[{"k": []}])
    }

    repeated = "the operationId 'get-user-activity' stands at more than one operation"

    assert documents.problems(document) == [
        "#/paths: Unevaluated properties are not allowed ('odd' was unexpected)",
        "#/paths/odd: the path does not begin with a slash",
        f"#/paths/~1activity/get: {repeated}",
        f"#/paths/odd/get: {repeated}",
        "#/paths/odd/get/security: the security scheme 'k' is not defined",
    ]


VALID: list[Callable[[Any], object]] = [
    lambda d: d.update(openapi="3.1.0", security=[{}]),
    lambda d: schemas_of(d).update(
        A={"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
    ),
    lambda d: schemas_of(d).update(
        A={"example": {"$ref": "x"}, "examples": [{"$ref": "x"}], "x-a": {"$ref": "x"}}
    ),
    lambda d: schemas_of(d).update(
        A={
            "properties": {
                "a~b%25c/d": {},
                "e": {"$ref": "#/components/schemas/A/properties/a~0b%2525c~1d"},
            }
        }
    ),
    lambda d: d["paths"].update(
        {
            "/{a}/{b}": {
                "parameters": [in_path("a")],
                "get": operation(operationId="a", parameters=[in_path("b")]),
            }
        }
    ),
]


@pytest.mark.parametrize("change", VALID)
def test_what_is_valid_has_no_problems(change: Callable[[Any], object]) -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    change(document)

    assert documents.problems(document) == []


# Making a contract


SMALL = """\
# Ours.
openapi: 3.1.0
info: {title: 'A', version: "1"}
paths:
  /a:
    get:
      operationId: a
      responses: {'204': {description: Done}}
"""
ACTIONS = """\
overlay: 1.0.0
info: {title: T, version: '1'}
actions:
  - description: Because.
    target: $.paths['/a'].get
    x-expect: {not: {required: [tags]}}
    update: {tags: [b]}
"""


def test_a_contract_of_any_document() -> None:
    header = """\
# Made by `make spec` from spec/upstream.yaml and spec/overlay.yaml. Not to be edited: corrections
# belong in spec/overlay.yaml.
"""

    assert f"{header}{SMALL}      tags:\n        - b\n" == documents.make_contract(SMALL, ACTIONS)


def test_crlf_and_a_missing_last_newline_make_no_difference() -> None:
    contract = documents.make_contract(SMALL.replace("\n", "\r\n").strip(), ACTIONS.strip())

    assert documents.make_contract(SMALL, ACTIONS) == contract


def test_the_origin_cannot_break_out_of_the_header() -> None:
    lines = r"a\nb: 1\r\x85\u2028c: {}".join('""')

    contract = documents.make_contract(
        SMALL, ACTIONS.replace("{title: T,", f"{{title: T, x-upstream: {lines},")
    )

    assert documents.load(documents.make_contract(SMALL, ACTIONS)) == documents.load(contract)
    assert contract.startswith("# Made by `make spec` from spec/upstream.yaml (a b: 1 c: {}) and")


@pytest.mark.parametrize(
    ("upstream", "overlay", "message"),
    [
        ("a: [", ACTIONS, "the upstream document: line 1"),
        (SMALL.replace("3.1.0", "2.0.0"), ACTIONS, "the upstream document: openapi is '2.0.0'"),
        (SMALL, "a: [", "the overlay: line 1"),
        (SMALL, "[]", "the overlay is not a mapping"),
        (SMALL, ACTIONS + "    update: {}\n", "the overlay: line 8: the key 'update' stands twice"),
        (SMALL, ACTIONS.replace("{tags: [b]}", "&b {tags: [b]}"), "the anchor &b"),
        (SMALL, ACTIONS.replace("'/a'", "'/b'"), "matches nothing"),
        (
            SMALL,
            ACTIONS.replace("[b]", "[[b]]"),
            'make no valid document:\n  - #/paths/~1a/get/tags/0: ["b"] is not of type',
        ),
    ],
)
def test_no_contract_is_made_of_what_does_not_fit(
    upstream: str, overlay: str, message: str
) -> None:
    with pytest.raises(GeneratorError, match=re.escape(message)):
        documents.make_contract(upstream, overlay)
