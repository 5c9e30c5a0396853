# Everything a developer or a server does with this project; `make help` lists it.
# A fresh machine needs Python 3.11 or newer, make, and a package index that pip knows.

.SHELLFLAGS := -euc
.DEFAULT_GOAL := help

# The oldest Python we support comes first: it is the one the requirements were resolved with.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
FLASK := $(BIN)/flask --app run
WORKERS ?= 2

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps make a second call cheap: pip runs only when a requirements file has changed.
.venv/installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: setup dev catalogues
setup: .venv/installed ## make .venv and install what running needs
dev: .venv/installed-dev

catalogues: setup
	@$(BIN)/python translations/catalogues.py compile

.PHONY: run
run: catalogues ## serve the demo on http://127.0.0.1:8080 (HOST, PORT, DATABASE_URL)
	@DEMO=$${DEMO-1} $(FLASK) serve

.PHONY: test
test: dev catalogues ## all tests, on SQLite and on PostgreSQL (WORKERS, REQUIRE_BROWSER)
	@failed=0; for database in sqlite postgresql; do \
		echo "== tests on $$database"; \
		TEST_DATABASE=$$database $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile || failed=1; \
	done; exit $$failed

.PHONY: bench
bench: dev catalogues ## every benchmark beside its rival; also written to bench/results.json
	@$(BIN)/python -m bench

.PHONY: check lint types imports templates translations migrations
check: lint types imports templates translations migrations ## style, types, import floors, templates, translations, migrations
	@echo "check: all well"

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports

templates: dev
	$(BIN)/djlint --lint --quiet app/templates

translations: catalogues
	$(BIN)/python translations/catalogues.py check

# Up from nothing, no difference to the models, and down again.
migrations: setup
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	export DATABASE_URL="sqlite:///$$scratch/portal.db"; \
	for step in upgrade check "downgrade base"; do \
		$(FLASK) db $$step >"$$scratch/log" 2>&1 || { cat "$$scratch/log"; echo "migrations: db $$step failed"; exit 1; }; \
	done; echo "migrations: match the models, both directions"

.PHONY: messages docs lock clean
messages: setup ## extract the messages again and list what lacks a translation
	@$(BIN)/python translations/catalogues.py update

docs: setup ## write the generated pages of docs/ again
	@$(FLASK) docs

lock: dev ## resolve requirements*.in again into pinned files with hashes
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --annotation-style=line \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --annotation-style=line \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=requirements-dev.txt requirements-dev.in

clean: ## remove .venv and caches; instance/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find app config.py seed tests translations bench -name __pycache__ -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete
