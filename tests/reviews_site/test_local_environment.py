"""The tests' own ground: what one xdist worker does in Redis, and what one test commits, is invisible to the next."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction

from moderation.models import Decision
from reviews.models import Question
from reviews_site.lib.env import redis_urls
from tests.emptying import empty_tables
from tests.environment import own_redis
from tests.moderation.test_log import decide


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


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_gone_and_what_migrations_stored_is_back():
    questions, permissions = (
        list(model.objects.order_by("pk").values()) for model in (Question, Permission)
    )
    assert len(questions) == 13 and len(permissions) > 100
    decide()
    Question.objects.update(text="Changed?")
    Permission.objects.all().delete()
    empty_tables()
    assert Decision.objects.count() == 0
    assert list(Question.objects.order_by("pk").values()) == questions
    assert list(Permission.objects.order_by("pk").values()) == permissions

    # The log refuses to lose a line as before.
    decide()
    for change in ("DELETE FROM moderation_decision", "TRUNCATE moderation_decision CASCADE"):  # fmt: skip
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            connection.cursor().execute(change)
