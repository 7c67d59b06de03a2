"""Licences and known vulnerabilities of the components.

Components are the packages that the wheel with all its extras installs, in the locked versions. The
environment of this program has exactly these versions.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.release_check.release import FailedError, NotCheckedError, Release, last_line, run

#: Licences, by SPDX name or classifier, that only require users to pass on their text. For packages
#: that are used unchanged, such as certifi, MPL-2.0 is one.
PERMISSIVE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0"),
    *("PSF-2.0", "Python-2.0", "Unicode-3.0", "Unlicense", "Zlib"),
    *("Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
    *("Mozilla Public License 2.0 (MPL 2.0)", "Python Software Foundation License"),
}


def closure(requirements: Iterable[str]) -> dict[str, importlib.metadata.Distribution]:
    """The installed packages that these requirements need, by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    open_ = [Requirement(text) for text in requirements]
    while open_:
        requirement = open_.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            open_ += map(Requirement, found[name].requires or [])
        assert requirement.specifier.contains(found[name].version), requirement  # noqa: S101 - the lock is of the same requirements
    return found


def components(release: Release) -> dict[str, str]:
    """The licence of each component, by `name==version`."""
    project = tomllib.loads((release.root / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    found = closure(itertools.chain(project["dependencies"], *extras.values()))
    return {
        f"{name}=={found[name].version}": licence(found[name].metadata) for name in sorted(found)
    }


def licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """A package's SPDX licence, else its classifiers, else its free text."""
    prefix = "License :: OSI Approved :: "
    classifiers = metadata.get_all("Classifier") or []
    names = [line.removeprefix(prefix) for line in classifiers if line.startswith("License ::")]
    fields = {key: metadata[key] for key in ("License-Expression", "License") if key in metadata}
    return fields.get("License-Expression") or "; ".join(names) or fields.get("License", "")


def is_permissive(licence: str) -> bool:
    """Whether every named licence is permissive, even if a user may choose one."""
    return set(re.split(" AND | OR |; ", licence)) <= PERMISSIVE


def licences(release: Release) -> str:
    """Check that every component has a permissive licence; list them in reports/licences.md."""
    found = components(release)
    rows = "".join(f"| {pin} | {name} |\n" for pin, name in found.items())
    report = release.root / "reports/licences.md"
    report.parent.mkdir(exist_ok=True)
    report.write_text(f"| component | licence |\n| --- | --- |\n{rows}", "utf-8")
    if wrong := [f"{pin}: {name}" for pin, name in found.items() if not is_permissive(name)]:
        raise FailedError(*wrong, "add a permissive licence to tools/release_check/components.py")
    return f"{len(found)} components, all permissive: {report.relative_to(release.root)}"


def advisories(release: Release) -> str:
    """Check for known vulnerabilities; list the components in reports/sbom.cdx.json."""
    found = components(release)
    report = release.root / "reports/sbom.cdx.json"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    requirements = report.with_name("components.txt")
    requirements.write_text("\n".join(found), "utf-8")
    finished = run(
        *(Path(sys.executable).with_name("pip-audit"), "--requirement", requirements),
        *("--no-deps", "--disable-pip", "--vulnerability-service", "osv", "--timeout", "30"),
        *("--format", "cyclonedx-json", "--output", report, "--progress-spinner", "off"),
        *("--cache-dir", release.root / "build/pip-audit"),
        *(("--osv-url", release.osv_url) if release.osv_url else ()),
    )
    if not report.is_file():
        reason = textwrap.shorten(last_line(finished.stderr, finished.stdout), 140)
        raise NotCheckedError(f"the vulnerability service cannot be reached ({reason})")
    known = json.loads(report.read_text("utf-8")).get("vulnerabilities", [])
    if known or finished.returncode:
        ids = ", ".join(one["id"] for one in known)
        raise FailedError(
            f"{last_line(finished.stderr)} {ids}", "run `make lock`, or raise a lower bound"
        )
    return f"no vulnerability is known in {len(found)} components"
