# `make` alone lists what there is.

VENV := .venv
BIN := $(VENV)/bin
EXTRAS := test,lint
OLDEST = $(shell sed -n '/^dependencies = /{s///;p;q;}' pyproject.toml | tr -d '[],"' | sed 's/>=/==/g')

.PHONY: help demo models test lint types docs bench soak oldest clean

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

docs: $(BIN)/charnames ## the reference in README.md, from what --help says
	$(BIN)/python tests/reference.py

bench: $(BIN)/charnames ## speed, side by side with what one would otherwise use
	$(BIN)/python tests/benchmarks/bench.py
	$(BIN)/python tests/benchmarks/control.py

soak: $(BIN)/charnames ## faults by the thousand, for about an hour
	$(BIN)/pip install --quiet --editable '.[test,fuzz]'
	for matter in tests/soak/*.py; do nice $(BIN)/python $$matter || exit 1; done

oldest: ## run the tests with the oldest numpy, click and rich that will do
	python3 -m venv $(VENV)/oldest
	$(VENV)/oldest/bin/pip install --quiet --editable '.[test]' $(OLDEST)
	$(VENV)/oldest/bin/python -m pytest

# The modern recipe, but nearer to the list than measures best on names held out: these
# are there to be looked at. The second has fewer units, for the size of its file.
models: $(BIN)/charnames ## the models that come with charnames, anew
	$(BIN)/charnames train --dataset elements --recipe modern --iterations 2000 \
	  --dropout 0.3 --weight-decay 0.3 \
	  --seed 1 --slim --output charnames/pretrained/elements.safetensors
	$(BIN)/charnames train --dataset movies --recipe modern --iterations 4000 \
	  --hidden-size 80 --dropout 0.1 --weight-decay 0.01 \
	  --seed 1 --slim --output charnames/pretrained/movies.safetensors

clean: ## what the others made
	rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
