# `make run` starts the studio; `make test` checks everything. Both set up what is missing first.

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON := $(BIN)/python
STAMP  := $(VENV)/.setup-stamp
PORT   ?= $(or $(STREAMLIT_SERVER_PORT),8501)

# Tests at the same time: each may hold a TensorFlow of its own, so four at most.
JOBS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores : 4)))

# The first Python on the path that TensorFlow has packages for.
IS_FIT := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
SYSTEM_PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(shell $(name) -c '$(IS_FIT)' 2>/dev/null && command -v $(name))))

# pyright uses the copy of itself and the node that its packages bring; nothing is downloaded.
export PYRIGHT_PYTHON_USE_BUNDLED_PYRIGHT := 1
export PYRIGHT_PYTHON_GLOBAL_NODE := 0
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test check fast static bench screenshots lock chromium clean

help: ## Show the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
		awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with every package at its pinned version

$(STAMP): requirements-dev.lock.txt
	@test -n "$(SYSTEM_PYTHON)" || { \
		echo "Python 3.11, 3.12 or 3.13 was not found. Install one, for example:" >&2; \
		echo "  sudo apt-get install python3 python3-venv     or     brew install python@3.12" >&2; \
		exit 1; }
	@test -x $(PYTHON) || $(SYSTEM_PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "Python cannot make a virtual environment here. On Debian and Ubuntu run:" >&2; \
		echo "  sudo apt-get install python3-venv" >&2; \
		exit 1; }
	$(PYTHON) -m pip install --quiet --require-hashes -r requirements-dev.lock.txt
	$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup ## Serve the studio on http://localhost:8501 (PORT=... for another port)
	$(PYTHON) -m dlstudio ui --port $(PORT)

test: setup chromium static ## Every check and test, real browser included
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not browser"
	$(BIN)/pytest -m browser

check: setup ## Lint, types, contracts and the fast tests, side by side in two to three minutes
	@$(MAKE) --no-print-directory -j2 static fast

fast: setup
	$(BIN)/pytest -q -n $(JOBS) --dist worksteal -m "not slow and not tensorflow and not browser"

static: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-cache
	$(BIN)/pyright --warnings

bench: setup ## Measure against every limit and print one table
	$(PYTHON) -m benchmarks

screenshots: setup chromium ## Make the pictures of docs/screenshots anew
	$(PYTHON) -m docs.screenshots
	$(PYTHON) -m docs.data_screenshots
	$(PYTHON) -m docs.unsupervised_screenshots
	$(PYTHON) -m docs.forecast_screenshots

lock: setup ## Pin the newest versions that the requirements allow
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--custom-compile-command "make lock" --output-file requirements.lock.txt requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--custom-compile-command "make lock" --constraint requirements.lock.txt \
		--output-file requirements-dev.lock.txt requirements-dev.txt

chromium: setup
	@$(PYTHON) -m tests.fixtures.chromium

clean: ## Remove .venv and every cache; the workspace stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
