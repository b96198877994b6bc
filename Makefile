# make demo   the whole site on this machine, with demo data: needs Python 3.11 or newer and nothing else
# make test   every test, against a real Postgres, a real Redis and a real browser
# make lint   the checks of .ci/run
# make manage ARGS="…"   a management command against the demo's servers, running or not
# make bench  pages, writes and a peer measured side by side: writes benchmarks/results.md (20 minutes; benchmarks/README.md)
# make faults what is lost, doubled or late while web, workers, Postgres, Redis, disk, clocks and the mail server fail
#
# PORT=8000   where the demo listens        STATE=.local   where its data lives
# DATABASE_URL=… REDIS_URL=…   servers of your own        PYTHON=…   the Python that makes .venv

PORT ?= 8000
STATE ?=
ARGS ?=
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)

LOCAL = .venv/bin/python -m reviews_site.local
PACKAGES = accounts disclosure following messaging moderation notifications outcomes prices products references research reviews reviews_site

export PORT STATE

.PHONY: demo test lint manage bench faults format

demo:
	@$(PYTHON) reviews_site/local/bootstrap.py run
	@exec $(LOCAL) demo

test:
	@$(PYTHON) reviews_site/local/bootstrap.py dev
	@exec $(LOCAL) test $(ARGS)

lint:
	@$(PYTHON) reviews_site/local/bootstrap.py dev
	@exec .ci/lint

format:
	@$(PYTHON) reviews_site/local/bootstrap.py dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

manage:
	@$(PYTHON) reviews_site/local/bootstrap.py run
	@exec $(LOCAL) manage $(ARGS)

bench:
	@$(PYTHON) reviews_site/local/bootstrap.py dev
	@exec .venv/bin/python -m benchmarks $(ARGS)

faults:
	@$(PYTHON) reviews_site/local/bootstrap.py dev
	@exec .venv/bin/python -m benchmarks.faults $(ARGS)
