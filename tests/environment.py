"""What the settings read during tests; imported by conftest.py before anything asks for a setting."""

import os
from urllib.parse import parse_qs, urlencode, urlsplit

import django
import pytest


def own_redis(url: str, worker: int) -> str:
    """Two databases, broker and cache, for each xdist worker, counted from the one that was given."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        first = int(parse_qs(parts.query).get("db", ["0"])[0])
        return parts._replace(query=urlencode({"db": first + 2 * worker})).geturl()
    first = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{first + 2 * worker}").geturl()


for name in ("DATABASE_URL", "REDIS_URL"):
    if not os.environ.get(name):
        raise pytest.UsageError(
            f"{name} is not set: run `make test`, which starts both servers, or give the addresses yourself."
        )

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ.setdefault("LEVELFIELD_TEST_REDIS_URL", os.environ["REDIS_URL"])
os.environ["REDIS_URL"] = own_redis(os.environ["LEVELFIELD_TEST_REDIS_URL"], _worker)
os.environ.update(
    DJANGO_SETTINGS_MODULE="reviews_site.settings",
    DEBUG="0",
    DEMO="0",
    SECRET_KEY="a-key-for-tests-only",
    SITE_URL="http://testserver",
    # Playwright runs an event loop in the thread of the test, which also asks the database.
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)
# The conftest files of folders named on the command line are read before pytest-django would do this.
django.setup()
