"""The commands: one for each method of the client.

A command is made when it is used, because the module of its operation imports models.
"""

from __future__ import annotations

import inspect
import itertools
import shlex
from collections.abc import Iterator, Sequence
from copy import copy
from importlib import import_module
from typing import Annotated, Any

from attrs import evolve, frozen
from cyclopts import App

from ..client import Client
from ..errors import ConfigurationError
from . import app
from .columns import NUMBERS, Columns
from .failure import CODES
from .methods import Method, find_methods, one_line
from .options import (
    KEYS,
    Option,
    extra_query,
    find_options,
    find_questions,
    free,
    kebab,
    key_parameter,
    with_option,
)
from .rows import find_rows
from .table import by_importance
from .type_hints import is_list, members, type_hints


def _named() -> Iterator[tuple[str, Method]]:
    taken: set[str] = set()
    for method in find_methods():
        name = kebab(method.name)
        yield free(taken, name, f"{kebab(method.namespace)}-{name}"), method


COMMANDS = dict(_named())
"""The methods, by the name of their command."""


@frozen
class _Operation:
    """The parts of a command that come from the module of its method.

    Attributes:
        options: The options for its arguments.
        questions: The options for what can be asked of its rows, by question.
        columns: The rows and columns of its result; None if it is text, bytes, events or nothing.
        common: The class of the options that do not depend on it.
        kept: The operation, and the function for its arguments, if its rows are kept as bytes.
    """

    options: list[Option]
    questions: dict[str, Option]
    columns: Columns | None
    common: type[app.Options]
    kept: tuple[Any, Any] | None


def _operation(method: Method) -> _Operation:
    module, function = method.function()
    found = type_hints(function)
    # An object that was created, or has a path of its own, is one row, even if it contains rows.
    is_row = "201" in module.OPERATION.success or module.OPERATION.path.endswith("}")
    columns = None if method.is_stream else find_rows(found["return"], is_row=is_row)
    options = find_options(function, found, method.arguments)
    options.append(extra_query(options, module.OPERATION.query))
    has_rows = columns and (columns.rows or any(map(is_list, members(found["return"]))))
    questions = find_questions(columns, options) if columns and has_rows else {}
    common: type[app.Options] = app.TableOptions if columns else app.FileOptions
    common = common if members(found["return"]) else app.Options
    return _Operation(options, questions, columns, common, _kept(module, columns))


def _kept(module: Any, columns: Columns | None) -> tuple[Any, Any] | None:
    if not columns or not columns.rows or not hasattr(module, "ARRAY"):
        return None
    kept_rows: Any = import_module(".kept_rows", __package__)  # which not every package has
    ((attribute, _),) = columns.rows.values()
    operation = copy(module.OPERATION)
    operation.success = {
        status: kept_rows.keeping(module.ARRAY, attribute, columns.of, reader)
        for status, reader in operation.success.items()
    }
    return operation, module.arguments


def _examples(name: str, method: Method, operation: _Operation) -> str:
    """Ways to call a command: with what it needs, with one option, summed, and into a file."""
    required = [option.example for option in operation.options if option.required]
    spare = [option.example for option in operation.options[:-1] if not option.required]
    needed = [name, *itertools.chain(*required)]
    calls = [needed, *([*needed, *words] for words in spare[:1])]
    if operation.columns and operation.questions:
        kinds = operation.columns.of([])
        names = by_importance(kinds)
        text = next((name for name in names if kinds[name] == "text"), None)
        number = next((name for name in names if kinds[name] in NUMBERS), None)
        if text and number:
            by, sort = (operation.questions[question].typed for question in ("by", "sort"))
            calls += [[*needed, by, shlex.quote(text), sort, shlex.quote(f"-{number}")]]
    files: dict[type[app.Options], list[str]] = {
        app.FileOptions: [kebab(method.name)],
        app.TableOptions: [f"{kebab(method.namespace)}.csv"],
    }
    calls += [[*needed, "--output", file] for file in files.get(operation.common, [])]
    return app.examples(*map(" ".join, calls))


def __getattr__(name: str) -> App:
    """The command of a name: cyclopts imports it when it is used."""
    if name not in COMMANDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    method = COMMANDS[name]
    operation = _operation(method)
    common = inspect.Parameter(
        "_options",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[operation.common, app.FLAT],
        default=operation.common(),
    )
    options = [*operation.options, *operation.questions.values()]
    parameters = [*(option.parameter for option in options), common]
    signature = inspect.Signature([*parameters, *map(key_parameter, KEYS)])

    def run(*positional: Any, **keyword: Any) -> int:
        bound = signature.bind(*positional, **keyword)
        bound.apply_defaults()
        return _run(method, operation, bound.arguments)

    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in signature.parameters.values()}
    command = App(name=name, help_epilogue=_examples(name, method, operation))
    command.default(run)
    return command


def _run(method: Method, operation: _Operation, given: dict[str, Any]) -> int:
    asked = {
        question: (option.typed, option.read(given[option.name]))
        for question, option in operation.questions.items()
        if given[option.name] is not None
    }

    def call(client: Client) -> object:
        arguments = {
            option.name: option.read(given[option.name])
            for option in operation.options
            if given[option.name] is not None
        }
        try:
            if operation.kept:
                kept, encoded = operation.kept
                query: Any = {"extra_query": arguments.get("extra_query")}
                others = {name: arguments[name] for name in arguments if name not in query}
                return client.call(kept, encoded(**others), query)
            return getattr(getattr(client, method.namespace), method.name)(**arguments)
        except ConfigurationError as error:
            chosen = [option for option in operation.options if option.name in arguments]
            raise ConfigurationError(with_option(str(error), chosen)) from None

    return app.run(
        given["_options"],
        [evolve(key, file=given[f"_{key.scheme.argument}_file"]) for key in KEYS],
        call,
        operation.columns,
        asked,
        deprecated=method.deprecated,
    )


def _program() -> App:
    # What the document says is the first part of the docstring.
    about = (inspect.getdoc(Client) or "").partition("\n\nOne client can serve")[0]
    found = app.command_line(one_line(about))
    for name, method in COMMANDS.items():
        found.command(f"{__name__}:{name}", name=name, group=method.tag or None, help=method.help)
    return found


program = _program()


def main(arguments: Sequence[str]) -> int:
    """Run the command line, and return its exit code."""
    if COMMANDS and not COMMANDS.keys() & {*arguments[:1]}:
        # Only the help of the whole program shows how to call its first command.
        name, method = next(iter(COMMANDS.items()))
        program.help_epilogue = f"{_examples(name, method, _operation(method))}\n\n{CODES}"
    return app.main(program, arguments, KEYS)
