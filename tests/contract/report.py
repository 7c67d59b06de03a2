"""A run's findings, for the terminal, for CI (JUnit) and for people (markdown)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.contract import facts
from tests.contract.findings import Finding
from tests.contract.provider import Result

MARKDOWN = "contract.md"
JUNIT = "contract.xml"


def is_new(finding: Finding) -> bool:
    """Whether a finding is something that nobody has looked at yet."""
    return finding.kind == "breach" or finding.key not in facts.KNOWN_DRIFT


def new_drift(result: Result) -> list[Finding]:
    """The drift of a run that is not known."""
    return [finding for finding in result.findings.drift if is_new(finding)]


def known_drift(result: Result) -> list[Finding]:
    """The drift of a run that is."""
    return [finding for finding in result.findings.drift if not is_new(finding)]


def terminal(results: Iterable[Result]) -> Iterator[str]:
    """A summary to read where the command was typed."""
    for result in results:
        breaches, drift = result.findings.breaches, new_drift(result)
        state = "FAILED" if breaches else "ok"
        yield f"{state}: {result.target}, {result.exchanges} requests, seed {result.seed}"
        yield from (f"  note: {note}" for note in result.notes)
        yield from (f"  BREACH {_line(finding)}" for finding in breaches)
        yield from (f"  NEW DRIFT {_line(finding)}" for finding in drift)
        for finding in known_drift(result):
            yield f"  known drift {finding.code} at {finding.path}"


def _line(finding: Finding) -> str:
    seen = f" ({finding.count} times)" if finding.count > 1 else ""
    return f"{finding}{seen}" + (f", in {finding.where}" if finding.where else "")


def markdown(results: Iterable[Result]) -> Iterator[str]:
    """The report as a page, fit for an issue."""
    yield "# Contract report"
    for result in results:
        yield ""
        yield f"## {result.target[0].upper()}{result.target[1:]}"
        yield ""
        yield f"{result.exchanges} requests, seed {result.seed}."
        yield from (f"\nNote: {note}." for note in result.notes)
        yield from _table("Breaches", result.findings.breaches)
        yield from _table("New drift", new_drift(result))
        known = known_drift(result)
        if known:
            yield ""
            yield "### Known drift"
            yield ""
            for finding in known:
                yield f"- {finding.code} at `{finding.path}`: {facts.KNOWN_DRIFT[finding.key]}"


def _table(title: str, findings: list[Finding]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    if not findings:
        yield "None."
        return
    yield "| what | JSON path | expected | received | shape | times | first seen in |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for finding in findings:
        shape = f"`` {_cell(finding.excerpt)} ``" if finding.excerpt else ""
        cells = (
            finding.code,
            f"`{_cell(finding.path)}`",
            _cell(finding.expected),
            _cell(finding.received),
            shape,
            str(finding.count),
            _cell(finding.where),
        )
        yield f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("`", "'").split())


def junit(results: Iterable[Result]) -> str:
    """The report as JUnit has it: a suite per target, a case per thing that was asked for."""
    suites = ET.Element("testsuites", name="contract")
    for result in results:
        breaches = result.findings.breaches
        # A finding that no single request shows stands in a case of its own.
        cases = list(dict.fromkeys([*result.asked, *(item.where for item in breaches)]))
        failed = {finding.where for finding in breaches}
        suite = ET.SubElement(
            suites,
            "testsuite",
            name=result.target,
            tests=str(len(cases)),
            failures=str(len(failed)),
        )
        for name in cases:
            case = ET.SubElement(suite, "testcase", classname=result.target, name=name or "the run")
            found = [finding for finding in breaches if finding.where == name]
            if found:
                message = "; ".join(f"{finding.code} at {finding.path}" for finding in found)
                failure = ET.SubElement(case, "failure", message=_printable(message))
                failure.text = _printable("\n".join(map(_line, found)))
        notes = [_line(finding) for finding in new_drift(result)]
        ET.SubElement(suite, "system-out").text = _printable("\n".join(notes))
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def _printable(text: str) -> str:
    """Text that XML can hold."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


def write(results: list[Result], folder: Path, secrets: Iterable[str]) -> None:
    """Write the files of a run; what is secret stands in none, whatever the API sends back."""
    known = list(secrets)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKDOWN).write_text(hide("\n".join(markdown(results)) + "\n", known), "utf-8")
    (folder / JUNIT).write_text(hide(junit(results), known), "utf-8")


def hide(text: str, secrets: Iterable[str]) -> str:
    """Text without secrets."""
    for secret in secrets:
        text = text.replace(secret, "[key]")
    return text
