"""The verdict asks for a version, and the change report escapes the text of the document."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.errors import GeneratorError
from generator.update.report import Change, Effect, Verdict, bumped, markdown, plain, printable


@pytest.mark.parametrize(
    ("version", "level", "after"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "none", "1.2.3"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "patch", "0.2.4"),
    ],
)
def test_a_version_is_counted_up(version: str, level: str, after: str) -> None:
    assert after == bumped(version, level)


def test_a_version_of_another_form_is_refused() -> None:
    with pytest.raises(GeneratorError, match=r"'1\.0rc1' is not of the form"):
        bumped("1.0rc1", "major")


def verdict(place: str, what: str) -> Verdict:
    change = Change(place, what, Effect.BREAKING)
    return Verdict(f"a\n::error::{what}", [], [change], [what], [what], [what])


def test_text_of_the_document_is_escaped() -> None:
    report = markdown(
        verdict("a`b\n# c", "<b> @all [x](https://a.b) ![y](www.c.d)\n\n## e a/b#1 GH-2 x_y|z")
    ).splitlines()

    zero = "\u200b"  # stops GitHub, which reads the text without its backslashes
    assert (
        f"- Python: `a'b # c` \\<b\\> \\@{zero}all \\[x\\](https\\:{zero}//a.b) \\!\\[y\\]"
        f"(www\\.{zero}c.d) \\#{zero}\\#{zero} e a/b\\#{zero}1 GH-{zero}2 x\\_y\\|z"
    ).replace(f"\\#{zero} e", "\\# e") in report
    assert 3 == sum(line.startswith("- \\<b\\> \\@\u200ball") for line in report)


def test_a_terminal_shows_text_without_escapes() -> None:
    shown = plain(verdict("a_b", "list[int] | None became x_y\n# c")).splitlines()

    assert "- Python: `a_b` list[int] | None became x_y # c" in shown


@pytest.mark.parametrize("show", [plain, markdown])
def test_text_of_the_document_is_no_command(show: Callable[[Verdict], str]) -> None:
    """Neither to a terminal, nor to the runner of a workflow, which reads each line."""
    attack = "\x1b[2J\x9b2J\r\n::set-output name=a::b\u2028 ::error::c ##[error]d \u202e \x07\ud800"

    lines = show(verdict(attack, attack)).split("\n")

    assert all(line.isprintable() or show is markdown for line in lines)
    assert not any(one in line for line in lines for one in "\x1b\x9b\r\u2028\u202e\x07\ud800")
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)


def test_an_error_is_no_command() -> None:
    text = printable("error: a\n  ::warning::b ##[group]c\n\x1b[0m")

    assert "error: a\n  : :warning::b ## [group]c\n\\x1b[0m" == text
