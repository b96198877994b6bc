"""A Redis that accepts and never answers costs a request one time-out, and loses nothing."""

import pytest
from django.conf import settings
from django.core.cache import cache

from notifications.models import OutgoingEmail
from notifications.tasks import deliver_email
from reviews.models import RatingRefresh, Review
from reviews.services import publish_review
from reviews_site.celery import app as celery_app
from reviews_site.lib.breaker import redis_breaker
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    UserFactory,
    WorkEmailFactory,
)
from tests.redis_proxy import redis_proxy

pytestmark = pytest.mark.django_db


@pytest.fixture
def proxy(settings, monkeypatch):
    """Cache and broker of this process go through it."""
    with redis_proxy() as server:
        settings.CACHES = {
            "default": settings.CACHES["default"] | {"LOCATION": f"{server.url}/1"}
        }
        monkeypatch.setattr(celery_app.conf, "broker_write_url", f"{server.url}/0")
        monkeypatch.setattr(celery_app.amqp, "_producer_pool", None)
        yield server


@pytest.fixture(params=["from the start", "after it has answered"])
def silent(request, proxy):
    if request.param == "after it has answered":
        cache.set("known", 1)
        deliver_email.apply_async((0,))
        assert cache.get("known") == 1
    proxy.silent = True
    return proxy


def longest_wait(options: dict) -> float:
    return options["socket_connect_timeout"] + options["socket_timeout"]


def test_one_wait_is_shorter_than_what_is_promised():
    assert longest_wait(settings.CACHES["default"]["OPTIONS"]) <= 1.0
    assert longest_wait(settings.CELERY_BROKER_TRANSPORT_OPTIONS) <= 1.5


def test_publishing_waits_once_and_keeps_what_it_promised(
    silent, django_capture_on_commit_callbacks
):
    review = PendingReviewFactory()
    WorkEmailFactory(user=review.author)
    with django_capture_on_commit_callbacks(execute=True):
        publish_review(review=review, moderator=UserFactory(is_staff=True))
    assert silent.unanswered == 1
    assert Review.objects.get().status == Review.Status.PUBLISHED
    assert RatingRefresh.objects.count() == 1
    assert OutgoingEmail.objects.get().status == OutgoingEmail.Status.QUEUED


def test_hints_wait_once_for_all(silent):
    for mail_id in (1, 2, 3):
        deliver_email._send((mail_id,))
    assert silent.unanswered == 1


def test_sign_up_waits_once(client, silent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            "/accounts/signup/",
            {"email": "new@buyer.example", "password1": "a long-enough one 7"},
        )
    assert response["Location"] == "/accounts/confirm-email/"
    assert silent.unanswered == 1
    assert OutgoingEmail.objects.get().status == OutgoingEmail.Status.QUEUED


@pytest.mark.parametrize(
    "address", ["/products/", "/products/{slug}/", "/api/v1/vendors/"]
)
def test_visitors_page_waits_once(client, silent, address):
    product = ProductFactory()
    for _ in range(2):
        assert client.get(address.format(slug=product.slug)).status_code == 200
    assert silent.unanswered == 1


def test_redis_is_asked_again_after_a_few_seconds(proxy):
    proxy.silent = True
    cache.set("key", 1)
    proxy.silent = False
    assert cache.get("key") is None
    assert 1 <= redis_breaker.seconds <= 10
    redis_breaker.reset()
    cache.set("key", 2)
    assert cache.get("key") == 2
