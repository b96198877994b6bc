import datetime
from dataclasses import asdict

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.models import Category, Product, ProductCategory
from reviews import scoring
from reviews.models import CategoryRating, ProductRating, RatingRefresh, Review
from reviews.ratings import (
    check_ratings,
    figures_as_of,
    locking,
    populations_now,
    recompute_all_ratings,
    refresh_category_ratings,
    refresh_product_rating,
    serve_left_over_refreshes,
    serve_refreshes,
    statement,
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
    names = ("product_id", *statement.WRITTEN)
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


def test_a_product_that_nobody_can_see_moves_no_category():
    category = CategoryFactory()
    for half_stars, status in ((4, "active"), (10, "hidden"), (10, "discontinued")):
        product = ProductFactory(category=category, status=status)
        ReviewFactory(product=product, half_stars=half_stars)
    refresh_category_ratings()
    rated = CategoryRating.objects.get(category=category)
    assert (rated.count, rated.mean) == (1, 2.0)


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
one_review = st.fixed_dictionaries(
    {
        "status": st.sampled_from(
            [*["published"] * 6, "pending", "rejected", "withdrawn", "removed"]
        ),
        "half_stars": half_stars,
        "would_recommend": st.integers(0, 10),
        "perspective": st.sampled_from(Review.Perspective.values),
        "relationship": st.sampled_from(
            ["customer", "customer", *Review.Relationship.values]
        ),
        "incentive": st.sampled_from(Review.Incentive.values),
        "source": st.sampled_from(["organic", *Review.Source.values]),
        "verification_method": st.sampled_from(Review.Method.values),
        "value": st.none() | half_stars,
        "support": st.none() | half_stars,
        # From a clock that was ten hours ahead to 27 years ago.
        "published_at": st.integers(-600, 10_000 * 24 * 60).map(
            lambda minutes: timezone.now() - datetime.timedelta(minutes=minutes)
        ),
    }
)
same_stars = half_stars.flatmap(
    lambda n: st.lists(one_review.map(lambda r: r | {"half_stars": n}), max_size=40)
)
history = st.lists(one_review, max_size=40) | same_stars
population = st.builds(
    scoring.Population,
    count=st.integers(1, 60),
    mean=st.floats(0.5, 5),
    variance=st.floats(0, 5),
)
real_postgres = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SCORED = ("score", "interval_low", "interval_high", "effective_n")


def start_anew() -> None:
    Review.objects.all().delete()
    Product.objects.all().delete()
    CategoryRating.objects.all().delete()
    Category.objects.all().delete()


def write_history(category: Category | None, reviews: list[dict]) -> Product:
    product = ProductFactory(category=category)
    Review.objects.bulk_create(unsaved_review(product, **r) for r in reviews)
    return product


def assert_agrees(rating: ProductRating, reviews: list[dict], prior: scoring.Prior):
    """By scoring.py and the histories alone: nothing that the statement read or wrote is used but its day."""
    assert (rating.prior_mean, rating.prior_variance) == pytest.approx(
        (prior.mean, prior.variance), rel=0, abs=1e-9
    )
    rated = [
        scoring.Rated(
            r["half_stars"] / 2,
            scoring.weight(
                age_days=(rating.as_of - r["published_at"].date()).days,
                method=r["verification_method"],
                relationship=r["relationship"],
                incentive=r["incentive"],
                source=r["source"],
            ),
        )
        for r in reviews
        if r["status"] == "published"
    ]
    assert rating.count == len(rated)
    assert rating.effective_n == pytest.approx(
        scoring.effective_n(r.weight for r in rated), rel=0, abs=1e-9
    )
    expected = scoring.score(rated, prior)
    stored = tuple(getattr(rating, name) for name in SCORED)
    if expected is None:
        assert stored[:3] == (None, None, None)
    else:
        assert stored == pytest.approx(
            (expected.score, expected.low, expected.high, expected.effective_n),
            rel=0,
            abs=1e-9,
        )


@real_postgres
@given(
    st.lists(history, min_size=1, max_size=3),
    st.none() | population,
    st.none() | population,
)
def test_the_statement_agrees_with_scoring_py_on_any_prior(db, histories, own, other):
    start_anew()
    category = CategoryFactory()
    for known, where in ((own, category), (other, CategoryFactory())):
        if known:
            CategoryRating.objects.create(category=where, **asdict(known))
    written = [(write_history(category, reviews), reviews) for reviews in histories]
    ids = [product.pk for product, _ in written]
    with transaction.atomic():
        statement.write_ratings(ids)

    report = check_ratings(ids)
    assert (report.differences, report.checked) == ([], len(histories))
    prior = expected_prior(own, [p for p in (own, other) if p])
    for product, reviews in written:
        assert_agrees(rating_of(product), reviews, prior)


@real_postgres
@given(st.lists(st.tuples(st.integers(0, 2), history), min_size=1, max_size=5))
def test_the_whole_site_agrees_with_scoring_py(db, products):
    """Priors included: from the reviews to the categories, the site, and every score."""
    start_anew()
    # The last one is no category.
    categories = [CategoryFactory(), CategoryFactory(), None]
    written = [
        (where, write_history(categories[where], reviews), reviews)
        for where, reviews in products
    ]
    recompute_all_ratings()

    populations = {
        where: scoring.population(
            [
                sum(
                    r["half_stars"] == n and r["status"] == "published"
                    for place, _, reviews in written
                    if place == where
                    for r in reviews
                )
                for n in range(1, 11)
            ]
        )
        for where in (0, 1)
    }
    for where, product, reviews in written:
        prior = expected_prior(populations.get(where), list(populations.values()))
        assert_agrees(rating_of(product), reviews, prior)


def expected_prior(
    own: scoring.Population | None, categories: list[scoring.Population]
) -> scoring.Prior:
    own, site = own or scoring.Population(), scoring.pooled(categories)
    return scoring.prior_for(
        mean=own.mean,
        variance=own.variance,
        count=own.count,
        site_mean=site.mean,
        site_variance=site.variance,
        site_count=site.count,
    )


def test_figures_as_of_today_are_those_that_are_stored():
    products = [ProductFactory(category=CategoryFactory()) for _ in range(2)]
    ReviewFactory.create_batch(4, product=products[0], half_stars=6)
    recompute_all_ratings()
    names = statement.FIGURES
    stored = {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in ProductRating.objects.values_list("product_id", *names)
    }
    today = rating_of(products[0]).as_of
    ids = [product.pk for product in products]
    assert figures_as_of(today, ids, populations_now()) == stored


def test_a_rating_keeps_its_sums_methods_and_trend():
    product = ProductFactory()
    at = datetime.datetime(2026, 3, 31, 23, 30, tzinfo=datetime.UTC)
    for half_stars, days in ((10, 0), (6, 0), (4, 1)):
        ReviewFactory(
            product=product,
            half_stars=half_stars,
            published_at=at + datetime.timedelta(days=days),
            verification_method="openid" if days else "proof_of_use",
        )
    ReviewFactory(product=product, published_at=at, relationship="reseller")
    refresh_product_rating(product.pk)
    rating = rating_of(product)
    assert rating.trend == [
        {"quarter": "2026-Q1", "count": 2, "mean": 4.0},
        {"quarter": "2026-Q2", "count": 1, "mean": 2.0},
    ]
    counts = {name: group["count"] for name, group in rating.methods.items()}
    assert counts == {"proof_of_use": 2, "work_email": 0, "linkedin": 0, "openid": 1}
    weight = rating.methods["proof_of_use"]["weight"]
    assert rating.sums["weights"] == pytest.approx(
        weight + rating.methods["openid"]["weight"]
    )
    assert rating.sums["weighted_stars"] == pytest.approx(
        weight * 4 + rating.methods["openid"]["weight"] * 2
    )


# --- All products ---------------------------------------------------------------------------


def test_recompute_all_ratings_gives_every_product_its_row(monkeypatch):
    monkeypatch.setattr(locking, "BATCH", 2)
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
    monkeypatch.setattr(locking, "BATCH", 2)
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
    assert fields == {"score", "interval_low", "interval_high", "sums", "methods"}


def test_check_ratings_leaves_out_what_the_worker_has_not_come_to():
    product = ProductFactory()
    ReviewFactory(product=product)
    refresh_product_rating(product.pk)
    ReviewFactory(product=product)
    RatingRefresh.objects.create(product=product)
    report = check_ratings([product.pk])
    assert (report.checked, report.waiting, report.differences) == (0, 1, [])
