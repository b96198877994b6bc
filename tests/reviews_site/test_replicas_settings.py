"""REPLICA_URLS and CACHE_URL, as an operator gives them to a process of its own."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from reviews_site.lib.breaker import cache_breaker, redis_breaker
from reviews_site.replicas import ReplicaMiddleware
from tests.reviews_site.test_settings import GIVEN

READ = """
import json
from reviews_site import settings
from reviews_site.lib.breaker import cache_breaker, redis_breaker
names = "DATABASES REPLICA_ALIASES REPLICA_MAX_LAG_SECONDS CACHES CELERY_BROKER_URL".split()
found = {name: getattr(settings, name) for name in names}
found["DATABASE_ROUTERS"] = getattr(settings, "DATABASE_ROUTERS", [])
found["breakers"] = 1 if cache_breaker is redis_breaker else 2
print(json.dumps(found))
"""


def run(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", READ],
        env=GIVEN | environment,
        capture_output=True,
        text=True,
    )


def read(**environment: str) -> dict:
    done = run(**environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_replicas_nothing_of_it_runs():
    assert settings.REPLICA_ALIASES == ()
    assert not settings.DATABASE_ROUTERS
    with pytest.raises(MiddlewareNotUsed):
        ReplicaMiddleware(lambda request: HttpResponse())


def test_replicas_are_read_as_the_primary_is_but_never_written():
    found = read(
        DATABASE_URL="postgres://u@db,two/levelfield?target_session_attrs=read-write",
        REPLICA_URLS="postgres://user:a%2Cb@two/levelfield, postgres://u@/levelfield?host=/run/three",
    )
    default, two, three = (
        found["DATABASES"][name] for name in ("default", "replica1", "replica2")
    )
    assert found["REPLICA_ALIASES"] == ["replica1", "replica2"]
    assert found["DATABASE_ROUTERS"] == ["reviews_site.replicas.ReplicaRouter"]
    assert (two["HOST"], two["PASSWORD"], three["HOST"]) == ("two", "a,b", "/run/three")
    for replica in (two, three):
        assert replica["OPTIONS"]["options"] == (
            f"{default['OPTIONS']['options']} -c default_transaction_read_only=on"
        )
        assert replica["CONN_MAX_AGE"] == default["CONN_MAX_AGE"]
        assert replica["TEST"] == {"MIRROR": "default"}
        assert "target_session_attrs" not in replica["OPTIONS"]
    assert default["HOST"] == "db,two"
    assert default["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REPLICA_URLS", "mysql://user:word@db/x", "REPLICA_URLS is not a Postgres"),
        ("REPLICA_MAX_LAG_SECONDS", "0", "is not between 1 and 3600"),
        ("CACHE_URL", "http://:word@cache", "CACHE_URL is not a Redis address"),
        ("CACHE_URL", "redis://:word@cache/x", "CACHE_URL names the database 'x'"),
    ],
)
def test_a_bad_value_stops_the_start_and_shows_no_password(name, value, said):
    done = run(**{name: value})
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "word" not in done.stderr.splitlines()[-1]


def test_the_cache_may_have_a_redis_of_its_own():
    found = read(CACHE_URL="redis://kept/3")
    assert found["CACHES"]["default"]["LOCATION"] == "redis://kept/3"
    assert found["CELERY_BROKER_URL"] == "redis://cache:6379/0"
    # Whoever waited for the one in vain still asks the other.
    assert found["breakers"] == 2


def test_without_one_the_cache_is_the_next_database_of_the_broker():
    found = read()
    assert found["CACHES"]["default"]["LOCATION"] == "redis://cache:6379/1"
    assert found["breakers"] == 1
    assert cache_breaker is redis_breaker
