"""What comes along with the package: its components, their licences, their known vulnerabilities.

The components are those that the wheel and all its extras install, in the locked versions. They are
written down once, as a CycloneDX document, and everything else is read from there.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from tests.release.context import Context, NotCheckedError, StopError, last_line, run, tool
from tests.release.distribution import wheel_metadata

#: SPDX's names of what asks of a user of this package no more than to pass the text on.
PERMISSIVE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0"),
    *("MIT-CMU", "PSF-2.0", "Python-2.0", "Python-2.0.1", "Unicode-3.0", "Unlicense", "Zlib"),
    "MPL-2.0",  # of a package that is used as it is, such as certifi
}
#: The same of those that give only a classifier.
_CLASSIFIERS = {
    f"License :: OSI Approved :: {name}"
    for name in (
        *("Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
        *("Mozilla Public License 2.0 (MPL 2.0)", "Python Software Foundation License"),
    )
}
#: A release with a vulnerability that every advisory service has known since 2017.
CANARY = "pycrypto==2.6.1"

Component = dict[str, Any]


def sbom(context: Context) -> str:
    """The components are written to reports/sbom.cdx.json, in a form that its schema allows."""
    metadata = wheel_metadata(context)
    extras = ",".join(metadata.get_all("Provides-Extra", []))
    context.sbom.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "venv/bin/python")
        project = Path(folder, "pyproject.toml")
        # The version is in the package, where the tool does not look for it.
        text = (context.root / "pyproject.toml").read_text("utf-8")
        version = f"version = {json.dumps(metadata['Version'])}"
        project.write_text(text.replace('dynamic = ["version"]', version), "utf-8")
        _need("uv", "venv", "--python", sys.executable, python.parents[1])
        _need(
            *("uv", "pip", "install", "--python", python),
            *("--constraints", context.root / ".ci/requirements.txt"),
            f"{context.wheel}[{extras}]" if extras else context.wheel,
        )
        _need(
            *("cyclonedx-py", "environment", python, "--pyproject", project, "--validate"),
            *("--mc-type", "library", "--output-reproducible", "--output-file", context.sbom),
        )
    return f"{len(components(context))} components, in {context.sbom.relative_to(context.root)}"


def _need(name: str, *arguments: str | Path) -> None:
    program = [sys.executable, "-m", "uv", "--quiet"] if name == "uv" else [tool(name)]
    finished = run(*program, *arguments)
    if finished.returncode:
        raise StopError(f"{name} {arguments[0]}: {last_line(finished.stderr, finished.stdout)}")


def components(context: Context) -> list[Component]:
    """The components that were written down."""
    if not context.sbom.is_file():
        raise StopError("the components are not listed yet: run `make release-check`")
    found: list[Component] = json.loads(context.sbom.read_text("utf-8"))["components"]
    return found


def licences(context: Context) -> str:
    """Every component is under a known, permissive licence; all are listed in reports/."""
    listed = {_pin(component): _licence(component) for component in components(context)}
    lines = "".join(f"| {pin} | {licence} |\n" for pin, licence in listed.items())
    report = context.sbom.with_name("licences.md")
    report.write_text(f"| component | licence |\n| --- | --- |\n{lines}", "utf-8")
    problems = [
        f"{pin}: licence {licence or 'not given'}"
        for pin, licence in listed.items()
        if not _is_permissive(licence)
    ]
    if problems:
        raise StopError(
            *problems,
            "a licence that suits every user goes into tests/release/dependencies.py",
        )
    return ", ".join(sorted(set(listed.values())))


def _pin(component: Component) -> str:
    return f"{component['name']}=={component['version']}"


def _licence(component: Component) -> str:
    """Its licence as SPDX writes it; by its classifiers where that is all it gives."""
    given: list[dict[str, Any]] = component.get("licenses", [])
    spdx = [entry.get("expression") or entry["license"].get("id") for entry in given]
    names = [entry["license"].get("name") for entry in given if "license" in entry]
    return " AND ".join(filter(None, spdx)) or "; ".join(filter(None, names))


def _is_permissive(licence: str) -> bool:
    """Whether all that is named is: of two that can be chosen from, both."""
    named = set(re.findall(r"[\w.+-]+", licence)) - {"AND", "OR"}
    return (bool(named) and named <= PERMISSIVE) or (
        bool(licence) and set(licence.split("; ")) <= _CLASSIFIERS
    )


def advisories(context: Context) -> str:
    """No component has a known vulnerability.

    A service that does not know the canary's does not answer what it was asked.
    """
    pins = [_pin(component) for component in components(context)]
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("\n".join([*pins, CANARY]), "utf-8")
        finished = run(
            *(tool("pip-audit"), "--requirement", requirements, "--no-deps", "--disable-pip"),
            *("--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"),
            *("--cache-dir", Path(folder, "cache"), "--timeout", "30"),
            *(("--osv-url", context.advisories) if context.advisories else ()),
        )
    try:
        answers: list[Component] = json.loads(finished.stdout)["dependencies"]
    except ValueError:
        reason = textwrap.shorten(last_line(finished.stderr, finished.stdout), 140)
        raise NotCheckedError(f"the service cannot be reached ({reason})") from None
    found = {_pin(answer): answer["vulns"] for answer in answers if "vulns" in answer}
    if not found.pop(CANARY, None):
        raise NotCheckedError(f"the service knows nothing, not even of {CANARY}")
    problems = [
        f"{pin} has {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version yet'}"
        for pin, vulnerabilities in found.items()
        for known in vulnerabilities
    ]
    if problems:
        raise StopError(*problems, "run `make lock`, or raise the lower bound in pyproject.toml")
    return f"none is known of {len(found)} components"
