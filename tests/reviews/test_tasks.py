import time

import pytest
from django.conf import settings
from django.core.cache import cache

from reviews import tasks
from reviews.models import ProductRating, RatingRefresh
from reviews.ratings import hint_key
from reviews.services import request_rating_refresh
from reviews_site.celery import app
from tests.factories import ProductFactory, ReviewFactory


def hints() -> int:
    """How many messages wait in the broker."""
    with app.connection_for_read() as broker:
        return broker.default_channel.client.llen("ratings")


@pytest.mark.django_db(transaction=True)
def test_many_requests_in_one_breath_send_one_hint(empty_broker):
    product = ProductFactory()
    for _ in range(5):
        request_rating_refresh(product.pk)
    assert RatingRefresh.objects.count() == 5
    assert hints() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_after_the_task_began_sends_a_hint_of_its_own(empty_broker):
    product = ProductFactory()
    request_rating_refresh(product.pk)
    tasks.refresh_rating(product.pk)
    request_rating_refresh(product.pk)
    assert hints() == 2


@pytest.mark.django_db
def test_no_hint_is_sent_before_the_commit(empty_broker):
    product = ProductFactory()
    # The test's own transaction never commits.
    request_rating_refresh(product.pk)
    assert hints() == 0
    assert cache.get(hint_key(product.pk)) is None


@pytest.mark.django_db
def test_refresh_rating_twice_counts_once():
    product = ProductFactory()
    ReviewFactory(product=product)
    request_rating_refresh(product.pk)
    tasks.refresh_rating(product.pk)
    tasks.refresh_rating(product.pk)
    assert ProductRating.objects.get().count == 1


@pytest.mark.django_db
def test_refresh_rating_of_a_product_that_is_gone_does_nothing():
    tasks.refresh_rating(123_456)
    assert not ProductRating.objects.exists()


@pytest.mark.django_db
def test_sweep_finds_what_no_hint_told():
    product = ProductFactory()
    ReviewFactory(product=product)
    RatingRefresh.objects.create(product=product)
    tasks.sweep_rating_refreshes()
    assert ProductRating.objects.get().count == 1
    assert not RatingRefresh.objects.exists()


@pytest.mark.django_db
def test_the_nightly_task_says_what_had_drifted(caplog):
    product = ProductFactory()
    ReviewFactory(product=product)
    tasks.recompute_all_ratings()
    assert "drifted" not in caplog.text
    ProductRating.objects.update(count=7)
    tasks.recompute_all_ratings()
    assert f"drifted from the rows: products [{product.pk}]" in caplog.text


def test_beat_knows_the_sweep_and_the_nightly_task():
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {
        tasks.sweep_rating_refreshes.name,
        tasks.recompute_all_ratings.name,
    } <= scheduled


@pytest.mark.django_db(transaction=True)
def test_the_rating_moves_within_two_seconds_of_the_commit(celery_worker_process):
    product = ProductFactory()
    ReviewFactory.create_batch(3, product=product)
    request_rating_refresh(product.pk)
    assert wait_for_count(product) == 3


def wait_for_count(product, seconds: float = 2.0) -> int | None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        rating = ProductRating.objects.filter(product=product).first()
        if rating:
            return rating.count
        time.sleep(0.02)
    return None
