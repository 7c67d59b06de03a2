"""The command line of the generator; the Makefile's targets call it."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from generator.errors import GeneratorError
from generator.update.report import printable

ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run a step of the chain.

    Returns:
        The exit code: 0, or 1 if the step failed; what it was to write is then as it was.
    """
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    spec = steps.add_parser("spec", help="make openapi.yaml from upstream and overlay")
    spec.add_argument("--upstream", type=Path, default=ROOT / "spec/upstream.yaml")
    spec.add_argument("--overlay", type=Path, default=ROOT / "spec/overlay.yaml")
    spec.add_argument("--output", type=Path, default=ROOT / "openapi.yaml")
    generate = steps.add_parser("generate", help="make the client package from a document")
    generate.add_argument("--document", type=Path, default=ROOT / "openapi.yaml")
    generate.add_argument("--config", type=Path, default=ROOT / "generator-config.yaml")
    generate.add_argument("--output", type=Path, default=ROOT / "generated")
    check = steps.add_parser("check", help="repeat spec and generate, and compare the results")
    check.add_argument("--root", type=Path, default=ROOT)
    update = steps.add_parser("update", help="update the chain to a new version of the document")
    update.add_argument("source", help="its file, or its https URL")
    update.add_argument("--accept-breaking", action="store_true", help="continue if it is breaking")
    update.add_argument("--dry-run", action="store_true", help="show the verdict, change nothing")
    update.add_argument("--rename", action="store_true", help="follow its new names of operations")
    update.add_argument("--report", type=Path, help="the markdown file for the change report")
    update.add_argument("--root", type=Path, default=ROOT)
    new = steps.add_parser("new", help="lay out a new project for another document")
    new.add_argument("folder", type=Path)
    new.add_argument("--document", required=True, help="its file, or its https URL")
    new.add_argument("--name", required=True, help="the name of the distribution")
    new.add_argument("--overlay", type=Path, help="the corrections that the document needs")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except GeneratorError as error:
        print(printable(f"error: {error}"), file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    # Each step imports what it needs: the parser alone takes half a second.
    if options.step == "spec":
        from generator.spec.contract import make_contract
        from generator.spec.files import read_text, write_text

        write_text(
            options.output, make_contract(read_text(options.upstream), read_text(options.overlay))
        )
    elif options.step == "generate":
        from generator.client.generate import generate

        for line in generate(options.document, options.config, options.output):
            print(printable(f"note: {line}"), file=sys.stderr)
    elif options.step == "new":
        from generator.new import new_project

        new_project(options.folder, options.document, options.name, options.overlay)
        print(f"{options.folder}: `make test` there checks everything, `make` lists the targets.")
    elif options.step == "update":
        from generator.spec.files import write_text
        from generator.update.report import markdown
        from generator.update.update import Options, update

        how = Options(options.accept_breaking, options.dry_run, options.rename)
        outcome = update(options.root, options.source, how)
        report = options.report
        if report is None and outcome.replaced:
            report = options.root / "reports/update.md"
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            write_text(report, markdown(outcome.verdict))
        print(outcome)
        return bool(outcome.refused)
    else:
        from generator.check import check

        report = check(options.root)
        if report:
            print(report, file=sys.stderr)
            return 1
        print("openapi.yaml and generated/ are what their sources give.")
    return 0


if __name__ == "__main__":
    gc.disable()  # a step keeps its objects to the end; collecting garbage takes a tenth of it
    sys.exit(main())
