"""The product page: one query says what is on it, one look into the cache brings most of it."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections, router
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.utils.safestring import SafeString

from disclosure.models import Release
from disclosure.panels import panels
from products import facts, features, figures
from products.models import Deployment, Product
from products.rows import category_names
from reviews import alternatives, voice
from reviews.cards import SUB_RATINGS, CardKey, as_json_ld, cards
from reviews.models import ProductRating, Review
from reviews_site.lib.fragments import Fragments, prepare
from reviews_site.lib.paging import decode_cursor, encode_cursor, moment_of
from reviews_site.lib.prepared import Prepared

PAGE_SIZE = 20
PANEL_TEMPLATE = "reviews/product_panel.html"
VOICE_TEMPLATE = "reviews/product_voice.html"
CHIPS_TEMPLATE = "reviews/product_chips.html"
SOURCES = (
    __file__,
    alternatives.__file__,
    features.__file__,
    figures.__file__,
    facts.__file__,
)
PANELS: Fragments[int] = Fragments(
    "product-panel",
    (PANEL_TEMPLATE, VOICE_TEMPLATE, *alternatives.PANEL_TEMPLATES),
    SOURCES,
    600,
)
CHIPS: Fragments[str] = Fragments("product-chips", (CHIPS_TEMPLATE,), SOURCES, 600)
# Phrases of each side; all of them stand on the page that is only about them.
MOST_SAID = 5
# A difference that a reader should know of, in stars.
WIDE_GAP = 1.0
# Fewer say nothing about a group.
ENOUGH_FOR_A_GAP = 3


@dataclass(frozen=True)
class ReviewFilters:
    """Whole stars 1 to 5 (4.5 and 5 are five) and a perspective; None and "" for any."""

    stars: int | None = None
    perspective: str = ""

    def condition(self) -> Q:
        condition = Q()
        if self.stars:
            condition &= Q(half_stars__in=(2 * self.stars - 1, 2 * self.stars))
        if self.perspective:
            condition &= Q(perspective=self.perspective)
        return condition

    def query(self, **changes: Any) -> str:
        chosen = {"stars": self.stars, "perspective": self.perspective} | changes
        return "&".join(f"{name}={value}" for name, value in chosen.items() if value)


EVERYTHING = ReviewFilters()


@dataclass(frozen=True)
class Pieces:
    panel: str
    chips: str
    cards: list[str]


@dataclass(frozen=True)
class ProductPage:
    """What is on it; the pieces are looked for when somebody asks for them."""

    product_id: int
    name: str
    summary: str
    filters: ReviewFilters
    # Of all but the reviews.
    version: str
    # JSON {id, version, at} of each review, and of one more where there are older ones.
    found: list[str]

    @property
    def whole_version(self) -> str:
        return f"{self.version}:{''.join(self.found)}"

    @property
    def shown(self) -> list[CardKey]:
        keys = (json.loads(text) for text in self.found[:PAGE_SIZE])
        return [CardKey(key["id"], key["version"], key["at"]) for key in keys]

    @property
    def older(self) -> str:
        """The cursor of the next page; empty on the last."""
        if len(self.found) <= PAGE_SIZE:
            return ""
        last = json.loads(self.found[PAGE_SIZE - 1])
        return encode_cursor(last["at"], last["id"])

    def pieces(self) -> Pieces:
        """One look into the cache."""
        pk, whole, filters = self.product_id, Loader(self.product_id), self.filters
        chips_key = f"{pk}:{filters.stars}:{filters.perspective}"
        panel, chips, card_html = prepare(
            PANELS.batch(
                {pk: self.version}, lambda _: {pk: render_panel(whole.product)}
            ),
            CHIPS.batch(
                {chips_key: self.version},
                lambda _: {chips_key: render_chips(whole.product, filters)},
            ),
            cards(self.shown),
        )
        return Pieces(panel[pk], chips[chips_key], list(card_html.values()))


def after_cursor(cursor: str) -> Q:
    """The reviews that come after the cursor's, newest first."""
    if not cursor:
        return Q()
    published_at, pk = decode_cursor(cursor, str, int)
    moment = moment_of(published_at)
    # "<=" first, so that Postgres can start in the index where the last page ended.
    return Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(id__lt=pk))


def product_page(slug: str, filters: ReviewFilters, cursor: str) -> ProductPage | None:
    """One query."""
    if cursor or filters != EVERYTHING:
        rows = _read(_whats_on_it(slug, filters, cursor))
    else:
        rows = _FIRST_PAGE.rows({SLUG: slug})
    if not rows:
        return None
    pk, name, summary, *written, found = rows[0]
    # Figures that lost an organisation go at once, from the cached panel too.
    return ProductPage(pk, name, summary, filters, ":".join(map(str, written)), found)


def _read(query: QuerySet) -> list[tuple]:
    """Not by the ORM, which makes as many objects of a row as all the rest of the page."""
    with connections[router.db_for_read(Product)].cursor() as cursor:
        cursor.execute(*query.query.sql_with_params())
        return cursor.fetchall()


def _whats_on_it(slug: str, filters: ReviewFilters, cursor: str) -> QuerySet:
    newest = (
        Review.objects.published()
        .filter(filters.condition(), after_cursor(cursor), product=OuterRef("pk"))
        .newest_first()
        .values(key=JSONObject(id="id", version="version", at="published_at"))
    )
    figures_written = Release.objects.filter(product=OuterRef("pk")).order_by("topic")
    return (
        Product.objects.visible()
        .filter(slug=slug)
        .values_list(
            "id",
            "name",
            "summary",
            "updated_at",
            "rating__refreshed_at",
            "voice__as_of",
            ArraySubquery(figures_written.values("revision")),
            ArraySubquery(newest[: PAGE_SIZE + 1]),
        )
    )


SLUG = "{slug}"
# Planning it on each request would take longer than running it does.
_FIRST_PAGE = Prepared(lambda: _whats_on_it(SLUG, EVERYTHING, ""), planned=True)


class Loader:
    """The whole product, fetched once and only if a piece of the page must be made anew; a 404 if it is gone by then."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self._product: Product | None = None

    @property
    def product(self) -> Product:
        if self._product is None:
            self._product = get_object_or_404(
                Product.objects.select_related("vendor", "rating", "voice").annotate(
                    category_names=category_names()
                ),
                pk=self.pk,
            )
        return self._product


def rating_of(product: Product) -> ProductRating | None:
    return getattr(product, "rating", None)


def render_panel(product: Product) -> str:
    rating = rating_of(product)
    stated = features.stated_of([product.pk])
    context = {
        "product": product,
        "rating": rating,
        "stars_counts": figures.whole_stars(rating.half_star_counts) if rating else [],
        "perspectives": perspectives(rating),
        "gap": widest_gap(rating),
        "sub_ratings": mean_sub_ratings(rating),
        "deployment": [Deployment(value).label for value in product.deployment],
        "feature_groups": features.grouped(stated),
        "facts": facts.stated_facts(product, {one.feature.slug for one in stated}),
        "attribution": facts.attribution(product),
        "panels": panels(product),
        "alternatives": alternatives.render_alternatives(product),
        "structured_data": structured_data(product, rating),
        **voice_sides(product),
    }
    return get_template(PANEL_TEMPLATE).render(context)


def voice_sides(product: Product) -> dict[str, Any]:
    """What is said most; as yet nothing where nobody has counted."""
    stored = getattr(product, "voice", None)
    figures = stored.figures if stored else {}
    sides = [
        (side, title, voice.top(figures, side, MOST_SAID))
        for side, title in voice.TITLES.items()
    ]
    said = [phrase.share for *_, phrases in sides for phrase in phrases]
    return {
        "voice_sides": sides if said else [],
        "voice_most": max(said, default=1.0),
        "voice_reviews": figures.get("reviews", 0),
    }


def render_chips(product: Product, filters: ReviewFilters) -> str:
    """Which reviews there are to choose from, with counts from the stored rating: nothing is counted here."""
    rating = rating_of(product)
    by_stars = figures.whole_stars(rating.half_star_counts) if rating else []
    context = {
        "product": product,
        "filters": filters,
        "stars": [
            (stars, count, filters.query(stars=stars), stars == filters.stars)
            for stars, count in by_stars
            if count
        ],
        "perspectives": [
            (
                label,
                group["count"],
                filters.query(perspective=value),
                value == filters.perspective,
            )
            for value, label, group in perspectives(rating)
        ],
        "any_stars": filters.query(stars=None),
        "any_perspective": filters.query(perspective=""),
        "count": rating.count if rating else 0,
    }
    return get_template(CHIPS_TEMPLATE).render(context)


def perspectives(rating: ProductRating | None) -> list[tuple[str, str, dict[str, Any]]]:
    """(value, label, {count, mean}) of each side that has spoken."""
    groups = rating.perspectives if rating else {}
    return [
        (value, label, groups[value])
        for value, label in Review.Perspective.choices
        if groups.get(value, {}).get("count")
    ]


def widest_gap(rating: ProductRating | None) -> tuple[str, str, float] | None:
    """(who rates higher, who rates lower, stars between them) when the sides differ by more than a star."""
    large = [
        (group["mean"], label)
        for _, label, group in perspectives(rating)
        if group["count"] >= ENOUGH_FOR_A_GAP
    ]
    if len(large) < 2:
        return None
    (low, lower), (high, higher) = min(large), max(large)
    return (higher, lower, high - low) if high - low > WIDE_GAP else None


def mean_sub_ratings(rating: ProductRating | None) -> list[tuple[str, dict[str, Any]]]:
    groups = rating.sub_ratings if rating else {}
    return [
        (label, groups[name])
        for name, label in SUB_RATINGS.items()
        if groups.get(name, {}).get("count")
    ]


def structured_data(product: Product, rating: ProductRating | None) -> SafeString:
    """JSON-LD of exactly what the panel shows, rounded as it is shown there."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": product.name,
        "applicationCategory": "BusinessApplication",
        "author": {"@type": "Organization", "name": product.vendor.name},
    }
    if product.summary:
        data["description"] = product.summary
    if rating and rating.score is not None:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{rating.score:.1f}",
            "reviewCount": rating.count,
            "bestRating": "5",
            "worstRating": "0.5",
        }
    return as_json_ld(data)
