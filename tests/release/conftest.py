"""A copy of the checkout, with a history of its own, to be spoiled and checked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.__main__ import main
from tests.release.context import PACKAGE, ROOT, tool

NAMES = (
    *(".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "generated", "openapi.yaml"),
    *("generator-config.yaml", "pyproject.toml", "sandbox", "tests/package"),
)


class Checkout:
    """The copy, and what a release check says of it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        for name in NAMES:
            copy(ROOT / name, root / name)

    def check(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the words of `python -m tests.release`."""
        self._capsys.readouterr()
        code = main(list(arguments), self.root)
        return code, self._capsys.readouterr().out

    def edit(self, name: str | Path, old: str, new: str) -> None:
        """Replace what stands in a file once."""
        text = (self.root / name).read_text("utf-8")
        assert text.count(old) == 1
        (self.root / name).write_text(text.replace(old, new), "utf-8")

    def set_version(self, version: str) -> None:
        path = self.root / PACKAGE / "_package.py"
        text = re.sub(r'"\d+\.\d+\.\d+"', f'"{version}"', path.read_text("utf-8"))
        path.write_text(text, "utf-8")

    def commit(self, *, tag: str = "") -> None:
        if not (self.root / ".git").exists():
            self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")
        if tag:
            self.git("tag", tag)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True)

    def build(self) -> None:
        """What `make build` does."""
        command = (sys.executable, "-m", "hatchling", "build", "--directory", "dist")
        subprocess.run(command, cwd=self.root, capture_output=True, check=True)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what the machine that runs the tests has set."""
    for name in [name for name in os.environ if name.startswith("GIT_") or name == "CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Checkout:
    return Checkout(tmp_path / "copy", capsys)


@pytest.fixture
def tools() -> None:
    """Skips without what `make unit` installs first."""
    if not Path(sys.prefix, "release").exists():
        pytest.skip("the tools of a release are not installed: run `make unit`")
    assert tool("pip-audit")
