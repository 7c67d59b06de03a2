"""New environments with the wheel, made from uv's cache: nothing is downloaded.

No resolver runs, because it would call the registry. The packages are those that the requirements
need, in the versions and with the hashes of the lock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.release_check.components import closure

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = ROOT / "requirements.txt"


def uv(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the locked uv offline. It also finds the Pythons of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    search = [*map(str, pyenv.glob("versions/*/bin")), os.environ["PATH"]]
    return subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", "--offline", *command],
        env=os.environ | {"PATH": os.pathsep.join(search), "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )


def locked(requirements: Iterable[str]) -> str:
    """The lines of the lock that the requirements need."""
    names = closure(requirements)
    entries = LOCK.read_text("utf-8").splitlines(keepends=True)
    return "".join(
        entry for entry in entries if canonicalize_name(entry.partition("==")[0]) in names
    )


def environment(folder: Path, python: str, requirements: Iterable[str]) -> str:
    """Make an environment of the requirements; return the reason if it fails."""
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
    """Make an environment of the wheel and requirements; return the reason if it fails."""
    if reason := environment(folder, python, requirements):
        return reason
    # All its dependencies are installed by now.
    finished = uv("pip", "install", "--python", folder / "bin" / "python", wheel)
    assert finished.returncode == 0, finished.stderr
    return ""


def build(
    source: Path,
    folder: Path,
    *options: str,
    umask: int = -1,
    env: dict[str, str] | None = None,
) -> None:
    """Build the wheel in a new process."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", folder, *options],
        cwd=source,
        env=env,
        umask=umask,
        capture_output=True,
        check=True,
    )


def built_wheel(folder: Path) -> Path:
    """The wheel of the checkout, built in an empty folder."""
    build(ROOT, folder, "--target", "wheel")
    [wheel] = folder.iterdir()
    return wheel
