"""Every change is tested on all supported versions and systems, and its pages in a browser."""

from __future__ import annotations

import re

from tests.tools.workflows import WORKFLOWS, commands
from tools.release_check.release import ROOT

JOBS = WORKFLOWS["ci"]["jobs"]


def test_both_passes_of_the_tests_run() -> None:
    unit = re.findall(
        r"^unit:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )

    assert commands("ci", "test") == ["make test"]  # without ARGS, which would leave out the second
    assert "$(if $(ARGS),,HTTP_LIBRARY=httpx2 WITHOUT_MSGSPEC=1 " in unit[0]


def test_the_tests_of_the_client_run_on_other_systems() -> None:
    systems = {name.partition("-")[0] for name in JOBS["client"]["strategy"]["matrix"]["os"]}

    assert {"macos", "windows"} == systems
    assert " tests/client " in commands("ci", "client")[-1]
    assert ["test", "client"] == JOBS["package"]["needs"]


def test_each_page_is_opened_in_a_browser() -> None:
    assert "make docs ARGS=--browse" in commands("ci", "package")
