"""Write a package: the templates, filled with the views, and the runtime, copied."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
from jinja2.bccache import Bucket, BytecodeCache
from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.schema.untrusted_string import UntrustedString
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from generator.client.views.models import enum_docstring
from generator.client.views.operations import Operation
from generator.client.views.package import PackageView
from generator.errors import GeneratorError

TEMPLATES = Path(__file__).with_name("templates")
RUNTIME = Path(__file__).with_name("runtime")
STAND_INS = ("_package.py", "client.py")
"""The modules of the runtime that are never copied: editors need them to check the others."""
OPTIONAL: Mapping[str, Callable[[PackageView], bool]] = {
    "_array.py": lambda view: any(item.array for item in view.operations),
    "_cli/bodies.py": lambda view: any(map(_reads_files, view.operations)),
    "_cli/kept_rows.py": lambda view: any(item.array for item in view.operations),
    "_bodies.py": lambda view: "bodies" in view.modules,
    "items.py": lambda view: any(item.iterated for item in view.namespaces.values()),
    "_form.py": lambda view: "form" in view.modules,
    "_multipart.py": lambda view: "multipart" in view.modules,
    "_schemes.py": lambda view: any(scheme.kind != "Scheme" for scheme in view.schemes),
    "_styles.py": lambda view: bool(view.modules & {"form", "multipart", "styles"}),
    "streams.py": lambda view: any(item.events for item in view.operations),
    "_unions.py": lambda view: view.parsed.has_unions,
    "files.py": lambda view: "multipart" in view.modules,
}
"""The modules of the runtime that are copied only if the package uses them, and when it does."""


def _reads_files(operation: Operation) -> bool:
    """Whether the command of an operation has an argument that is read from a file."""
    names = [parameter.python_name for parameter in [*operation.positional, *operation.keyword]]
    return operation.has_styles or operation.body is not None or "body" in names


#: All options of ruff are here, so that no configuration file changes the output.
_RUFF = (
    "--isolated", "--no-cache", "--no-respect-gitignore",
    "--config", "line-length = 100", "--config", 'target-version = "py311"',
    "--config", 'lint.pydocstyle.convention = "google"',
)  # fmt: skip


#: What ruff mends: headings in docstrings, imports, unions of literals, the order of `__all__`.
_FIXED = "D412,F401,I,PYI030,RUF022"


class _CompiledTemplates(BytecodeCache):
    """Keeps compiled templates for the process: an update generates more than once."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED_TEMPLATES = _CompiledTemplates()


def runtime_files() -> list[Path]:
    """The modules that are copied into packages, relative to the runtime and the package."""
    paths = [path.relative_to(RUNTIME) for path in sorted(RUNTIME.rglob("*.py"))]
    return [path for path in paths if path.as_posix() not in STAND_INS]


def render(view: PackageView, config: Config, source: str) -> None:
    """Write the package into the folder that the configuration names.

    Args:
        view: What the templates show.
        config: The configuration.
        source: The name of the document, for the headers of the files.

    Raises:
        GeneratorError: A file cannot be written, or ruff cannot read one.
    """
    try:
        with redirect_stdout(StringIO()):  # the project reports its progress
            project = _ClientProject(view, config)
            project.build()
    except OSError as error:
        # For example, a name is too long for a file.
        raise GeneratorError(f"a module cannot be written: {error}") from error
    _format(project.package_dir)
    _add_headers(project.package_dir, source)


class _ClientProject(Project):
    """openapi-python-client's project, with our modules, and with views for our templates."""

    def __init__(self, view: PackageView, config: Config) -> None:
        parsed = GeneratorData(
            title=UntrustedString(""),
            description=None,
            version=UntrustedString(""),
            models=view.parsed.models,
            errors=[],
            endpoint_collections_by_tag={},  # our own views of the operations are rendered instead
            enums=[*view.parsed.enums],
        )
        super().__init__(openapi=parsed, config=config, custom_template_path=TEMPLATES)
        self._view = view
        self._used = {name for name, is_used in OPTIONAL.items() if is_used(view)}
        self.env.bytecode_cache = _COMPILED_TEMPLATES
        context: dict[str, Any] = self.env.globals
        context |= attrs.asdict(view, recurse=False) | {
            "enum_docstring": enum_docstring,
            "model_view": view.models.view,
            "repr": repr,
            "uses": self._used,
        }

    def _build_api(self) -> None:
        super()._build_api()
        for path in runtime_files():
            if path.as_posix() in OPTIONAL.keys() - self._used:
                continue
            target = self.package_dir / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes((RUNTIME / path).read_bytes())
        self._write("_package.py", "_package.py.jinja")
        for name, namespace in self._view.namespaces.items():
            (self.package_dir / "api" / name).mkdir()
            for file, template in (("__init__", "endpoint_init"), ("_namespace", "namespace")):
                self._write(f"api/{name}/{file}.py", f"{template}.py.jinja", namespace=namespace)
            for operation in namespace.operations:
                module = f"api/{name}/{operation.name}.py"
                self._write(module, "endpoint_module.py.jinja", operation=operation)

    def _write(self, path: str, template: str, **context: object) -> None:
        text = self.env.get_template(template).render(**context)
        (self.package_dir / path).write_text(text, encoding="utf-8")


def _format(package: Path) -> None:
    for command in (
        ["check", "--quiet", "--fix", "--select", _FIXED, *_RUFF],
        ["format", "--quiet", *_RUFF],
    ):
        try:
            result = subprocess.run(  # noqa: S603 - the locked ruff, on our own files
                [find_ruff_bin(), *command, str(package)],
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
        except OSError as error:
            raise GeneratorError(f"ruff cannot be run: {error}") from error
        if result.returncode:
            raise GeneratorError(
                f"ruff cannot read what was generated:\n{result.stdout}{result.stderr}"
            )


def _add_headers(package: Path, source: str) -> None:
    """Mark every file as generated."""
    header = (
        f"# Generated by `make generate` from {source} with openapi-python-client "
        f"{version('openapi-python-client')}. Do not edit.\n"
    )
    (package / "py.typed").touch()
    for path in sorted(package.rglob("*")):
        if path.is_file():
            gap = "\n" * (path.suffix == ".py")
            path.write_text(header + gap + path.read_text("utf-8"), "utf-8", newline="\n")
