"""Text of a document never becomes code, whatever it is and wherever it occurs."""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.spec.values import is_array, is_object
from tests.generator.client import command, small
from tests.generator.client.hostile import (
    DOCUMENT,
    NAME_POSITIONS,
    NAMES,
    OTHER_POSITIONS,
    PACKAGE,
    PAYLOAD,
    POSITIONS,
    PROSE_POSITIONS,
    TEXTS,
    Position,
    Shape,
    Texts,
    Workshop,
    put,
    shape,
)

# The same texts, combined by the reason for which a name may refuse them. This saves time, because
# every refusal costs a generation.
MIXTURES = {
    "quotes": f"\"'\"\"\"''' {PAYLOAD} #",
    "backslashes": f'\\N{{DASH}} \\x \\777 \\"{PAYLOAD}\\',
    "braces": "{" + PAYLOAD + "} {x!r} {{ 7191*7 }} {% raise %} #} %s ${x}",
    "invisible": f"\n{PAYLOAD}\r{PAYLOAD}\0{PAYLOAD}\x85{PAYLOAD}\u2028{PAYLOAD}\u202e\u200b\ufeff",
    "punctuation": f".{PAYLOAD}-_/",
}

# Words that mean something to Python, to attrs, or to the modules and classes of the package.
WORDS = """
    class match OPERATION UUID print list dict type datetime date self cls None
    client body request response options arguments timeout headers warnings decode encode
    errors types models api call send close sync asyncio field define data additional_properties
    from_dict to_dict mro name value uuid operation Any Literal Self Unset Mapping StrEnum
    Client Response
""".split()  # noqa: SIM905 - a list of quoted words is harder to read

# Words that mean something to `Client`, which takes the names of tags and of security schemes.
CLIENTS_WORDS = """
    self class None call send close with_headers __init__ base_url timeout headers httpx_args name
    errors types Any Mapping Client given scheme
""".split()  # noqa: SIM905
SCHEMES = [*DOCUMENT["components"]["securitySchemes"]]
TAGS = [tag["name"] for tag in DOCUMENT["tags"]]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


Harmless = Callable[..., Shape]


@pytest.fixture(scope="session")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Harmless:
    """The shape with harmless texts in positions, or without texts if these are refused."""

    @functools.cache
    def made(*texts: tuple[Position, str]) -> Shape:
        folder = Workshop(tmp_path_factory.mktemp("harmless")).make(dict(texts))
        return shape(folder) if folder else made()

    return made


def strings(node: Any) -> Iterator[str]:
    if is_object(node):
        yield from node
        yield from strings(list(node.values()))
    elif is_array(node):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str) and node:
        yield node


def test_every_string_is_a_position() -> None:
    everywhere = {position: f"<{number}>" for number, position in enumerate(POSITIONS)}

    changed = put(everywhere)

    assert {position.original for position in POSITIONS}.isdisjoint(strings(changed))


@pytest.mark.parametrize("part", range(4))
def test_prose_stays_prose(workshop: Workshop, harmless: Harmless, part: int) -> None:
    for text in list(TEXTS.values())[part::4]:
        made = workshop.make({p: p.original + text for p in PROSE_POSITIONS})
        assert made is not None, workshop.refusal

    workshop.inspect(lambda _: harmless())


def test_text_that_is_not_unicode_is_refused(workshop: Workshop) -> None:
    made = workshop.make(dict.fromkeys(PROSE_POSITIONS, "\ud800"))

    assert made is None


@pytest.mark.parametrize("mixture", MIXTURES)
def test_names_stay_names(workshop: Workshop, harmless: Harmless, mixture: str) -> None:
    workshop.make_all({p: p.original + MIXTURES[mixture] for p in NAME_POSITIONS})

    def expected(texts: Texts) -> Shape:
        # A class of names with quotes is not read into structs, whatever else they are.
        is_quoted = not {'"', "\\"}.isdisjoint(MIXTURES[mixture])
        return harmless(*((p, p.original + '"') for p in texts if is_quoted))

    workshop.inspect(expected)


@pytest.mark.parametrize("start", range(0, len(WORDS), 6))
def test_words_of_python_and_the_package_are_names_like_others(
    workshop: Workshop, harmless: Harmless, start: int
) -> None:
    names = [name for name in NAMES if name not in SCHEMES and name not in TAGS]
    words = [*WORDS[start:], *WORDS[:start]]

    texts = {Position("name", (n,)): word for n, word in zip(names, words, strict=False)}
    assert workshop.make(texts) is not None, workshop.refusal

    workshop.inspect(lambda _: harmless())


@pytest.mark.parametrize("form", ["__{}__", "{}_", "{}_async"])
def test_names_with_underscores_stay_names(
    workshop: Workshop, harmless: Harmless, form: str
) -> None:
    workshop.make_all({Position("name", (n,)): form.format(n) for n in NAMES})

    workshop.inspect(lambda _: harmless())


#: Names of every kind. A document may not give one name to two parameters, or two operations.
PAIRS = [
    [
        ("red", "dark red"),
        ("firstOne", "secondOne"),
        ("exploded", "joined"),
        ("giveBody", "giveFiles"),
        ("Colour", "Beast"),
    ],
    [("plainPart", "spaced"), ("giveParts", "followEvents")],
]


@pytest.mark.parametrize(
    "words", [("some-thing", "some_thing"), ("someThing", "SOMETHING"), ("so", "so_async")]
)
def test_names_that_would_be_equal_stay_apart(
    workshop: Workshop, harmless: Harmless, words: tuple[str, str]
) -> None:
    for pairs in PAIRS:
        renamed = [zip(names, words, strict=True) for names in pairs]
        made = workshop.make({Position("name", (n,)): w for pair in renamed for n, w in pair})
        assert made is not None, workshop.refusal

    workshop.inspect(lambda _: harmless())


def test_words_of_the_client_stay_the_clients(workshop: Workshop, harmless: Harmless) -> None:
    for start in range(0, len(CLIENTS_WORDS), 2):
        named = zip([*TAGS, *SCHEMES[:2]], CLIENTS_WORDS[start : start + 2] * 2, strict=True)
        workshop.make_all({Position("name", (n,)): word for n, word in named})

    workshop.inspect(lambda _: harmless())


@pytest.mark.parametrize("part", range(8))
def test_openapis_words_become_no_code(workshop: Workshop, harmless: Harmless, part: int) -> None:
    texts = list(TEXTS.values())
    for number, position in enumerate(OTHER_POSITIONS[part::8]):
        workshop.make({position: texts[(number + part) % len(texts)]})

    def expected(texts: Texts) -> Shape:
        # A media type with an asterisk is a range.
        return harmless(*((p, "harmless" + "*" * ("*" in text)) for p, text in texts.items()))

    workshop.inspect(expected)


def test_the_command_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    document, config, output = (tmp_path / name for name in ("d.json", "c.yaml", "output"))
    document.write_text(json.dumps(put({Position("name", ("bearerKey",)): PAYLOAD})))
    config.write_text(small.configuration(PACKAGE))

    finished = command.generate(document, config, output)

    assert 1 == finished.returncode
    assert finished.stderr.startswith("error: ")
    assert "Traceback" not in finished.stderr
    assert not output.exists()
