# Everything a developer types. `make setup` runs by itself before the others.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: setup run demo test bench deep trace check lint type arch fmt shots lock dist clean

setup:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 2; }
	@$(PYTHON) packaging/bootstrap.py

run: setup
	$(BIN)/msclinic

demo: setup
	$(BIN)/msclinic demo --out demo-output

# Thousands of durable commits: in memory where the system has a place for that; a process for each
# processor, a file of tests never in two of them.
test: setup
	@export PYTEST_DEBUG_TEMPROOT="$$(test -w /dev/shm && echo /dev/shm || echo "$${TMPDIR:-/tmp}")"; \
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Thousands of kills, a failing and a full disk: an hour; the result lies in docs/validation/.
deep: setup
	$(BIN)/python -m tests.deep

# Times are compared on a quiet machine; the growth to 10,000 participants takes minutes.
bench: setup
	$(BIN)/python -m benchmarks

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

type: setup
	$(BIN)/mypy

arch: setup
	$(BIN)/lint-imports --no-cache

check: lint type arch test

fmt: setup
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format -q .

# The lock names no registry; needs uv on the path.
lock:
	uv pip compile -q --universal --prerelease if-necessary-or-explicit --generate-hashes \
		--python-version 3.11 --extra dev --no-emit-index-url --no-emit-find-links --no-header \
		-o packaging/requirements.txt pyproject.toml

# Which test shows which requirement: docs/validation/trace.md.
trace: setup
	$(BIN)/python packaging/trace.py

dist: setup
	$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf .venv dist build demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
