"""Committed files name no machine and no registry, and are small, readable text."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST = 1_000_000

# Each host is in two parts, so that this file does not name it.
HOSTS = [
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("pypi", ".python.org"),
        ("python", "hosted.org"),
        ("registry.", "npmjs.org"),
        ("registry.", "yarnpkg.com"),
        ("npm.", "pkg.github.com"),
        ("proxy.", "golang.org"),
        ("conda.", "anaconda.org"),
    )
]
# Lock files and settings that name a registry.
REGISTRY_FILES = {
    *("uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock"),
    *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
    *(".npmrc", ".pypirc", "pip.conf", "uv.toml"),
}
# A home folder, or a folder of a build machine.
FOLDERS = re.compile(r"(?<![\w.~*}-])/(?:home|root|Users|builds|mnt|opt|srv|work|workspace)/\w")


def committed() -> list[str]:
    """The files of the next commit: tracked and new files."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    names = set(listed.decode("utf-8").split("\0"))
    return sorted(name for name in names if (ROOT / name).is_file())


NAMES = committed()
pytestmark = pytest.mark.skipif(not NAMES, reason="this is no clone, or git is not there")


def texts() -> dict[str, str]:
    return {name: (ROOT / name).read_text("utf-8", errors="replace") for name in NAMES}


def test_no_registry_is_named() -> None:
    naming = [name for name, text in texts().items() if any(host in text for host in HOSTS)]

    assert [] == naming


def test_no_file_comes_from_a_registry_tool() -> None:
    unwanted = [name for name in NAMES if Path(name).name in REGISTRY_FILES]

    assert [] == unwanted


def test_no_folder_of_a_machine_is_named() -> None:
    own = {str(path) for path in (ROOT, ROOT.parent, Path.home()) if len(path.parts) > 2}

    naming = [
        name
        for name, text in texts().items()
        if FOLDERS.search(text) or any(folder in text for folder in own)
    ]

    assert [] == naming


def test_the_pattern_of_folders_sees_folders() -> None:
    seen = [
        path for path in ("/{}/me", "a /{}/me", '"/{}/me') if FOLDERS.search(path.format("home"))
    ]

    assert 3 == len(seen)
    assert not FOLDERS.search(".github/workflows/ci.yml and https://a.example/home/b")


def test_no_file_is_large() -> None:
    large = [name for name in NAMES if (ROOT / name).stat().st_size > LARGEST]

    assert [] == large


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".png")])
def test_a_file_is_text_with_line_ends(name: str) -> None:
    content = (ROOT / name).read_bytes()

    assert content.decode("utf-8")
    assert b"\r" not in content
    assert b"\0" not in content
    assert content.endswith(b"\n")
    assert not content.endswith(b"\n\n")
