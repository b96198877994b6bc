"""The tests' own ground: what one xdist worker does in Redis is invisible to the next."""

import pytest
from django.conf import settings

from reviews_site.lib.env import redis_urls
from tests.environment import own_redis


@pytest.mark.parametrize(
    ("given", "worker", "own"),
    [
        ("redis://host:6379/0", 0, "redis://host:6379/0"),
        ("redis://host:6379", 1, "redis://host:6379/2"),
        ("redis://:secret@host:6379/4", 3, "redis://:secret@host:6379/10"),
        ("unix:///run/redis.sock?db=0", 0, "unix:///run/redis.sock?db=0"),
        ("unix:///run/redis.sock?db=0", 2, "unix:///run/redis.sock?db=4"),
    ],
)
def test_each_worker_has_two_databases_of_its_own(given, worker, own):
    assert own_redis(given, worker) == own


def test_settings_were_read_after_the_environment_was_complete():
    assert settings.SITE_URL == "http://testserver"
    assert redis_urls() == (
        settings.CELERY_BROKER_URL,
        settings.CACHES["default"]["LOCATION"],
    )
