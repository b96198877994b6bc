"""The settings of a process of its own, as an operator starts it."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

READ = """
import json
from reviews_site import settings
names = %r
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
GIVEN = {
    "DATABASE_URL": "postgres://user:password@db/levelfield",
    "REDIS_URL": "redis://cache:6379/0",
    "SECRET_KEY": "long and random",
    "SITE_URL": "https://reviews.example.org",
}
DEFAULTS = {
    "ALLOWED_HOSTS": ["reviews.example.org", "127.0.0.1", "localhost"],
    "CSRF_TRUSTED_ORIGINS": ["https://reviews.example.org"],
    "DEBUG": False,
    "DEFAULT_FROM_EMAIL": "Levelfield <hello@reviews.example.org>",
    "DEMO": False,
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": 2525,
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "INFO",
    "METRICS_TOKEN": "",
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_SSL_REDIRECT": True,
    "SITE_NAME": "Levelfield",
    "TRUSTED_PROXY_COUNT": 0,
}
LEFT_EMPTY = [
    *("ALLOWED_HOSTS", "CONN_MAX_AGE", "CSRF_TRUSTED_ORIGINS", "DEBUG", "DEMO"),
    *("DEFAULT_FROM_EMAIL", "EMAIL_URL", "LOG_LEVEL", "MEDIA_ROOT"),
    *("LOG_FORMAT", "METRICS_TOKEN", "SENTRY_DSN"),
    *("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SITE_NAME"),
    *("STATEMENT_TIMEOUT_MS", "STATIC_ROOT", "TRUSTED_PROXY_COUNT"),
]


def read_settings(
    script: str = READ % sorted(DEFAULTS), **environment: str
) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script],
        env=kept | GIVEN | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "environment", [{}, dict.fromkeys(LEFT_EMPTY, ""), dict.fromkeys(LEFT_EMPTY, " ")]
)
def test_what_is_empty_counts_as_not_given(environment):
    done = read_settings(**environment)
    assert done.stderr == ""
    assert json.loads(done.stdout) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "", "DATABASE_URL is not set: give the Postgres address"),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL is not a Postgres address"),
        ("REDIS_URL", "", "REDIS_URL is not set: give the Redis address"),
        ("REDIS_URL", "redis://host:port/0", "REDIS_URL can't be read as an address"),
        ("CACHE_URL", "redis://host:port/0", "CACHE_URL can't be read as an address"),
        (
            "SENTRY_DSN",
            "sentry.example.org",
            "SENTRY_DSN is not the address of a project",
        ),
        ("EMAIL_URL", "mail.example.org", "is not the address of a mail server"),
        ("EMAIL_URL", "smtp://mail:port", "is not the address of a mail server"),
        ("SECRET_KEY", " ", "SECRET_KEY is not set: give a long random text"),
        ("SITE_URL", "reviews.example.org", "is not an http or https address"),
        ("DEBUG", "perhaps", "DEBUG='perhaps' is neither true nor false."),
        ("CONN_MAX_AGE", "--5", "CONN_MAX_AGE='--5' is not a whole number."),
        ("TRUSTED_PROXY_COUNT", "11", "is not between 0 and 10."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL='loud' is none of CRITICAL, DEBUG"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT='xml' is none of json, text."),
        ("METRICS_TOKEN", "guess", "METRICS_TOKEN is too short"),
    ],
)
def test_bad_value_stops_the_start_with_a_sentence_that_names_it(name, value, said):
    done = read_settings(**{name: value})
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert name in done.stderr.splitlines()[-1]


ASKED_FOR = """
import json, os
from reviews_site.lib.env import Env

asked = set()

class Recorded(dict):
    def __contains__(self, name):
        asked.add(name)
        return super().__contains__(name)

    def __getitem__(self, name):
        asked.add(name)
        return super().__getitem__(name)

Env.ENVIRON = property(lambda self: Recorded(os.environ))
from reviews_site import settings
print(json.dumps(sorted(asked)))
"""


def test_every_setting_that_is_read_stands_in_the_table_of_the_manual():
    done = read_settings(script=ASKED_FOR)
    assert done.stderr == ""
    manual = (settings.BASE_DIR / "docs/operations.md").read_text()
    table = manual.partition("| setting |")[2].partition("\n\n")[0]
    named = set(re.findall("`([A-Z][A-Z_]+)`", table))
    asked = set(json.loads(done.stdout))
    assert len(asked) > 25
    assert asked - named == set()
