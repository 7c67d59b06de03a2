"""The reports contain the same findings for people and for machines."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.harness import report
from tests.contract.harness.findings import Finding, Findings
from tests.contract.harness.provider import Result

BREACH = Finding(
    "breach", "wrong-type", "$.data[51].usage", "number", "string", '"9|`9"', "the probe 'a'", 3
)
NEW = Finding("drift", "unknown-field", "$.data[*].surprise", "no such field", "array")
KNOWN = Finding("drift", "unknown-field", "$.data[*].cached_tokens", "no such field", "integer")


@pytest.fixture
def result() -> Result:
    found = Findings([BREACH, NEW, KNOWN])
    exchanges = {"the probe 'a'": 60, "the probe 'b'": 6}
    return Result("the target", 7, found, exchanges, ("a note",))


def test_the_terminal_shows_breaches_first(result: Result) -> None:
    assert list(report.terminal([result])) == [
        "FAILED: the target, 66 requests, seed 7",
        "  note: a note",
        "  BREACH wrong-type at $.data[51].usage: expected number, received string, "
        "such as \"9|`9\" (3 times), in the probe 'a'",
        "NEW DRIFT unknown-field at $.data[*].surprise: expected no such field, received array; "
        "to do: document it by an overlay action, or add it to KNOWN_DRIFT in facts.py",
        "known drift unknown-field at $.data[*].cached_tokens",
    ]


def test_no_value_breaks_the_table(result: Result) -> None:
    lines = list(report.markdown([result]))

    [row] = [line for line in lines if line.startswith("| wrong-type")]
    assert row == (
        '| wrong-type | `$.data[51].usage` | number | string | `` "9\\|\'9" `` | 3 '
        "| the probe 'a' |"
    )
    assert any("sent since 2026-02" in line for line in lines)


def test_junit_has_a_case_for_each_label(result: Result, tmp_path: Path) -> None:
    report.write([result], tmp_path, [])

    suite = ET.parse(tmp_path / report.JUNIT).getroot()[0]
    failed = {case.get("name"): case.find("failure") is not None for case in suite.iter("testcase")}
    assert failed == {"the probe 'a'": True, "the probe 'b'": False}
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_a_breach_of_several_exchanges_fails_each_of_them(tmp_path: Path) -> None:
    found = Findings(replace(BREACH, where=label) for label in "ab")

    report.write([Result("t", 0, found, {"a": 1, "b": 1, "c": 1})], tmp_path, [])

    suite = ET.parse(tmp_path / report.JUNIT).getroot()[0]
    passed = [case.get("name") for case in suite.iter("testcase") if not len(case)]
    assert (passed, suite.get("failures")) == (["c"], "2")


def test_a_secret_is_in_no_file(tmp_path: Path) -> None:
    finding = Finding("breach", "x", "$", received="sk-or-v1-abc")

    report.write([Result("t", 0, Findings([finding]), {})], tmp_path, ["sk-or-v1-abc"])

    for path in tmp_path.iterdir():
        assert "sk-or-v1-abc" not in path.read_text("utf-8")
        assert "[key]" in path.read_text("utf-8")
