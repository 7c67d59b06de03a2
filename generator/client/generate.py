"""Generate a client package from a document, whole or not at all."""

from __future__ import annotations

import keyword
import re
import subprocess
import tempfile
from contextlib import redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2.bccache import Bucket, BytecodeCache
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError as ParserError
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.union import UnionProperty
from pydantic import ValidationError
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from generator.client import commands, names, views
from generator.client import support as inventory
from generator.client import types as code
from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.read import read_document, read_mapping
from generator.spec.validate import problems
from generator.spec.values import is_object

if TYPE_CHECKING:
    from openapi_python_client.parser.openapi import Endpoint
    from openapi_python_client.parser.properties.protocol import PropertyProtocol

TEMPLATES = Path(__file__).with_name("templates")
RUNTIME = (
    "__main__",
    "_auth",
    "_cli",
    "_commands",
    "_decode",
    "_encode",
    "_failure",
    "_fast",
    "_http",
    "_lazy",
    "_operation",
    "_output",
    "_pool",
    "_retry",
    "_transfer",
    "_version",
)
"""Modules that upstream has not; each has a template of its name."""

#: What ruff does to the output is said here and not in a file, so that no other file changes it.
RUFF = (
    "--isolated",
    "--no-cache",
    "--no-respect-gitignore",
    "--config",
    "line-length = 100",
    "--config",
    'target-version = "py311"',
)


def generate(document: Path, config: Path, output: Path) -> None:
    """Generate the package and put it into ``output``, in place of all that is there.

    Args:
        document: An OpenAPI 3.0 or 3.1 document.
        config: The configuration of openapi-python-client.
        output: The folder that will hold the package's folder and nothing else.

    Raises:
        GeneratorError: The document or the configuration cannot be read, or something in the
            document would not reach the package. ``output`` is as it was.
    """
    output = output.absolute()
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as scratch:
            build(document, config, Path(scratch) / "new")
            _swap(Path(scratch) / "new", output, Path(scratch) / "old")
    except OSError as error:
        raise GeneratorError(f"{error.filename or output}: {error.strerror or error}") from error


def _swap(new: Path, output: Path, old: Path) -> None:
    try:
        if output.exists():
            output.rename(old)
        new.rename(output)
    except BaseException:  # an interrupt, too: what was moved away goes with the scratch folder
        if old.exists() and not output.exists():
            old.rename(output)
        raise


def build(document: Path, config: Path, output: Path) -> None:
    """Generate the package into the new folder ``output``, which a failure leaves unfinished."""
    data = names.with_configured_names(read_document(read_text(document)), config)
    _refuse("is not valid", problems(data))
    _refuse("holds what a client would not honour", inventory.unsupported(data))
    settings = _config(config, document, output)
    project = ClientProject(data, settings)
    try:
        with redirect_stdout(StringIO()):
            _report(project.build())
    except OSError as error:
        # A name that is too long for a file, for one.
        raise GeneratorError(f"a module cannot be written: {error}") from error
    _refuse(
        "did not reach the package whole", inventory.missing(data, project.package_dir, settings)
    )
    project.finish(document.name)


def _refuse(what: str, places: list[str]) -> None:
    if places:
        raise GeneratorError("\n  - ".join([f"the document {what}:", *places]))


def _config_file(path: Path) -> ConfigFile:
    data: dict[str, Any] = read_mapping(read_text(path), str(path))
    known = {*ConfigFile.model_fields, names.KEY}
    unknown = [name for name in data if name not in known]
    overrides = data.get("class_overrides")
    for name, override in overrides.items() if is_object(overrides) else ():
        if is_object(override):
            fields = ClassOverride.model_fields
            unknown += [f"class_overrides.{name}.{key}" for key in override if key not in fields]
    if unknown:
        raise GeneratorError(f"{path}: unknown and so without effect: {', '.join(unknown)}")
    try:
        return ConfigFile.model_validate(data)
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise GeneratorError(f"{path}: {'; '.join(reasons)}") from error


def _config(path: Path, document: Path, output: Path) -> Config:
    file = _config_file(path)
    if file.literal_enums:
        raise GeneratorError(
            f"{path}: literal_enums is not supported; an enum keeps unknown values"
        )
    for name in ("project_name_override", "package_name_override", "package_version_override"):
        if not getattr(file, name):
            raise GeneratorError(
                f"{path}: {name} is missing; the package is named here, not by the document"
            )
    package = str(file.package_name_override)
    if not package.isidentifier() or keyword.iskeyword(package):
        raise GeneratorError(f"{path}: package_name_override is no name of a package")
    file.post_hooks = []
    file.class_overrides = {
        name: ClassOverride.model_validate({"class_name": f"{name}Model"})
        for name in views.TAKEN_BY_MODULES
    } | (file.class_overrides or {})
    output.mkdir(parents=True)
    return Config.from_sources(
        file,
        MetaType.NONE,
        document_source=document,
        file_encoding="utf-8",
        overwrite=True,
        output_path=output / str(file.package_name_override),
    )


def _report(errors: Any) -> None:
    """Every warning is an error: the parser leaves out what it warns of."""
    if errors:
        raise GeneratorError("\n".join(["openapi-python-client says:", *map(_quoted, errors)]))


def _quoted(error: ParserError) -> str:
    lines = [error.header, error.detail or ""]
    if isinstance(error, ParseError) and error.data is not None:
        lines.append(error.data.model_dump_json(exclude_none=True, by_alias=True)[:1000])
    # Upstream guards texts of the document so well that its own messages cannot show them.
    guarded = re.compile(r"<[\w.]+\.UntrustedString object at 0x[0-9a-f]+>")
    lines = [guarded.sub("…", line) for line in lines]
    return "\n    ".join(
        "  - " * (not index) + line.strip() for index, line in enumerate(lines) if line.strip()
    )


def _parse(document: dict[str, Any], config: Config) -> GeneratorData:
    try:
        data = GeneratorData.from_dict(views.as_typed(document), config=config)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # What the parser stumbles over: two enum values that come to one name, for one.
        raise GeneratorError(f"openapi-python-client stops at the document: {error}") from error
    if isinstance(data, ParserError):
        _report([data])
        raise AssertionError  # _report has raised
    _report(
        [
            *(
                error
                for group in data.endpoint_collections_by_tag.values()
                for error in group.parse_errors
            ),
            *data.errors,
        ]
    )
    _complete(data)
    return data


def _complete(data: GeneratorData) -> None:
    """Give what refers to a schema the members of its class.

    The parser copies a class for each reference, and where the schema comes later in the document,
    the copy is made before the members are known.
    """
    whole = {str(model.class_info.name): model for model in data.models}
    waiting: list[PropertyProtocol] = [*data.models]
    for group in data.endpoint_collections_by_tag.values():
        for endpoint in group.endpoints:
            waiting += [response.prop for response in endpoint.responses]
            waiting += endpoint.list_all_parameters()
    seen: set[int] = set()
    while waiting:
        prop = waiting.pop()
        if id(prop) in seen:
            continue
        seen.add(id(prop))
        match prop:
            case ModelProperty():
                model = whole.get(str(prop.class_info.name), prop)
                prop.required_properties = model.required_properties
                prop.optional_properties = model.optional_properties
                prop.additional_properties = model.additional_properties
                waiting += [*(model.required_properties or []), *(model.optional_properties or [])]
                waiting += [model.additional_properties] if model.additional_properties else []
            case ListProperty():
                waiting.append(prop.inner_property)
            case UnionProperty():
                waiting += prop.inner_properties
            case _:
                pass


class _CompiledTemplates(BytecodeCache):
    """The templates that this process has compiled: an update generates more than once."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED_TEMPLATES = _CompiledTemplates()


class ClientProject(Project):
    """openapi-python-client's project, with our modules, and with views for our templates."""

    def __init__(self, document: dict[str, Any], config: Config) -> None:
        data = _parse(document, config)
        super().__init__(openapi=data, config=config, custom_template_path=TEMPLATES)
        self.env.bytecode_cache = _COMPILED_TEMPLATES
        self.document = document
        schemes = views.schemes(document, config.field_prefix)
        self.namespaces = namespaces = {
            str(tag): views.namespace(document, collection)
            for tag, collection in sorted(data.endpoint_collections_by_tag.items())
        }
        operations = {
            (namespace.name, operation.name): operation
            for namespace in namespaces.values()
            for operation in namespace.operations
        }
        data.models = [model for model in data.models if not code.is_dict(model)]
        closure = views.reachable(data.models)
        structs = views.structs(data.models, closure)

        def model_view(model: ModelProperty) -> views.Model:
            return views.model(model, closure, structs)

        def operation_view(endpoint: Endpoint) -> views.Operation:
            return operations[str(endpoint.tags[0]), str(endpoint.name)]

        keys = commands.key_files(schemes)
        listed = commands.commands(
            document,
            [
                (endpoint, operations[str(tag), str(endpoint.name)])
                for tag, collection in sorted(data.endpoint_collections_by_tag.items())
                for endpoint in collection.endpoints
            ],
            keys,
            {name for names in closure.values() for name in names},
        )

        context: dict[str, Any] = self.env.globals
        context |= {
            "base_url": views.base_url(document),
            "command_help": commands.lines(commands.about(document)),
            "commands": listed,
            "client_docstring": views.client_docstring(document, schemes, str(self.package_name)),
            "enum_docstring": views.enum_docstring,
            "key_files": keys,
            "key_required": all(operation.security for operation in operations.values()),
            "model_homes": {
                str(item.class_info.name): str(item.class_info.module_name)
                for item in sorted(
                    [*data.models, *data.enums], key=lambda item: str(item.class_info.name)
                )
            },
            "model_view": model_view,
            "namespaces": namespaces,
            "operation_view": operation_view,
            "package_docstring": views.docstring(
                f"{self.project_name}: a client for {document['info']['title']}."
            ),
            "schemes": schemes,
        }

    def _create_package(self) -> None:
        super()._create_package()
        for name in RUNTIME:
            text = self.env.get_template(f"{name}.py.jinja").render()
            (self.package_dir / f"{name}.py").write_text(text, encoding="utf-8")

    def _build_api(self) -> None:
        super()._build_api()
        for tag, namespace in self.namespaces.items():
            text = self.env.get_template("namespace.py.jinja").render(namespace=namespace)
            (self.package_dir / "api" / tag / "_namespace.py").write_text(text, encoding="utf-8")

    def finish(self, document: str) -> None:
        """Format the package, and mark every file as generated."""
        for command in (
            ["check", "--quiet", "--fix", "--select", "F401,I", *RUFF],
            ["format", "--quiet", *RUFF],
        ):
            try:
                result = subprocess.run(  # noqa: S603 - the locked ruff, on our own files
                    [find_ruff_bin(), *command, str(self.package_dir)],
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
        header = (
            f"# Generated by `make generate` from {document} with openapi-python-client "
            f"{version('openapi-python-client')}. Do not edit.\n"
        )
        (self.package_dir / "py.typed").touch()
        for path in sorted(self.package_dir.rglob("*")):
            if path.is_file():
                path.write_text(
                    header + "\n" * (path.suffix == ".py") + path.read_text("utf-8"),
                    "utf-8",
                    newline="\n",
                )
