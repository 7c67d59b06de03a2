"""`python -m generator spec` writes the contract, or leaves everything as it was."""

from pathlib import Path

import pytest

from generator.__main__ import main
from tests.generator.paths import ROOT


def test_spec_writes_the_contract(tmp_path: Path) -> None:
    output = tmp_path / "openapi.yaml"

    code = main(["spec", "--output", str(output)])

    assert 0 == code
    assert (ROOT / "openapi.yaml").read_bytes() == output.read_bytes()


@pytest.mark.parametrize(
    ("options", "output", "said"),
    [
        (["--upstream", "none.yaml"], "openapi.yaml", "none.yaml"),
        ([], "none/openapi.yaml", "No such file"),
        ([], "folder", "folder"),
    ],
    ids=["no input", "no folder", "a folder"],
)
def test_spec_that_fails_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    output: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("openapi.yaml").write_text("as it was", "utf-8")
    Path("folder").mkdir()

    code = main(["spec", *options, "--output", output])

    error = capsys.readouterr().err
    assert 1 == code
    assert error.startswith("error: ")
    assert said in error
    assert {"openapi.yaml", "folder"} == {path.name for path in tmp_path.iterdir()}
    assert "as it was" == Path("openapi.yaml").read_text("utf-8")
