# `make check` is what CI runs. Another interpreter: `make check PYTHON=python3`.
PYTHON ?= .venv/bin/python

.PHONY: help install check lint types test doctest coverage bench mutation figures operations docs format clean

help:            ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

install:         ## make .venv with everything that development needs
	python3 -m venv .venv
	.venv/bin/pip install -e '.[test,lint]'

check: lint types test doctest   ## all of the checks below

lint:            ## style and common mistakes
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:           ## mypy, strict, over the package
	$(PYTHON) -m mypy

test:            ## the tests
	$(PYTHON) -m pytest

doctest:         ## the examples in docstrings, README and docs
	$(PYTHON) -m pytest -q --hypothesis-seed=0 --doctest-modules --doctest-glob='*.md' autograd_lite README.md docs

coverage:        ## the tests with branch coverage of the package; fails below 97 %
	$(PYTHON) -m pytest -q --cov --cov-report=
	$(PYTHON) -m coverage report

bench:           ## times and memory beside other frameworks (extra bench); build/bench
	$(PYTHON) -m benchmarks

mutation:        ## mutation score of the rules, and the survivors (extra mutation; under an hour)
	$(PYTHON) -m tests.mutation

figures:         ## run every demo and save its figures
	$(PYTHON) -m demos all --out figures/

operations:      ## write the table of operations, docs/reference/operations.md
	$(PYTHON) -m docs.operations

docs: operations ## build the pages in docs/_build (extra docs)
	$(PYTHON) -m sphinx -W -b html docs docs/_build

format:          ## let ruff format and mend what it can
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean:           ## remove what tools left behind
	rm -rf build dist figures .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
