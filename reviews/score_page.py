"""A product's score explained with its own numbers; everything on the page comes from the stored rating and one page of reviews."""

import datetime
import math
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from products.models import Product, ProductCategory
from reviews import scoring, trends
from reviews.models import ProductRating, Review
from reviews.product_page import after_cursor
from reviews.ratings import published_on, review_factors
from reviews_site.lib.paging import encode_cursor

PAGE_SIZE = 50
COLUMNS = (
    "public_id",
    "headline",
    "half_stars",
    "published_at",
    "verification_method",
    "relationship",
    "incentive",
    "source",
)


def product_to_explain(slug: str) -> QuerySet[Product]:
    """With its rating and, as `leans_on` and `leans_on_slug`, its primary category if that has ratings of its own."""
    primary = ProductCategory.objects.filter(
        product=OuterRef("pk"), position=0, category__rating__count__gt=0
    )
    return (
        Product.objects.visible()
        .filter(slug=slug)
        .select_related("rating")
        .defer("description", "keywords", "facts", "search_vector")
        .annotate(
            leans_on=Subquery(primary.values("category__name")),
            leans_on_slug=Subquery(primary.values("category__slug")),
        )
    )


# --- How the score comes about --------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A share of the score: of the reviews verified in one way, or of the category."""

    name: str
    count: int
    weight: float
    share: float


@dataclass(frozen=True)
class Steps:
    """The numbers between the reviews and the score, as docs/scoring.md names them."""

    weights: float
    weighted_stars: float
    own_mean: float
    total: float
    spread: float
    variance: float
    n: float
    margin: float
    low_is_cut: bool
    high_is_cut: bool
    parts: list[Part]


def steps(rating: ProductRating) -> Steps | None:
    """None without a score, or where the rating was stored before its sums were."""
    if rating.score is None or not rating.sums:
        return None
    w, wr = rating.sums["weights"], rating.sums["weighted_stars"]
    total = scoring.PRIOR_REVIEWS + w
    spread = max(
        0.0,
        rating.sums["weighted_squares"] - 2 * rating.score * wr + rating.score**2 * w,
    )
    variance = (scoring.PRIOR_REVIEWS * rating.prior_variance + spread) / total
    n = total**2 / (scoring.PRIOR_REVIEWS + rating.sums["squared_weights"])
    margin = scoring.Z_90 * math.sqrt(variance / n)
    return Steps(
        weights=w,
        weighted_stars=wr,
        own_mean=wr / w,
        total=total,
        spread=spread,
        variance=variance,
        n=n,
        margin=margin,
        low_is_cut=rating.score - margin < scoring.LOWEST,
        high_is_cut=rating.score + margin > scoring.HIGHEST,
        parts=_parts(rating, total),
    )


def _parts(rating: ProductRating, total: float) -> list[Part]:
    labels = dict(Review.Method.choices)
    return [
        Part(
            _inside(str(labels[method])),
            group["count"],
            group["weight"],
            100 * group["weight"] / total,
        )
        for method in scoring.METHOD_WEIGHTS
        if (group := rating.methods.get(method)) and group["count"]
    ]


def quarters(rating: ProductRating) -> list[trends.Quarter]:
    return trends.filled(rating.trend, rating.as_of)


# --- What one review weighs -----------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    text: str
    factor: float


@dataclass(frozen=True)
class Weighed:
    review: Review
    published_on: datetime.date
    reasons: list[Reason]
    weight: float
    # Of the whole score, in per cent; 0 where there is no score.
    share: float = 0.0


def weighed_today(review: Review) -> Weighed:
    return weighed(review, timezone.now().astimezone(datetime.UTC).date())


def weighed(
    review: Review, as_of: datetime.date, total: float | None = None
) -> Weighed:
    """Of a published review; `total` is what the score divides by."""
    factors = review_factors(review, as_of)
    day = published_on(review)
    return Weighed(
        review=review,
        published_on=day,
        reasons=_reasons(review, factors, as_of - day),
        weight=factors.weight,
        share=100 * factors.weight / total if total else 0.0,
    )


def _reasons(
    review: Review, factors: scoring.Factors, age: datetime.timedelta
) -> list[Reason]:
    """The age and the verification always; of the rest what takes away from the weight."""
    reasons = [Reason(age_in_words(age.days), factors.age)]
    if review.verification_method:
        method = str(review.get_verification_method_display())
        reasons.append(Reason(_inside(method), factors.method))
    if factors.relationship < 1:
        relationship = str(review.get_relationship_display())
        reasons.append(Reason(_inside(relationship), factors.relationship))
    if factors.incentive < 1:
        reasons.append(Reason("rewarded", factors.incentive))
    if factors.source < 1:
        reasons.append(Reason("imported, not verified here", factors.source))
    return reasons


def _inside(label: str) -> str:
    """In the middle of a line; "LinkedIn" keeps its capitals."""
    return label if label[1:] != label[1:].lower() else label[:1].lower() + label[1:]


def age_in_words(days: int) -> str:
    if days <= 0:
        return "new today"
    if days < 61:
        return f"{days} day{'s' if days > 1 else ''} old"
    if days < 730:
        return f"{days * 12 // 365} months old"
    return f"{days // 365} years old"


# --- The list of reviews --------------------------------------------------------------------


@dataclass(frozen=True)
class WeightPage:
    rows: list[Weighed]
    older: str


def weight_page(product: Product, rating: ProductRating, cursor: str) -> WeightPage:
    """Newest first, by the day that the score was computed for."""
    # Their ids come from the index alone: asked for more, Postgres may fetch and sort all reviews of the product.
    ids = (
        Review.objects.published()
        .filter(after_cursor(cursor), product=product)
        .newest_first()
        .values("pk")[: PAGE_SIZE + 1]
    )
    found = list(Review.objects.filter(pk__in=ids).newest_first().only(*COLUMNS))
    total = (
        scoring.PRIOR_REVIEWS + rating.sums["weights"]
        if rating.score is not None and rating.sums
        else None
    )
    shown = found[:PAGE_SIZE]
    older = ""
    if len(found) > PAGE_SIZE and (last := shown[-1]).published_at:
        older = encode_cursor(last.published_at.isoformat(), last.pk)
    return WeightPage([weighed(one, rating.as_of, total) for one in shown], older)
