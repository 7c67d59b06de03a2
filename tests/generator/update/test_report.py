"""The verdict asks for a version, and the change report escapes the text of the document."""

from __future__ import annotations

import pytest

from generator.errors import GeneratorError
from generator.update.report import Change, Effect, Verdict, bumped, markdown


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


def test_text_of_the_document_is_escaped() -> None:
    place = "a`b\n# c"
    change = Change(place, "<b> @all [x](https://a.b) ![y](www.c.d)\n\n## e", Effect.BREAKING)

    report = markdown(Verdict("a file", [], [change]))

    assert (
        "- Python: `a'b # c` \\<b\\> \\@all \\[x\\](https\\://a.b) \\!\\[y\\](www\\.c.d) \\#\\# e"
    ) in report.splitlines()
