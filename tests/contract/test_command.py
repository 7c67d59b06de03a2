"""`make contract`: what it prints, writes and returns; the key is nowhere in it."""

import json
from pathlib import Path

import pytest

import sandbox
from tests.contract.harness import __main__ as command
from tests.contract.harness import consumer, reference, report
from tests.contract.harness.consumer import Package


@pytest.fixture(autouse=True)
def _reference(
    client: Package, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The command checks the reference document and its client."""
    path = tmp_path_factory.mktemp("reference") / "openapi.json"
    path.write_text(json.dumps(reference.document()), "utf-8")
    monkeypatch.setattr(command, "DOCUMENT", path)
    monkeypatch.setattr(consumer, "installed", lambda: client)


def test_the_command_calls_the_sandbox_in_process_and_over_http(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = command.main(["--reports", str(tmp_path)])

    printed = capsys.readouterr().out
    assert code == command.OK
    assert "ok: the document, compared with the facts" in printed
    assert "ok: the sandbox, in process" in printed
    assert "ok: the sandbox, over HTTP" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contract.md", "contract.xml"]


def run_against(
    base_url: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *options: str
) -> int:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", key)
    monkeypatch.setenv("BASE_URL", base_url)
    return command.main(["--examples", "5", "--reports", str(tmp_path), *options])


@pytest.mark.parametrize(
    ("fault", "options", "expected", "line"),
    [
        (None, (), command.OK, ""),
        (
            "wrong-type:51:usage",
            (),
            command.FAILED,
            '| wrong-type | `$.data[51].usage` | number | string | `` "99" ``',
        ),
        ("extra-field:51", (), command.OK, "| unknown-field | `$.data[*].surprise` |"),
        (
            "extra-field:51",
            ("--fail-on-drift",),
            command.DRIFT,
            "| unknown-field | `$.data[*].surprise` |",
        ),
    ],
)
def test_the_command_calls_another_api_with_the_key_of_the_environment(
    fault: str | None,
    options: tuple[str, ...],
    expected: int,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with sandbox.serve(rows=120) as server:
        url = server.fault_url(fault) if fault else server.base_url
        code = run_against(url, sandbox.MANAGEMENT_KEY, tmp_path, monkeypatch, *options)

    assert code == expected
    assert line in (tmp_path / report.MARKDOWN).read_text()


@pytest.mark.parametrize("fault", [None, "echo"])
def test_the_key_is_in_no_output_and_no_report(
    fault: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not even if the API sends it back as a field's name or a value."""
    key = sandbox.MANAGEMENT_KEY
    echo = f'json:{{"data":[{{"{key}":"{key}"}}],"{key}":["{key}"]}}'
    with sandbox.serve(rows=120, fault=echo if fault else None) as server:
        run_against(server.base_url, key, tmp_path, monkeypatch)

    captured = capsys.readouterr()
    files = [path.read_text() for path in tmp_path.iterdir()]
    for text in (captured.out, captured.err, *files):
        assert key not in text
        assert key[-24:] not in text


@pytest.mark.parametrize(
    ("base_url", "key", "said"),
    [
        ("https://127.0.0.1:9/api/v1", "", "a management key is needed"),
        ("http://api.example.com/v1", "sk-or-v1-secret", "https"),
        ("https://127.0.0.1:9/api/v1", "sk-or-v1-secret\n", "contains characters"),
    ],
)
def test_the_reason_for_not_running_is_given_without_the_key(
    base_url: str,
    key: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run_against(base_url, key, tmp_path, monkeypatch)

    captured = capsys.readouterr()
    assert code == command.NOT_RUN
    assert said in captured.err
    assert "secret" not in captured.out + captured.err
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_api_is_a_breach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = run_against("http://127.0.0.1:9/api/v1", "sk-or-v1-x", tmp_path, monkeypatch)

    assert code == command.FAILED
    assert "| no-response |" in (tmp_path / report.MARKDOWN).read_text()
