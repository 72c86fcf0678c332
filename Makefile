# What people do here, one command each; `make` alone lists them.
# Needs git, make and a Python >= 3.11 with venv, nothing else: everything comes, pinned and hashed, from the lock files.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --no-compile

IMAGE          ?= penstock
BASE           ?= python:3.13-slim
STORAGE_DRIVER ?= overlay
ISOLATION      ?= oci
BUILD_FLAGS    ?=
REVISION        = $(shell git rev-parse HEAD)

# Two processes, each with half of the tests as they stand, so that what tests share is made once; who is done helps.
BOTH := -n 2 --dist worksteal

# Whoever runs this may have forbidden Python to keep what it compiles; then every process of a test compiles boto3.
export PYTHONDONTWRITEBYTECODE :=

# Sandbox keys are worth nothing; they keep a developer's own credentials out of the sandbox's logs.
SANDBOX := AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox AWS_SESSION_TOKEN= AWS_REGION=eu-west-1

.PHONY: help demo run test style types layers lint check format lowest bench faults bugs fidelity \
	ministack image lock clean
.DELETE_ON_ERROR:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## specs become a running topology, something breaks, Penstock puts it back: a minute
	@$(BIN)/penstock demo

# The examples together want more VPC links than AWS gives an account that has not asked for more.
# Ctrl-C reaches the shell alone, for both run in sessions of their own: the controller goes first and may finish its
# calls, and only then does its AWS go.
APART := $(BIN)/python -c 'import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])' $(BIN)/penstock

run: $(READY) ## the sandbox and the controller on ./examples, until Ctrl-C
	@mkdir -p .demo; rm -f .demo/sandbox; $(APART) sandbox up --port 0 --quota vpc-links=20 > .demo/sandbox & sandbox=$$!; controller=; \
	trap 'test -z "$$controller" || { kill $$controller; wait $$controller; }; kill $$sandbox; wait' EXIT; \
	trap 'exit 0' HUP INT TERM; \
	until grep -s "^AWS_ENDPOINT_URL=" .demo/sandbox; do kill -0 $$sandbox || exit 1; sleep 0.1; done; \
	env -u AWS_PROFILE $(SANDBOX) $$(grep '^AWS_ENDPOINT_URL=' .demo/sandbox) $(APART) run -f examples & controller=$$!; \
	wait $$controller

test: $(READY) ## the tests
	@$(BIN)/python -m pytest -q $(BOTH)

style: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

lint: style types layers ## format, style, types and layers, changing nothing

check: lint test ## all that CI runs

format: $(READY) ## rewrite the sources as lint wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# In an environment of its own, made anew: the bounds in pyproject.toml are a claim, and this is its proof.
lowest: $(READY) ## the tests with the oldest versions that pyproject.toml allows
	@mkdir -p .demo && $(BIN)/uv pip compile -q --universal pyproject.toml --extra sandbox --group dev \
		--resolution lowest-direct -o .demo/lowest.txt
	@$(PYTHON) -m venv --clear .demo/lowest
	@.demo/lowest/bin/python -m pip install -qq --no-input --disable-pip-version-check --no-compile -r .demo/lowest.txt
	@.demo/lowest/bin/python -m pytest -q $(BOTH)

bench: $(READY) ## calls and times of full passes, as JSON on stdout
	@$(BIN)/python -m tests.bench

FAULTS = $(if $(SEED),--seed $(SEED)) $(if $(N),--n $(N)) $(if $(EXPERIMENTS),--experiments '$(EXPERIMENTS)') \
	$(if $(SCENES),--scenes '$(SCENES)') $(if $(JOBS),--side $(JOBS)) $(if $(LOG),--log '$(LOG)')

faults: $(READY) ## every fault at every call (SEED=7 N=500: a slice; REPLAY='…': one history again)
ifdef REPLAY
	@$(BIN)/python -W ignore -m tests.faults --replay '$(REPLAY)'
else
	@$(if $(N)$(EXPERIMENTS)$(SCENES),,$(BIN)/python -m pytest -q $(BOTH) -m '' tests/faults &&) \
		$(BIN)/python -W ignore -m tests.faults $(FAULTS)
endif

bugs: $(READY) ## each historic bug put back: something has to notice (BUG=07: that one)
	@$(BIN)/python -W ignore -m tests.faults.bite $(BUG)

# RECORDINGS=DIR takes another folder of the same layout, and then the page in docs/ stays as it is.
fidelity: $(READY) ## the sandbox and the reconcilers beside what AWS was recorded to answer
	@$(BIN)/python -m tests.fidelity $(if $(RECORDINGS),--recordings $(RECORDINGS),--write)

# In an environment of its own: it pins a botocore of its own, and is no part of what we ship or test with.
MINISTACK := .venv-ministack

ministack: $(READY) $(MINISTACK)/.ready ## Penstock against another emulator, over what that one has
	@$(BIN)/python -W ignore -m tests.ministack $(MINISTACK)/bin/python

$(MINISTACK)/.ready: requirements-ministack.lock
	@$(PYTHON) -m venv --clear $(MINISTACK)
	@$(MINISTACK)/bin/python -m pip install -qq --no-input --disable-pip-version-check --require-hashes -r $<
	@touch $@

image: ## the container image (BASE=… IMAGE=… STORAGE_DRIVER=vfs ISOLATION=chroot BUILD_FLAGS=…)
	buildah --storage-driver $(STORAGE_DRIVER) build --isolation $(ISOLATION) --format docker \
		--build-arg BASE=$(BASE) --build-arg REVISION=$(REVISION) $(BUILD_FLAGS) --tag $(IMAGE) .

# Universal: the same files serve every platform and Python 3.11 and later. Only wheels: installing runs nobody's setup.py.
# The smaller two are held to what the largest says, so the image runs what the tests ran with.
COMPILE = $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --only-binary :all: \
	--emit-build-options --custom-compile-command 'make lock' $(LOCK_FLAGS)

lock: $(READY) ## pin again what pyproject.toml asks for (LOCK_FLAGS=--upgrade: the newest)
	$(COMPILE) pyproject.toml --extra sandbox --group dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock
	$(COMPILE) --group ministack -o requirements-ministack.lock

clean: ## remove the environment and everything that tools left
	rm -rf $(VENV) $(MINISTACK) .demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Penstock needs Python 3.11 or later; name one with PYTHON=…" >&2; exit 1; }
	@echo "Making $(VENV) from requirements-dev.lock; about half a minute, once" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -m compileall -q controller drift reconcilers sandbox specs
	@touch $@
