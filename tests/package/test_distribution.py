"""Wheel and sdist have exactly the right bytes, and the wheel works on every Python."""

import email
import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest
from openrouter_analytics import __version__
from packaging.requirements import Requirement

import sandbox
from tests.package.environments import PROJECT, ROOT, build, install

PACKAGE = ROOT / "generated" / "openrouter_analytics"
FILES = (
    *(".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "openapi.yaml", "pyproject.toml"),
    "tools/package_page.py",
)


class Distribution(NamedTuple):
    """A wheel and its sdist."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """The wheel and sdist of the checkout, or in `make release-check` those in DIST."""
    if given := os.environ.get("DIST"):
        folder = ROOT / given
    else:
        folder = tmp_path_factory.mktemp("dist")
        build(ROOT, folder)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distribution(wheel, sdist)


@pytest.fixture(scope="session")
def metadata(distribution: Distribution) -> Message:
    with zipfile.ZipFile(distribution.wheel) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        return email.message_from_string(wheel.read(name).decode("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    """The files in a folder, by their path in the wheel."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_another_build_gives_the_same_bytes(distribution: Distribution, tmp_path: Path) -> None:
    source, folder = tmp_path / "elsewhere", tmp_path / "dist"
    shutil.copytree(ROOT / "generated", source / "generated")
    (source / "tools").mkdir()
    for name in FILES:
        shutil.copyfile(ROOT / name, source / name)
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))

    build(
        source,
        folder,
        umask=0o077,
        env={"LC_ALL": "C", "PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
    )

    assert distribution.wheel.read_bytes() == (folder / distribution.wheel.name).read_bytes()
    assert distribution.sdist.read_bytes() == (folder / distribution.sdist.name).read_bytes()


def test_the_sdist_builds_the_same_wheel(distribution: Distribution, tmp_path: Path) -> None:
    with tarfile.open(distribution.sdist) as sdist:
        sdist.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()

    build(source, tmp_path / "dist", "--target", "wheel")

    [wheel] = (tmp_path / "dist").iterdir()
    assert distribution.wheel.name == wheel.name
    assert distribution.wheel.read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_the_generated_package_and_nothing_else(distribution: Distribution) -> None:
    information = f"openrouter_analytics-{__version__}.dist-info"
    with zipfile.ZipFile(distribution.wheel) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}

    about = {name: held.pop(name) for name in list(held) if name.startswith(f"{information}/")}

    assert files(PACKAGE) == held
    expected = {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}
    if "scripts" in PROJECT:
        expected.add("entry_points.txt")
    assert expected == {name.removeprefix(f"{information}/") for name in about}
    assert (ROOT / "LICENSE").read_bytes() == about[f"{information}/licenses/LICENSE"]
    assert b"\nRoot-Is-Purelib: true\nTag: py3-none-any\n" in about[f"{information}/WHEEL"]


def test_the_sdist_holds_what_the_wheel_is_made_of(distribution: Distribution) -> None:
    root = f"openrouter_analytics-{__version__}"
    with tarfile.open(distribution.sdist) as sdist:
        held = {member.name.removeprefix(f"{root}/") for member in sdist if member.isfile()}

    package = {f"generated/{name}" for name in files(PACKAGE)}

    assert {*package, *FILES, "PKG-INFO"} == held


def test_the_version_is_the_same_everywhere(metadata: Message, distribution: Distribution) -> None:
    config = (ROOT / "generator-config.yaml").read_text("utf-8")

    assert __version__ == metadata["Version"]
    assert f"\npackage_version_override: {__version__}\n" in config
    assert f"openrouter_analytics-{__version__}-py3-none-any.whl" == distribution.wheel.name
    assert f"openrouter_analytics-{__version__}.tar.gz" == distribution.sdist.name


def test_it_depends_on_three_packages(metadata: Message) -> None:
    requirements = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]

    always = [requirement for requirement in requirements if "extra ==" not in str(requirement)]

    assert ["attrs", "httpx", "python-dateutil"] == sorted(one.name for one in always)
    assert {None} == {requirement.marker for requirement in always}


LANGUAGE = "Programming Language :: Python :: "
PYTHONS = [
    line.removeprefix(LANGUAGE)
    for line in PROJECT["classifiers"]
    if line.startswith(f"{LANGUAGE}3.")
]


def test_every_python_from_the_first_supported_one_is_listed() -> None:
    assert [f"3.{11 + number}" for number in range(len(PYTHONS))] == PYTHONS
    assert 3 <= len(PYTHONS)


SMOKE = """
import asyncio
import importlib.metadata
import importlib.resources
import json
import sys

import openrouter_analytics
from openrouter_analytics import Client, errors

base_url, key, inference_key = sys.argv[1:]


async def fetch():
    async with Client(key, base_url=base_url) as client:
        return await client.analytics.get_user_activity_async()


with Client(key, base_url=base_url) as client:
    activity = client.analytics.get_user_activity()
with Client(inference_key, base_url=base_url) as client:
    try:
        refusal = client.analytics.get_user_activity()
    except errors.PermissionDeniedError as error:
        refusal = error.status_code
print(json.dumps({
    "python": "{}.{}".format(*sys.version_info),
    "inside": openrouter_analytics.__file__.startswith(sys.prefix),
    "version": openrouter_analytics.__version__,
    "installed": importlib.metadata.version("openrouter-analytics"),
    "typed": importlib.resources.files(openrouter_analytics).joinpath("py.typed").is_file(),
    "rows": len(activity.data),
    "day": type(activity.data[0].date).__name__,
    "async": asyncio.run(fetch()) == activity,
    "refusal": refusal,
}))
"""


@pytest.mark.parametrize("python", PYTHONS)
def test_the_wheel_works_far_from_its_source(
    distribution: Distribution, tmp_path: Path, python: str
) -> None:
    if why := install(tmp_path / "venv", python, distribution.wheel, PROJECT["dependencies"]):
        pytest.skip(why)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    with sandbox.serve(rows=30) as server:
        finished = subprocess.run(
            [
                *(tmp_path / "venv" / "bin" / "python", "-I", "-W", "error", "-c", SMOKE),
                *(server.base_url, sandbox.MANAGEMENT_KEY, sandbox.INFERENCE_KEY),
            ],
            cwd=elsewhere,
            env={},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (0, "") == (finished.returncode, finished.stderr)
    assert {
        "python": python,
        "inside": True,
        "version": __version__,
        "installed": __version__,
        "typed": True,
        "rows": 30,
        "day": "date",
        "async": True,
        "refusal": 403,
    } == json.loads(finished.stdout)
    assert [] == list(elsewhere.iterdir())
