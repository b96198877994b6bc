"""What reviewers' stars say: the score with its interval, and means by perspective and by part."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from products.figures import HIGHEST, LOWEST, interval_text
from products.models import Product
from research.comparing.tables import (
    Entry,
    Group,
    Row,
    missing,
    row_by_interval,
    row_of_means,
)
from reviews.cards import SUB_RATINGS
from reviews.models import ProductRating, Review
from reviews.product_page import rating_of
from reviews.scoring import MIN_REVIEWS

METHOD = "/about/ratings/"
NO_REVIEWS = "No reviews yet"
HEIGHT, ROOM = 168, 12


def groups(products: Sequence[Product]) -> list[Group]:
    ratings = [rating_of(product) for product in products]
    return [
        Group("score", "Score", _score_rows(products, ratings), method=METHOD),
        Group(
            "perspectives",
            "By perspective",
            tuple(
                _mean_row(
                    value,
                    label,
                    ratings,
                    _perspective(value),
                    f"By no {label.lower()} yet",
                )
                for value, label in Review.Perspective.choices
            ),
            method=METHOD,
        ),
        Group(
            "sub_ratings",
            "In detail",
            tuple(
                _mean_row(
                    name, label, ratings, _sub_rating(name), "Nobody has rated it"
                )
                for name, label in SUB_RATINGS.items()
            ),
            method=METHOD,
        ),
    ]


def _score_rows(
    products: Sequence[Product], ratings: Sequence[ProductRating | None]
) -> tuple[Row, ...]:
    scores = [
        _score(product, rating)
        for product, rating in zip(products, ratings, strict=True)
    ]
    recommended = [_recommended(rating) for rating in ratings]
    return (
        row_by_interval("score", "Score", scores, "Stars, with the 90 % interval"),
        row_of_means("recommend", "Would recommend", recommended, "Of 10", worth=1.0),
    )


def _score(product: Product, rating: ProductRating | None) -> Entry:
    if rating is None or not rating.count:
        return missing(NO_REVIEWS)
    if rating.score is None:
        return missing(
            f"{counted(rating.count, 'review')} so far; a score needs {MIN_REVIEWS} that count"
        )
    assert rating.interval_low is not None and rating.interval_high is not None
    return Entry(
        text=f"{rating.score:.1f}",
        note=f"{interval_text(rating)}, {counted(rating.count, 'review')}",
        url=reverse("reviews:score", args=[product.slug]),
        picture=upright_interval(
            rating.score, rating.interval_low, rating.interval_high
        ),
        interval=(rating.interval_low, rating.interval_high),
        values={
            "score": rating.score,
            "interval_low": rating.interval_low,
            "interval_high": rating.interval_high,
            "effective_n": rating.effective_n,
            "count": rating.count,
        },
    )


def _recommended(rating: ProductRating | None) -> Entry:
    if rating is None or not rating.count or rating.recommend_mean is None:
        return missing(NO_REVIEWS)
    return Entry(
        text=f"{rating.recommend_mean:.1f}",
        note=counted(rating.count, "review"),
        compared=(round(rating.recommend_mean, 1), rating.count),
        values={"mean": rating.recommend_mean, "count": rating.count},
    )


Means = Mapping[str, Any]


def _perspective(value: str) -> Callable[[ProductRating], Means]:
    return lambda rating: rating.perspectives.get(value) or {}


def _sub_rating(name: str) -> Callable[[ProductRating], Means]:
    return lambda rating: rating.sub_ratings.get(name) or {}


def _mean_row(
    name: str,
    label: str,
    ratings: Sequence[ProductRating | None],
    read: Callable[[ProductRating], Means],
    without: str,
) -> Row:
    entries = [_mean(rating, read, without) for rating in ratings]
    return row_of_means(name, label, entries)


def _mean(
    rating: ProductRating | None, read: Callable[[ProductRating], Means], without: str
) -> Entry:
    if rating is None or not rating.count:
        return missing(NO_REVIEWS)
    group = read(rating)
    if not group.get("count"):
        return missing(without)
    return Entry(
        text=f"{group['mean']:.1f}",
        note=counted(group["count"], "review"),
        compared=(round(group["mean"], 1), group["count"]),
        values={"mean": group["mean"], "count": group["count"]},
    )


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- The picture ----------------------------------------------------------------------------


def _height(stars: float) -> float:
    within = min(max(stars, LOWEST), HIGHEST)
    share = (within - LOWEST) / (HIGHEST - LOWEST)
    return round(HEIGHT - ROOM - share * (HEIGHT - 2 * ROOM), 1)


LEVELS = format_html_join(
    "",
    '<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
    ((_height(stars),) for stars in range(1, 6)),
)


def upright_interval(score: float, low: float, high: float) -> SafeString:
    """A score on an axis that goes up from 1 to 5 stars and across the whole row of the table."""
    top, bottom = _height(high), _height(low)
    return format_html(
        '<svg class="upright" width="100%" height="{}" aria-hidden="true" focusable="false">{}'
        '<rect class="range" x="16" y="{}" width="14" height="{}" rx="2"/>'
        '<rect class="point" x="12" y="{}" width="22" height="3" rx="1"/></svg>',
        HEIGHT,
        LEVELS,
        top,
        max(round(bottom - top, 1), 1),
        round(_height(score) - 1.5, 1),
    )


def upright_scale() -> SafeString:
    """The numbers of that axis, beside the row's name; without a score its lines go on."""
    return format_html(
        '<svg class="upright" width="100%" height="{}" aria-hidden="true" focusable="false">{}{}</svg>',
        HEIGHT,
        LEVELS,
        format_html_join(
            "",
            '<text x="0" y="{}">{}</text>',
            ((_height(stars) - 4, stars) for stars in range(1, 6)),
        ),
    )


def no_interval() -> SafeString:
    return format_html(
        '<svg class="upright" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        HEIGHT,
        LEVELS,
    )
