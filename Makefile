# Each target has one comment line; `make` alone prints them.
PYTHON ?= python3
TORCH ?= torch==2.13.0
BIN = .venv/bin
READY = .venv/ready

.PHONY: help setup demo corpus test fuzz lint check bench clean

help:  ## print this list
	@sed -n 's/^\([a-z]*\):.*##/make \1:/p' Makefile

setup: $(READY)  ## make the virtual environment in .venv with everything in it

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $(READY)

demo: setup  ## train on data/ for three minutes, print BLEU, translate two sentences
	$(BIN)/seqtrans train --minutes 3
	$(BIN)/seqtrans translate "Guten Morgen, wie geht es dir?" "Der Hund schläft unter dem Tisch."

corpus: setup  ## make data/train, valid and test anew from data/handwritten and data/grammar
	$(BIN)/python -m data.assemble

test: setup  ## run all tests
	$(BIN)/python -m pytest -q -n auto

fuzz: setup  ## try 20,000 random inputs on the readers and the commands
	SEQTRANS_FUZZ=2000 $(BIN)/python -m pytest -q tests/test_fuzz.py

lint: setup  ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test  ## what must pass before a commit

bench: setup  ## measure training and translation speed on this machine
	$(BIN)/python -m tests.bench

clean:  ## remove the virtual environment, runs and caches
	rm -rf .venv runs dist build .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
