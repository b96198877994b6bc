"""Which rows leave the site and what of them: no name, no address, no number of an author, no hour of a day.

Rows come in an order that tells nothing more than they do: by slug, or by day and then by random id.
"""

import datetime
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject, TruncDate

from disclosure.models import Cell
from products.facts import attribution
from products.models import Category, Product, ProductCategory
from reviews import ratings, scoring
from reviews.coarsening import public_facets
from reviews.models import (
    Answer,
    ConsideredProduct,
    ProductRating,
    RatingRefresh,
    Review,
    VendorResponse,
)

# Of the rows; the entry of a product may have one of its own.
LICENCE = "CC-BY-4.0"
CHUNK = 1_000

Row = dict[str, Any]
Populations = Mapping[int, scoring.Population]


def category_rows(populations: Populations) -> Iterator[Row]:
    categories = Category.objects.order_by("slug")
    for pk, slug, name, parent in categories.values_list(
        "id", "slug", "name", "parent__slug"
    ):
        ratings_in_it = populations.get(pk, scoring.Population())
        yield {
            "slug": slug,
            "name": name,
            "parent": parent,
            "ratings": {
                "count": ratings_in_it.count,
                "mean": ratings_in_it.mean,
                "variance": ratings_in_it.variance,
            },
            "licence": LICENCE,
        }


def product_rows() -> Iterator[Row]:
    filed = ProductCategory.objects.filter(product=OuterRef("pk")).order_by("position")
    products = (
        Product.objects.visible()
        .select_related("vendor")
        .only("slug", "name", "vendor__slug", "vendor__name", *_SOURCE_COLUMNS)
        .annotate(
            category_slugs=ArraySubquery(filed.values("category__slug")),
            primary=filed.filter(position=0).values("category__slug"),
        )
        .order_by("slug")
    )
    for product in products.iterator(CHUNK):
        yield {
            "slug": product.slug,
            "name": product.name,
            "vendor": {"slug": product.vendor.slug, "name": product.vendor.name},
            "primary_category": product.primary,  # type: ignore[attr-defined]
            "categories": product.category_slugs,  # type: ignore[attr-defined]
            "entry_by": attribution(product) or None,
            "licence": product.data_licence or LICENCE,
        }


_SOURCE_COLUMNS = ("source", "facts", "data_licence")


def review_rows() -> Iterator[Row]:
    published = Review.objects.published().filter(product__in=Product.objects.visible())
    reviews = _by_day(published, "published_at").annotate(
        product_slug=F("product__slug"), answered=_answers(), named=_named()
    )
    for review in reviews.iterator(CHUNK):
        yield {
            "id": str(review.public_id),
            "product": review.product_slug,
            "published_on": _day(review.published_at),
            "edited_on": _day(review.edited_at),
            "last_used_in": f"{review.last_used_on:%Y-%m}",
            "stars": review.stars,
            "parts": {name: _stars(getattr(review, name)) for name in _PARTS},
            "would_recommend": review.would_recommend,
            "headline": review.headline,
            "pros": review.pros,
            "cons": review.cons,
            "answers": review.answered,
            "perspective": review.perspective,
            "facets": {k: v or None for k, v in public_facets(review).items()},
            "usage_duration": review.usage_duration,
            "deployment": review.deployment or None,
            "named": review.named,
            "relationship": review.relationship,
            "incentive": review.incentive,
            "incentive_detail": review.incentive_detail or None,
            "rewarded_by": review.rewarded_by or None,
            "source": review.source,
            "verified_by": review.verification_method or None,
            "verified_in": review.verified_on and f"{review.verified_on:%Y-%m}",
            "licence": LICENCE,
        }


def _answers() -> ArraySubquery:
    of_it = Answer.objects.filter(review=OuterRef("pk")).order_by("question__position")
    return ArraySubquery(
        of_it.values(answer=JSONObject(question="question__text", text="text"))
    )


def _named() -> ArraySubquery:
    """By slug: the order of their rows is nobody's concern."""
    of_it = ConsideredProduct.objects.filter(
        review=OuterRef("pk"), product__in=Product.objects.visible().values("pk")
    )
    return ArraySubquery(
        of_it.order_by("kind", "product__slug").values(
            named=JSONObject(product="product__slug", kind="kind")
        )
    )


_PARTS = ("ease_of_use", "features", "support", "value")


def response_rows() -> Iterator[Row]:
    responses = _by_day(
        VendorResponse.objects.published().filter(
            review__in=Review.objects.published(),
            review__product__in=Product.objects.visible(),
        ),
        "published_at",
    )
    columns = ("public_id", "review__public_id", "review__product__vendor__slug")
    rows = responses.values_list(*columns, "published_at", "body")
    for public_id, review, vendor, published_at, body in rows.iterator(CHUNK):
        yield {
            "id": str(public_id),
            "review": str(review),
            "vendor": vendor,
            "published_on": _day(published_at),
            "text": body,
            "licence": LICENCE,
        }


def tombstone_rows() -> Iterator[Row]:
    """What was public once and isn't any more; its day is not known where it ended before days were kept."""
    ended = Review.objects.filter(
        status__in=(Review.Status.WITHDRAWN, Review.Status.REMOVED),
        published_at__isnull=False,
    )
    rows = _by_day(ended, "ended_at").values_list("public_id", "ended_at", "status")
    for public_id, ended_at, status in rows.iterator(CHUNK):
        yield {
            "id": str(public_id),
            "ended_on": _day(ended_at),
            "kind": status,
            "licence": LICENCE,
        }


def figure_rows() -> Iterator[Row]:
    """What disclosure has released of what members told in confidence; nothing is computed here."""
    cells = Cell.objects.filter(product__in=Product.objects.visible())
    columns = ("topic", "series", "band", "organisations", "figures", "released_on")
    order = ("product__slug", "topic", "series", "band")
    for slug, *values in (
        cells.order_by(*order).values_list("product__slug", *columns).iterator(CHUNK)
    ):
        row = dict(zip(columns, values, strict=True))
        row["released_on"] = row["released_on"].isoformat()
        yield {"product": slug, **row, "licence": LICENCE}


def score_rows(as_of: datetime.date, populations: Populations) -> Iterator[Row]:
    """The scores of this day; and, as `shown`, those on the pages, with the day and the prior they were made with."""
    products = Product.objects.visible().order_by("slug").values_list("pk", "slug")
    iterator = products.iterator(CHUNK)
    while batch := dict(islice(iterator, CHUNK)):
        figures = ratings.figures_as_of(as_of, list(batch), populations)
        shown = _shown(list(batch))
        for pk, slug in batch.items():
            yield {
                "product": slug,
                "as_of": as_of.isoformat(),
                **_score(figures[pk]),
                "shown": shown.get(pk),
                "licence": LICENCE,
            }


def _score(figures: Row) -> Row:
    return {
        "count": figures["count"],
        "scored_count": figures["scored_count"],
        "mean": figures["mean"],
        "half_star_counts": figures["half_star_counts"],
        "score": figures["score"],
        "interval": _interval(figures),
        "effective_n": figures["effective_n"],
        "prior": {"mean": figures["prior_mean"], "variance": figures["prior_variance"]},
        "perspectives": figures["perspectives"],
        "trend": figures["trend"],
    }


def _shown(product_ids: list[int]) -> dict[int, Row]:
    """Without those whose reviews changed a moment ago and that wait for the worker."""
    waiting = RatingRefresh.objects.values("product")
    stored = ProductRating.objects.filter(product__in=product_ids)
    return {
        row["product_id"]: {
            "as_of": row["as_of"].isoformat(),
            "score": row["score"],
            "interval": _interval(row),
            "effective_n": row["effective_n"],
            "prior": {"mean": row["prior_mean"], "variance": row["prior_variance"]},
        }
        for row in stored.exclude(product__in=waiting).values()
    }


def _interval(figures: Mapping[str, Any]) -> list[float] | None:
    if figures["score"] is None:
        return None
    return [figures["interval_low"], figures["interval_high"]]


def _by_day(rows: QuerySet, moment: str) -> QuerySet:
    day = TruncDate(moment, tzinfo=datetime.UTC)
    return rows.alias(day=day).order_by(F("day").asc(nulls_first=True), "public_id")


def _day(moment: datetime.datetime | None) -> str | None:
    return moment.astimezone(datetime.UTC).date().isoformat() if moment else None


def _stars(half_stars: int | None) -> float | None:
    return None if half_stars is None else half_stars / 2
