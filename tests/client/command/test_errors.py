"""The errors of a command: one line and an exit code for each."""

from pathlib import Path

import pytest

from sandbox import INFERENCE_KEY, MANAGEMENT_KEY, Sandbox
from tests.client.command.conftest import COLUMNS, PROGRAM, Runner
from tests.client.conftest import Clock, loopback
from tests.client.package import Code, printable

ENDS = {
    "status:400": Code.REQUEST_REFUSED,
    "status:401": Code.KEY_REFUSED,
    "status:403": Code.KEY_REFUSED,
    "status:429": Code.TOO_MANY_REQUESTS,
    "status:503:bytes": Code.SERVER_FAILED,
    "cloudflare": Code.SERVER_FAILED,
    "redirect": Code.REQUEST_REFUSED,
    "error-200:403": Code.KEY_REFUSED,
    "close": Code.NO_CONNECTION,
    "truncated": Code.NO_CONNECTION,
    "slow-body:30": Code.TIMEOUT,
    "not-json": Code.BROKEN_CONTRACT,
    "wrong-type": Code.BROKEN_CONTRACT,
}
"""Faults of the sandbox, and their exit codes."""


@pytest.mark.parametrize("fault", ENDS)
def test_every_kind_of_error_is_one_line_and_its_code(
    run: Runner, server: Sandbox, clock: Clock, tmp_path: Path, fault: str
) -> None:
    timeout = "0.2" if fault.startswith("slow") else "10"
    address = f"--base-url {server.fault_url(fault)} --timeout {timeout}"

    code, line = run.failure(f"{address} --output", str(tmp_path / "activity.csv"))

    assert ENDS[fault] == code
    assert line.startswith("GET http://127.0.0.1:")
    assert line.isprintable()
    assert [] == [*tmp_path.iterdir()]


def test_too_many_requests_say_when_to_come_again(run: Runner) -> None:
    with loopback(lambda _: (429, {"Retry-After": "120"}, b"slow down")) as server:
        code, line = run.failure(f"--base-url {server.url}")

    assert Code.TOO_MANY_REQUESTS == code
    assert line.endswith("answered 429: slow down (Retry-After: 120 s)")


def test_no_server_is_a_connection_error(run: Runner, clock: Clock) -> None:
    code, line = run.failure("--base-url http://127.0.0.1:1")

    assert Code.NO_CONNECTION == code
    assert "refused" in line


def test_a_key_without_permission_is_refused(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", INFERENCE_KEY)

    code, line = run.failure()

    assert Code.KEY_REFUSED == code
    assert "Only management keys can perform this operation" in line
    assert INFERENCE_KEY not in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--date soon", "--date: expected a date such as 2026-08-23, received 'soon'"),
        ("--timeout 0", 'Invalid value "0.0" for --timeout. Must be > 0'),
        ("--timeout long", 'Invalid value for --timeout: unable to convert "long" into'),
        ("--format xls", 'Invalid value "xls" for --format. Choose from: "table", "json"'),
        ("--bom", "--bom: a table has none; it is for --format csv"),
        ("--bom --format jsonl", "--bom: a jsonl has none; it is for --format csv"),
        ("--no-such", "Unknown option: --no-such"),
        ("--output ''", 'Invalid value "" for --output. It is the name of no file.'),
        ("--api-key-file ''", 'Invalid value "" for --api-key-file. It is the name of no file.'),
        (f"a 'b c' {'k' * 40}", "too many arguments: 'a', 'b c', one of 40 characters: see"),
        ("--output a.xlsx", "--output: a.xlsx: unknown ending .xlsx: it can be .csv, .json"),
        ("--base-url ftp://x", "--base-url: expected a URL such as https://host/path"),
        ("--base-url http://api.example", "--base-url: a key is not sent over plain http"),
        (
            "--since 2026-08-02 --until 2026-08-01",
            "--since: 2026-08-02 is after 2026-08-01 of --until",
        ),
        ("--since soon", "--since: expected a date such as 2026-08-23, received 'soon'"),
        ("--until 2026-02-30", "--until: expected a date such as 2026-08-23"),
        (f"--since {MANAGEMENT_KEY}", "--since: expected a date"),
        ("--by ,model", "--by: expected names of columns, such as a,b"),
        ("--columns=", "--columns: expected names of columns"),
        (f"--columns={'a' * 140_000}", "--columns: field larger than field limit"),
        ("--top 0", 'Invalid value "0" for --top. Must be >= 1'),
        ("--top few", 'Invalid value for --top: unable to convert "few" into'),
        ("--top 1.5", 'Invalid value for --top: unable to convert "1.5" into'),
        ("--query a", "--query: expected NAME=VALUE, received 'a'"),
        ("--query date=2026-08-23", "--query: date: use --date"),
        (f"--query a={MANAGEMENT_KEY}\ud800", "--query: a: 'utf-8' codec can't encode"),
        ("--by model --columns date", "--columns: no column 'date' after --by; there are model, "),
        ("--by date --sort -model", "--sort: no column 'model' after --by; there are date, usage"),
    ],
    ids=lambda text: ascii(text)[:60],
)
def test_wrong_arguments_are_one_line_and_nothing_is_sent(
    run: Runner, server: Sandbox, arguments: str, said: str
) -> None:
    code, line = run.failure(arguments)

    assert Code.USAGE == code
    assert line.startswith(said)
    assert MANAGEMENT_KEY not in line
    assert not server.requests


@pytest.mark.parametrize("option", ["--columns", "--sort", "--by"])
def test_a_column_that_no_row_has_is_refused_with_the_names_of_those_that_are(
    run: Runner, tmp_path: Path, option: str
) -> None:
    line = f"{option}: no column 'modle'; there are {', '.join(COLUMNS)}"

    assert (Code.USAGE, line) == run.failure(f"{option} modle --output", str(tmp_path / "a.csv"))
    assert [] == [*tmp_path.iterdir()]


def test_a_redirect_names_the_option_that_follows_it(run: Runner, server: Sandbox) -> None:
    _, line = run.failure(f"--base-url {server.fault_url('redirect')}")

    assert line.endswith("/activity, which is not followed: see --base-url.")


def test_an_unknown_command_is_named(run: Runner) -> None:
    code, out, err = run("get-user")

    assert (Code.USAGE, "") == (code, out)
    assert f'{PROGRAM}: Unknown command "get-user".' in err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n b\x1b[2J\t c", "a b\\x1b[2J c"),
        ("a" * 2000, "a" * 2000),
        ("a" * 2001, "a" * 2000 + "…"),
    ],
    ids=["escaped", "long", "cut"],
)
def test_a_line_has_an_end_and_nothing_that_a_terminal_obeys(text: str, shown: str) -> None:
    assert shown == printable(text)
