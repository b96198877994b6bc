import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from reviews import ratings, services, voice
from reviews.models import ProductVoice, RatingRefresh, VendorVoice
from reviews.tasks import refresh_voices, want_left_over_voices
from reviews.voice import refreshing
from tests.factories import ProductFactory
from tests.reviews.voices import counts, ledger, say, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ledger()


def voiced(product):
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
    return store(product)


def rate(product) -> None:
    """As the worker does after a change of a review."""
    RatingRefresh.objects.create(product=product)
    ratings.serve_refreshes(product.pk)


def examples(figures) -> list[str]:
    return [e["review"] for row in figures["praise"] for e in row["examples"]]


def rest(model, **which) -> None:
    """As if it had been counted two hours ago."""
    model.objects.filter(**which).update(
        as_of=timezone.now() - datetime.timedelta(hours=2)
    )


def test_rating_wishes_for_the_voices_of_product_and_vendor(product):
    rate(product)
    for stored in (
        ProductVoice.objects.get(product=product),
        VendorVoice.objects.get(vendor=product.vendor),
    ):
        assert stored.figures == {}
        assert stored.wanted_at is not None


def test_worker_counts_what_is_wanted_once(product):
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
    rate(product)
    refresh_voices()
    stored = ProductVoice.objects.get(product=product)
    assert counts(stored.figures, "praise") == {"bank reconciliation": 3}
    assert stored.wanted_at is None
    assert VendorVoice.objects.get(vendor=product.vendor).figures == stored.figures
    assert voice.serve_wanted() == 0


def test_product_is_counted_at_most_once_an_hour(product):
    before = voiced(product)
    say(product, pros="A bank reconciliation.")
    rate(product)
    refresh_voices()
    assert ProductVoice.objects.get(product=product).figures == before.figures
    rest(ProductVoice, product=product)
    refresh_voices()
    stored = ProductVoice.objects.get(product=product)
    assert counts(stored.figures, "praise") == {"bank reconciliation": 4}


def test_withdrawn_review_is_quoted_no_longer_at_once(product):
    before = voiced(product)
    quoted = examples(before.figures)
    review = product.reviews.get(public_id=quoted[0])
    services.withdraw_review(review=review, author=review.author)
    ratings.serve_refreshes(product.pk)
    stored = ProductVoice.objects.get(product=product)
    assert examples(stored.figures) == quoted[1:]
    vendors = VendorVoice.objects.get(vendor=product.vendor)
    assert examples(vendors.figures) == quoted[1:]


def test_edited_review_is_not_quoted_in_its_old_words(product):
    before = voiced(product)
    quoted = examples(before.figures)
    product.reviews.filter(public_id=quoted[1]).update(
        pros="Another text.", edited_at=timezone.now()
    )
    rate(product)
    stored = ProductVoice.objects.get(product=product)
    assert examples(stored.figures) == [quoted[0], quoted[2]]


def counted_now(product) -> refreshing.Counted:
    subject = voice.Subject(product.pk, [product.pk], [product.name])
    with transaction.atomic():
        return refreshing.count(ProductVoice, [subject])


def test_review_withdrawn_while_it_is_counted_is_not_quoted(product):
    voiced(product)
    counted = counted_now(product)
    review = product.reviews.first()
    services.withdraw_review(review=review, author=review.author)
    refreshing.store(ProductVoice, counted)
    stored = ProductVoice.objects.get(product=product)
    assert len(examples(counted.figures[product.pk])) == 3
    assert len(examples(stored.figures)) == 2
    assert str(review.public_id) not in examples(stored.figures)


def test_wish_that_comes_while_it_is_counted_stays(product):
    voiced(product)
    rate(product)
    counted = counted_now(product)
    rate(product)
    refreshing.store(ProductVoice, counted)
    assert ProductVoice.objects.get(product=product).wanted_at is not None
    refreshing.store(ProductVoice, counted_now(product))
    assert ProductVoice.objects.get(product=product).wanted_at is None


def test_product_deleted_while_it_is_counted_is_no_error(product):
    counted = counted_now(product)
    product.delete()
    refreshing.store(ProductVoice, counted)
    assert not ProductVoice.objects.exists()


def test_nightly_sweep_wishes_for_what_was_never_counted(product):
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
    ratings.refresh_product_rating(product.pk)
    poor = ProductFactory()
    say(poor)
    ratings.refresh_product_rating(poor.pk)
    want_left_over_voices()
    assert ProductVoice.objects.filter(product=product, wanted_at__isnull=False)
    assert not ProductVoice.objects.filter(product=poor)


def test_nightly_sweep_wishes_for_what_was_counted_long_ago(product):
    voiced(product)
    want_left_over_voices()
    assert not ProductVoice.objects.filter(wanted_at__isnull=False)
    ProductVoice.objects.update(as_of=timezone.now() - datetime.timedelta(days=31))
    want_left_over_voices()
    assert ProductVoice.objects.get(wanted_at__isnull=False).product == product


def test_vendor_with_two_products_is_heard_over_both(product):
    second = ProductFactory(vendor=product.vendor, name="Second")
    for one in (product, second):
        for _ in range(3):
            say(one, pros="A bank reconciliation.")
        rate(one)
    refresh_voices()
    stored = VendorVoice.objects.get(vendor=product.vendor)
    assert stored.figures["reviews"] == 6
    assert counts(stored.figures, "praise") == {"bank reconciliation": 6}


def test_erased_product_takes_its_voice_along(product):
    voiced(product)
    product.reviews.all().delete()
    product.delete()
    assert not ProductVoice.objects.exists()


def test_wish_costs_as_much_for_one_product_as_for_three(
    product, django_assert_num_queries
):
    products = [product, ProductFactory(), ProductFactory()]
    for one in products:
        voiced(one)
    for wished in (products[:1], products):
        with django_assert_num_queries(6):
            voice.want([one.pk for one in wished])
