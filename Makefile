# The two commands: `make demo` and `make test`. Both make their own environment in .venv first:
# with uv where it is on the PATH, else with venv and pip.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := -e '.[dev]' -e policies -e plugins/sql -e plugins/files
PACKS := gdpr gdpr-fi gdpr-de ccpa hipaa
READMES := ../../policies/src/govreg_policies
ONLY ?=
DIR ?= govreg-demo
JOBS ?= 1

.PHONY: demo test lint bench mutants fuzz docs format clean

.venv/ready: pyproject.toml uv.lock policies/pyproject.toml plugins/sql/pyproject.toml plugins/files/pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --frozen --all-packages --extra dev; \
	else \
		$(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check $(PACKAGES); \
	fi
	@touch $@

demo: .venv/ready
	@$(BIN)/govreg demo $(DIR)

test: .venv/ready
	$(BIN)/pytest -n auto --dist loadfile -q

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate -c pyproject.toml --quiet src plugins/sql/src plugins/files/src policies/src
	$(BIN)/typos

bench: .venv/ready
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --frozen --all-packages --extra dev --extra bench; \
	else \
		$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]'; \
	fi
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

# Small changes to src/govreg/policy that the tests must notice; ONLY='govreg.policy.count.*' for one file
.venv/mutants: .venv/ready
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --frozen --all-packages --extra dev --extra mutation; \
	else \
		$(BIN)/pip install --quiet --disable-pip-version-check -e '.[mutation]'; \
	fi
	@touch $@

mutants: .venv/mutants
	$(BIN)/mutmut run --max-children $(JOBS) $(if $(ONLY),'$(ONLY)')
	@$(BIN)/mutmut results | grep -v ': not checked' || true

# the fuzzer is no dependency: it comes with the first use
fuzz: .venv/ready
	$(BIN)/python -m venv .venv/fuzz
	.venv/fuzz/bin/python -m pip install --quiet atheris
	PYTHONPATH=src .venv/fuzz/bin/python tests/fuzz/signals.py -max_total_time=$(or $(FOR),60) -max_len=2000

docs: .venv/ready
	@mkdir -p docs/packs
	@for pack in $(PACKS); do \
		$(BIN)/govreg policy page $$pack --readme $(READMES)/$${pack//-/_}/README.md > docs/packs/$$pack.md || exit; \
	done
	$(BIN)/pytest -q tests/docs

format: .venv/ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache govreg-demo dist mutants
