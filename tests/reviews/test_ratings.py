import datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.models import Product, ProductCategory
from reviews import ratings, scoring
from reviews.models import CategoryRating, ProductRating, RatingRefresh, Review
from reviews.ratings import (
    check_ratings,
    recompute_all_ratings,
    refresh_category_ratings,
    refresh_product_rating,
    serve_left_over_refreshes,
    serve_refreshes,
)
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    VendorFactory,
)

pytestmark = pytest.mark.django_db


def rating_of(product: Product) -> ProductRating:
    return ProductRating.objects.get(product=product)


def all_figures() -> list[tuple]:
    names = ("product_id", *ratings._WRITTEN)
    rows = ProductRating.objects.order_by("product_id").values_list(*names[:-1])
    return list(rows)


def unsaved_review(product: Product, **columns) -> Review:
    return ReviewFactory.build(product=product, author=None, **columns)


# --- One product ----------------------------------------------------------------------------


def test_refresh_product_rating_counts_published_reviews_only():
    product = ProductFactory()
    for half_stars in (10, 8, 8, 3):
        ReviewFactory(product=product, half_stars=half_stars)
    PendingReviewFactory(product=product, half_stars=1)
    for status in ("rejected", "withdrawn", "removed"):
        ReviewFactory(product=product, half_stars=1, status=status)
    refresh_product_rating(product.pk)
    rating = rating_of(product)
    assert rating.half_star_counts == [0, 0, 1, 0, 0, 0, 0, 2, 0, 1]
    assert (rating.count, rating.scored_count, rating.mean) == (4, 4, 3.625)
    # Four fresh reviews by work e-mail, 0.8 each, and seven of 3.5.
    assert rating.score == pytest.approx((7 * 3.5 + 0.8 * 14.5) / (7 + 3.2))
    assert rating.effective_n == pytest.approx(4)


def test_refresh_product_rating_of_no_reviews():
    product = ProductFactory()
    refresh_product_rating(product.pk)
    rating = rating_of(product)
    assert (rating.count, rating.mean, rating.score) == (0, None, None)
    assert (rating.interval_low, rating.interval_high) == (None, None)
    assert rating.half_star_counts == [0] * 10
    assert rating.perspectives["buyer"] == {"count": 0, "mean": None}
    assert rating.sub_ratings["value"] == {"count": 0, "mean": None}
    assert rating.prior_mean == 3.5


def test_refresh_product_rating_shows_no_score_under_three():
    product = ProductFactory()
    ReviewFactory.create_batch(2, product=product)
    refresh_product_rating(product.pk)
    assert (rating_of(product).mean, rating_of(product).score) == (4.0, None)


def test_partners_and_imports_are_counted_and_not_scored():
    product = ProductFactory()
    ReviewFactory.create_batch(3, product=product, half_stars=4)
    ReviewFactory(product=product, relationship="partner", half_stars=10)
    ReviewFactory(
        product=product,
        source="imported",
        verification_method="",
        verified_on=None,
        half_stars=10,
    )
    refresh_product_rating(product.pk)
    rating = rating_of(product)
    assert (rating.count, rating.scored_count) == (5, 3)
    assert rating.score == pytest.approx((7 * 3.5 + 2.4 * 2) / (7 + 2.4))


def test_refresh_product_rating_splits_by_perspective_and_sub_rating():
    product = ProductFactory()
    ReviewFactory(product=product, half_stars=9, perspective="buyer", value=4)
    ReviewFactory(product=product, half_stars=4, perspective="end_user", value=7)
    ReviewFactory(product=product, half_stars=5, perspective="end_user")
    refresh_product_rating(product.pk)
    rating = rating_of(product)
    assert rating.perspectives == {
        "buyer": {"count": 1, "mean": 4.5},
        "end_user": {"count": 2, "mean": 2.25},
        "administrator": {"count": 0, "mean": None},
    }
    assert rating.sub_ratings["value"] == {"count": 2, "mean": 2.75}
    assert rating.sub_ratings["support"] == {"count": 0, "mean": None}
    assert rating.recommend_mean == 8


def test_refresh_product_rating_of_a_product_that_is_gone():
    refresh_product_rating(987_654)
    assert not ProductRating.objects.exists()


def test_refresh_product_rating_twice_changes_nothing():
    product = ProductFactory()
    ReviewFactory.create_batch(4, product=product)
    refresh_product_rating(product.pk)
    before = all_figures()
    refresh_product_rating(product.pk)
    assert all_figures() == before


def test_refresh_product_rating_asks_few_queries(django_assert_num_queries):
    product = ProductFactory()
    for reviews in (1, 3):
        ReviewFactory.create_batch(reviews, product=product)
        # Lock, take the wishes, one statement; and the savepoint around them.
        with django_assert_num_queries(5):
            refresh_product_rating(product.pk)


# --- The prior ------------------------------------------------------------------------------


def test_a_score_leans_on_the_primary_category():
    primary, secondary = CategoryFactory(), CategoryFactory()
    product = ProductFactory(category=primary)
    ProductCategory.objects.create(product=product, category=secondary, position=1)
    ReviewFactory.create_batch(3, product=product, half_stars=10)
    ReviewFactory(product=ProductFactory(category=secondary), half_stars=2)
    refresh_category_ratings()
    refresh_product_rating(product.pk)
    assert rating_of(product).prior_mean == 5.0


def test_refresh_category_ratings_holds_mean_and_population_variance():
    category, empty = CategoryFactory(), CategoryFactory()
    for half_stars in (4, 8):
        ReviewFactory(product=ProductFactory(category=category), half_stars=half_stars)
    PendingReviewFactory(product=ProductFactory(category=category), half_stars=1)
    refresh_category_ratings()
    rated = CategoryRating.objects.get(category=category)
    assert (rated.count, rated.mean, rated.variance) == (2, 3.0, 1.0)
    unrated = CategoryRating.objects.get(category=empty)
    assert (unrated.count, unrated.mean, unrated.variance) == (0, None, None)


def test_a_product_without_category_leans_on_the_whole_site():
    for half_stars, reviews in ((10, 1), (4, 3)):
        product = ProductFactory(category=CategoryFactory())
        ReviewFactory.create_batch(reviews, product=product, half_stars=half_stars)
    refresh_category_ratings()
    product = ProductFactory()
    refresh_product_rating(product.pk)
    assert rating_of(product).prior_mean == pytest.approx((5 + 3 * 2) / 4)


# --- SQL and Python agree -------------------------------------------------------------------

half_stars = st.integers(1, 10)
reviews_of_a_product = st.lists(
    st.fixed_dictionaries(
        {
            "half_stars": half_stars,
            "would_recommend": st.integers(0, 10),
            "perspective": st.sampled_from(Review.Perspective.values),
            "relationship": st.sampled_from(Review.Relationship.values),
            "incentive": st.sampled_from(Review.Incentive.values),
            "source": st.sampled_from(Review.Source.values),
            "verification_method": st.sampled_from(Review.Method.values),
            "value": st.none() | half_stars,
            "support": st.none() | half_stars,
            "published_at": st.integers(-600, 10_000 * 24 * 60).map(
                lambda minutes: timezone.now() - datetime.timedelta(minutes=minutes)
            ),
        }
    ),
    max_size=40,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(reviews_of_a_product, min_size=1, max_size=3),
    st.none() | st.tuples(st.floats(0.5, 5), st.floats(0, 5), st.integers(1, 60)),
    st.none() | st.tuples(st.floats(0.5, 5), st.floats(0, 5), st.integers(1, 60)),
)
def test_the_statement_agrees_with_scoring_py(db, products, own, other):
    Review.objects.all().delete()
    Product.objects.all().delete()
    CategoryRating.objects.all().delete()
    category = CategoryFactory()
    stored = {}
    for known, where in ((own, category), (other, CategoryFactory())):
        if known:
            mean, variance, count = known
            stored[where] = CategoryRating.objects.create(
                category=where, mean=mean, variance=variance, count=count
            )
    for columns in products:
        product = ProductFactory(category=category)
        Review.objects.bulk_create(unsaved_review(product, **c) for c in columns)
    ids = list(Product.objects.values_list("pk", flat=True))
    with ratings.transaction.atomic():
        ratings._write_ratings(ids)

    report = check_ratings(ids)
    assert report.differences == []
    assert report.checked == len(products)
    site = _pooled(list(stored.values()))
    expected = scoring.prior_for(
        mean=own and own[0], variance=own and own[1], count=own[2] if own else 0, **site
    )
    for rating in ProductRating.objects.all():
        assert rating.prior_mean == pytest.approx(expected.mean, abs=1e-9)
        assert rating.prior_variance == pytest.approx(expected.variance, abs=1e-9)


def _pooled(categories: list[CategoryRating]) -> dict:
    """All ratings of all categories as one population."""
    count = sum(c.count for c in categories)
    if not count:
        return {"site_mean": None, "site_variance": None, "site_count": 0}
    mean = sum(c.count * c.mean for c in categories) / count
    square = sum(c.count * (c.variance + c.mean**2) for c in categories) / count
    return {"site_mean": mean, "site_variance": square - mean**2, "site_count": count}


# --- All products ---------------------------------------------------------------------------


def test_recompute_all_ratings_gives_every_product_its_row(monkeypatch):
    monkeypatch.setattr(ratings, "BATCH", 2)
    category = CategoryFactory()
    products = ProductFactory.create_batch(5, category=category)
    for product in products[:3]:
        ReviewFactory.create_batch(3, product=product)
    report = recompute_all_ratings()
    assert (report.products, report.rated, report.drifted) == (5, 3, [])
    assert ProductRating.objects.count() == 5
    assert check_ratings([p.pk for p in products]).differences == []


def test_recompute_all_ratings_equals_one_by_one():
    vendor = VendorFactory()
    for half_stars in (3, 6, 9):
        product = ProductFactory(vendor=vendor, category=CategoryFactory())
        ReviewFactory.create_batch(4, product=product, half_stars=half_stars)
    recompute_all_ratings()
    together = all_figures()
    for product in Product.objects.all():
        refresh_product_rating(product.pk)
    assert all_figures() == together


def test_recompute_all_ratings_reports_and_repairs_drift():
    product, untouched, asked = ProductFactory.create_batch(3)
    for each in (product, untouched, asked):
        ReviewFactory.create_batch(3, product=each)
    recompute_all_ratings()
    ProductRating.objects.filter(product__in=[product, asked]).update(count=4)
    # Its worker has just not come to it: that is no drift.
    RatingRefresh.objects.create(product=asked)
    assert recompute_all_ratings().drifted == [product.pk]
    assert rating_of(product).count == 3
    assert not RatingRefresh.objects.exists()


# --- Wishes ---------------------------------------------------------------------------------


def test_serve_refreshes_does_the_work_once():
    product = ProductFactory()
    ReviewFactory(product=product)
    RatingRefresh.objects.create(product=product)
    RatingRefresh.objects.create(product=product)
    other = RatingRefresh.objects.create(product=ProductFactory())
    assert serve_refreshes(product.pk) is True
    served_at = rating_of(product).refreshed_at
    assert serve_refreshes(product.pk) is False
    assert rating_of(product).refreshed_at == served_at
    assert list(RatingRefresh.objects.all()) == [other]


def test_serve_left_over_refreshes_finds_every_wish(monkeypatch):
    monkeypatch.setattr(ratings, "BATCH", 2)
    products = ProductFactory.create_batch(5)
    for product in products:
        ReviewFactory(product=product)
        RatingRefresh.objects.create(product=product)
    assert serve_left_over_refreshes() == 5
    assert serve_left_over_refreshes() == 0
    assert [rating_of(product).count for product in products] == [1] * 5


# --- check_ratings --------------------------------------------------------------------------


def test_check_ratings_names_what_differs():
    product = ProductFactory()
    ReviewFactory.create_batch(3, product=product)
    refresh_product_rating(product.pk)
    score = rating_of(product).score
    ProductRating.objects.update(score=score + 0.00001)
    report = check_ratings([product.pk])
    assert [(d.product_id, d.field) for d in report.differences] == [
        (product.pk, "score")
    ]
    assert report.differences[0].expected == pytest.approx(score)


def test_check_ratings_takes_each_rating_as_of_its_own_day():
    product = ProductFactory()
    ReviewFactory.create_batch(
        3, product=product, published_at=timezone.now() - datetime.timedelta(days=90)
    )
    refresh_product_rating(product.pk)
    today = rating_of(product).as_of
    ProductRating.objects.update(as_of=today - datetime.timedelta(days=30))
    fields = {d.field for d in check_ratings([product.pk]).differences}
    assert fields == {"score", "interval_low", "interval_high"}


def test_check_ratings_leaves_out_what_the_worker_has_not_come_to():
    product = ProductFactory()
    ReviewFactory(product=product)
    refresh_product_rating(product.pk)
    ReviewFactory(product=product)
    RatingRefresh.objects.create(product=product)
    report = check_ratings([product.pk])
    assert (report.checked, report.waiting, report.differences) == (0, 1, [])
