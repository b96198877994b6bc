"""What the settings read during tests; imported by conftest.py before anything asks for a setting."""

import os
from urllib.parse import parse_qs, urlsplit

import django
import pytest
from django.conf import settings


def own_redis(url: str, worker: int) -> str:
    """Two databases, broker and cache, for each xdist worker, counted from the one that was given."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        first = int(parse_qs(parts.query).get("db", ["0"])[0])
        return f"unix://{parts.path}?db={first + 2 * worker}"
    first = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{first + 2 * worker}").geturl()


for name in ("DATABASE_URL", "REDIS_URL"):
    if not os.environ.get(name):
        raise pytest.UsageError(
            f"{name} is not set: run `make test`, which starts both servers, or give the addresses yourself."
        )

if settings.configured:
    raise pytest.UsageError(
        "The settings were read before the environment of the tests was complete: unset DJANGO_SETTINGS_MODULE."
    )

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["REDIS_URL"] = own_redis(os.environ["REDIS_URL"], _worker)
# The next database number is the cache, and no server but the one that was given is read.
for name in ("CACHE_URL", "REPLICA_URLS"):
    os.environ.pop(name, None)
os.environ.update(
    DEBUG="0",
    DEMO="0",
    SECRET_KEY="a-key-for-tests-only",
    SITE_URL="http://testserver",
    # Tests of whole pages kept for visitors switch it on for themselves.
    PAGE_CACHE_SECONDS="0",
    # Playwright runs an event loop in the thread of the test, which also asks the database.
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)

# The conftest files of folders named on the command line are read before pytest-django would do this.
os.environ["DJANGO_SETTINGS_MODULE"] = "reviews_site.settings"
django.setup()
# Taken back: xdist's workers inherit the environment, and pytest-django would read a worker's settings before this
# module gives it Redis databases of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]
