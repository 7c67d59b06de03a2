"""The client that the tests of this folder call, generated from the documents of the tests.

It is the committed package where openapi.yaml says the same as those documents, so that the
coverage of `generated/` is measured. Where openapi.yaml has moved on, it is generated once for each
process, under a name of its own: what is tested here does not depend on the contract.

Every name of this module is `Any` for type checkers, because the committed package, which is all
that they can see, gives other types when the contract changes.
"""

import atexit
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from generator.client.generate import build
from generator.spec.contract import make_contract
from generator.spec.read import read_document
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

_COMMITTED = "openrouter_analytics"
_OWN = "activity_client"

# Where a name is looked up, in this order.
_MODULES = (
    "", "models", "types", "api.analytics", "_cli", "_cli.columns", "_cli.failure", "_auth",
    "_encode", "_operation", "_array", "_text",
)  # fmt: skip


def load(committed: Path) -> ModuleType:
    """Import the committed package, or generate another one and import that.

    Args:
        committed: The contract of the committed package.
    """
    contract = make_contract(FIRST_UPSTREAM, FIRST_OVERLAY)
    if read_document(contract) == read_document(committed.read_text("utf-8")):
        return importlib.import_module(_COMMITTED)
    folder = Path(tempfile.mkdtemp(prefix="client-"))
    atexit.register(shutil.rmtree, folder)
    document, config = folder / "openapi.yaml", folder / "config.yaml"
    document.write_text(contract, "utf-8")
    names = (ROOT / "tests/generator/update/generator-config.yaml").read_text("utf-8")
    config.write_text(names.replace(_COMMITTED, _OWN), "utf-8")
    build(document, config, folder / "generated")
    sys.path.insert(0, str(folder / "generated"))
    return importlib.import_module(_OWN)


package: Any = load(ROOT / "openapi.yaml")
NAME: str = package.__name__
BASE_URL_VARIABLE: str = importlib.import_module(f"{NAME}._package").BASE_URL_VARIABLE
SITE = Path(package.__file__).parents[1]
"""The folder to import the package from in another process."""


def renamed(code: str) -> str:
    """Code about the committed package, made to be about the package of these tests."""
    return code.replace(_COMMITTED, NAME)


def __getattr__(name: str) -> Any:
    """Whatever the package gives under this name: a module, a class or a function."""
    for module in _MODULES:
        place = f"{NAME}.{module}".rstrip(".")
        found = importlib.import_module(place)
        if hasattr(found, name):
            return getattr(found, name)
        try:
            return importlib.import_module(f"{place}.{name}")
        except ModuleNotFoundError:
            continue
    raise AttributeError(name)
