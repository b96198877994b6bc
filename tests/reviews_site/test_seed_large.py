"""The large made-up set, at a small scale."""

import datetime
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from disclosure.models import Cell
from products.models import Category, Product
from reviews.models import Answer, ConsideredProduct, ProductRating, Review
from reviews.ratings import check_ratings
from reviews_site.seed import rows

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def in_a_demo(settings):
    settings.DEMO = True


def load(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", products=50, reviews=500, today=TODAY, stdout=out, **options)  # fmt: skip
    return out.getvalue()


def test_large_set_has_what_was_asked_for():
    assert "50 made-up products, 500 reviews" in load()
    assert Product.objects.count() == 50
    assert Review.objects.published().count() == 500
    assert 0 < Answer.objects.count() < 40
    assert Product.objects.filter(name="Demo Product 000042").count() == 1
    assert User.objects.filter(is_demo=False).count() == 0


def test_large_set_has_ratings_that_match_its_reviews():
    load()
    assert ProductRating.objects.count() == 50
    assert sum(ProductRating.objects.values_list("count", flat=True)) == 500
    report = check_ratings(list(Product.objects.values_list("pk", flat=True)))
    assert (report.checked, report.differences) == (50, [])


def test_large_set_has_figures_and_comparisons():
    load()
    assert set(Cell.objects.values_list("topic", flat=True)) == {
        "price",
        "retention",
        "delivery",
    }
    named = ConsideredProduct.objects.exclude(review__product=F("product"))
    assert named.count() == ConsideredProduct.objects.count() > 100


def test_large_set_counts_the_products_of_its_categories():
    load()
    counts = Category.objects.filter(slug__startswith="demo-category-")
    assert sum(counts.values_list("product_count", flat=True)) == 50


def test_large_set_keeps_the_constraints():
    load()
    with connection.cursor() as cursor:
        # Foreign keys are checked at the end of a transaction, which a test never reaches.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)
    pairs = Review.objects.values_list("product", "author")
    assert len(set(pairs)) == 500


def test_large_set_is_the_same_for_the_same_seed():
    columns = ("product__slug", "headline", "pros", "cons", "half_stars", "submitted_at")  # fmt: skip

    def loaded(**options) -> list:
        with transaction.atomic():
            load(**options)
            rows = sorted(Review.objects.values_list(*columns))
            transaction.set_rollback(True)
        return rows

    first = loaded()
    assert loaded() == first
    assert loaded(seed=1) != first


def test_large_texts_are_whole():
    load()
    for texts in Review.objects.values_list("headline", "pros", "cons"):
        for text in texts:
            assert len(text) >= 5
            assert not re.search(r"[{}\[\]|@\\]", text)


def test_large_set_is_loaded_once():
    load()
    with pytest.raises(CommandError, match="already in this database"):
        load()
    assert "already there" in load(if_missing=True)
    assert Review.objects.count() == 500


def test_large_set_needs_both_numbers():
    with pytest.raises(CommandError, match="both"):
        call_command("seed_demo", products=5)
    assert Product.objects.count() == 0


@pytest.mark.parametrize("products", ["0", "-3", "many"])
def test_large_set_refuses_impossible_numbers(products):
    with pytest.raises(CommandError):
        call_command("seed_demo", f"--products={products}", "--reviews=10")
    assert Product.objects.count() == 0


# --- COPY -----------------------------------------------------------------------------------


def test_copied_text_keeps_what_is_special():
    texts = ["tab\there", "line\nbreak", r"back\slash", r"\N", "Zoë – “quoted”", ""]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (n int, text text)")
    rows.copy_rows("copied", ("n", "text"), [*enumerate(texts), (9, None)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM copied ORDER BY n")
        assert [text for (text,) in cursor.fetchall()] == [*texts, None]


def test_copied_lines_are_read_piece_by_piece():
    stream = rows._Stream(["abc", "", "defgh"])
    assert [stream.read(4), stream.read(4), stream.read(4)] == ["abcd", "efgh", ""]


def test_reserved_ids_are_not_given_out_again():
    ids = list(rows.reserve_ids("accounts_user", 5))
    assert ids == list(range(ids[0], ids[0] + 5))
    assert User.objects.create_user("later@example.example").pk == ids[-1] + 1
