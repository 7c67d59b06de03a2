"""The files and other outputs that a command writes to."""

import os
import stat
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.client.command.conftest import POSIX, Runner
from tests.client.package import Code


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "ndjson", "CSV", ""])
def test_the_ending_of_the_file_says_how_to_write(run: Runner, tmp_path: Path, ending: str) -> None:
    file = tmp_path / (f".{ending}" if ending == "json" else f"activity.{ending}".rstrip("."))
    name = {"ndjson": "jsonl", "CSV": "csv", "": "table"}.get(ending, ending)

    assert "" == run.rows("--output", str(file))

    assert run.rows(f"--format {name}") == file.read_text("utf-8")
    assert [file] == [*tmp_path.iterdir()]


@POSIX
def test_a_file_is_replaced_and_keeps_its_mode(run: Runner, tmp_path: Path) -> None:
    file, link = tmp_path / "activity.csv", tmp_path / "link.csv"
    file.write_text("before")
    file.chmod(0o640)
    link.symlink_to(file)

    run.rows("--output", str(link))

    assert file.read_text("utf-8").startswith("date,")
    assert link.is_symlink()
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)
    assert {file, link} == {*tmp_path.iterdir()}


def test_a_new_file_has_the_mode_of_any_new_file(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    run.rows("--output", str(tmp_path / "activity.csv"))

    assert (tmp_path / "other").stat().st_mode == (tmp_path / "activity.csv").stat().st_mode


def test_a_device_is_written_to_and_not_replaced(run: Runner) -> None:
    run.rows(f"--output {os.devnull} --format csv")

    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no/such/folder/a.csv", "No such file or directory"),
        (".", "Is a directory"),
        pytest.param("loop.csv", "Too many levels of symbolic links", marks=POSIX),
    ],
)
def test_no_request_is_sent_if_the_output_cannot_be_written(
    run: Runner, server: Sandbox, tmp_path: Path, target: str, said: str
) -> None:
    if target == "loop.csv":
        (tmp_path / target).symlink_to(target)

    code, line = run.failure("--output", str(tmp_path / target))

    assert (Code.OUTPUT, f"--output: {tmp_path / target}: {said}") == (code, line)
    assert not server.requests


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_said(run: Runner) -> None:
    code, line = run.failure("--output /dev/full --format csv")

    assert (Code.OUTPUT, "--output: /dev/full: No space left on device") == (code, line)


def test_a_failure_leaves_the_file_as_it_was(run: Runner, server: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "activity.csv"
    file.write_text("before")

    code, _ = run.failure(f"--base-url {server.fault_url('wrong-type')} --output", str(file))

    assert Code.BROKEN_CONTRACT == code
    assert "before" == file.read_text("utf-8")
    assert [file] == [*tmp_path.iterdir()]
