"""The imports of each use of the package, each in its own process."""

from __future__ import annotations

import importlib

import pytest

from tests.client.conftest import run_program
from tests.client.package import NAME

HEAVY = "{'asyncio', 'dateutil', 'httpx', 'httpx2', 'msgspec', 'random', 'ssl'}"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import openrouter_analytics", f"{HEAVY} | {{'attrs', 'json', 'typing'}}"),
        ("import openrouter_analytics.models", f"{HEAVY} | {{'attrs', 'json', 'typing'}}"),
        ("from openrouter_analytics import errors", HEAVY),
        ("from openrouter_analytics import APIError, AuthenticationError", HEAVY),
        ("from openrouter_analytics import records; records([])", HEAVY),
        ("from openrouter_analytics.models import ActivityItem; ActivityItem.__doc__", HEAVY),
        ("from openrouter_analytics.models import *; ActivityItem", HEAVY),
        (
            "from openrouter_analytics import Client",
            "{'asyncio', 'dateutil', 'msgspec', 'openrouter_analytics.models.activity_item'}",
        ),
        (
            "from openrouter_analytics import Client, errors\n"
            "client = Client('a-key', base_url='http://127.0.0.1:1', max_retries=0)\n"
            "try:\n    client.analytics.get_user_activity()\n"
            "except errors.APIConnectionError:\n    pass",
            "{'asyncio', 'dateutil'}",
        ),
        (
            "from openrouter_analytics import _decode\n_decode.date('2026-08-23 00:00:00')",
            "{'dateutil'}",
        ),
        (
            "from openrouter_analytics.models import ActivityResponse as Ours\n"
            "Ours.from_dict({'data': []})",
            "{'dateutil', 'openrouter_analytics.models.error_response'}",
        ),
    ],
)
def test_only_what_is_needed_is_imported(statement: str, absent: str) -> None:
    code = f"import sys\n{statement}\nprint(sorted(({absent}) & sys.modules.keys()))"

    assert run_program(code) == "[]"


PROBE = """
import os, sys
import attrs, dateutil.parser, httpx, uuid  # their imports do not count

opened = []

def hook(event, arguments):
    if event.startswith("socket."):
        opened.append(event)
    elif event == "open" and isinstance(arguments[0], str):
        if not arguments[0].endswith((".py", ".pyc")) and "__pycache__" not in arguments[0]:
            opened.append(arguments[0])

os.environ = os.getenv = None  # to read it is an error
sys.addaudithook(hook)
import openrouter_analytics
import openrouter_analytics.api.analytics.get_user_activity
print(opened)
try:
    openrouter_analytics.Client()
except AttributeError as error:
    print(error)
open(os.devnull).close()
assert opened, "the hook sees nothing"
"""


def test_import_opens_nothing_and_reads_no_environment() -> None:
    assert run_program(PROBE) == "[]\n'NoneType' object has no attribute 'get'"


def test_every_name_can_be_had_and_is_listed() -> None:
    printed = run_program(
        "import pydoc, openrouter_analytics as package\n"
        "from openrouter_analytics import *\n"
        "assert {'Client', 'errors', 'models'} <= {*globals()}\n"
        "for name in ('Client', 'api', 'client', 'errors', 'models', 'types'):\n"
        "    assert name in dir(package) and getattr(package, name) is getattr(package, name)\n"
        "for name in package.models.__all__:\n"
        "    assert name in dir(package.models)\n"
        "    assert getattr(package.models, name).__name__ == name\n"
        "print('ActivityItem' in pydoc.render_doc(package.models), package.errors.__name__)"
    )

    assert printed == f"True {NAME}.errors"


def test_models_pickled_elsewhere_can_be_read() -> None:
    printed = run_program(
        "import pickle, subprocess, sys\n"
        "from openrouter_analytics.models import ErrorDetail\n"
        "content = pickle.dumps(ErrorDetail(code=1, message='a'))\n"
        "code = f'import pickle; print(pickle.loads({content!r}).message)'\n"
        "print(subprocess.check_output([sys.executable, '-c', code], text=True).strip())"
    )

    assert printed == "a"


@pytest.mark.parametrize("module", [NAME, f"{NAME}.models"])
def test_an_unknown_name_is_an_attribute_error(module: str) -> None:
    package = importlib.import_module(module)

    assert {*package.__all__} <= {*dir(package)}
    with pytest.raises(AttributeError, match=rf"module '{module}' has no attribute 'Klient'"):
        _ = package.Klient


def test_an_import_error_inside_is_not_hidden() -> None:
    printed = run_program(
        "import sys\n"
        "sys.modules['httpx'] = None\n"
        "import openrouter_analytics\n"
        "try:\n    openrouter_analytics.Client\n"
        "except ImportError as error:\n    print(error.name)"
    )

    assert printed == "httpx"
