"""Help, completion and missing packages."""

import sys
from pathlib import Path

import pytest
from cyclopts import completion

from sandbox import Sandbox, serve
from tests.client.command.conftest import COMMAND, POSIX, PROGRAM, Runner, terminal
from tests.client.package import BASE_URL_VARIABLE, NAME, Code
from tests.client.package import __main__ as entry


def test_the_examples_of_help_work_today(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = [
        line.removeprefix(f"  {PROGRAM} ")
        for help_of in ("--help", f"{COMMAND} --help")
        for line in run(help_of).out.splitlines()
        if line.startswith(f"  {PROGRAM} ")
    ]

    with serve(rows=60) as server:
        monkeypatch.setenv(BASE_URL_VARIABLE, server.base_url)
        ran = [run(example) for example in examples]

    assert 8 == len(examples)
    assert {(0, "")} == {(one.code, one.err) for one in ran}
    assert [tmp_path / "analytics.csv"] == [*tmp_path.iterdir()]


def test_help_fits_eighty_columns_and_lists_every_option_and_code(run: Runner) -> None:
    general, special = run("--help"), run(f"{COMMAND} --help")

    assert (0, 0) == (general.code, special.code)
    assert max(map(len, (general.out + special.out).splitlines())) <= 80
    for option in (
        *("--date DATE", "--format", "--output FILE", "--base-url URL", "--timeout SECONDS"),
        *("--verbose", "--api-key-file FILE", "[default: 30.0]", "--columns NAMES"),
        *("--sort NAMES", "--by NAMES", "--since DATE", "--until DATE", "--top N", "--bom"),
    ):
        assert option in special.out
    for code in Code:
        assert f"\n  {code.value} " in general.out
    assert "Filter by a single UTC date in the last 30 days" in special.out


@pytest.mark.parametrize("width", ["0", "²", "9" * 20, "9" * 5000, "wide", ""])
def test_a_width_that_no_terminal_has_changes_nothing(
    run: Runner, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    expected = run("--help")

    monkeypatch.setenv("COLUMNS", width)

    assert expected == run("--help")


def test_without_arguments_it_shows_its_help(run: Runner) -> None:
    assert run("--help").out == run("").out


@POSIX
@pytest.mark.parametrize(
    ("shell", "startup"), [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", "")]
)
def test_completion_is_installed_for_a_shell(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str, startup: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    code, out, err = run(f"--install-completion --shell {shell}")

    path, _, rest = out.partition(" is written")
    loads = f", and {tmp_path / startup} loads it now" if startup else ""
    assert (0, "") == (code, err)
    assert f"{loads}. New shells complete commands and options.\n" == rest
    assert "api-key-file" in Path(path).read_text("utf-8")
    if startup:
        assert str(Path(path).parent) in (tmp_path / startup).read_text("utf-8")


def test_completion_for_no_known_shell_says_what_to_do(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_shell() -> None:
        raise completion.ShellDetectionError("Unknown shell")

    monkeypatch.setattr(completion, "detect_shell", no_shell)

    line = f"{PROGRAM}: --install-completion: Unknown shell; see --shell\n"
    assert (Code.USAGE, "", line) == run("--install-completion")


@POSIX
def test_completion_that_cannot_be_written_names_the_file(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    place = tmp_path / "home/.config/fish/completions"
    line = f"{PROGRAM}: --install-completion: {place}: Not a directory\n"
    assert (Code.OUTPUT, "", line) == run("--install-completion --shell fish")


def test_parquet_without_pyarrow_says_what_to_install(
    run: Runner, server: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    line = "--format parquet: pyarrow is missing: pip install pyarrow"
    assert (Code.MISSING_PACKAGE, line) == run.failure("--output", str(tmp_path / "a.parquet"))
    assert not server.requests


def test_parquet_is_not_for_a_terminal(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stdout")

    line = "Parquet cannot be shown in a terminal: name a file with --output"
    assert (Code.USAGE, line) == run.failure("--format parquet")


@pytest.mark.parametrize("missing", ["cyclopts", "rich", "something_else"])
def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    for name in [*sys.modules]:
        if name.startswith(f"{NAME}._cli"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(f"{NAME}._cli")

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == f"{NAME}._cli.commands":
                raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])

    if missing == "something_else":
        with pytest.raises(ModuleNotFoundError, match=missing):
            entry.main()
    else:
        line = f"{PROGRAM}: {missing} is missing: pip install 'openrouter-analytics[cli]'\n"
        assert (Code.MISSING_PACKAGE, line) == (entry.main(), capsys.readouterr().err)
