"""A client that is broken on purpose fails a consumer's check."""

from operator import attrgetter

import pytest

from tests.contract.harness import breaks
from tests.contract.harness.breaks import Break


@pytest.mark.parametrize("broken", breaks.BREAKS, ids=attrgetter("name"))
def test_a_broken_client_fails_a_check(broken: Break) -> None:
    assert breaks.noticed_by(broken) is not None


def test_an_unchanged_copy_passes() -> None:
    assert breaks.noticed_by(None) is None


@pytest.mark.parametrize(
    ("old", "error", "said"),
    [
        ("no such text", LookupError, r"client\.py does not contain 'no such text'"),
        ("from __future__", SyntaxError, r"client\.py"),
    ],
)
def test_an_outdated_break_is_an_error(old: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        breaks.noticed_by(Break("client.py", "nothing", old, "def"))
