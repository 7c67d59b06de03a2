"""The configuration gives security schemes, and so the arguments of the client, names that stay."""

from pathlib import Path
from typing import Any

import pytest

from generator.client.names import configured_schemes, with_configured_names
from generator.errors import GeneratorError


def config(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(f"project_name_override: things-client\n{text}", "utf-8")
    return path


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "security": [{"bearerAuth": []}],
        "paths": {"/things": {"get": {"operationId": "a", "security": [{}, {"bearerAuth": []}]}}},
        "components": {"securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}}},
    }


def test_a_scheme_gets_our_name_wherever_it_is_named(tmp_path: Path) -> None:
    path = config(tmp_path, "security_schemes:\n  apiKey: bearerAuth\n")

    renamed = with_configured_names(document(), path)

    assert {"bearerAuth": "apiKey"} == configured_schemes(path)
    assert ["apiKey"] == list(renamed["components"]["securitySchemes"])
    assert [{"apiKey": []}] == renamed["security"]
    assert [{}, {"apiKey": []}] == renamed["paths"]["/things"]["get"]["security"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("security_schemes: [apiKey]\n", "expected `name: name in the document`"),
        ("security_schemes: {apiKey: 1}\n", "expected `name: name in the document`"),
        ("security_schemes: {apiKey: token}\n", "the document has no scheme token"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GeneratorError, match=said):
        with_configured_names(document(), config(tmp_path, text))
