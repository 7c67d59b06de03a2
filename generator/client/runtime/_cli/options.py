"""The options of the commands: one for each argument of a method, and one for each key."""

from __future__ import annotations

import datetime
import functools
import inspect
import itertools
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from attrs import evolve, frozen
from cyclopts import Parameter, Token, convert
from cyclopts.validators import Number

from ..client import SCHEMES
from .app import CONNECTION, FILE, ROWS, Key, file_name, named
from .columns import Columns
from .failure import Code, CommandError
from .questions import date_column
from .type_hints import is_enum, is_json, is_structured, members

_COMMON = frozenset(
    {"base-url", "bom", "format", "help", "output", "timeout", "verbose", "version"}
)
"""The options that have no argument of a method."""

_DAY = datetime.date | str

_QUESTIONS: Mapping[str, tuple[Any, str, str]] = {
    "columns": (str, "NAMES", "Only these columns, in this order, such as a,b."),
    "sort": (str, "NAMES", "Sort by these columns; -NAME is descending."),
    "by": (str, "NAMES", "Sum all numbers for each value of these columns. Tables add a total."),
    "since": (_DAY, "DATE", "Only rows whose {} is this day or later."),
    "until": (_DAY, "DATE", "Only rows whose {} is this day or earlier."),
    "top": (int, "N", "Only the first rows, once sorted. A total counts the others, too."),
}
"""By question that can be asked of rows: the type, the word for a value and the help."""

_VALUES: Mapping[Any, tuple[str, str]] = {
    UUID: ("UUID", "00000000-0000-4000-8000-000000000001"),
    datetime.date: ("DATE", "yesterday"),
    datetime.datetime: ("DATE-TIME", "yesterday"),
    float: ("NUMBER", "1.5"),
    int: ("INTEGER", "1"),
}
"""By type, what the help of a command calls a value, and an example."""

_DAYS = {"today": 0, "yesterday": 1}
"""The words for a day, and how many days ago it was."""


def kebab(name: str) -> str:
    """A Python name as the command line writes it."""
    return name.strip("_").replace("_", "-")


def free(taken: set[str], *wanted: str, is_flag: bool = False) -> str:
    """Take the first of the names that is free, or else the last one with a number.

    Args:
        taken: The names that are not free.
        wanted: The names.
        is_flag: Whether the opposite of the name is taken with it.
    """
    numbered = (f"{wanted[-1]}-{number}" for number in itertools.count(2))
    candidates = itertools.chain(wanted, numbered)
    both = ({name, f"no-{name}"} if is_flag else {name} for name in candidates)
    found = next(names for names in both if not names & taken)
    taken |= found
    return min(found, key=len)


@frozen
class Option:
    """An option of a command, or one of its arguments.

    Attributes:
        name: The name of the method's argument.
        parameter: The parameter of the function that cyclopts calls.
        example: The words of a command line that give it.
        read: Makes the value of the argument from the text that is given.
    """

    name: str
    parameter: inspect.Parameter
    example: list[str]
    read: Callable[[Any], Any]

    @property
    def typed(self) -> str:
        """The name that a user sees: that of the option, or that of the place in the usage."""
        by_place = self.parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        return kebab(self.name).upper() if by_place else self.example[0]

    @property
    def required(self) -> bool:
        """Whether a call needs it."""
        return self.parameter.default is inspect.Parameter.empty


def with_option(message: str, given: Sequence[Option]) -> str:
    """A message in which the option replaces the document's name of a parameter."""

    def letters(name: str) -> str:
        return re.sub(r"[\W_]", "", name).lower()

    wrong, colon, problem = message.partition(": ")
    # The name of an argument that would collide with another ends in the parameter's location.
    names = {letters(wrong) + place for place in ("", "path", "query", "header", "cookie")}
    typed = [option.typed for option in given if colon and letters(option.name) in names]
    return f"{' or '.join(typed)}: {problem}" if typed else message


def find_options(
    function: Callable[..., object], annotations: Mapping[str, Any], texts: Mapping[str, str]
) -> list[Option]:
    """The options for the arguments of an operation.

    Args:
        function: The function ``sync`` of the operation.
        annotations: The types of its arguments.
        texts: What the docstring of the method says of them.
    """
    taken = _taken()
    bodies = getattr(sys.modules[function.__module__], "BODIES", ())
    has_files = "multipart/form-data" in bodies
    return [
        _option(argument, annotations[name], texts.get(name, ""), taken, has_files=has_files)
        for name, argument in inspect.signature(function).parameters.items()
        if name not in ("client", "options")
    ]


def _taken(options: Sequence[Option] = ()) -> set[str]:
    """The names that are not free beside these options."""
    names = [get_args(option.parameter.annotation)[1].name for option in options]
    all_names = itertools.chain(_COMMON, (key.option for key in KEYS), *names)
    return {name.removeprefix("--") for name in all_names}


def find_questions(columns: Columns, options: Sequence[Option]) -> dict[str, Option]:
    """The options for what can be asked of rows, by question.

    Args:
        columns: The rows and columns.
        options: The options for the arguments of the operation, which keep their names.
    """
    taken = _taken(options)
    day = date_column(columns.of([]))
    found: dict[str, Option] = {}
    for name, (kind, metavar, text) in _QUESTIONS.items():
        argument = inspect.Parameter(f"_{name}", inspect.Parameter.KEYWORD_ONLY, default=None)
        option = _option(argument, kind, text.format(day), taken, "rows", has_files=False)
        # Without a column of dates, these options are errors that say so.
        show = bool(day) or kind is not _DAY
        valid = Number(gte=1) if kind is int else None
        more = Parameter(group=ROWS, metavar=metavar, show=show, validator=valid)
        old = option.parameter
        found[name] = evolve(
            option, parameter=old.replace(annotation=Annotated[old.annotation, more])
        )
    return found


def _option(
    argument: inspect.Parameter,
    annotation: Any,
    text: str,
    taken: set[str],
    suffix: str = "parameter",
    *,
    has_files: bool,
) -> Option:
    empty = inspect.Parameter.empty
    required, by_place = argument.default is empty, argument.kind is argument.POSITIONAL_OR_KEYWORD
    is_file = _is_file(argument.name, annotation)
    kind: Any = str if is_file else _type(annotation)
    is_flag, is_list = kind is bool, get_origin(kind) is list
    name = kebab(argument.name)
    name = f"--{free(taken, name, f'{name}-{suffix}', is_flag=is_flag)}"
    # If a value may be a number or a text, take it as a text.
    items = [item for item in _items(annotation) if kind is not str or item not in (float, int)]
    values = [str(value.value) for item in items if is_enum(item) for value in item]
    clock = next((item for item in items if item in (datetime.date, datetime.datetime)), None)
    words = ("FILE", "body.json") if is_file else ("TEXT", "TEXT")
    metavar, example = next((_VALUES[item] for item in items if item in _VALUES), words)
    text += f" Such as {', '.join(values)}." * bool(values)
    text += f" Also {' or '.join(_DAYS)}, in UTC." * bool(clock)
    text += " Can be given several times." * is_list
    text += f" A file{' in JSON' * is_json(annotation)}; - is standard input." * is_file
    text += ' In it, "@FILE" is the content of FILE.' * (is_file and has_files)
    described = Parameter(
        name=name,
        metavar=None if is_flag else metavar,
        allow_leading_hyphen=not is_flag and not by_place,
        completer=(lambda _: values) if values else None,
        negative=() if is_list else None,
        converter=_converted,
        validator=file_name if is_file else None,
        help=text.strip(),
    )
    parameter = argument.replace(
        annotation=Annotated[kind if required else kind | None, described],
        default=empty if required else None,
    )
    word = [] if is_flag else [shlex.quote(values[0])] if values else [example]

    def read(given: Any) -> Any:
        if is_file:
            bodies: Any = import_module(".bodies", __package__)  # which not every package has
            return bodies.read_value(given, annotation, name, has_files=has_files)
        return [*map(moment, given)] if is_list else moment(given)

    def moment(value: Any) -> Any:
        is_word = clock is not None and value in _DAYS and value not in values
        return _day(value, clock) if is_word else value

    return Option(argument.name, parameter, word if by_place else [name, *word], read)


_convert: Callable[..., Any] = convert
"""``convert`` of cyclopts, without its types, some of which are unknown."""


def _converted(kind: Any, words: Sequence[Token]) -> Any:
    """The value of an option. cyclopts alone would round 1.5 to an integer."""

    def scalar(kind: Any, word: str) -> Any:
        return int(word) if kind is int else _convert(kind, [word])

    return _convert(kind, words, converter=scalar)


def extra_query(options: Sequence[Option], known: Mapping[str, str]) -> Option:
    """The option for query parameters that the document does not name.

    Args:
        options: The other options of the operation.
        known: By name of a query parameter of the document, the argument that gives it.
    """
    typed = {option.name: option.typed for option in options}
    name = f"--{free(_taken(options), 'query', 'extra-query')}"
    described = Parameter(
        name=name,
        metavar="NAME=VALUE",
        allow_leading_hyphen=True,
        negative=(),
        help="Add a query parameter that is no option. Can be given several times.",
    )
    parameter = inspect.Parameter(
        "extra_query",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[list[str] | None, described],
    )

    def read(given: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in given:
            wanted, equals, value = item.partition("=")
            if not wanted or not equals:
                raise CommandError(
                    Code.USAGE, f"{name}: expected NAME=VALUE, received {named(item)}"
                )
            if wanted in known:
                raise CommandError(Code.USAGE, f"{name}: {wanted}: use {typed[known[wanted]]}")
            found.setdefault(wanted, []).append(value)
        return found

    return Option("extra_query", parameter, [name, "NAME=VALUE"], read)


def _day(word: str, kind: Any) -> datetime.date:
    """The day that a word names, or the beginning of that day for a date and time."""
    now = datetime.datetime.now(datetime.UTC)
    day = now.date() - datetime.timedelta(days=_DAYS[word])
    if kind is datetime.date:
        return day
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _is_file(name: str, annotation: Any) -> bool:
    """Whether a value is read from a file, because it is too much to type."""
    kinds = members(annotation)
    return bytes in kinds or any(map(is_structured, kinds)) or (name == "body" and Any in kinds)


def _type(annotation: Any) -> Any:
    """The type of an option: text wherever the client itself reads and checks text."""
    found: list[Any] = []
    for kind in members(annotation):
        if get_origin(kind) is Sequence:
            found.append(list[_type(get_args(kind)[0])])  # type: ignore[misc]
        elif is_enum(kind):
            found.append(int if issubclass(kind, int) else str)
        else:
            found.append(kind if get_origin(kind) is Literal or kind in (bool, float, int) else str)
    return str if str in found else functools.reduce(lambda one, other: one | other, found)


def _items(annotation: Any) -> Iterator[Any]:
    """The types of a single value of an option."""
    for kind in members(annotation):
        if get_origin(kind) is Sequence:
            yield from _items(get_args(kind)[0])
        else:
            yield kind


def _keys() -> Iterator[Key]:
    taken = {*_COMMON}
    for scheme in SCHEMES.values():
        yield Key(scheme, f"--{free(taken, f'{kebab(scheme.argument)}-file')}", None)


KEYS = [*_keys()]
"""The keys that the client may need, each with the option that names its file."""


def key_parameter(key: Key) -> inspect.Parameter:
    """The parameter for the file of a key."""
    variables = " or ".join(key.scheme.environment)
    text = f" The default is {variables} of the environment." * bool(variables)
    described = Parameter(
        name=key.option,
        group=CONNECTION,
        help=f"The file with the key; - is standard input.{text} {key.scheme.description}".rstrip(),
    )
    return inspect.Parameter(
        f"_{key.scheme.argument}_file",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, FILE, described],
    )
