# Everything a person types. Each target installs what it needs first; the second time that takes no time.
.DEFAULT_GOAL := help
.PHONY: help run stop test lint bench lock clean

PYTHON_IN_VENV := .venv/bin/python
# Linting reads the settings but touches no server and no secret.
LINT_ENV := MULIN_ENV=demo MULIN_VAR=var/lint SECRET_KEY=lint FIELD_KEYS=lint INDEX_KEY=lint \
	DATABASE_URL=postgresql://lint@127.0.0.1/lint REDIS_URL=redis://127.0.0.1/0

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

run: ## Start Mulin with demo data at http://127.0.0.1:8000 (PORT=8001 make run for another port)
	@sh requirements/install.sh base
	@exec $(PYTHON_IN_VENV) -m config.launch

stop: ## Stop a `make run` of this folder, and the embedded servers
	@test ! -x $(PYTHON_IN_VENV) || exec $(PYTHON_IN_VENV) -m config.launch stop

test: ## Run every test on real PostgreSQL, Valkey and Chromium (ARGS="tests/owners -k phone" for some)
	@sh requirements/install.sh dev
	@exec $(PYTHON_IN_VENV) tests/prepare.py $(ARGS)

lint: ## Check style, types, templates and the layers between the packages
	@sh requirements/install.sh dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(LINT_ENV) .venv/bin/lint-imports --no-cache
	@$(LINT_ENV) .venv/bin/mypy
	@test ! -d templates || .venv/bin/djlint --quiet --lint templates

bench: ## Measure speed and memory against their targets, and write var/bench/latest.json
	@sh requirements/install.sh dev
	@exec $(PYTHON_IN_VENV) -m tests.bench $(ARGS)

lock: ## Pin the newest versions that requirements/*.in allow, with hashes
	@sh requirements/install.sh dev
	@.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url requirements/base.in --output-file requirements/base.txt
	@.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url requirements/dev.in --output-file requirements/dev.txt

clean: stop ## Delete .venv, the demo data and everything else that was made here
	@test ! -x $(PYTHON_IN_VENV) || $(PYTHON_IN_VENV) -m config.embedded destroy
	@test ! -x $(PYTHON_IN_VENV) || $(PYTHON_IN_VENV) -m config.embedded destroy --var var/test
	@rm -rf .venv var .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
