# Two commands do everything: `make run` and `make test`. Both first install what they need, quick when nothing changed.
# PORT (8000) and VAR (var) are read from the environment; PYTHON chooses the interpreter of .venv (3.11 to 3.13).
PYTHON ?= python3
PORT ?= 8000
VAR ?= var
UV := uv==0.13.9
export VAR PORT
# Each of the hundreds of processes that tests and cameras are would compile every module again: 0.4 to 8 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-fast chaos cluster-demo check parts clean

setup: .venv/.installed node_modules/.installed

# --inexact keeps pip and uv, which uv did not install. --no-build-package: nothing here may need a compiler.
.venv/.installed: pyproject.toml uv.lock facesite/lab/demo/portraits.py facesite/lab/demo/portraits.txt facesite/lab/demo/astronaut.txt
	@test -x .venv/bin/pip || $(PYTHON) -m venv .venv
	@test -x .venv/bin/uv || .venv/bin/pip install --quiet --disable-pip-version-check "$(UV)"
	@echo "Installing the locked packages (about 460 MB at first) …"
	@UV_PROJECT_ENVIRONMENT=.venv .venv/bin/uv sync --frozen --inexact --quiet --python .venv/bin/python
	@.venv/bin/python -m facesite.lab.demo.portraits .venv/share/facesite-portraits
	@touch $@

# Node is a wheel of the dev group; npm finds it by the PATH. These packages (61 MB) check and test the pages' scripts,
# and CompreFace's client is run from them: whoever only runs the site does without.
node_modules/.installed: .venv/.installed package.json package-lock.json
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --loglevel=error >/dev/null
	@touch $@

run: .venv/.installed
	@exec .venv/bin/python manage.py run --port $(PORT)

# The fast ones share the cores, each process with a database of its own. So do those with real parts and browsers, a
# file in one process, which then has one browser and one site; those that watch the clock run one by one. These run
# whatever became of the ones before, for .ci/run asks again only what has failed. Of three files with real parts one
# waits for a camera, a browser or a film; the fast ones wait for little (9:12 in three processes, 9:16 in two).
# To look through all files for a few tests takes each process longer than to read which files have such tests. Those of
# the image are left to test-image, which makes it first.
WITH = $$(grep -rl --exclude-dir=deploy --include='test_*.py' 'mark\.$(1)\b' tests | sort)
FAST := .venv/bin/pytest -m "not integration and not chaos" -n auto --maxprocesses 4
PARTED := .venv/bin/pytest -m "integration and not alone and not chaos" -n 3 --dist loadfile --no-loadscope-reorder
PARTED += $(call WITH,integration)
ALONE := .venv/bin/pytest -m "integration and alone and not chaos" $(call WITH,alone)

test: setup
	$(FAST)
	$(PARTED); parted=$$?; $(ALONE) && exit $$parted

test-fast: setup
	$(FAST)

# Kills every part of a running cluster, and looks whether it comes back and what was lost: about seven minutes.
chaos: setup
	.venv/bin/pytest -m chaos -s

# The distributed mode on this machine: web, two workers, Postgres and Valkey, each a process to be killed.
cluster-demo: .venv/.installed
	@exec .venv/bin/python -m facesite.lab.cluster --port $(PORT)

TSC := .venv/bin/node node_modules/typescript/bin/tsc

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(TSC) --project .
	$(TSC) --project tests/javascript
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py check
	.venv/bin/python manage.py check_engine
	.venv/bin/python manage.py spectacular --validate --fail-on-warn --file $(VAR)/openapi.yml
	diff -u facesite/openapi.yml $(VAR)/openapi.yml
	.venv/bin/uv lock --check --quiet

# What tests use of a Debian machine beside Python: Chromium, fonts of further scripts, PgBouncer, a real RTSP server, and an MQTT broker. Without them the tests
# that need them are skipped, visibly; in CI a missing Chromium or PgBouncer fails.
PARTS := chromium fonts-liberation fonts-droid-fallback fonts-nanum fonts-dejavu-core pgbouncer python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav mosquitto
parts:
	@dpkg --status $(PARTS) >/dev/null 2>&1 || \
		(apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PARTS))

clean:
	rm -rf .venv node_modules $(VAR)

include k8s/image.mk
