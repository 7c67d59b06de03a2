"""Reports of a run: for the terminal, for CI (JUnit) and for people (markdown)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.contract.harness import facts
from tests.contract.harness.findings import TO_DO, Finding, Findings
from tests.contract.harness.provider import Result

MARKDOWN = "contract.md"
JUNIT = "contract.xml"

_REST = "record the difference in facts.py, or correct the document by an overlay action"


def _drift(results: Iterable[Result]) -> tuple[list[Finding], list[Finding]]:
    """New drift and known drift of all results, each once."""
    found = Findings(finding for result in results for finding in result.findings.drift)
    new = [finding for finding in found if finding.key not in facts.KNOWN_DRIFT]
    return new, [finding for finding in found if finding.key in facts.KNOWN_DRIFT]


def terminal(results: Sequence[Result]) -> Iterator[str]:
    """A summary for the terminal."""
    for result in results:
        breaches, errors = result.findings.breaches, result.findings.errors
        state = "FAILED" if breaches else "NOT CHECKED" if errors else "ok"
        yield f"{state}: {result.target}, {_extent(result)}"
        yield from (f"  note: {note}" for note in result.notes)
        yield from (f"  ERROR {_line(finding)}" for finding in errors)
        yield from (f"  BREACH {_line(finding)}" for finding in breaches)
    new, known = _drift(results)
    yield from (f"NEW DRIFT {_line(item)}; to do: {TO_DO.get(item.code, _REST)}" for item in new)
    yield from (f"known drift {item.code} at {item.path}" for item in known)


def _extent(result: Result) -> str:
    count = sum(result.exchanges.values())
    if result.seed is None:
        return f"{count} recorded responses"
    return f"{count} requests, seed {result.seed}"


def _line(finding: Finding) -> str:
    seen = f" ({finding.count} times)" if finding.count > 1 else ""
    return f"{finding}{seen}" + (f", in {finding.where}" if finding.where else "")


def markdown(results: Sequence[Result]) -> Iterator[str]:
    """The report as a page, such as the text of an issue."""
    yield "# Contract report"
    for result in results:
        yield f"\n## {result.target[0].upper()}{result.target[1:]}\n"
        yield f"{_extent(result)}."
        yield from (f"\nNote: {note}." for note in result.notes)
        if result.findings.errors:
            yield from _table("### Not checked", result.findings.errors)
        yield from _table("### Breaches", result.findings.breaches)
    new, known = _drift(results)
    yield from _table("## New drift", new)
    if new:
        yield "\nWhat to do:\n"
    yield from (f"- {code}: {TO_DO.get(code, _REST)}" for code in {item.code: 0 for item in new})
    if known:
        yield "\n## Known drift\n"
    for finding in known:
        yield f"- {finding.code} at `{finding.path}`: {facts.KNOWN_DRIFT[finding.key]}"


def _table(title: str, findings: list[Finding]) -> Iterator[str]:
    yield f"\n{title}\n"
    if not findings:
        yield "None."
        return
    yield "| what | JSON path | expected | received | shape | times | first seen in |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for item in findings:
        shape = f"`` {_cell(item.excerpt)} ``" if item.excerpt else ""
        cells = (item.code, f"`{_cell(item.path)}`", _cell(item.expected), _cell(item.received))
        yield f"| {' | '.join((*cells, shape, str(item.count), _cell(item.where)))} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("`", "'").split())


def junit(results: Iterable[Result]) -> str:
    """The report as JUnit XML: one suite per target, one case per label of an exchange."""
    suites = ET.Element("testsuites", name="contract")
    for result in results:
        kinds = {"failure": result.findings.breaches, "error": result.findings.errors}
        seen = [finding for found in kinds.values() for finding in found]
        # A finding that belongs to no single request gets a case of its own.
        cases = dict.fromkeys([*result.exchanges, *(item.where for item in seen)])
        suite = ET.SubElement(suites, "testsuite", name=result.target, tests=str(len(cases)))
        for kind, findings in kinds.items():
            labels = {label for finding in findings for label in finding.labels}
            suite.set(f"{kind}s", str(len(labels)))
        for name in cases:
            case = ET.SubElement(suite, "testcase", classname=result.target, name=name or "the run")
            for kind, findings in kinds.items():
                found = [finding for finding in findings if name in finding.labels]
                if found:
                    message = "; ".join(f"{finding.code} at {finding.path}" for finding in found)
                    element = ET.SubElement(case, kind, message=_printable(message))
                    element.text = _printable("\n".join(map(_line, found)))
        notes = _printable("\n".join(map(_line, result.new_drift)))
        ET.SubElement(suite, "system-out").text = notes
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def _printable(text: str) -> str:
    """Text without the characters that XML forbids."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


def write(results: list[Result], folder: Path, secrets: list[str]) -> None:
    """Write the reports. No secret is in them, even if the API sent it back."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKDOWN).write_text(hide("\n".join(markdown(results)) + "\n", secrets), "utf-8")
    (folder / JUNIT).write_text(hide(junit(results), secrets), "utf-8")


def hide(text: str, secrets: Iterable[str]) -> str:
    """Text without the secrets. What is shorter is no key, and may be part of a word."""
    for secret in (secret for secret in secrets if len(secret) >= 8):
        text = text.replace(secret, "[key]")
    return text
