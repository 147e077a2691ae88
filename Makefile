# `make run` needs nothing before it. Everything it makes is git-ignored: .venv .vendor .static var
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
COMPILE := .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
export PORT

.PHONY: certificate run setup test test-long forecast test-days mutants lint fmt lock bench clean dev ready system test-assets compiled

run: .venv/.installed
	@$(PY) jiangjin_portal/assets.py
	@exec $(PY) manage.py portal

setup: .venv/.installed
	@$(PY) jiangjin_portal/assets.py
	@$(PY) manage.py portal --setup

# A certificate of its own making, for trying the server mode; browsers warn of it. HOST=portal.example
certificate:
	@mkdir -p var/tls
	@openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$(or $(HOST),localhost)" \
		-addext "subjectAltName=DNS:$(or $(HOST),localhost)" -keyout var/tls/portal.key -out var/tls/portal.crt 2>/dev/null
	@chmod 600 var/tls/portal.key && echo "var/tls: portal.crt, portal.key"

test: ready
	@CI=true $(PY) -m tests.services --lane both --beside "$(MAKE) --no-print-directory lint" -- $(ARGS)

# The same with every example, round and row: races, kills and properties take an hour or more.
test-long: ready
	@CI=true PORTAL_THOROUGH=1 $(PY) -m tests.services --lane both -- $(ARGS)

# What the tests need. None of these waits for another; what one says is printed when it has ended, and one that fails
# ends the run.
ready:
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target system test-assets compiled

# After Python, for which apt-get may have been asked, too: it does one thing at a time.
system: | .venv/bin/python
	@.ci/packages

# After the packages, of which pip is one: it fetches Node.
test-assets: dev
	@$(PY) jiangjin_portal/assets.py --tests

compiled: dev
	@$(PY) -m tests.services --compile

# The long proof of the forecast: 220 forecasts a day on invented districts, with its table.
forecast: dev
	@PORTAL_THOROUGH=1 $(PY) -m tests.services --lane sqlite -- -q -s -n 0 tests/targets/outlook/test_proof.py $(ARGS)

test-days: dev
	@$(PY) jiangjin_portal/assets.py
	@$(PY) -m tests.days $(ARGS)

mutants: dev
	@$(PY) jiangjin_portal/assets.py --tests
	@$(PY) -m tests.mutants $(ARGS)

lint: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run --skip-checks
	PORTAL_HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING

fmt: dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: dev
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) requirements-node.in -o requirements-node.txt
	$(COMPILE) requirements-uv.in -o requirements-uv.txt

bench: dev
	@$(PY) jiangjin_portal/assets.py
	@$(PY) -m benchmarks

clean:
	rm -rf .venv .vendor .static .node node_modules var/test-assets .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@echo "var/ (database, uploads, key) is kept; delete it yourself if you mean it"

dev: .venv/.installed-dev

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Python packages: install"
	@$(call pip,requirements.txt)
	@touch $@

# In one call: a second one would first look through all that the first has installed.
.venv/.installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Python packages for development: install"
	@PYTHON=$(PYTHON) .ci/python-packages requirements.txt requirements-dev.txt
	@touch .venv/.installed $@

# A venv made without pip is filled by the system's pip.
pip = if $(PY) -m pip --version >/dev/null 2>&1; then set -- $(PY) -m pip; \
	else set -- $(PYTHON) -m pip --python $(PY); fi; "$$@" install -qq --require-hashes -r $(1)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make run PYTHON=/path/to/python3.11"; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip .venv; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv && $(PYTHON) -m venv .venv; \
	else echo "python3-venv is missing: ask the administrator for 'apt-get install python3-venv'"; exit 1; fi
