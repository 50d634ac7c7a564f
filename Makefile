# The project's commands. `make help` lists them; everything they need is set up on first use.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
# Extra words for the program behind a target, e.g.  make test ARGS="tests/duty -k roster"
ARGS ?=
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help setup run demo test check format migrations lock bench screenshots clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

# --- set-up: each step leaves a stamp in .venv and is skipped while nothing it reads has changed ---

.venv/.made: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "RedVest needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another one:  make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "This Python cannot make virtual environments. On Debian and Ubuntu:  apt-get install python3-venv"; exit 1; }
	@echo "Making the virtual environment .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt || echo "The fast installer cannot be had; pip will do its work."
	@touch $@

.venv/.libraries: .venv/.made requirements-dev.txt pyproject.toml
	@echo "Installing the libraries"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt requirements-uv.txt \
		|| { echo "The fast installer failed; trying pip."; $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
		|| $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Machine code of the roster engine: a minute once, so that the first roster of a clone is not slow.
.venv/.compiled: .venv/.libraries $(wildcard redvest/engine/roster/columns/*.py redvest/engine/roster/personal/*.py redvest/engine/roster/shift_scheduling/*.py)
	@find redvest/engine/roster -name '*.nb[ic]' -delete  # Numba looks only at a function's own file, not at those it calls
	@$(BIN)/python -m redvest.engine.roster.shift_scheduling.warm
	@touch $@

setup: .venv/.compiled  ## install everything; the command is then .venv/bin/redvest
	@$(BIN)/python -m tools.assets
	@$(BIN)/python -m tools.i18n compile

# --- use ---

run: setup  ## start everything on http://127.0.0.1:8000 (PORT=8080 for another port); Ctrl-C stops it
	@exec $(BIN)/redvest run $(ARGS)

demo: setup  ## the same, with the demo data made afresh
	@exec $(BIN)/redvest run --fresh $(ARGS)

# --- work on it ---

test: setup  ## run every test; ARGS="tests/duty -k roster" for some of them
	@$(BIN)/python -m tools.chromium install
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: setup  ## format, lint, import contracts, types, templates, migrations, translations
	@$(BIN)/python -m tools.check

format: setup  ## put code and templates into the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@# djade says 1 when it changed something; only a second 1, with nothing left to change, is a failure
	@templates=$$(git ls-files 'redvest/*.html'); $(BIN)/djade --target-version 5.2 $$templates || $(BIN)/djade --target-version 5.2 $$templates

migrations: setup  ## write the migration of changed tables; ARGS="duty -n what_it_does"
	@$(BIN)/python manage.py makemigrations $(ARGS)

lock: .venv/.made  ## lock the libraries anew; UPGRADE=1 takes newer versions
	@$(BIN)/uv $(LOCK) $(if $(UPGRADE),--upgrade) requirements-uv.in -o requirements-uv.txt
	@$(BIN)/uv $(LOCK) $(if $(UPGRADE),--upgrade) requirements-node.in -o requirements-node.txt
	@$(BIN)/uv $(LOCK) $(if $(UPGRADE),--upgrade) requirements.in -o requirements.txt
	@$(BIN)/uv $(LOCK) $(if $(UPGRADE),--upgrade) -c requirements.txt requirements-dev.in -o requirements-dev.txt

bench: setup  ## measure, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup  ## take the pictures of the README anew
	@$(BIN)/python -m tools.chromium install
	@$(BIN)/python -m tools.screenshots $(ARGS)

clean:  ## remove what set-up and checks made; the data stays
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-artefacts
	rm -rf staticfiles redvest/web/static/vendor *.egg-info
	find redvest tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	find redvest -name '*.mo' -delete
