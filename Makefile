# `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
EXTRAS := test,lint
OLDEST = $(shell sed -n '/^dependencies = /{s///;p;q;}' pyproject.toml | tr -d '[],"' | sed 's/>=/==/g')

PRETRAIN := $(VENV)/pretrain
PRETRAIN_PYTHON := python3.13
ONE_THREAD := env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OPENBLAS_NUM_THREADS=1

.PHONY: help demo models base base-measure test lint types docs bench soak mutants oldest clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/charnames: pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[$(EXTRAS)]'
	touch $@

demo: $(BIN)/charnames ## create .venv, install, train on the elements, sample
	$(BIN)/charnames train --dataset elements
	$(BIN)/charnames sample -n 10

test: $(BIN)/charnames ## run the tests
	$(BIN)/python -m pytest

lint: $(BIN)/charnames ## check style and common mistakes
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(BIN)/charnames ## check static types
	$(BIN)/mypy

docs: $(BIN)/charnames ## write charnames/cli/REFERENCE.md from --help
	$(BIN)/python tests/reference.py

bench: $(BIN)/charnames ## measure speed beside the alternatives, PyTorch among them
	$(BIN)/pip install --quiet --editable '.[bench]'
	$(BIN)/python tests/benchmarks/bench.py
	$(BIN)/python tests/benchmarks/control.py

soak: $(BIN)/charnames ## try faults by the thousand, for about an hour
	$(BIN)/pip install --quiet --editable '.[test,fuzz]'
	for program in tests/soak/*.py; do nice $(BIN)/python $$program || exit 1; done

mutants: $(BIN)/charnames ## change the code at random: do the tests notice?
	$(BIN)/pip install --quiet --editable '.[test,mutants]'
	$(BIN)/python tests/mutants.py

oldest: ## run the tests with the oldest supported numpy, click and rich
	python3 -m venv $(VENV)/oldest
	$(VENV)/oldest/bin/pip install --quiet --editable '.[test]' $(OLDEST)
	$(VENV)/oldest/bin/python -m pytest

models: $(BIN)/charnames ## train the included models anew
	rm -f charnames/pretrained/elements.safetensors charnames/pretrained/movies.safetensors
	$(BIN)/charnames train --dataset elements --recipe modern \
	  --seed 1 --slim --output charnames/pretrained/elements.safetensors
	$(BIN)/charnames train --dataset movies --recipe modern \
	  --seed 1 --slim --output charnames/pretrained/movies.safetensors

$(PRETRAIN)/bin/charnames: pyproject.toml
	$(PRETRAIN_PYTHON) -m venv $(PRETRAIN)
	$(PRETRAIN)/bin/pip install --quiet --editable '.[pretrain]'
	touch $@

# With one thread, since the order of a sum decides its last digits.
base: $(PRETRAIN)/bin/charnames ## train the base model anew, in about an hour
	$(ONE_THREAD) $(PRETRAIN)/bin/python -m charnames.pretrained.base \
	  charnames/pretrained/base.safetensors

base-measure: $(PRETRAIN)/bin/charnames ## train the base model to be measured
	mkdir -p build
	$(ONE_THREAD) $(PRETRAIN)/bin/python -m charnames.pretrained.base \
	  build/base-measure.safetensors --variant measure --evaluated build/evaluated

clean: ## delete what the other targets made
	rm -rf $(VENV) build dist mutants .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
