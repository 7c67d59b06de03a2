"""Read the configuration: openapi-python-client's own, and our operation names."""

from __future__ import annotations

import keyword
from pathlib import Path

from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from pydantic import ValidationError

from generator.client import names, reserved
from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.read import read_mapping
from generator.spec.values import as_object

_NEEDED = ("project_name_override", "package_name_override", "package_version_override")


def load_config(path: Path, document: Path, output: Path) -> Config:
    """The configuration of openapi-python-client for one generation.

    Args:
        path: The configuration file.
        document: The document that the package is generated from.
        output: The folder for the package's folder.

    Raises:
        GeneratorError: A setting is missing, unknown or not supported.
    """
    file = _read(path)
    if file.literal_enums:
        raise GeneratorError(
            f"{path}: literal_enums is not supported; an enum keeps unknown values"
        )
    for name in _NEEDED:
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
        for name in reserved.IN_MODULES
    } | (file.class_overrides or {})
    return Config.from_sources(
        file,
        MetaType.NONE,
        document_source=document,
        file_encoding="utf-8",
        overwrite=True,
        output_path=output / package,
    )


def _read(path: Path) -> ConfigFile:
    data = read_mapping(read_text(path), str(path))
    unknown = [
        name
        for name in data
        if name not in {*ConfigFile.model_fields, names.KEY, names.SCHEMES_KEY}
    ]
    for name, override in as_object(data.get("class_overrides")).items():
        fields = ClassOverride.model_fields
        unknown += [
            f"class_overrides.{name}.{key}" for key in as_object(override) if key not in fields
        ]
    if unknown:
        raise GeneratorError(f"{path}: unknown and so without effect: {', '.join(unknown)}")
    try:
        return ConfigFile.model_validate(data)
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise GeneratorError(f"{path}: {'; '.join(reasons)}") from error
