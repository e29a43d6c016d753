# Everything a newcomer or a developer runs. Each target sets up what it needs, and says nothing if it is there.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/sbin:/sbin
# Container images like to set it; then each start of Python compiles all modules anew, and the tests take twice as long.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
UV := .tools/bin/uv
VAR := $(or $(WEFT_VAR),var)
# Namespaces and eBPF need root; sudo asks for it only where it is wanted.
ROOT := $(if $(filter 0,$(shell id -u)),,sudo -E)

# Tests run in as many processes as there are cores; more than four only get into each other's way.
PYTEST := $(BIN)/pytest -n $(or $(JOBS),$(shell n=$$(nproc); echo $$((n < 4 ? n : 4))))

UNIT := not nats and not kernel and not lab and not wheel and not clients and not keystone and not fuzz
UNLOADED := --ignore=tests/api/fuzz --ignore=tests/packets -p no:schemathesis# what they have is deselected, and slow to load

# beside_lint COMMAND: lint while it runs, say in one piece what came of it, and fail if either does.
define beside_lint
	@lint() { local said status; said=$$($(MAKE) --no-print-directory lint 2>&1); status=$$?; \
		printf '\n%s\n' "$$said"; return $$status; }; \
	lint & linting=$$!; \
	echo '$(1)'; $(1); tested=$$?; \
	wait $$linting || { echo 'lint failed: see above' >&2; exit 1; }; \
	exit $$tested
endef

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

# ---- the two that a newcomer types ----

.PHONY: demo
demo: setup-lab ## three sites, one network, a cut WAN and a lost site: the story, told and measured (3 min)
	@$(ROOT) $(BIN)/python -m weft.lab.demo

.PHONY: test
test: setup-lab setup-keystone setup-heat ## everything: what `check` does, then NATS, kernel and lab tests (10 min)
ifeq ($(ROOT),)
	$(call beside_lint,$(PYTEST))
else
	$(call beside_lint,$(PYTEST) -m "not kernel and not lab")
	@echo "the kernel and lab tests need root: they run through sudo"
	$(ROOT) $(PYTEST) -m "kernel or lab" -p no:cacheprovider
endif

# ---- five words for developers: dev, check, lab, sim, fuzz ----

.PHONY: dev
dev: setup-lab setup-bench lab ## the whole environment, then a lab to try things in

.PHONY: check
check: setup-python ## format, lint, types, layers, unit tests (under a minute)
	$(call beside_lint,$(PYTEST) -m "$(UNIT)" $(UNLOADED))

.PHONY: lab
lab: setup-lab ## bring up three sites and leave them (`.venv/bin/weft lab down` removes them)
	@$(ROOT) $(BIN)/weft lab up --sites 3 --nodes 2 --delay 20

.PHONY: sim
sim: setup-python ## seeded fabrics of sites in one process: SEED=83113 replays one, SEEDS=1000 runs many (SITES, STEPS)
	@$(BIN)/python -m weft.store.simulated --seed $(or $(SEED),1) --seeds $(or $(SEEDS),$(if $(SEED),1,200)) \
		--sites $(or $(SITES),3) --steps $(or $(STEPS),120)

.PHONY: fuzz
fuzz: setup-python ## ask every operation of the API things it was not made for: SEED=7 asks others, EXAMPLES=500 more
	$(BIN)/pytest -m fuzz

# ---- the rest ----

.PHONY: lint
lint: setup-python
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: setup-python ## put code into its standard form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: setup-lab setup-bench ## measure everything, results in var/bench (BENCH="api_rate heal" for some, QUICK=1)
	@$(ROOT) $(BIN)/python bench/all.py $(if $(QUICK),--quick) $(BENCH)

.PHONY: figures
figures: setup-python ## write the results of the last `make bench` into docs/performance.md
	@$(BIN)/python bench/report.py

.PHONY: bpf
bpf: setup-python ## compile bpf/ into src/weft/dataplane/objects
	@tools/setup bpf
	@$(BIN)/python tools/build_bpf.py

.PHONY: wheel
wheel: bpf ## dist/weft-*.whl, with the compiled eBPF inside
	@rm -rf dist
	@$(UV) build --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

.PHONY: lock
lock: ## pin anew what pyproject.toml asks for
	@tools/setup uv
	@$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		--group dev pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		tools/keystone.in -o tools/keystone.lock
	@$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		tools/neutron.in -o tools/neutron.lock
	@$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		tools/heat.in -o tools/heat.lock

.PHONY: clean
clean: ## forget everything that was built or set up (the lab too)
	@[ ! -d $(VAR)/lab ] || [ ! -x $(BIN)/weft ] || $(ROOT) $(BIN)/weft lab down
	@rm -rf .venv .tools $(VAR) dist build src/weft/dataplane/objects .mypy_cache .ruff_cache .pytest_cache

# ---- set-up ----

.PHONY: setup setup-python setup-keystone setup-heat setup-lab setup-bench
setup: setup-python

setup-python:
	@tools/setup python

setup-keystone:
	@tools/setup keystone

setup-heat:
	@tools/setup heat

setup-lab: bpf
	@tools/setup lab

setup-bench: var/bench/probe var/bench/path
	@tools/setup bench

var/bench/%: bench/%.c
	@tools/setup bench
	@mkdir -p $(@D)
	@gcc -O2 -Wall -Wextra -Werror -o $@ $< -lpthread
