# The four commands of the house; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
SIM_PORT ?= 8001
BENCH_PERSONS ?= 300000
BENCH_DB ?= postgresql
export PORT SIM_PORT BENCH_PERSONS BENCH_DB

RECENT_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null && $$name -c '$(RECENT_ENOUGH)' && echo $$name && break; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
PANGO := libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0
COMPILE := .venv/bin/uv pip compile --no-config --quiet --universal --generate-hashes --no-header --no-emit-index-url

.PHONY: help run test check bench fmt translations requirements

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/installed ## Start the demo: web, worker and phone simulator; Ctrl-C ends all (PORT=, SIM_PORT=)
	@exec .venv/bin/mrc demo

test: .venv/installed-dev ## Set up what the tests need and run them all (ARGS= goes to pytest)
	@.venv/bin/python -m tests.support.machine
	@.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

check: .venv/installed-dev ## Style, types, import contracts, templates, translations: under a minute
	.venv/bin/ruff check .
	.venv/bin/ruff format --check --quiet .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/mrc i18n status --check

bench: .venv/installed-dev ## Measure speed, one figure a line (BENCH_PERSONS=, BENCH_DB=sqlite|postgresql)
	@.venv/bin/python -m tests.bench

fmt: .venv/installed-dev ## Put the code into the house's format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

translations: .venv/installed ## Extract texts and bring the catalogues up to date
	.venv/bin/python -m mrc.i18n.catalogues

requirements: .venv/installed-dev ## Resolve pyproject.toml into the hashed requirements
	$(COMPILE) pyproject.toml --group install --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

# Debian and Ubuntu ship Python without its venv module; root can fetch it, anyone else is told how to.
.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it and run make again." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PYTHON)-venv; } \
		|| { echo "Python's venv module is missing: run 'sudo apt-get install $(PYTHON)-venv' and make again." >&2; exit 1; }
	$(PYTHON) -m venv .venv

# Papers are shaped by Pango, which Debian has and Python's registry has not. Without it all but papers works.
.venv/pango: | .venv/bin/python
	@.venv/bin/python -c 'import ctypes; [ctypes.CDLL(name) for name in "$(PANGO)".split()]' 2>/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; } \
		|| echo "Letters and forms need Pango: run 'sudo apt-get install libpangoft2-1.0-0 libharfbuzz-subset0'." >&2
	@touch $@

.venv/installed: requirements.txt pyproject.toml | .venv/bin/python .venv/pango
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
