"""Atom feeds of the newest reviews: what their cards say, and of a moment no more than the day."""

import datetime
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, router
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe

from products.models import Product
from reviews.cards import author_shown
from reviews.models import Review

NEWEST = 30
# A category with more products than this is found quickly among the newest reviews of all.
MANY_PRODUCTS = 1_000
LOOKED_THROUGH = 20_000
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class About:
    title: str
    # Paths on this site: of the page, and of its feed.
    page: str
    feed: str


class Feed(Atom1Feed):
    def latest_post_date(self) -> datetime.datetime:
        """Of an empty feed today: its bytes must not change by the second."""
        return super().latest_post_date() if self.items else _day(timezone.now())


def atom(about: About, reviews: Iterable[Review]) -> str:
    """By days, newest first; within a day in no order, since that would tell the times."""
    feed = Feed(
        title=_clean(about.title),
        link=settings.SITE_URL + about.page,
        description=f"The newest {NEWEST} at most, on {settings.SITE_NAME}.",
        feed_url=settings.SITE_URL + about.feed,
        feed_guid=settings.SITE_URL + about.feed,
    )
    for review in sorted(reviews, key=_order):
        _add(feed, review)
    return feed.writeString("utf-8")


def _order(review: Review) -> tuple[int, str]:
    assert review.published_at is not None
    return -_day(review.published_at).toordinal(), review.public_id.hex


def _add(feed: Feed, review: Review) -> None:
    assert review.published_at is not None
    published = _day(review.published_at)
    feed.add_item(
        title=_clean(f"{review.product.name}: {review.headline}"),
        link=settings.SITE_URL + review.get_absolute_url(),
        description=_clean(_content(review)),
        unique_id=f"urn:uuid:{review.public_id}",
        author_name=_clean(author_shown(review)),
        pubdate=published,
        updateddate=max(published, _day(review.edited_at or published)),
    )


def _day(moment: datetime.datetime) -> datetime.datetime:
    day = moment.astimezone(datetime.UTC).date()
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _content(review: Review) -> SafeString:
    parts = (("What is good", review.pros), ("What is not", review.cons))
    return format_html(
        "<p>{} of 5 stars{}</p>{}",
        f"{review.stars:g}",
        "".join(f". {label}" for label in _labels(review)),
        format_html_join(
            "", "<h2>{}</h2>{}", ((head, _paragraphs(text)) for head, text in parts)
        ),
    )


def _labels(review: Review) -> list[str]:
    """What the card says beside the stars of a review that isn't a plain customer's."""
    labels = []
    if review.relationship != Review.Relationship.CUSTOMER:
        labels.append(str(review.get_relationship_display()))
    if review.incentive != Review.Incentive.NONE:
        labels.append(f"Reward: {review.get_incentive_display()}")
    if review.source == Review.Source.IMPORTED:
        labels.append("Imported, not verified")
    return labels


def _paragraphs(text: str) -> SafeString:
    return mark_safe(linebreaks(text, autoescape=True))


# --- Which reviews --------------------------------------------------------------------------


def of_product(product: Product) -> list[Review]:
    """By index review_page."""
    mine = Review.objects.published().filter(product=product).newest_first()
    reviews = list(mine[:NEWEST])
    for review in reviews:
        review.product = product
    return reviews


def of_site() -> list[Review]:
    """By index review_newest."""
    newest = Review.objects.published().newest_first().select_related("product")
    return list(newest.filter(product__in=Product.objects.visible())[:NEWEST])


def of_categories(category_ids: Collection[int], product_count: int) -> list[Review]:
    """Of the products in any of them."""
    walk = _among_newest if product_count > MANY_PRODUCTS else _of_each_product
    ids = walk(list(category_ids))
    return list(Review.objects.published().filter(pk__in=ids).select_related("product"))


def _among_newest(category_ids: list[int]) -> list[int]:
    """By index review_newest, so far and no further."""
    published, status = _published()
    visible, active = _visible()
    return _ids(
        f"""
        SELECT id FROM (
            SELECT * FROM ({published}) review ORDER BY published_at DESC, id DESC LIMIT {LOOKED_THROUGH}
        ) newest
        WHERE product_id IN (SELECT product_id FROM products_productcategory WHERE category_id = ANY(%s))
            AND product_id IN ({visible})
        ORDER BY published_at DESC, id DESC LIMIT {NEWEST}
        """,
        [*status, category_ids, *active],
    )


def _of_each_product(category_ids: list[int]) -> list[int]:
    """By index review_page."""
    published, status = _published()
    visible, active = _visible()
    return _ids(
        f"""
        SELECT newest.id FROM (
            SELECT DISTINCT product_id FROM products_productcategory
            WHERE category_id = ANY(%s) AND product_id IN ({visible})
        ) placed CROSS JOIN LATERAL (
            SELECT id, published_at FROM ({published}) review WHERE review.product_id = placed.product_id
            ORDER BY published_at DESC, id DESC LIMIT {NEWEST}
        ) newest
        ORDER BY newest.published_at DESC, newest.id DESC LIMIT {NEWEST}
        """,
        [category_ids, *active, *status],
    )


def _published() -> tuple[str, tuple]:
    columns = ("id", "product_id", "published_at")
    return Review.objects.published().values(*columns).query.sql_with_params()


def _visible() -> tuple[str, tuple]:
    return Product.objects.visible().values("id").query.sql_with_params()


def _ids(sql: str, parameters: list) -> list[int]:
    with connections[router.db_for_read(Review)].cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
