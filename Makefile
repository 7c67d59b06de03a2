# Every task of the project. The first use of a target that needs it builds .venv with the locked toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
# Nothing is fetched behind the lock's back: neither another Python nor another package.
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help demo test spec generate check-generated sandbox lint types unit unit-again build release-check api docs docs-check update contract contract-faults contract-mutants contract-breaks contract-seeds record behaviour bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.locked: .ci/uv.txt .ci/requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}: make PYTHON=python3.11 …")'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes .ci/requirements.txt
	@touch $@

demo: generate dist ## regenerate, start the sandbox, fetch the activity through the installed wheel, show it
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/demo
	@$(BIN)/uv pip install --quiet --python .venv/demo --constraints .ci/requirements.txt --reinstall-package openrouter-analytics dist/*.whl rich starlette uvicorn
	@PYTHONPATH=. .venv/demo/bin/python examples/demo.py

test: lint types check-generated unit unit-again ## everything that CI checks

spec: .venv/.locked ## make openapi.yaml from spec/upstream.yaml and spec/overlay.yaml
	@$(BIN)/python -m generator spec

generate: .venv/.locked ## make generated/ from openapi.yaml
	@$(BIN)/python -m generator generate

check-generated: .venv/.locked ## repeat both in a scratch folder and compare; changes nothing
	@$(BIN)/python -m generator check

sandbox: .venv/.locked ## run the local stand-in for the API (ARGS="--help" lists its options)
	@$(BIN)/python -m sandbox $(ARGS)

lint: .venv/.locked ## style and formatting, by ruff
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: .venv/.locked ## types, by mypy and pyright, both strict
	@$(BIN)/mypy & mypy=$$!; trap 'kill $$mypy 2> /dev/null || true' EXIT; \
	status=0; $(BIN)/basedpyright || status=$$?; wait $$mypy || status=$$?; exit $$status

unit: .venv/.locked .venv/release/.locked ## the tests (ARGS="-k name" chooses)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

unit-again: .venv/.locked ## the tests of the client once more, on httpx2 and without msgspec
	@HTTP_LIBRARY=httpx2 WITHOUT_MSGSPEC=1 $(BIN)/python -m pytest -n 2 tests/client tests/sandbox tests/contract/test_consumer.py tests/contract/test_samples.py $(ARGS)

build: dist ## wheel and sdist, into dist/

.PHONY: dist
dist: .venv/.locked
	@rm -rf dist
	@$(BIN)/hatchling build --directory dist > /dev/null

.venv/release/.locked: .venv/.locked .ci/release.txt
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/release
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python .venv/release/bin/python --require-hashes .ci/release.txt
	@touch $@

release-check: dist .venv/release/.locked ## say whether this could be released (TAG=v1.2.3: whether it is ready to be)
	@$(BIN)/python -m tests.release $(if $(TAG),--tag "$${TAG}") $(ARGS)

api: .venv/.locked ## record the public names in tests/package/api.txt, when their change is meant
	@$(BIN)/python -m tests.release --record

.venv/docs/.locked: .venv/.locked .ci/docs.txt
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/docs
	@$(BIN)/uv pip sync --quiet --python .venv/docs/bin/python --require-hashes .ci/docs.txt
	@touch $@

docs: .venv/docs/.locked ## the documentation as a site, into site/; a warning or a dead link ends it
	@.venv/docs/bin/python -m docs.site

docs-check: docs ## look at every page of it in a headless Chromium (ARGS="--pictures folder")
	@.venv/docs/bin/python -m docs.site.browse $(ARGS)

update: .venv/.locked ## update to a new version of the document (FROM=file or https URL), with a verdict
	@[ -n "$${FROM:-}" ] || { echo "which document? make update FROM=<file or https URL>" >&2; exit 1; }
	@$(BIN)/python -m generator update $(if $(ACCEPT_BREAKING),--accept-breaking) $(if $(DRY_RUN),--dry-run) $(if $(RENAME),--rename) $(if $(REPORT),--report "$${REPORT}") "$${FROM}"
	@$(if $(DRY_RUN),,$(MAKE) api)

contract: .venv/.locked ## hold the sandbox, or the API at BASE_URL, against openapi.yaml
	@$(BIN)/python -m tests.contract run $(ARGS)

contract-faults: .venv/.locked ## show that each fault of the sandbox is found by its name
	@$(BIN)/python -m tests.contract faults $(ARGS)

contract-mutants: .venv/.locked ## show that no change of openapi.yaml goes unnoticed
	@$(BIN)/python -m tests.contract mutants $(ARGS)

contract-breaks: .venv/.locked ## show that no broken client goes unnoticed
	@$(BIN)/python -m tests.contract breaks $(ARGS)

contract-seeds: .venv/.locked ## show that 200 healthy runs stay quiet
	@$(BIN)/python -m tests.contract seeds $(ARGS)

record: .venv/.locked ## take a sample from the live API, without what is personal
	@$(BIN)/python -m tests.contract record $(ARGS)

behaviour: .venv/benchmarks ## run this client and its peers in the same situations, and write docs/behaviour.md
	@.venv/benchmarks/bin/python benchmarks/behaviour.py

bench: .venv/benchmarks dist ## time this client beside its peers, and write docs/performance.md (ARGS="--quick" or names of rows)
	@$(BIN)/python -m benchmarks.bench $(ARGS)

.PHONY: .venv/benchmarks
.venv/benchmarks: .venv/.locked
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $@
	@$(BIN)/uv pip sync --quiet --python $@/bin/python --require-hashes benchmarks/requirements.txt

lock: .venv/.locked ## renew .ci/*.txt from pyproject.toml, and the benchmarks' likewise
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade benchmarks/requirements.in --output-file benchmarks/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade --group dev pyproject.toml --output-file .ci/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade --group pyproject.toml:release --output-file .ci/release.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade --group docs --output-file .ci/docs.txt
	@grep -A999 '^uv==' .ci/requirements.txt | awk 'NR > 1 && !/^ / { exit } { print }' > .ci/uv.txt

clean: ## remove what the targets made, generated/ and openapi.yaml excepted
	@rm -rf .venv build dist reports site .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .schemathesis
