"""`python -m tests.release`: which steps it takes, and what it makes of what they say."""

from __future__ import annotations

import pytest

from tests.release import __main__ as command
from tests.release.context import Context, NotCheckedError, StopError


def fine(context: Context) -> str:
    return f"fine with {context.tag or 'no tag'}"


def bad(context: Context) -> str:
    raise StopError("one thing", "another")


def unknown(context: Context) -> str:
    raise NotCheckedError("nobody is there")


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "STEPS", {"bad": bad, "unknown": unknown, "fine": fine})


def test_every_step_is_taken_whatever_the_others_find(capsys: pytest.CaptureFixture[str]) -> None:
    code = command.main(["--tag", "v1.2.3"])

    assert code == 1
    assert capsys.readouterr().out == (
        "STOP  bad         one thing\n"
        "STOP  bad         another\n"
        "--    unknown     not checked: nobody is there\n"
        "ok    fine        fine with v1.2.3\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fine"], 0),
        (["fine", "unknown"], 0),
        (["--strict", "fine"], 0),
        (["--strict", "fine", "unknown"], 1),
        (["bad"], 1),
        (["bad", "fine"], 1),
    ],
)
def test_one_step_is_enough_to_stop(arguments: list[str], code: int) -> None:
    assert code == command.main(arguments)


@pytest.mark.parametrize("value", ["true", "1"])
def test_in_ci_nothing_stays_unchecked(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CI", value)

    assert 1 == command.main(["unknown"])


def test_a_step_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        command.main(["fine", "versions"])

    assert 2 == exit_.value.code
    assert "no such step: versions" in capsys.readouterr().err
