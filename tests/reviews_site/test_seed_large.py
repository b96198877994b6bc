"""The large made-up set, at a small scale."""

import datetime
import io
import re
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import override_settings

from accounts.models import User
from disclosure.models import Cell
from products.models import Category, Product
from reviews.models import Answer, ConsideredProduct, ProductRating, Review
from reviews.ratings import check_ratings
from reviews_site.integrity import CHECKS
from reviews_site.lib.integrity import run

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def in_a_demo(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[str]:
    """Loaded once for all tests that only look; each of them rolls back to here. What the command said."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True),
        transaction.atomic(),
    ):
        yield load()
        transaction.set_rollback(True)


def load(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", products=50, reviews=500, today=TODAY, stdout=out, **options)  # fmt: skip
    return out.getvalue()


def test_large_set_has_what_was_asked_for(loaded):
    assert "50 made-up products, 500 reviews" in loaded
    assert Product.objects.count() == 50
    assert Review.objects.published().count() == 500
    assert 0 < Answer.objects.count() < 40
    assert Product.objects.filter(name="Demo Product 000042").count() == 1
    assert User.objects.filter(is_demo=False).count() == 0


def test_large_set_holds_together_but_for_verifications_that_nobody_made(loaded):
    assert {one.name for one in CHECKS if run(one)} == {"published_unverified"}


def test_large_set_has_ratings_that_match_its_reviews(loaded):
    assert ProductRating.objects.count() == 50
    assert sum(ProductRating.objects.values_list("count", flat=True)) == 500
    report = check_ratings(list(Product.objects.values_list("pk", flat=True)))
    assert (report.checked, report.differences) == (50, [])


def test_large_set_has_figures_and_comparisons(loaded):
    assert set(Cell.objects.values_list("topic", flat=True)) == {
        "price",
        "retention",
        "delivery",
    }
    named = ConsideredProduct.objects.exclude(review__product=F("product"))
    assert named.count() == ConsideredProduct.objects.count() > 100


def test_large_set_counts_the_products_of_its_categories(loaded):
    counts = Category.objects.filter(slug__startswith="demo-category-")
    assert sum(counts.values_list("product_count", flat=True)) == 50


def test_large_set_keeps_the_constraints(loaded):
    with connection.cursor() as cursor:
        # Foreign keys are checked at the end of a transaction, which a test never reaches.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)
    pairs = Review.objects.values_list("product", "author")
    assert len(set(pairs)) == 500


def test_large_texts_are_whole(loaded):
    for texts in Review.objects.values_list("headline", "pros", "cons"):
        for text in texts:
            assert len(text) >= 5
            assert not re.search(r"[{}\[\]|@\\]", text)


def test_large_set_is_loaded_once(loaded):
    with pytest.raises(CommandError, match="already in this database"):
        load()
    assert "already there" in load(if_missing=True)
    assert Review.objects.count() == 500
