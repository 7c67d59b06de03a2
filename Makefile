# Every task of the project. The first target that needs .venv builds it, with the locked toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
# Install nothing that the lock does not name, not even another Python.
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help demo test spec generate check-generated sandbox lint types unit build release-check docs update contract bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.locked: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}: make PYTHON=python3.11 …")'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@grep '^uv==' requirements.txt | $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r /dev/stdin
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt
	@touch $@

demo: generate dist ## regenerate, start the sandbox, and show the activity that the installed wheel fetches
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/demo
	@$(BIN)/uv pip install --quiet --python .venv/demo --constraints requirements.txt --reinstall-package openrouter-analytics dist/*.whl rich starlette uvicorn
	@PYTHONPATH=. .venv/demo/bin/python examples/demo.py

test: lint types check-generated unit ## everything that CI checks

spec: .venv/.locked ## make openapi.yaml from spec/upstream.yaml and spec/overlay.yaml
	@$(BIN)/python -m generator spec

generate: .venv/.locked ## make generated/ from openapi.yaml
	@$(BIN)/python -m generator generate

check-generated: .venv/.locked ## repeat spec and generate in a scratch folder and compare; changes nothing
	@$(BIN)/python -m generator check

sandbox: .venv/.locked ## run the fake server for the API (ARGS="--help" lists its options)
	@$(BIN)/python -m sandbox $(ARGS)

lint: .venv/.locked ## style and formatting, by ruff
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: .venv/.locked ## types, by mypy and pyright, both strict
	@$(BIN)/mypy & mypy=$$!; trap 'kill $$mypy 2> /dev/null || true' EXIT; \
	status=0; $(BIN)/basedpyright || status=$$?; wait $$mypy || status=$$?; exit $$status

# Without ARGS, the client's tests run a second time: on httpx2 and without msgspec.
unit: .venv/.locked ## the tests (ARGS="-k name" chooses)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)
	@$(if $(ARGS),,HTTP_LIBRARY=httpx2 WITHOUT_MSGSPEC=1 $(BIN)/python -m pytest -n 2 --dist worksteal tests/client tests/contract/test_consumer.py)

build: dist ## wheel and sdist, into dist/

.PHONY: dist
dist: .venv/.locked
	@rm -rf dist
	@$(BIN)/hatchling build --directory dist > /dev/null

release-check: dist ## check whether this can be released (TAG=v1.2.3; ARGS=--record records the public names)
	@$(BIN)/python -m tools.release_check $(if $(TAG),--tag "$${TAG}") $(ARGS)

docs: .venv/.locked ## the documentation as a site, in site/ (ARGS=--browse opens each page in a headless Chromium)
	@$(BIN)/python -m tools.docs_site $(ARGS)

update: .venv/.locked ## update to a new version of the document (FROM=file or https URL), with a verdict
	@[ -n "$${FROM:-}" ] || { echo "which document? make update FROM=<file or https URL>" >&2; exit 1; }
	@$(BIN)/python -m generator update $(if $(ACCEPT_BREAKING),--accept-breaking) $(if $(DRY_RUN),--dry-run) $(if $(RENAME),--rename) $(if $(REPORT),--report "$${REPORT}") "$${FROM}"
	@$(if $(DRY_RUN),,$(BIN)/python -m tools.release_check --record)

contract: .venv/.locked ## check the sandbox, or the API at BASE_URL, against openapi.yaml (ARGS="--help" lists further modes)
	@$(BIN)/python -m tests.contract.harness $(ARGS)

bench: dist ## measure this client and its peers, for docs/guide/performance.md (ARGS="--quick" or names of rows)
	@$(BIN)/python -m benchmarks.bench $(ARGS)

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade
# One line for each package, so that a diff shows which packages changed.
lock: .venv/.locked ## upgrade the locked versions, within the limits of pyproject.toml
	@$(COMPILE) --all-extras --group dev pyproject.toml --output-file requirements.txt > /dev/null
	@$(COMPILE) --group benchmarks --constraints requirements.txt --output-file benchmarks/requirements.txt > /dev/null
	@$(BIN)/python -c 'import pathlib; [path.write_text(path.read_text().replace(" \\\n    ", " ")) for path in map(pathlib.Path, ("requirements.txt", "benchmarks/requirements.txt"))]'

clean: ## remove what the targets made, except generated/ and openapi.yaml
	@rm -rf .venv build dist reports site .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .schemathesis
