PYTHON ?= python3
BIN := .venv/bin
PIP := PYTHONDONTWRITEBYTECODE=1 $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check

.PHONY: run test lint types docs bench clean

run: .venv/.ready-run
	@$(BIN)/multivector brief KAZ

test: .venv/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready-dev
	$(BIN)/mypy

docs: .venv/.ready-dev
	$(BIN)/python scripts/build_reference.py
	$(BIN)/python -m pytest -q tests/test_docs.py

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
