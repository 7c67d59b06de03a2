"""Every change is tested on all supported versions and systems, and its pages in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from generator.spec.round_trip import load as load_round_trip
from tools.release_check.release import ROOT


def loaded(path: Path) -> Any:
    return load_round_trip(path.read_text("utf-8"), path.name)


JOBS: Any = loaded(ROOT / ".github/workflows/ci.yml")["jobs"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_both_passes_of_the_tests_run() -> None:
    unit = re.findall(
        r"^unit:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )

    assert commands("test") == ["make test"]  # without ARGS, which would leave out the second
    assert "$(if $(ARGS),,HTTP_LIBRARY=httpx2 WITHOUT_MSGSPEC=1 " in unit[0]


def test_the_tests_of_the_client_run_on_other_systems() -> None:
    systems = {name.partition("-")[0] for name in JOBS["client"]["strategy"]["matrix"]["os"]}

    assert {"macos", "windows"} == systems
    assert " tests/client " in commands("client")[-1]
    assert ["test", "client"] == JOBS["package"]["needs"]


def test_each_page_is_opened_in_a_browser() -> None:
    assert "make docs ARGS=--browse" in commands("package")


def test_actions_are_kept_up_to_date() -> None:
    [updates] = loaded(ROOT / ".github/dependabot.yml")["updates"]

    assert ("github-actions", "/") == (updates["package-ecosystem"], updates["directory"])
    assert [["*"]] == [group["patterns"] for group in updates["groups"].values()]
