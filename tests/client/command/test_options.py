"""Options and columns follow from annotations, also from those that the API does not have."""

import datetime as dt
import runpy
import sys
from collections.abc import Sequence
from enum import IntEnum, StrEnum
from types import SimpleNamespace
from typing import Any, Literal, get_args
from uuid import UUID

import pytest
from attrs import evolve

from tests.client.command.conftest import Runner
from tests.client.package import (
    NAME,
    UNSET,
    ActivityItem,
    ActivityResponse,
    CommandError,
    ErrorDetail,
    ErrorResponse,
    Scheme,
    Unset,
    app,
    commands,
    get_user_activity,
    methods,
    options,
    package,
    rows,
    type_hints,
)


class Status(StrEnum):
    """An enum of texts."""

    ON_LOAN = "on loan"
    LOST = "lost"


class Days(IntEnum):
    """An enum of numbers."""

    WEEK = 7


def test_a_deprecated_operation_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    given = app.FileOptions(base_url="http://127.0.0.1:1", output="/no/such/folder/file")

    with pytest.raises(CommandError):
        app.run(given, [], lambda _: None, None, deprecated=True)

    assert "openrouter-analytics: this command is deprecated\n" == capsys.readouterr().err


def test_standard_input_is_one_key() -> None:
    keys = [app.Key(Scheme(name, "X", "", (), ""), f"--{name}-file", "-") for name in ("a", "b")]

    with pytest.raises(CommandError, match="standard input can be the file of one key only"):
        app.run(app.Options(), keys, lambda _: None, None, deprecated=False)


@pytest.mark.parametrize(
    ("annotation", "kind", "metavar", "example"),
    [
        (str, str, "TEXT", ["--value", "TEXT"]),
        (bool, bool, None, ["--value"]),
        (float, float, "NUMBER", ["--value", "1.5"]),
        (int | str, str, "TEXT", ["--value", "TEXT"]),
        (Status | str, str, "TEXT", ["--value", "'on loan'"]),
        (Days | int, int, "INTEGER", ["--value", "7"]),
        (Literal["a"], Literal["a"], "TEXT", ["--value", "TEXT"]),
        (dt.date | str, str, "DATE", ["--value", "yesterday"]),
        (Sequence[UUID | str], list[str], "UUID", ["--value", f"{UUID(int=1, version=4)}"]),
        (list[str], str, "FILE", ["--value", "body.json"]),
        (ActivityItem, str, "FILE", ["--value", "body.json"]),
    ],
)
def test_the_type_of_an_argument_makes_its_option(
    annotation: Any, kind: Any, metavar: str | None, example: list[str]
) -> None:
    def operation(*, value: Any, client: Any) -> None: ...

    [option] = options.find_options(operation, {"value": annotation}, {"value": "A text."})

    found, described = get_args(option.parameter.annotation)
    assert (kind, metavar, example) == (found, described.metavar, option.example)
    assert described.help.startswith("A text.")


def test_a_module_of_packages_with_bodies_reads_the_file_of_an_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def operation(*, value: Any, client: Any) -> None: ...

    reader = SimpleNamespace(read_value=lambda *given, **options: (*given, options))
    monkeypatch.setitem(sys.modules, f"{NAME}._cli.bodies", reader)
    [option] = options.find_options(operation, {"value": list[str]}, {"value": "A text."})

    assert ("a.json", list[str], "--value", {"has_files": False}) == option.read("a.json")


def test_an_option_that_can_be_left_out_may_be_none() -> None:
    def operation(*, value: str | None = None, body: Any = UNSET) -> None: ...

    found = options.find_options(operation, {"value": str | None, "body": Any | Unset}, {})

    assert [str | None] * 2 == [get_args(option.parameter.annotation)[0] for option in found]
    assert [False] * 2 == [option.required for option in found]


def test_the_values_of_an_enum_are_offered() -> None:
    def operation(*, status: Any) -> None: ...

    [option] = options.find_options(operation, {"status": Sequence[Status | str]}, {})

    described = get_args(option.parameter.annotation)[1]
    assert ["on loan", "lost"] == described.completer(None)
    assert "Such as on loan, lost. Can be given several times." == described.help


def test_a_word_for_a_day_means_its_start_unless_the_document_has_the_word() -> None:
    class When(StrEnum):
        TODAY = "today"

    def operation(*, since: Any, when: Any, days: Any) -> None: ...

    annotations = {
        "since": dt.datetime | str,
        "when": When | dt.date | str,
        "days": Sequence[dt.date | str],
    }
    since, when, days = options.find_options(operation, annotations, {})

    read = since.read("yesterday")
    assert (dt.UTC, dt.time()) == (read.tzinfo, read.time())
    assert "today" == when.read("today")
    assert [read.date(), "2026-08-23"] == days.read(["yesterday", "2026-08-23"])


def test_a_name_that_is_taken_gets_another() -> None:
    taken = {"a", "no-b", "c", "c-2"}

    names = [options.free(taken, name, is_flag=name == "b") for name in ("x", "a", "b", "c")]

    assert ["x", "a-2", "b-2", "c-3"] == names
    assert {"x", "a-2", "b-2", "no-b-2", "c-3"} <= taken


def test_names_that_only_type_checkers_import_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def operation(items: Any) -> None: ...

    operation.__annotations__ = {"items": "list[ActivityPage]", "return": "ErrorDetail"}
    monkeypatch.setattr(package.models, "ActivityPage", ActivityResponse, raising=False)

    found = type_hints.type_hints(operation)

    assert {"items": list[ActivityResponse], "return": ErrorDetail} == found


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, "text"),
        (bool | None, "boolean"),
        (dt.date, "date"),
        (dt.datetime, "date-time"),
        (Days | int, "integer"),
        (Literal[2], "integer"),
        (int | float, "number"),
        (int | str, "text"),
        (dict[str, int], "text"),
    ],
)
def test_the_type_of_a_member_is_that_of_its_column(annotation: Any, kind: str) -> None:
    assert kind == rows._kind(annotation)


@pytest.mark.parametrize(
    ("annotation", "is_row", "envelopes", "kinds"),
    [
        (ActivityResponse, False, {ActivityResponse: ("data", "data")}, [ActivityItem]),
        (ActivityResponse | None, True, {}, [ActivityResponse]),
        (
            list[ActivityItem] | ErrorResponse | ErrorDetail,
            False,
            {},
            [ActivityItem, ErrorResponse, ErrorDetail],
        ),
    ],
)
def test_an_envelope_is_an_object_around_one_array_of_rows(
    annotation: Any, is_row: bool, envelopes: Any, kinds: list[Any]
) -> None:
    found = rows.find_rows(annotation, is_row=is_row)

    assert (envelopes, kinds) == (found.rows, [*found.kinds])


def test_texts_have_no_rows() -> None:
    assert rows.find_rows(str | bytes, is_row=False) is None


def method(returned: Any) -> Any:
    """A method of the client for an operation that returns this type."""

    def operation(*, client: Any) -> None: ...

    operation.__annotations__["return"] = returned
    module = SimpleNamespace(OPERATION=SimpleNamespace(success={"200": None}, path="/a", query={}))
    return SimpleNamespace(
        name="find_it", namespace="shop", arguments={}, is_stream=False,
        function=lambda: (module, operation),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("returned", "calls"),
    [
        (None, ["find-it"]),
        (str, ["find-it", "find-it --output find-it"]),
        (list[ErrorResponse], ["find-it", "find-it --output shop.csv"]),
        (
            list[ErrorDetail],
            ["find-it", "find-it --by message --sort -code", "find-it --output shop.csv"],
        ),
    ],
)
def test_the_examples_of_a_command_follow_from_its_result(returned: Any, calls: list[str]) -> None:
    found = method(returned)

    shown = commands._examples("find-it", found, commands._operation(found))

    assert app.examples(*calls) == shown


def test_a_response_without_one_array_is_read_whole(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run.rows()
    monkeypatch.setattr(commands, "_kept", lambda *_: None)
    monkeypatch.setattr(commands, "program", commands._program())

    assert expected == run.rows()


def test_the_events_of_an_operation_have_a_method_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_user_activity, "sync_stream", len, raising=False)

    [found] = methods.find_methods()

    events = evolve(found, name=f"{found.name}_stream")
    assert (get_user_activity, get_user_activity.sync) == found.function()
    assert (get_user_activity, len) == events.function()


def test_no_command_has_another_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'get_user_activity'"):
        _ = commands.get_user_activity


def test_the_package_can_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [f"python -m {NAME}", "--version"])
    monkeypatch.delitem(sys.modules, f"{NAME}.__main__", raising=False)

    with pytest.raises(SystemExit) as ended:
        runpy.run_module(NAME, run_name="__main__")

    assert 0 == ended.value.code
    assert f"{package.__version__}\n" == capsys.readouterr().out
