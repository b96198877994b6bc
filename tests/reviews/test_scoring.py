import math
import re
from pathlib import Path
from statistics import NormalDist, fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import scoring
from reviews.scoring import Prior, Rated, effective_n, prior_for, score, weight

ROOT = Path(__file__).resolve().parents[2]
FRESH = {
    "age_days": 0,
    "method": "proof_of_use",
    "relationship": "customer",
    "incentive": "none",
    "source": "organic",
}
rated = st.builds(
    Rated,
    stars=st.integers(1, 10).map(lambda half: half / 2),
    weight=st.floats(0.001, 1.0),
)
priors = st.builds(Prior, mean=st.floats(0.5, 5), variance=st.floats(0.25, 5))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 1.0),
        ({"age_days": 365}, 0.5),
        ({"age_days": 730}, 0.25),
        ({"age_days": -3}, 1.0),
        ({"method": "work_email"}, 0.8),
        ({"method": "linkedin"}, 0.8),
        ({"method": "openid"}, 0.8),
        ({"method": ""}, 0.0),
        ({"relationship": "partner"}, 0.0),
        ({"relationship": "reseller"}, 0.0),
        ({"relationship": "consultant"}, 0.0),
        ({"incentive": "gift"}, 0.8),
        ({"incentive": "donation"}, 0.8),
        ({"source": "invited"}, 1.0),
        ({"source": "imported"}, 0.0),
        ({"method": "work_email", "incentive": "gift", "age_days": 365}, 0.32),
    ],
)
def test_weight_is_the_product_of_its_factors(changes, expected):
    assert weight(**(FRESH | changes)) == pytest.approx(expected, abs=1e-15)


def test_score_leans_on_the_category_as_seven_reviews_would():
    got = score([Rated(5.0, 1.0)] * 3, Prior(mean=3.0, variance=1.0))
    assert got is not None
    # (7·3 + 3·5) / (7 + 3)
    assert got.score == pytest.approx(3.6)
    assert got.effective_n == pytest.approx(3.0)
    # variance (7·1 + 3·(5 − 3.6)²) / 10 = 1.288 over 10 reviews
    margin = 1.6448536 * math.sqrt(1.288 / 10)
    assert (got.low, got.high) == pytest.approx((3.6 - margin, 3.6 + margin))


def test_score_needs_three_ratings_that_carry_weight():
    prior = Prior(mean=3.0, variance=1.0)
    unscored = [Rated(5.0, 0.0)] * 50
    assert score([Rated(5.0, 1.0)] * 2 + unscored, prior) is None
    assert score([Rated(5.0, 1.0)] * 3 + unscored, prior) == score(
        [Rated(5.0, 1.0)] * 3, prior
    )


def test_a_hundred_old_reviews_say_less_than_a_hundred_fresh_ones():
    prior = Prior(mean=3.0, variance=1.0)
    old = score([Rated(4.0, 0.01)] * 100, prior)
    fresh = score([Rated(4.0, 1.0)] * 100, prior)
    assert old is not None and fresh is not None
    assert old.effective_n == pytest.approx(fresh.effective_n)
    assert old.high - old.low > 2 * (fresh.high - fresh.low)


@given(st.lists(rated, min_size=3, max_size=60), priors)
def test_score_lies_within_its_interval_and_the_scale(ratings, prior):
    got = score(ratings, prior)
    assert got is not None
    assert 0.5 - 1e-9 <= got.low <= got.score + 1e-9
    assert got.score - 1e-9 <= got.high <= 5 + 1e-9
    assert 1 - 1e-9 <= got.effective_n <= len(ratings) + 1e-9


@given(st.lists(rated, min_size=3, max_size=30), priors)
def test_score_does_not_depend_on_the_order(ratings, prior):
    assert score(ratings, prior) == score(ratings[::-1], prior)


@given(st.lists(rated, min_size=3, max_size=30), priors)
def test_a_better_rating_never_lowers_the_score(ratings, prior):
    better = [Rated(min(5.0, ratings[0].stars + 0.5), ratings[0].weight), *ratings[1:]]
    before, after = score(ratings, prior), score(better, prior)
    assert before is not None and after is not None
    assert after.score >= before.score - 1e-12


def test_effective_n_of_nothing_is_zero():
    assert effective_n([]) == 0.0
    assert effective_n([0.0, 0.0]) == 0.0


def prior(**known) -> Prior:
    nothing = {"mean": None, "variance": None, "count": 0}
    site = {"site_mean": None, "site_variance": None, "site_count": 0}
    return prior_for(**(nothing | site | known))


def test_prior_falls_back_from_category_to_site_to_default():
    site = {"site_mean": 3.9, "site_variance": 0.9, "site_count": 1000}
    assert prior() == Prior(3.5, 1.0)
    assert prior(**site) == Prior(3.9, 0.9)
    assert prior(mean=4.1, variance=0.7, count=30, **site) == Prior(4.1, 0.7)
    # 29 ratings tell a mean, and too little of the spread.
    assert prior(mean=4.1, variance=0.7, count=29, **site) == Prior(4.1, 0.9)
    assert prior(mean=4.1, variance=0.7, count=29) == Prior(4.1, 1.0)


def test_prior_variance_never_says_that_everybody_agrees():
    assert prior(mean=5.0, variance=0.0, count=500) == Prior(5.0, 0.25)


# --- The texts that explain it --------------------------------------------------------------

LABELS = {
    "proof_of_use": "proof of use",
    "work_email": "work e-mail",
    "linkedin": "LinkedIn",
    "openid": "organisation’s sign-in",
    "customer": "customer",
    "none": "none",
    "organic": "came by themselves",
    "invited": "invited",
}


def stated_numbers() -> list[str]:
    """Every number of scoring.py as docs/scoring.md words it."""
    weights = scoring.METHOD_WEIGHTS | scoring.RELATIONSHIP_WEIGHTS
    weights |= scoring.INCENTIVE_WEIGHTS | scoring.SOURCE_WEIGHTS
    prior, z = f"{scoring.PRIOR_REVIEWS:g}", f"{scoring.Z_90:.3f}"
    return [
        *(f"{LABELS[name]} {value:.1f}" for name, value in weights.items()),
        f"0.5 ^ (age / {scoring.HALF_LIFE_DAYS:g})",
        f"any {scoring.REWARDED_WEIGHT}",
        f"score = ({prior}·μ + Σ w·r) / ({prior} + Σ w)",
        f"v  = ({prior}·v₀ + Σ w·(r − score)²) / ({prior} + Σ w)",
        f"n  = ({prior} + Σ w)² / ({prior} + Σ w²)",
        f"score ± {z} · √(v / n), cut to the scale {scoring.LOWEST} … {scoring.HIGHEST:g}",
        f"where the site has none, {scoring.DEFAULT_MEAN}.",
        f"Under {scoring.MIN_REVIEWS} reviews that carry weight no score is shown",
        f"at least {scoring.MIN_RATINGS_FOR_VARIANCE} of them",
        f"with the same minimum; else {scoring.DEFAULT_VARIANCE}.",
        f"never taken below {scoring.MIN_VARIANCE}",
    ]


@pytest.mark.parametrize("statement", stated_numbers())
def test_docs_scoring_states_the_numbers_of_scoring_py(statement):
    text = (ROOT / "docs/scoring.md").read_text(encoding="utf-8")
    assert statement in text


def test_every_number_of_the_formula_is_stated_once_and_exported():
    constants = {
        name.lower(): value
        for name, value in vars(scoring).items()
        if name.isupper() and not name.startswith("_")
    }
    assert scoring.parameters() == constants


def test_z_90_is_the_95th_percentile_of_the_normal_distribution():
    assert pytest.approx(NormalDist().inv_cdf(0.95), abs=1e-12) == scoring.Z_90


def test_the_page_about_ratings_names_the_numbers_of_scoring_py(client, db):
    html = client.get("/about/ratings/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for statement in (
        "score = (7 · μ + Σ w · r) / (7 + Σ w)",
        "loses half its weight each 365 days",
        "proof of use 1.0 work e-mail 0.8 LinkedIn 0.8 organisation’s sign-in 0.8",
        "customer 1.0 others 0",
        "none 1.0 any 0.8",
        "score ± 1.645 · √(v / n)",
        "v = (7 · v₀ + Σ w · (r − score)²) / (7 + Σ w)",
        "if it has 30 or more",
        "never less than 0.25",
        "at 0.5 and 5 stars",
        "Under 3 reviews",
    ):
        assert statement in text


def test_factors_multiply_to_the_weight():
    given = FRESH | {"method": "openid", "incentive": "gift", "age_days": 365}
    factors = scoring.factors(**given)
    assert factors == scoring.Factors(0.5, 0.8, 1.0, 0.8, 1.0)
    assert factors.weight == weight(**given) == pytest.approx(0.32)


# --- Populations ----------------------------------------------------------------------------

counts = st.lists(st.integers(0, 50), min_size=10, max_size=10)


@given(counts)
def test_population_is_mean_and_population_variance(half_star_counts):
    stars = [n / 2 for n, k in enumerate(half_star_counts, 1) for _ in range(k)]
    got = scoring.population(half_star_counts)
    assert got.count == len(stars)
    if stars:
        assert got.mean == pytest.approx(fmean(stars), abs=1e-12)
        assert got.variance == pytest.approx(pvariance(stars), abs=1e-12)
    else:
        assert got == scoring.Population()


@given(st.lists(counts, max_size=5))
def test_pooled_is_the_population_of_all_together(categories):
    together = [sum(column) for column in zip(*categories, strict=True)] or [0] * 10
    got = scoring.pooled(map(scoring.population, categories))
    expected = scoring.population(together)
    assert got.count == expected.count
    if expected.count:
        assert got.mean == pytest.approx(expected.mean, abs=1e-12)
        assert got.variance == pytest.approx(expected.variance, abs=1e-12)
