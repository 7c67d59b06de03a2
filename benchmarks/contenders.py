"""The contenders of bench.py: the environment and code of each.

Each has its own virtual environment, made for one run, with the locked versions.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from benchmarks import measurements, peers
from benchmarks.measurements import ROOT, Missing

LOCKS = (ROOT / "requirements.txt", ROOT / "benchmarks/requirements.txt")
SCRIPTS = Path(sys.executable).parent
OPENAPI_GENERATOR = SCRIPTS.parent / "openapi-generator"
"""The environment of openapi-generator's command."""


class Contender(NamedTuple):
    """A client that is measured.

    Attributes:
        title: The name in tables.
        requires: The packages to install; an extra of this project's wheel is written ``[name]``.
        package: The package to generate.
        imported: The statement that imports the client.
        ready: The imports of a program: everything that a call needs.
        first: A call that prints its result; it can use ``base_url`` and ``key``.
        large: Like ``ready``, for the client of the large document.
        large_models: An import of all models of that client.
    """

    title: str
    requires: tuple[str, ...]
    package: str | None = None
    imported: str = ""
    ready: str = ""
    first: str = ""
    large: str = ""
    large_models: str = "from large_client.models import *"


_THIS = Contender(
    "this client",
    ("[]",),
    imported="import openrouter_analytics",
    ready="from openrouter_analytics import Client",
    first="""\
with Client(key, base_url=base_url) as client:
    print(client.analytics.get_user_activity().data[0].usage)""",
    large="from large_client import Client; Client('a-key').group0.get_thing_0",
)

CONTENDERS: dict[str, Contender] = {
    "this": _THIS,
    "fast": _THIS._replace(title="this client `[fast]`", requires=("[fast]",)),
    "httpx2": _THIS._replace(
        title="this client `[httpx2]`",
        requires=("[httpx2]",),
        first=_THIS.first.replace("base_url)", 'base_url, http_library="httpx2")'),
    ),
    "stock": Contender(
        "stock openapi-python-client",
        ("attrs", "httpx", "python-dateutil"),
        package="openrouter_analytics",
        imported="import openrouter_analytics",
        ready="""\
from openrouter_analytics import AuthenticatedClient
from openrouter_analytics.api.analytics import get_user_activity""",
        first="""\
with AuthenticatedClient(base_url=base_url, token=key) as client:
    print(get_user_activity.sync(client=client).data[0].usage)""",
        large="""\
from large_client import AuthenticatedClient
from large_client.api.group0 import get_thing_0""",
    ),
    "sdk": Contender(
        "`openrouter` SDK",
        ("openrouter",),
        imported="import openrouter",
        ready="from openrouter import OpenRouter",
        first="""\
with OpenRouter(api_key=key, server_url=base_url) as client:
    print(client.analytics.get_user_activity().data[0].usage)""",
    ),
    "openapi-generator": Contender(
        "openapi-generator",
        ("pydantic", "python-dateutil", "typing-extensions", "urllib3"),
        package="openapi_generator_client",
        imported="import openapi_generator_client",
        ready="from openapi_generator_client import AnalyticsApi, ApiClient, Configuration",
        first="""\
with ApiClient(Configuration(host=base_url, access_token=key)) as client:
    print(AnalyticsApi(client).get_user_activity().data[0].usage)""",
        large="from large_client import ApiClient, Configuration, Group0Api; Group0Api.get_thing0",
    ),
    "httpx": Contender(
        "bare httpx",
        ("httpx",),
        imported="import httpx",
        ready="import httpx",
        first="""\
with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {key}"}) as client:
    print(client.get("/activity").json()["data"][0]["usage"])""",
    ),
    "floor": Contender("floor: msgspec", ("msgspec",)),
}


def uv(*arguments: str | Path) -> str:
    """Run the toolchain's uv.

    Raises:
        Missing: The command fails.
    """
    command = [SCRIPTS / "uv", *arguments]
    done = subprocess.run(  # noqa: S603 - the locked uv
        command, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise Missing(f"uv {arguments[0]} {arguments[1]}: {done.stderr.strip()}")
    return done.stdout


def _requirements(contender: Contender) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wheels = list((ROOT / "dist").glob("*.whl"))
    if len(wheels) != 1:
        raise SystemExit("dist/ does not hold one wheel: make bench")
    found: list[str] = []
    for name in contender.requires:
        extra = name.removeprefix("[").removesuffix("]")
        if extra == name:
            found.append(name)
        elif extra and extra not in project.get("optional-dependencies", {}):
            raise Missing(f"{project['name']} has no extra {extra}")
        else:
            extras = f"[{extra}]" if extra else ""
            found.append(f"{project['name']}{extras} @ {wheels[0].as_uri()}")
    return found


def install(name: str, folder: Path) -> Path:
    """Make a contender's environment in a new folder; returns its Python.

    Raises:
        Missing: A package cannot be installed.
    """
    requirements = _requirements(CONTENDERS[name])
    python = folder / "bin/python"
    uv("venv", "--quiet", "--python", sys.executable, folder)
    locks = [option for lock in LOCKS for option in ("--constraints", lock)]
    command = ("pip", "install", "--quiet", "--only-binary", ":all:", *locks)
    uv(*command, "--python", python, *requirements)
    return python


def add(package: Path, folder: Path) -> None:
    """Add a generated package to an environment."""
    shutil.copytree(package, site_packages(folder) / package.name)


def site_packages(folder: Path) -> Path:
    """The folder of an environment's packages."""
    [found] = folder.glob("lib/python*/site-packages")
    return found


def size(folder: Path) -> int:
    """The bytes of an environment's packages, without files of the environment itself."""
    own = ("_virtualenv.py", "_virtualenv.pth")
    return sum(
        path.stat().st_size
        for path in site_packages(folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in own
    )


def versions(python: Path) -> dict[str, str]:
    """The version of each package of an environment."""
    lines = uv("pip", "freeze", "--quiet", "--python", python).splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def generate(name: str, folder: Path) -> Path:
    """Generate the package of a contender.

    Raises:
        Missing: It cannot be generated.
    """
    document, config = ROOT / "openapi.yaml", ROOT / "generator-config.yaml"
    output = folder / name / str(CONTENDERS[name].package)
    output.parent.mkdir(parents=True)
    measurements.run(generating(name, document, config, output), generation_environment())
    return output


def generation_environment() -> dict[str, str]:
    """The environment variables of a generator, which must find the toolchain's ruff."""
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])
    return peers.environment() | {"PATH": path}


def generating(name: str, document: Path, config: Path, package: Path) -> list[str]:
    """The command with which a contender's generator makes a package from a document.

    Raises:
        Missing: The generator cannot be installed, or needs Java, which is not there.
    """
    if name == "this":
        options = ("--document", document, "--config", config, "--output", package.parent)
        return [sys.executable, "-m", "generator", "generate", *map(str, options)]
    if name == "stock":
        return [
            str(SCRIPTS / "openapi-python-client"),
            *("generate", "--path", str(document), "--meta", "none", "--overwrite"),
            *("--config", str(config), "--output-path", str(package)),
        ]
    if shutil.which("java") is None:
        raise Missing("no Java on this machine")
    return [
        *_openapi_generator(),
        *("generate", "-i", str(document), "-g", "python", "-o", str(package.parent)),
        *("--package-name", package.name),
    ]


@functools.cache
def _openapi_generator() -> list[str]:
    """The command of openapi-generator, which is installed first."""
    python = OPENAPI_GENERATOR / "bin/python"
    uv("venv", "--quiet", "--allow-existing", "--python", sys.executable, OPENAPI_GENERATOR)
    command = ("pip", "install", "--quiet", "--only-binary", ":all:", "--constraints", LOCKS[1])
    uv(*command, "--python", python, "openapi-generator-cli")
    # Not the script alone: it names a Python that is gone if the checkout has moved.
    return [str(python), str(python.with_name("openapi-generator-cli"))]
