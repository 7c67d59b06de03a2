"""New environments with the wheel, made of what `make` has installed here: nothing is downloaded.

No resolver runs, since it would ask the registry for what it need not install. The packages are
those that the requirements lead to, in the versions of the lock, by its hashes.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / ".ci" / "requirements.txt"


def uv(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the locked uv, which finds pyenv's Pythons as well, and downloads nothing."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    search = [*map(str, pyenv.glob("versions/*/bin")), os.environ["PATH"]]
    return subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", "--offline", *command],
        env=os.environ | {"PATH": os.pathsep.join(search), "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )


def closure(requirements: Iterable[str]) -> set[str]:
    """The packages that these lead to, by what is installed beside this test."""
    found: set[str] = set()
    open_ = [Requirement(text) for text in requirements]
    while open_:
        requirement = open_.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        assert requirement.specifier.contains(importlib.metadata.version(name)), requirement
        if name not in found:
            found.add(name)
            open_ += map(Requirement, importlib.metadata.requires(name) or [])
    return found


def locked(requirements: Iterable[str]) -> str:
    """The part of the lock that these need."""
    names = closure(requirements)
    entries = re.findall(r"^[a-z].*\n(?:    .*\n)*", LOCK.read_text("utf-8"), re.MULTILINE)
    return "".join(
        entry for entry in entries if canonicalize_name(entry.partition("==")[0]) in names
    )


def environment(folder: Path, python: str, requirements: Iterable[str]) -> str:
    """Make an environment of these; return why that cannot be done, or nothing."""
    finished = uv("venv", "--python", python, folder)
    if finished.returncode:
        return f"there is no Python {python} here"
    lock = folder / "requirements.txt"
    lock.write_text(locked(requirements), "utf-8")
    interpreter = folder / "bin" / "python"
    finished = uv("pip", "sync", "--python", interpreter, "--require-hashes", lock)
    if finished.returncode:
        return f"its packages were not installed here before: {finished.stderr}"
    return ""


def install(folder: Path, python: str, wheel: Path, requirements: Iterable[str]) -> str:
    """Make an environment of the wheel and these; return why that cannot be done, or nothing."""
    if reason := environment(folder, python, requirements):
        return reason
    # By now it needs nothing that would have to be downloaded.
    finished = uv("pip", "install", "--python", folder / "bin" / "python", wheel)
    assert finished.returncode == 0, finished.stderr
    return ""
