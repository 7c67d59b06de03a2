"""The command line of another document: every kind of parameter, body and answer."""

import csv
import inspect
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from generator.spec.operations import operations
from generator.spec.read import read_document
from tests.generator.client import small
from tests.generator.client.library_server import (
    BOOK,
    BOOK_ID,
    COVER,
    KEY,
    LOAN,
    MISSING_ID,
    Library,
    serve_library,
)
from tests.generator.client.small import COUNT, TEXT, array, model, returning
from tests.generator.paths import DOCUMENTS

DOCUMENT = read_document((DOCUMENTS / "library.yaml").read_text("utf-8"))
PROGRAM = "commands-package"

NEW_BOOK = {"title": "Emma", "authors": [{"name": "Jane Austen"}], "edition": 2}
LOAN_REQUEST = {"bookId": MISSING_ID, "memberNumber": "a/1", "days": 28}

CALLS = {
    "getHealth": "get-health",
    "listBooks": "list-books",
    "addBook": "add-book --body new-book.json",
    "getBook": f"get-book {BOOK_ID}",
    "replaceBook": f"replace-book {BOOK_ID} --body new-book.json",
    "changeBook": f"change-book --book-id {BOOK_ID} --body change.json",
    "removeBook": f"remove-book {BOOK_ID}",
    "citeBook": f"cite-book {BOOK_ID} --style mla",
    "getCover": f"get-cover {BOOK_ID}",
    "getShelf": "get-shelf n/e 3",
    "getSubjects": "get-subjects",
    "findItem": "find-item 0047-4959",
    "getMember": "get-member a/1 --branch west",
    "lendBook": "lend-book --body loan.json",
    "renewLoan": "renew-loan 1",
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def commands(package: Any) -> Any:
    return small.module(package, "_cli.commands")


@pytest.fixture
def library() -> Iterator[Library]:
    with serve_library() as library:
        yield library


@pytest.fixture
def run(
    commands: Any,
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Run:
    monkeypatch.setenv("LIBRARY_KEY", KEY)
    monkeypatch.setenv("COMMANDS_PACKAGE_BASE_URL", library.url)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    for file, body in (
        ("new-book.json", NEW_BOOK),
        ("change.json", {"price": None}),
        ("loan.json", LOAN_REQUEST),
        ("note.json", {"note": "ill"}),
    ):
        (tmp_path / file).write_text(json.dumps(body), "utf-8")

    def call(line: str, *more: str) -> tuple[int, str, str]:
        code = commands.main([*line.split(), *more])
        out, err = capsysbinary.readouterr()
        return code, out.decode("utf-8", "backslashreplace"), err.decode()

    return call


def test_every_operation_has_a_command_that_works(run: Run, library: Library) -> None:
    assert {operation["operationId"] for *_, operation in operations(DOCUMENT)} == {*CALLS}

    ended = {name: run(line) for name, line in CALLS.items() if name != "removeBook"}
    ended["removeBook"] = run(CALLS["removeBook"])

    assert {0} == {code for code, _, _ in ended.values()}, ended
    said = {name: err for name, (_, _, err) in ended.items() if err}
    assert {"findItem": f"{PROGRAM}: this command is deprecated\n"} == said
    assert "" == ended["removeBook"][1]
    assert "(mla)" in ended["citeBook"][1]
    assert COVER.decode("utf-8", "backslashreplace") == ended["getCover"][1]


def test_every_argument_of_a_method_has_its_option(package: Any, commands: Any) -> None:
    client = package.Client()
    for name, method in commands.COMMANDS.items():
        called = inspect.signature(getattr(getattr(client, method.namespace), method.name))
        arguments = called.parameters.keys() - {"timeout", "max_retries", "headers"}
        assert "extra_query" in arguments

        function = getattr(commands, name).default_command
        assert arguments <= inspect.signature(function).parameters.keys()
        assert arguments == method.arguments.keys() - {"timeout", "max_retries", "headers"}


def test_a_command_imports_no_models_of_others(package: Any) -> None:
    code = f"""if True:
        import sys
        from {package.__name__}._cli import commands
        commands.main(sys.argv[1:])
        print(*[name.rpartition(".")[2] for name in sys.modules if ".models." in name])"""
    site = str(Path(package.__file__).parents[1])

    def imported(command: str) -> set[str]:
        arguments = [sys.executable, "-c", code, command, "--help"]
        ran = subprocess.run(arguments, cwd=site, text=True, capture_output=True, check=True)
        return {*ran.stdout.splitlines()[-1].split()}

    assert {"health"} == imported("get-health")
    assert "book" not in imported("lend-book")


def test_options_are_written_as_the_document_says(run: Run, library: Library) -> None:
    ran = run(
        "list-books --status on-loan --status LOST --status new --no-reference-only --limit 5 "
        "--published-after 1969-03-01 --sort -added --timeout-query 30 --headers-query "
        "--body whale --from E --x-reader-language en --timeout 5 --format csv",
        "--q",
        "salt & pepper",
    )

    assert (0, "") == (ran[0], ran[2])
    assert [
        ("q", "salt & pepper"),
        ("status", "on-loan"),
        ("status", "LOST"),
        ("status", "new"),
        ("reference-only", "false"),
        ("published-after", "1969-03-01"),
        ("sort", "-added"),
        ("limit", "5"),
        ("timeout", "30"),
        ("headers", "true"),
        ("body", "whale"),
        ("from", "E"),
    ] == parse_qsl(library.requests[-1].url.query)
    assert "en" == library.requests[-1].headers["x-reader-language"]


def test_an_envelope_gives_its_rows_and_an_entry_is_one_row(run: Run) -> None:
    page = list(csv.DictReader(io.StringIO(run("list-books --format csv")[1])))
    [book] = csv.DictReader(io.StringIO(run(f"get-book {BOOK_ID} --format csv")[1]))
    whole = json.loads(run("list-books --format json")[1])

    assert book in page
    assert BOOK["title"] == book["title"]
    assert BOOK["authors"] == json.loads(book["authors"])
    assert len(page) == len(whole["books"])
    assert {"books", "total", "next"} == set(whole)
    assert BOOK == json.loads(run(f"get-book {BOOK_ID} --format json")[1])


def test_questions_about_rows_follow_from_the_document(run: Run, library: Library) -> None:
    for number, (status, price, published) in enumerate(
        [("new", 0.1, "1990-05-01"), ("LOST", 1, "1999-12-31"), ("new", 0.2, "2000-01-01")]
    ):
        identifier = BOOK_ID[:-1] + "abc"[number]
        more = {"id": identifier, "status": status, "price": price, "published": published}
        library.books[identifier] = BOOK | more

    sums = run("list-books --by status --sort-rows -price --since 1990-01-01 --format csv")
    chosen = json.loads(run("list-books --columns title,price --top 1 --format json")[1])

    assert (0, "status,price\nLOST,1\nnew,0.3\n", "") == sums
    assert [{"title": BOOK["title"], "price": BOOK["price"]}] == chosen
    shown = " ".join(run("list-books --help")[1].replace("│", " ").split())
    assert "--since DATE Only rows whose published is this day or later." in shown
    assert "list-books --by title --sort-rows -price" in shown


def test_a_body_is_sent_and_an_optional_one_may_stay_away(run: Run, library: Library) -> None:
    run("renew-loan 1")
    run("renew-loan 1 --body note.json")
    run("lend-book --body loan.json")

    assert [b"", {"note": "ill"}, LOAN_REQUEST] == [
        body and json.loads(body) for body in library.bodies[-3:]
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("get-book 17", ": BOOK-ID: expected a UUID"),
        ("list-books --published-after soon", ": --published-after: expected a date"),
        ("list-books --x-reader-language ü", ": --x-reader-language: a header must be"),
        ("add-book --body change.json", "--body: change.json: $.title: expected a value"),
        ("add-book", "--body"),
        ("add-book --body=", "for --body. It is the name of no file."),
        ("get-book", "--book-id"),
        ("get-shelf n/e three", "SHELF-NUMBER"),
        ("remove-book x --output y", "Unknown option: --output"),
        ("cite-book x --style mla --format csv", "Unknown option: --format"),
        ("get-subjects --by name", "Unknown option: --by"),
        (f"get-book {BOOK_ID} --columns id", "Unknown option: --columns"),
    ],
)
def test_what_does_not_fit_is_one_line(run: Run, library: Library, line: str, said: str) -> None:
    code, out, err = run(line)

    assert (2, "", 1) == (code, out, err.count("\n"))
    assert said in err
    assert not library.requests


def test_help_has_the_document_s_words_tags_and_values(run: Run) -> None:
    general, books = run("--help")[1], run("list-books --help")[1]

    for words in ("Catalogue", "Loans & Members", "find-item", "Deprecated. Find a book or"):
        assert words in general
    for words in ("--status TEXT", "available, on-loan", "--library-key-file FILE", "DATE-TIME"):
        assert words in books
    assert "--no-reference-only" in books


def test_completion_knows_options_and_values(commands: Any, run: Run) -> None:
    script = commands.program.generate_completion(shell="bash")

    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "--published-after" in script
    offered = run("__complete list-books --status", "")[1]
    assert ["available", "on-loan", "in repair", "LOST"] == [
        line for line in offered.splitlines() if line and not line.startswith("\x1f")
    ]


HOSTILE = "[bold]a[/bold] `b` *c* {d} \\ \" ''' Args:\n  x: y\n\n.. deprecated:: 1"
Shown = Callable[[dict[str, Any], str], str]


@pytest.fixture
def shown(
    imported: Callable[[dict[str, Any]], Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shown:
    """The help on a command of a document."""

    def shown(document: dict[str, Any], command: str) -> str:
        monkeypatch.setenv("COLUMNS", "200")
        assert 0 == small.module(imported(document), "_cli.commands").main([command, "--help"])
        return " ".join(capsys.readouterr().out.replace("│", " ").split())

    return shown


def test_texts_of_the_document_are_shown_as_they_are(shown: Shown) -> None:
    parameter = {"name": "q", "in": "query", "schema": TEXT, "description": HOSTILE}
    texts = {"summary": HOSTILE, "description": HOSTILE}

    found = shown(small.document({"books": texts | {"parameters": [parameter]}}), "books")

    assert 2 <= found.count(" ".join(HOSTILE.split()))


def test_names_that_collide_get_another(shown: Shown) -> None:
    parameters = [
        {"name": name, "in": where, "schema": {"type": kind}}
        for name, where, kind in [
            ("output", "query", "string"),
            ("verbose", "header", "boolean"),
            ("no-x", "query", "string"),
            ("x", "query", "boolean"),
            ("query", "query", "string"),
        ]
    ]

    found = shown(small.document({"books": returning(TEXT) | {"parameters": parameters}}), "books")

    for option in (
        *("output-parameter TEXT", "verbose-parameter", "no-x TEXT", "x-parameter", "query TEXT"),
        "extra-query NAME=VALUE",
    ):
        assert f" --{option} " in found


def test_commands_of_one_name_have_their_tags(imported: Callable[[dict[str, Any]], Any]) -> None:
    paths = {
        f"/{tag}": {"get": returning(TEXT) | {"operationId": identifier, "tags": [tag]}}
        for tag, identifier in (("a", "listBooks"), ("b", "list_books"))
    }

    commands = small.module(imported(small.openapi(paths)), "_cli.commands")

    assert ["list-books", "b-list-books"] == [*commands.COMMANDS]


def test_what_the_document_does_not_name_is_sent(run: Run, library: Library) -> None:
    assert 0 == run("list-books", "--query", "lang=de fr", "--query", "lang=-", "--query=x=")[0]

    assert [("lang", "de fr"), ("lang", "-"), ("x", "")] == parse_qsl(
        library.requests[-1].url.query, keep_blank_values=True
    )


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("lang", "--query: expected NAME=VALUE, received 'lang'"),
        ("=de", "--query: expected NAME=VALUE, received '=de'"),
        ("timeout=1", "--query: timeout: use --timeout-query"),
        ("reference-only=true", "--query: reference-only: use --reference-only"),
    ],
)
def test_query_refuses_parameters_with_an_option_or_without_a_name(
    run: Run, library: Library, extra: str, said: str
) -> None:
    assert (2, "", f"{PROGRAM}: {said}\n") == run("list-books", "--query", extra)
    assert [] == library.requests


def test_a_loan_keeps_its_numbers(run: Run) -> None:
    row = json.loads(run("renew-loan 1 --format jsonl")[1])

    assert LOAN["number"] == row["number"]


def test_questions_give_way_to_parameters_and_need_a_date(
    imported: Callable[[dict[str, Any]], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["columns", "sort", "by", "since", "until", "top", "top-rows"]
    parameters = [{"name": name, "in": "query", "schema": TEXT} for name in names]
    things = returning(array(model(n=COUNT))) | {"parameters": parameters}
    commands = small.module(imported(small.document({"things": things})), "_cli.commands")

    helped = commands.main(["things", "--help"]), capsys.readouterr().out
    refused = commands.main(["things", "--since-rows", "today"]), capsys.readouterr().err

    assert 0 == helped[0]
    for option in ("by", "by-rows", "columns-rows", "sort-rows", "top-rows", "top-rows-2"):
        assert f" --{option} " in helped[1]
    assert "--since-rows" not in helped[1]
    assert (2, "small-client-1: --since-rows: no column is a date\n") == refused
