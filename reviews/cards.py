"""Reviews as cards, prepared once for each version of a review.

A card is the same for every reader: no token, nothing about who looks. And it is made from the review's own columns
alone, so that the public bytes of an anonymous review don't depend on who wrote it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.template.loader import get_template
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from accounts import personas
from moderation.models import ReasonCode
from products.models import Product
from reviews.coarsening import public_persona
from reviews.models import Answer, ConsideredProduct, Dispute, Review, VendorResponse
from reviews_site.lib.fragments import Batch, Fragments

TEMPLATE = "reviews/card.html"
RESPONSE_TEMPLATE = "reviews/card_response.html"
DISPUTE_TEMPLATE = "reviews/card_dispute.html"
CARDS: Fragments[int] = Fragments(
    "review-card",
    (TEMPLATE, RESPONSE_TEMPLATE, DISPUTE_TEMPLATE),
    (__file__, personas.__file__),
)

SUB_RATINGS = {
    "ease_of_use": "Ease of use",
    "features": "Features",
    "support": "Support",
    "value": "Value for money",
}


# Nobody decided on it, so nothing is left to say.
OVER_WITHOUT_DECISION = (Dispute.Status.WITHDRAWN, Dispute.Status.LAPSED)


class CardKey(NamedTuple):
    id: int
    version: int
    published_at: datetime


@dataclass(frozen=True)
class ShownResponse:
    """The vendor's public answer."""

    public_id: str
    body: str
    vendor: str
    published_at: datetime


@dataclass(frozen=True)
class ShownDispute:
    """The vendor's objection; `status` as in Dispute.Status, `ground` in words."""

    public_id: str
    status: str
    ground: str
    vendor: str
    opened_at: datetime
    due_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class NamedProduct:
    """Another product that the author names; `kind` as in ConsideredProduct.Kind."""

    kind: str
    slug: str
    name: str


# --- What a card needs ----------------------------------------------------------------------


def with_parts(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """All that is shown beside its columns, without queries of their own; whole_card() takes such a review."""
    return reviews.select_related("invitation").annotate(
        answered=_answers(),
        named=named_products(),
        responded=public_response(),
        disputed=latest_dispute(),
    )


def _answers() -> ArraySubquery:
    """[{question, text}] in the order of the form."""
    mine = Answer.objects.filter(review=OuterRef("pk")).order_by("question__position")
    return ArraySubquery(
        mine.values(answer=JSONObject(question="question__text", text="text"))
    )


def named_products() -> ArraySubquery:
    """[{kind, slug, name}] in the order in which they were typed."""
    visible = Product.objects.visible().values("pk")
    named = ConsideredProduct.objects.filter(review=OuterRef("pk"), product__in=visible)
    return ArraySubquery(
        named.order_by("id").values(
            named=JSONObject(kind="kind", slug="product__slug", name="product__name")
        )
    )


def public_response() -> ArraySubquery:
    """At most one, by constraint."""
    public = VendorResponse.objects.published().filter(review=OuterRef("pk"))
    return ArraySubquery(
        public.values(
            response=JSONObject(
                public_id="public_id",
                body="body",
                vendor="review__product__vendor__name",
                published_at="published_at",
            )
        )
    )


def latest_dispute() -> ArraySubquery:
    """The latest that was not taken back."""
    of_it = Dispute.objects.filter(review=OuterRef("pk"))
    latest = of_it.exclude(status__in=OVER_WITHOUT_DECISION).order_by("-id")
    return ArraySubquery(
        latest.values(
            dispute=JSONObject(
                public_id="public_id",
                status="status",
                ground="ground",
                vendor="vendor__name",
                opened_at="opened_at",
                due_at="due_at",
                decided_at="decided_at",
            )
        )[:1]
    )


def answers_of_card(review: Review) -> list[dict[str, str]]:
    """Of a review that came `with_parts`; so for the three below."""
    return review.answered  # type: ignore[attr-defined]


def named_by(review: Review) -> list[NamedProduct]:
    found: list[dict[str, str]] = review.named  # type: ignore[attr-defined]
    return [NamedProduct(**each) for each in found]


def response_of(review: Review) -> ShownResponse | None:
    found: list[dict[str, Any]] = review.responded  # type: ignore[attr-defined]
    return ShownResponse(**_with_moments(found[0])) if found else None


def dispute_of(review: Review) -> ShownDispute | None:
    found: list[dict[str, Any]] = review.disputed  # type: ignore[attr-defined]
    if not found:
        return None
    ground = str(ReasonCode(found[0]["ground"]).label)
    return ShownDispute(**_with_moments(found[0]) | {"ground": ground})


def _with_moments(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no times, only their text."""
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value
        for name, value in row.items()
    }


# --- The card -------------------------------------------------------------------------------


def whole_card(review: Review, *, level: int = 3, is_preview: bool = False) -> str:
    """Of a review that came `with_parts`."""
    return card(
        review,
        answers_of_card(review),
        named=named_by(review),
        response=response_of(review),
        dispute=dispute_of(review),
        level=level,
        is_preview=is_preview,
    )


def card(
    review: Review,
    answered: Iterable[Mapping[str, str]],
    *,
    named: Iterable[NamedProduct] = (),
    response: ShownResponse | None = None,
    dispute: ShownDispute | None = None,
    level: int = 3,
    is_preview: bool = False,
) -> str:
    """`level` of its heading; a preview has no address yet, hence no links."""
    context = {
        "review": review,
        "answered": answered,
        "considered": _by_kind(named),
        "response": response,
        "dispute": dispute,
        "persona": public_persona(review),
        "sub_ratings": sub_ratings(review),
        "level": level,
        "is_preview": is_preview,
    }
    return get_template(TEMPLATE).render(context)


# In the order of time; said before and after the names.
_WORDS = (
    (ConsideredProduct.Kind.COMPARED, "compared with", ""),
    (ConsideredProduct.Kind.SWITCHED_FROM, "used", "before"),
    (ConsideredProduct.Kind.SWITCHED_TO, "moved on to", ""),
)


def _by_kind(
    named: Iterable[NamedProduct],
) -> list[tuple[str, list[NamedProduct], str]]:
    """(words before, products, words after) of each kind that was said."""
    products = list(named)
    groups = [
        (before, [product for product in products if product.kind == kind], after)
        for kind, before, after in _WORDS
    ]
    return [group for group in groups if group[1]]


def sub_ratings(review: Review) -> list[tuple[str, int]]:
    rated = ((label, getattr(review, name)) for name, label in SUB_RATINGS.items())
    return [(label, half_stars) for label, half_stars in rated if half_stars]


def render_cards(ids: list[int]) -> dict[int, str]:
    reviews = with_parts(Review.objects.published().filter(pk__in=ids))
    return {review.pk: whole_card(review) for review in reviews}


def cards(keys: Iterable[CardKey]) -> Batch[int]:
    return CARDS.batch({key.id: str(key.version) for key in keys}, render_cards)


# --- The same for machines ------------------------------------------------------------------


def structured_data(review: Review) -> SafeString:
    """JSON-LD of exactly what the card of a public review shows, of its author no more than the persona line does."""
    assert review.published_at is not None
    data = {
        "@context": "https://schema.org",
        "@type": "Review",
        "url": f"{settings.SITE_URL}{review.get_absolute_url()}",
        "name": review.headline,
        "reviewBody": f"{review.pros}\n\n{review.cons}",
        "datePublished": f"{review.published_at:%Y-%m-%d}",
        "author": {"@type": "Person", "name": author_shown(review)},
        "itemReviewed": {
            "@type": "SoftwareApplication",
            "name": review.product.name,
            "applicationCategory": "BusinessApplication",
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": f"{review.stars:g}",
            "bestRating": "5",
            "worstRating": "0.5",
        },
        "commentCount": review.comment_count,
    }
    if review.edited_at:
        data["dateModified"] = f"{review.edited_at:%Y-%m-%d}"
    return as_json_ld(data)


def author_shown(review: Review) -> str:
    if review.display_name and not review.is_anonymous:
        return review.display_name
    parts = (str(review.get_perspective_display()), public_persona(review))
    return personas.SEPARATOR.join(part for part in parts if part)


def as_json_ld(data: Mapping[str, Any]) -> SafeString:
    # json_script escapes what could end the element; only its type is another one here.
    return mark_safe(json_script(data).replace("/json", "/ld+json", 1))
