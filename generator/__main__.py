"""The command line of the generator; the Makefile's targets call it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.errors import GeneratorError

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
    check = steps.add_parser("check", help="repeat both in a scratch folder and compare")
    check.add_argument("--root", type=Path, default=ROOT)
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except GeneratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    # Each step imports what it needs: the parser alone takes half a second.
    if options.step == "spec":
        from generator.document import make_contract
        from generator.files import read, write

        write(options.output, make_contract(read(options.upstream), read(options.overlay)))
    elif options.step == "generate":
        from generator.generate import generate

        generate(options.document, options.config, options.output)
    else:
        from generator.check import check

        report = check(options.root)
        if report:
            print(report, file=sys.stderr)
            return 1
        print("openapi.yaml and generated/ are what their sources give.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
