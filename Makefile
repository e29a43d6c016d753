# Everything a developer or a newcomer runs. Each target does its own set-up.
PYTHON ?= /usr/bin/python3
UV := .tools/bin/uv
BIN := .venv/bin

.PHONY: setup
setup: .venv/.done

.tools/bin/uv:
	$(PYTHON) -m venv .tools && .tools/bin/pip install -q uv

.venv/.done: .tools/bin/uv requirements.lock pyproject.toml
	$(UV) venv -q --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync -q --require-hashes requirements.lock
	$(UV) pip install -q --no-deps -e .
	touch $@

.PHONY: lock
lock: .tools/bin/uv
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --group dev pyproject.toml -o requirements.lock

.PHONY: test
test: setup
	$(BIN)/pytest
