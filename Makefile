# Everything runs in .venv, which is made on first use. PYTHON=... names another interpreter, PORT=... another port.
SHELL := /bin/sh
PORT ?= 8000
VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run stack test test-stack check bench package clean setup-local setup-dev

help: ## Say what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

run: setup-local ## The whole stack and a demo app on this machine: http://localhost:8000 (PORT=... for another)
	@exec $(VENV) -m infra.local --port "$(PORT)"

stack: setup-dev ## The same, as deployed: the built zip under AWS's Lambda runtime, each function held to its role
	@exec $(VENV) -m infra.stack --port "$(PORT)"

test: check ## Everything that must hold: check, then all tests with coverage
	$(VENV) -m pytest --cov --cov-report=term

test-stack: setup-dev ## The specifications' tests against that; fails for a permission missing, or used by none
	$(VENV) -m pytest --stack --too-wide tests/conformance tests/accounts

check: setup-dev ## What can be seen without running it: style, types, direction of imports
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	$(VENV) .venv/bin/lint-imports

bench: setup-dev ## Time and AWS calls of every kind of request
	$(VENV) -m tests.bench

package: setup-dev ## Build the artefact and the template to deploy
	$(VENV) -m infra.build

clean: ## Remove all that make made
	rm -rf .venv build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .chalice/deployments
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-local:
	@sh infra/local/setup.sh local

setup-dev:
	@sh infra/local/setup.sh dev
