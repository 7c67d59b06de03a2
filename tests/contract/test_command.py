"""`make contract`: what it prints, writes and returns; the key is nowhere in it."""

import json
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

import sandbox
from tests.contract.harness import __main__ as command
from tests.contract.harness import consumer, provider, reference, report, targets
from tests.contract.harness.consumer import Package
from tests.contract.harness.contract import ROOT, Contract
from tests.contract.harness.exchange import Exchange

NOWHERE = "http://127.0.0.1:9/api/v1"


class Finished(NamedTuple):
    """The exit code of a run, and its output."""

    code: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command, with its reports in `tmp_path`."""

    def run(*options: str, base_url: str = "", key: str = sandbox.MANAGEMENT_KEY) -> Finished:
        monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", key)
        monkeypatch.setenv("BASE_URL", base_url)
        try:
            code = command.main(["--examples", "5", "--reports", str(tmp_path), *options])
        except SystemExit as leaving:  # by argparse
            code = int(str(leaving.code))
        out, err = capsys.readouterr()
        return Finished(code, out, err)

    return run


@pytest.fixture(autouse=True)
def _reference(
    client: Package, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The command checks the reference document and its client."""
    path = tmp_path_factory.mktemp("reference") / "openapi.json"
    path.write_text(json.dumps(reference.document()), "utf-8")
    monkeypatch.setattr(command, "DOCUMENT", path)
    monkeypatch.setattr(consumer, "installed", lambda: client)


def test_the_command_calls_the_sandbox_in_process_and_over_http(run: Run, tmp_path: Path) -> None:
    code, printed, _ = run()

    assert code == command.OK
    assert "ok: the document, compared with the facts" in printed
    assert "ok: the sandbox, in process" in printed
    assert "ok: the sandbox, over HTTP" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contract.md", "contract.xml"]


SURPRISE = "| unknown-field | `$.data[*].surprise` |"


@pytest.mark.parametrize(
    ("fault", "options", "expected", "line"),
    [
        (None, (), command.OK, ""),
        ("error-200:502", (), command.FAILED, "| data | an error of code 502 |"),
        (
            "wrong-type:51:usage",
            (),
            command.FAILED,
            '| wrong-type | `$.data[51].usage` | number | string | `` "99" ``',
        ),
        ("extra-field:51", (), command.OK, SURPRISE),
        ("extra-field:51", ("--fail-on-drift",), command.DRIFT, SURPRISE),
    ],
)
def test_the_command_calls_another_api_with_the_key_of_the_environment(
    fault: str | None, options: tuple[str, ...], expected: int, line: str, run: Run, tmp_path: Path
) -> None:
    with sandbox.serve(rows=120) as server:
        url = server.fault_url(fault) if fault else server.base_url
        finished = run(*options, base_url=url)

    assert finished.code == expected
    assert line in (tmp_path / report.MARKDOWN).read_text()


@pytest.mark.parametrize("fault", [None, "echo"])
def test_the_key_is_in_no_output_and_no_report(fault: str | None, run: Run, tmp_path: Path) -> None:
    """Not even if the API sends it back as a field's name or a value."""
    key = sandbox.MANAGEMENT_KEY
    echo = f'json:{{"data":[{{"{key}":"{key}"}}],"{key}":["{key}"]}}'
    with sandbox.serve(rows=120, fault=echo if fault else None) as server:
        finished = run(base_url=server.base_url)

    files = [path.read_text() for path in tmp_path.iterdir()]
    for text in (finished.out, finished.err, *files):
        assert key not in text
        assert key[-24:] not in text


@pytest.mark.parametrize(
    ("base_url", "key", "said"),
    [
        ("https://127.0.0.1:9/api/v1", "", "a management key is needed"),
        ("http://api.example.com/v1", "secret", "https only, or to this machine: check --"),
        ("https://127.0.0.1:9/api/v1", "secret\n", "contains characters"),
        ("127.0.0.1:9/api/v1", "secret", "--base-url is no URL such as https://host/path"),
        ("http://127.0.0.1:99999", "secret", "--base-url is no URL such as"),
        ("https://[", "secret", "--base-url is no URL"),
        ("https://api.example.com:x/v1", "secret", "--base-url is no URL"),
    ],
)
def test_the_reason_for_not_running_is_given_without_the_key(
    base_url: str, key: str, said: str, run: Run, tmp_path: Path
) -> None:
    finished = run(base_url=base_url, key=key)

    assert finished.code == command.NOT_RUN
    assert said in finished.err
    assert "secret" not in finished.out + finished.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "key", "name"),
    [
        pytest.param(None, "x", "no-response", id="nothing listens"),
        pytest.param("close", sandbox.MANAGEMENT_KEY, "no-response", id="no response"),
        pytest.param(
            "status:500", sandbox.MANAGEMENT_KEY, "server-error", id="every status is 500"
        ),
        pytest.param("cloudflare:522", sandbox.MANAGEMENT_KEY, "server-error", id="Cloudflare's"),
        pytest.param(
            "rate-limit:1", sandbox.MANAGEMENT_KEY, "rate-limited", id="too many requests"
        ),
        pytest.param("status:403:html", sandbox.MANAGEMENT_KEY, "key-refused", id="refused"),
        pytest.param("extra-field:1", sandbox.INFERENCE_KEY, "key-refused", id="an inference key"),
    ],
)
def test_an_outage_or_a_refused_key_is_an_error_and_no_breach(
    fault: str | None, key: str, name: str, run: Run, tmp_path: Path
) -> None:
    with sandbox.serve(rows=120) as server:
        url = server.fault_url(fault) if fault else NOWHERE
        code, printed, _ = run("--fail-on-drift", base_url=url, key=key)
        requests = len(server.requests)

    suite = ET.parse(tmp_path / report.JUNIT).getroot()[0]
    [error] = suite.iter("error")
    assert code == command.NOT_RUN
    assert requests == (1 if fault else 0)
    assert ("1", "1", "0") == (suite.get("tests"), suite.get("errors"), suite.get("failures"))
    assert error.get("message") == f"{name} at status"
    assert printed.startswith(f"NOT CHECKED: the API at {url}, 1 requests")
    assert f"ERROR {name} at status: expected 200" in printed
    assert f"| {name} |" in (tmp_path / report.MARKDOWN).read_text()


@pytest.mark.parametrize(
    "headers", ["Location: mailto:x@y.example\r\nContent-Length: 0\r\n\r\n", "X: y\r\n"]
)
def test_a_response_that_is_none_or_never_ends_is_an_outage(
    headers: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "LONGEST", 0.2)

    def respond(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(f"HTTP/1.1 302 Found\r\n{headers}".encode())
            connection.recv(1)  # until the client has gone

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        ThreadPoolExecutor() as threads,
    ):
        threads.submit(respond, listener)
        finished = run(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")

    assert finished.code == command.NOT_RUN
    assert "no-response" in (tmp_path / "contract.md").read_text("utf-8")


def test_an_outage_after_a_breach_hides_no_breach(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses = provider.probe(targets.sandbox_target(fault="wrong-type:51:usage"))
    responses[3] = replace(responses[3], status=503)

    def probe(_: targets.Target) -> list[Exchange]:
        return responses

    monkeypatch.setattr(provider, "probe", probe)

    finished = run(base_url=NOWHERE)

    [suite] = ET.parse(tmp_path / report.JUNIT).getroot()
    assert finished.code == command.FAILED
    assert ("4", "1") == (suite.get("tests"), suite.get("errors"))


def test_recording_an_api_that_cannot_be_reached_is_said(run: Run) -> None:
    expected = "the probe 'all days': ConnectError, not recorded\n"

    assert run("record", base_url=NOWHERE) == (command.NOT_RUN, expected, "")


@pytest.mark.parametrize(
    ("error", "code"), [(KeyError("x"), command.NOT_RUN), (KeyboardInterrupt(), 130)]
)
def test_neither_a_crash_nor_an_interrupt_is_a_breach(
    error: BaseException, code: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> Contract:
        raise error

    monkeypatch.setattr(Contract, "load", fail)

    assert run().code == code


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--document", "FOLDER/none.yaml"], "FOLDER/none.yaml: No such file or directory"),
        (["--document", "FOLDER"], "FOLDER: Is a directory"),
        (["--document", __file__], f"--document: {__file__} is no OpenAPI document"),
        (["--document", "FOLDER/empty.yaml"], "empty.yaml is no OpenAPI document"),
        (["--base-url", NOWHERE, "--reports", __file__], f"{__file__}: File exists"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(
    options: list[str], said: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "empty.yaml").write_text("openapi: 3.1.0\ninfo: {}\npaths: {}\n")

    finished = run(*[option.replace("FOLDER", str(tmp_path)) for option in options])

    assert (command.NOT_RUN, 1) == (finished.code, finished.err.count("\n"))
    assert said.replace("FOLDER", str(tmp_path)) in finished.err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--examples", "-1", "-1: at least 1 is needed"),
        ("--every", "0", "0: at least 1 is needed"),
        ("--workers", "0", "0: at least 1 is needed"),
        ("--count", "0", "0: at least 1 is needed"),
        ("--seed", "x", "x: expected a number from 0 on, or random"),
    ],
)
def test_a_number_that_cannot_be_used_is_refused(
    option: str, value: str, said: str, run: Run
) -> None:
    finished = run(f"{option}={value}")

    assert finished.code == 2
    assert f"argument {option}: {said}" in finished.err


def in_shell(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with these options and redirections."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"$PYTHON -m tests.contract.harness {line}"],
        cwd=ROOT,
        env={"PYTHON": sys.executable, "OPENROUTER_MANAGEMENT_KEY": "sk-or-v1-x", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        (">&-", 2, ""),
        ("| true", 2, ""),
        pytest.param(
            "> /dev/full", 2, "contract: stdout: No space left on device\n",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here"),
        ),
    ],
)  # fmt: skip
def test_an_output_that_cannot_be_written_leaves_the_reports(
    output: str, code: int, said: str, tmp_path: Path
) -> None:
    options = "--base-url http://127.0.0.1:9 --reports $REPORTS"

    finished = in_shell(f"{options} {output}", REPORTS=str(tmp_path))

    assert (code, said) == (finished.returncode, finished.stderr)
    assert {"contract.md", "contract.xml"} == {path.name for path in tmp_path.iterdir()}


def test_a_missing_package_is_no_breach(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.py").write_text("raise ModuleNotFoundError('No schemathesis')")

    finished = in_shell("", PYTHONPATH=str(tmp_path))

    assert (2, "contract: No schemathesis\n") == (finished.returncode, finished.stderr)


def test_help_names_the_option_and_the_variable_of_the_url(run: Run) -> None:
    code, out, _ = run("--help")

    assert code == 0
    assert "--base-url BASE_URL run, record: the API to call (default: the variable BASE_URL" in (
        " ".join(out.split())
    )
