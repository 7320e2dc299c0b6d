# `make` alone lists what there is.

VENV := .venv
BIN := $(VENV)/bin
EXTRAS := test,lint
OLDEST = $(shell sed -n 's/^dependencies = //p' pyproject.toml | tr -d '[],"' | sed 's/>=/==/g')

.PHONY: help demo test lint types bench soak oldest clean

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/charnames: pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[$(EXTRAS)]'
	touch $@

demo: $(BIN)/charnames ## environment, install, train on the elements, sample
	$(BIN)/charnames train --dataset elements
	$(BIN)/charnames sample -n 10

test: $(BIN)/charnames ## run the tests
	$(BIN)/python -m pytest

lint: $(BIN)/charnames ## style and common mistakes
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(BIN)/charnames ## static types
	$(BIN)/mypy

bench: $(BIN)/charnames ## speed, side by side with what one would otherwise use
	$(BIN)/python tests/benchmarks/bench.py

soak: $(BIN)/charnames ## faults by the thousand, for about an hour
	$(BIN)/pip install --quiet --editable '.[test,fuzz]'
	for matter in tests/soak/*.py; do nice $(BIN)/python $$matter || exit 1; done

oldest: ## run the tests with the oldest numpy, click and rich that will do
	$(MAKE) VENV=$(VENV)/oldest EXTRAS=test $(VENV)/oldest/bin/charnames
	$(VENV)/oldest/bin/pip install --quiet $(OLDEST)
	$(VENV)/oldest/bin/python -m pytest

clean: ## what the others made
	rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
