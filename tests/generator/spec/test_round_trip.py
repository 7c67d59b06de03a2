"""A round trip keeps a text as it is, and reads it as the reader of documents does."""

import contextlib
import json
import random

import pytest

from generator.errors import GeneratorError
from generator.spec.read import read_mapping
from generator.spec.round_trip import dump, load
from generator.spec.values import plain


@pytest.mark.parametrize(
    "text",
    [
        "# first\na: 1 # eol\n\n# before\nb: 'x'\nc: \"y\"\nd: 1.50\ne: 0x1F\nf: 2025-11-08\n",
        "a: >-\n  one\n  two\n\n  three\nb: |\n  one\n    two\n",
        "a:\n  - b: 1\n    c:\n      - d\n  - e\nf: {}\ng: []\n",
        f"a: {'long ' * 100}line\nb: '{'long ' * 100}line'\n",
        "a: ünï\nb: 日本\n",
        "a: yes\nb: no\nc: 012\nd: 1_000\n",
    ],
)
def test_a_round_trip_changes_nothing(text: str) -> None:
    assert text == dump(load(text, "the document"))


BITS = [
    *"a,:{}[]'\"\\|>~= \n\t\r#1&*!?é\u2028\x85",
    *("a b", "b: ", "- ", "- - ", ": ", "? ", "|-", "|+", "|2", ">-", "\n\n", "    ", " # c\n"),
    *("&a ", "*a", "!!str ", "! ", "%YAML 1.1\n", "---\n", "...\n", "<<: ", "null", "true", "yes"),
    *("017", "1_0", "0x1F", "1.5", "1e3", ".5", "5.", "+1", "-0", ".inf", "2025-01-01", "3.1.0"),
    *("1:30", "\\u0041", "\\ud83d", "\\/", "''", '""', "k: v\n", "- x\n", "  k: v\n", '"q": 1\n'),
]
TEXTS = [
    "z: 1\n",
    "a: 1\nb:\n  - x\n  - y: z\n    w: |\n      one\n        two\n\nc: {d: [1, 2], e: 'f'}\n",
    "k: >-\n  folded\n  text\n\n  para\nl: \"double\n  quoted\"\nm: 'single\n\n  q'\n",
    "x:\n- a\n- b: c\n  d: e\n-\n  - f\n",
]


def test_both_readers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ruamel.yaml would read otherwise than the reader is refused, not taken."""
    rng = random.Random(0)
    loaded = 0
    for _ in range(2000):
        text = rng.choice(TEXTS)
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(text) + 1)
            text = text[:start] + rng.choice(BITS) + text[start + rng.choice([0, 0, 1, 2, 5]) :]
        with contextlib.suppress(GeneratorError):
            usual = plain(load(text, "it"))
            loaded += 1

            assert json.dumps(read_mapping(text, "it")) == json.dumps(usual), text

    assert loaded > 200


def test_a_text_that_two_readers_read_differently_is_refused() -> None:
    """YAML 1.1 has more line breaks than YAML 1.2."""
    with pytest.raises(GeneratorError, match="it: two readers of YAML disagree on #/x; quote it"):
        load("x:\n- a\n-\n\x85- f\n", "it")
