"""The public names are recorded, and a difference stops the release."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.release_check import public_names
from tools.release_check.release import PACKAGE, ROOT, FailedError, Release


def test_the_public_names_are_those_that_are_recorded() -> None:
    try:
        public_names.check(Release())
    except FailedError as error:
        pytest.fail("\n".join(error.args), pytrace=False)


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("_base_client.py", "def with_timeout(", "def _gone(",
         "gone or changed: openrouter_analytics._base_client.BaseClient.with_timeout("),
        ("client.py", "max_retries: int = 2", "max_retries: int = 3",
         "gone or changed: openrouter_analytics.client.Client.__init__("),
        ("errors.py", "class ConflictError(APIStatusError)", "class ConflictError(APIError)",
         "gone or changed: class openrouter_analytics.errors.ConflictError(APIStatusError)"),
        ("models/activity_item.py", "    usage: float\n", "", "ActivityItem.usage: float"),
        ("_base_client.py", "    def call(", "    def new(self): ...\n    def call(",
         "not recorded: openrouter_analytics._base_client.BaseClient.new()"),
    ],
)  # fmt: skip
def test_a_difference_stops_until_it_is_recorded(
    tmp_path: Path, name: str, old: str, new: str, line: str
) -> None:
    shutil.copytree(ROOT / PACKAGE, tmp_path / PACKAGE)
    shutil.copy(ROOT / public_names.RECORD, tmp_path)
    path = tmp_path / PACKAGE / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    release = Release(tmp_path)

    with pytest.raises(FailedError) as caught:
        public_names.check(release)

    *lines, last = caught.value.args
    assert any(line in one for one in lines)
    assert last == "if you mean this: make release-check ARGS=--record"
    public_names.record(release)
    assert public_names.check(release).endswith(", as recorded")
