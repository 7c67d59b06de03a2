"""The chain from the published page, and the contract that it makes."""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.spec.contract import make_contract
from generator.spec.read import read_document
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

UPSTREAM = (ROOT / "spec/upstream.yaml").read_bytes().decode()
OVERLAY = (ROOT / "spec/overlay.yaml").read_bytes().decode()
CONTRACT_TEXT = (ROOT / "openapi.yaml").read_bytes().decode()
FIRST_TEXT = make_contract(FIRST_UPSTREAM, FIRST_OVERLAY)
FIRST_CONTRACT = read_document(FIRST_TEXT)


# The chain


@pytest.mark.skipif("page of 2025-11-08" not in OVERLAY, reason="a later version has been taken in")
def test_upstream_is_the_block_of_the_page() -> None:
    assert FIRST_UPSTREAM == UPSTREAM


def test_upstream_through_the_chain_gives_the_contract() -> None:
    assert make_contract(UPSTREAM, OVERLAY) == CONTRACT_TEXT


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_contract_does_not_depend_on_the_process(tmp_path: Path, seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Pacific/Apia"}
    command = [sys.executable, "-m", "generator", "spec", "--output", str(tmp_path / "made")]

    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)

    assert b"" == run.stdout
    assert CONTRACT_TEXT == (tmp_path / "made").read_bytes().decode()


LOADED_MODULES = """
import sys
from generator.spec.read import read_document
read_document(open("openapi.yaml", encoding="utf-8").read())
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
    diff = difflib.unified_diff(FIRST_UPSTREAM.splitlines(), FIRST_TEXT.splitlines(), n=0)
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


def test_every_schema_and_property_has_a_description() -> None:
    described = {
        f"{name}.{key}": value
        for name, schema in FIRST_CONTRACT["components"]["schemas"].items()
        for key, value in {"": schema, **schema["properties"]}.items()
    }

    assert {"ErrorResponse.error"} == {
        name for name, schema in described.items() if "description" not in schema
    }


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

    assert f"{header}{SMALL}      tags:\n        - b\n" == make_contract(SMALL, ACTIONS)


def test_crlf_and_a_missing_last_newline_make_no_difference() -> None:
    contract = make_contract(SMALL.replace("\n", "\r\n").strip(), ACTIONS.strip())

    assert make_contract(SMALL, ACTIONS) == contract


def test_the_origin_cannot_break_out_of_the_header() -> None:
    lines = r"a\nb: 1\r\x85\u2028c: {}".join('""')

    contract = make_contract(
        SMALL, ACTIONS.replace("{title: T,", f"{{title: T, x-upstream: {lines},")
    )

    assert read_document(make_contract(SMALL, ACTIONS)) == read_document(contract)
    assert contract.startswith("# Made by `make spec` from spec/upstream.yaml (a b: 1 c: {}) and")


@pytest.mark.parametrize(
    ("upstream", "overlay", "message"),
    [
        ("a: [", ACTIONS, "the upstream document: line 2"),
        (SMALL.replace("3.1.0", "2.0.0"), ACTIONS, "the upstream document: openapi is '2.0.0'"),
        (SMALL, "a: [", "the overlay: line 2"),
        (
            SMALL,
            ACTIONS.replace("[b]", "[[b]]"),
            'make no valid document:\n  - #/paths/~1a/get/tags/0: ["b"] is not of type',
        ),
    ],
)
def test_a_contract_is_refused_if_document_and_overlay_do_not_fit(
    upstream: str, overlay: str, message: str
) -> None:
    with pytest.raises(GeneratorError, match=re.escape(message)):
        make_contract(upstream, overlay)
