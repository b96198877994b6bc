"""Real Postgres, real Redis, a real browser and, where a test asks for it, a real worker; nothing of ours is mocked."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test import client as test_client

from reviews_site.celery import app as celery_app
from reviews_site.lib.breaker import redis_breaker
from reviews_site.local.browser import find_browser
from tests import environment  # noqa: F401  (completes the environment)
from tests.emptying import empty_tables, remember_what_migrations_stored
from tests.mail import mail_server  # noqa: F401  (a fixture for all)

LEFT_OUT = pytest.StashKey[int]()
TRANSACTIONAL = {"transactional_db", "live_server", "celery_worker_process"}
# Begun first, as whatever is marked slow: at the end no worker waits for another's long test.
LONG = (
    "tests/api/test_messaging_schema.py",
    "tests/benchmarks/test_short_run.py",
    "tests/e2e/",
    "tests/messaging/test_many.py",
    "tests/reviews_site/test_backups.py",
    "tests/reviews_site/test_local",
    "tests/reviews_site/test_nginx.py",
    "tests/reviews_site/test_planted_person.py",
    "tests/reviews_site/test_public_data_of_demo.py",
    "tests/reviews_site/test_replicas.py",
    "tests/reviews_site/test_seed_",
    "tests/trust/leaks/",
    "tests/trust/test_hostile_input.py",
    "tests/trust/test_twins.py",
)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = 0
    # Argon2 costs 0.3 s a hash by design.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # No collected files: pages name the sources, and the live server finds them.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    TransactionTestCase._fixture_teardown = lambda case: empty_tables()
    test_client.store_rendered_templates = partial(
        note_page, test_client.store_rendered_templates
    )


def note_page(note: Callable[..., None], store, signal, sender, template, context, **kwargs) -> None:  # fmt: skip
    """For `response.context`: what a page was made of, without a copy for each part that it includes."""
    if context.template is template:
        note(store, signal, sender, template, context, **kwargs)


# --- Postgres -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        remember_what_migrations_stored()


def is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        return True
    return bool(TRANSACTIONAL & set(getattr(item, "fixturenames", ())))


# --- Redis ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    """Each test starts with an empty cache; the broker is emptied by the tests that run a worker."""
    cache.clear()
    redis_breaker.reset()
    yield


@pytest.fixture
def empty_broker() -> None:
    with celery_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()


# --- A worker -------------------------------------------------------------------------------


@pytest.fixture
def celery_worker_process(transactional_db, empty_broker) -> Iterator[subprocess.Popen]:
    """A worker of its own process on the test database: what is sent on commit really runs.

    The test must be transactional (this fixture sees to it) and wait for what it expects.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "worker.log")
        with log.open("w") as out:
            worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "reviews_site", "worker"]
                + ["--concurrency", "2", "--loglevel", "INFO"]
                # It asks no other worker anything, and waits for no answer.
                + ["--without-gossip", "--without-mingle"],
                env=os.environ | {"DATABASE_URL": test_database_url()},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(lambda: " ready." in log.read_text(), worker, log)
            yield worker
        finally:
            stop_group(worker)
            # Shown beside a failure.
            print(f"The worker said:\n{log.read_text()[-5000:]}")


def test_database_url() -> str:
    """The given address with the test database's name in place of its own."""
    url, _, query = os.environ["DATABASE_URL"].partition("?")
    base = url.rpartition("/")[0]
    return f"{base}/{connection.settings_dict['NAME']}" + (query and f"?{query}")


test_database_url.__test__ = False  # type: ignore[attr-defined]


def wait_for(condition, process: subprocess.Popen, log: Path, seconds: float = 90):
    until = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail(f"The worker did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def stop_group(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# --- A browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    executable = find_browser()
    assert executable is not None
    # Chromium's sandbox refuses root.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": str(executable),
        "args": [*arguments, "--disable-dev-shm-usage"],
    }


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """What takes long begins first. Without a browser its tests are left out, and the last lines say how many."""
    items.sort(key=lambda item: not takes_long(item))
    for item in items:
        if {"page", "browser", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if not left_out or find_browser() is not None:
        return
    if os.environ.get("BROWSER_TESTS") == "required":
        raise pytest.UsageError(f"{len(left_out)} tests need a browser: none is here.")
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    config.stash[LEFT_OUT] = len(left_out)


def takes_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(LONG) or item.get_closest_marker("slow") is not None


def pytest_collection_finish() -> None:
    """xdist's workers are there by now: the programs that a test starts may inherit the name of the settings again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "reviews_site.settings"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """With xdist the workers collect, and the main process writes the summary."""
    count = getattr(node, "workeroutput", {}).get("left_out", 0)
    node.config.stash[LEFT_OUT] = count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if count := terminalreporter.config.stash[LEFT_OUT]:
        terminalreporter.write_line(
            f"Left out {count} browser tests: no Chromium was found or could be installed.",
            yellow=True,
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where browser tests are required, a skipped one is as bad as a failed one."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[LEFT_OUT]
    if os.environ.get("BROWSER_TESTS") != "required":
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if session.exitstatus == 0 and any("browser" in each.keywords for each in skipped):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
