PYTHON ?= python3
BIN := .venv/bin
PIP := PYTHONDONTWRITEBYTECODE=1 $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check

.PHONY: run test test-quick test-random mutants lint types docs catalogues bench clean

run: .venv/.ready-run
	@$(BIN)/multivector brief KAZ

test: .venv/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

# For the daily work: what opens a browser or a server, fits models, draws, reads the producers'
# files or builds a brief of every state is left to `make test`.
SLOW := brief* browser docs charts binding catalogues claims cli documents_* ideal_points judgements \
	multivector_index postgres report* replication_* robustness sources_* store structural_gravity \
	synthetic weighted_voting web* workspace_memory
test-quick: .venv/.ready-dev
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not shared and not slow and not browser" \
		$(SLOW:%=--ignore-glob='tests/test_%.py')

test-random: .venv/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -p randomly

# Faults seeded one at a time, each of which the tests must see; SAMPLE=10 draws ten by the commit.
mutants: .venv/.ready-dev
	$(BIN)/python scripts/mutants.py

lint: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready-dev
	$(BIN)/mypy

docs: .venv/.ready-dev
	$(BIN)/python scripts/build_reference.py
	$(BIN)/python -m pytest -q tests/test_docs.py

# What is said and in which language not yet; a release needs all (--release), a commit does not.
catalogues: .venv/.ready-dev
	$(BIN)/python scripts/build_catalogues.py

bench: .venv/.ready-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv
	@$(BIN)/python -B -m pip uninstall --quiet --yes setuptools 2>/dev/null || true
	@find .venv -name __pycache__ -prune -exec rm -rf {} +

.venv/.ready-run: pyproject.toml | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/.ready-dev: pyproject.toml | .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch .venv/.ready-run $@
