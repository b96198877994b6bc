"""What is new in what members follow: a dozen queries for a whole portion of subscribers, none for each.

Each subscriber has a period of their own, so the queries ask for the longest of them and each gets their part of it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from following.models import Follow
from products.categories import category_tree
from products.models import Product, ProductCategory, Vendor
from reviews.coarsening import public_persona
from reviews.models import ProductRating, Review

# An e-mail that can be read in a minute; what is beyond it is counted and linked.
MOST_PRODUCTS = 6
REVIEWS_EACH = 2
MOST_PLACES = 4
NEW_PRODUCTS_EACH = 5
# An import may bring thousands; nobody needs to know how many exactly.
MOST_COUNTED = 500


@dataclass(frozen=True)
class Quote:
    """A published review, as the public sees it."""

    public_id: str
    path: str
    headline: str
    stars: float
    author: str


@dataclass(frozen=True)
class ScoreMove:
    """`before` is None for a first score."""

    before: float | None
    score: float
    low: float
    high: float


@dataclass(frozen=True)
class ProductNews:
    id: int
    name: str
    path: str
    count: int
    quotes: list[Quote]
    move: ScoreMove | None

    @property
    def more(self) -> int:
        return self.count - len(self.quotes)


@dataclass(frozen=True)
class NewProduct:
    name: str
    path: str
    summary: str


@dataclass(frozen=True)
class PlaceNews:
    """New products of a category or a vendor."""

    # "in Monitoring", "from Books Inc".
    where: str
    name: str
    path: str
    count: int
    products: list[NewProduct]

    @property
    def more(self) -> str:
        """Read after "and": "12 more"."""
        left = self.count - len(self.products)
        at_least = "more than " if self.count == MOST_COUNTED else ""
        return f"{at_least}{left:,} more" if left else ""


@dataclass(frozen=True)
class News:
    products: list[ProductNews]
    more_products: int
    places: list[PlaceNews]
    more_places: int
    review_count: int
    move_count: int
    new_product_count: int
    # Of the follows whose score is told, the score that is told.
    told: dict[int, float]

    def __bool__(self) -> bool:
        return bool(self.products or self.places)

    @property
    def review_ids(self) -> list[str]:
        return [quote.public_id for each in self.products for quote in each.quotes]


@dataclass(frozen=True)
class Entry:
    """A review or a product, and since when it is public."""

    id: int
    at: datetime


def news(periods: Mapping[int, datetime], until: datetime) -> dict[int, News]:
    """For each member, by id, what became public after their moment and not after `until`."""
    follows: dict[int, list[Follow]] = defaultdict(list)
    for each in Follow.objects.filter(follower__in=list(periods)).order_by("pk"):
        follows[each.follower_id].append(each)
    everything = [each for mine in follows.values() for each in mine]
    paper = Paper(everything, min(periods.values(), default=until), until)
    return {pk: paper.for_reader(follows[pk], since) for pk, since in periods.items()}


class Paper:
    """What happened to all that is followed by anybody in the portion."""

    def __init__(
        self, follows: Iterable[Follow], since: datetime, until: datetime
    ) -> None:
        self.product_ids = {f.product_id for f in follows if f.product_id}
        self.vendor_ids = {f.vendor_id for f in follows if f.vendor_id}
        self.category_ids = {f.category_id for f in follows if f.category_id}
        self.since, self.until = since, until
        self._read_products()
        self._read_reviews()
        self._read_new_products()
        self._read_scores()
        self._read_names()

    # --- What there is, a query each ---

    def _read_products(self) -> None:
        """Those that are followed themselves or through their vendor: by key and by vendor, never all products."""
        wanted = Q(pk__in=self.product_ids) | Q(vendor__in=self.vendor_ids)
        rows = Product.objects.visible().filter(wanted)
        self.vendor_of = dict(rows.values_list("id", "vendor_id"))

    def _read_reviews(self) -> None:
        """By product, newest first: who they are by key alone, and the whole of the few that can be quoted."""
        found = (
            Review.objects.published()
            .filter(
                product__in=list(self.vendor_of),
                published_at__gt=self.since,
                published_at__lte=self.until,
            )
            .newest_first()
        )
        self.reviews: dict[int, list[Entry]] = defaultdict(list)
        self.vendor_products: dict[int, set[int]] = defaultdict(set)
        for product_id, pk, at in found.values_list("product_id", "id", "published_at"):
            assert at is not None  # what is published is dated
            self.reviews[product_id].append(Entry(pk, at))
            self.vendor_products[self.vendor_of[product_id]].add(product_id)
        first = [e.id for each in self.reviews.values() for e in each[:REVIEWS_EACH]]
        # Read again with the condition: one may have been withdrawn in between.
        rows = Review.objects.published().filter(pk__in=first).defer("pros", "cons")
        self.quotes = {review.pk: quote(review) for review in rows}

    def _read_new_products(self) -> None:
        new = Q(
            product__status=Product.Status.ACTIVE,
            product__created_at__gt=self.since,
            product__created_at__lte=self.until,
        )
        nodes = category_tree().nodes
        self.nodes = {pk: nodes[pk] for pk in self.category_ids if pk in nodes}
        below = {pk: set(node.ids()) for pk, node in self.nodes.items()}
        inside = ProductCategory.objects.filter(new, category__in=set().union(*below.values()))  # fmt: skip
        by_category: dict[int, dict[int, datetime]] = defaultdict(dict)
        columns = ("category_id", "product_id", "product__created_at")
        for category_id, product_id, at in inside.order_by().values_list(*columns):
            by_category[category_id][product_id] = at
        self.new_in_category = {
            pk: _newest_first(by_category[each] for each in ids)
            for pk, ids in below.items()
        }
        self._read_new_of_vendors()

    def _read_new_of_vendors(self) -> None:
        made = Product.objects.visible().filter(
            vendor__in=self.vendor_ids,
            created_at__gt=self.since,
            created_at__lte=self.until,
        )
        by_vendor: dict[int, dict[int, datetime]] = defaultdict(dict)
        for vendor_id, pk, at in made.values_list("vendor_id", "id", "created_at"):
            by_vendor[vendor_id][pk] = at
        self.new_of_vendor = {
            pk: _newest_first([mine]) for pk, mine in by_vendor.items()
        }

    def _read_scores(self) -> None:
        visible = self.product_ids & self.vendor_of.keys()
        rated = ProductRating.objects.filter(product__in=visible, score__isnull=False)
        columns = ("product_id", "score", "interval_low", "interval_high")
        self.scores = {pk: figures for pk, *figures in rated.values_list(*columns)}

    def _read_names(self) -> None:
        new = [*self.new_in_category.values(), *self.new_of_vendor.values()]
        named = {*self.reviews, *self.scores, *(e.id for each in new for e in each)}
        rows = Product.objects.filter(pk__in=named)
        self.products = {
            pk: NewProduct(name, f"/products/{slug}/", summary)
            for pk, name, slug, summary in rows.values_list(
                "id", "name", "slug", "summary"
            )
        }
        vendors = Vendor.objects.filter(pk__in=list(self.new_of_vendor))
        self.vendors = vendors.in_bulk()

    # --- One reader's part of it ---

    def for_reader(self, follows: Iterable[Follow], since: datetime) -> News:
        products = self._products(follows, since)
        places = self._places(follows, since)
        shown = {each.id for each in products[:MOST_PRODUCTS]}
        return News(
            products=products[:MOST_PRODUCTS],
            more_products=max(len(products) - MOST_PRODUCTS, 0),
            places=places[:MOST_PLACES],
            more_places=max(len(places) - MOST_PLACES, 0),
            review_count=sum(each.count for each in products),
            move_count=sum(each.move is not None for each in products),
            new_product_count=len(
                {e.id for f in follows for e in _after(since, self._new(f))}
            ),
            told={
                f.pk: move.score
                for f in follows
                if f.product_id in shown and (move := self._move(f))
            },
        )

    def _products(
        self, follows: Iterable[Follow], since: datetime
    ) -> list[ProductNews]:
        """Another score first, then what they follow itself, then what has most reviews."""
        moves = {f.product_id: self._move(f) for f in follows if f.product_id}
        of_vendors = {
            product_id
            for f in follows
            for product_id in self.vendor_products.get(f.vendor_id or 0, ())
        }
        found = [
            self._product(product_id, moves.get(product_id), since)
            for product_id in {**moves, **dict.fromkeys(of_vendors)}
            if product_id in self.products
        ]
        told = [each for each in found if each.quotes or each.move]
        return sorted(
            told,
            key=lambda each: (
                each.move is None,
                each.id not in moves,
                -each.count,
                each.name,
            ),
        )

    def _product(
        self, product_id: int, move: ScoreMove | None, since: datetime
    ) -> ProductNews:
        reviews = _after(since, self.reviews.get(product_id, []))
        shown = [self.quotes[e.id] for e in reviews[:REVIEWS_EACH] if e.id in self.quotes]  # fmt: skip
        product = self.products[product_id]
        return ProductNews(
            product_id, product.name, product.path, len(reviews), shown, move
        )

    def _move(self, follow: Follow) -> ScoreMove | None:
        """A score is news where what was told last lies outside the interval of today."""
        if follow.product_id not in self.scores:
            return None
        score, low, high = self.scores[follow.product_id]
        before = follow.seen_score
        if before is not None and low <= before <= high:
            return None
        return ScoreMove(before, score, low, high)

    def _new(self, follow: Follow) -> list[Entry]:
        if follow.category_id:
            return self.new_in_category.get(follow.category_id, [])
        return self.new_of_vendor.get(follow.vendor_id or 0, [])

    def _places(self, follows: Iterable[Follow], since: datetime) -> list[PlaceNews]:
        found = []
        for each in follows:
            new = _after(since, self._new(each))
            if new:
                where, name, path = self._place(each)
                shown = [self.products[e.id] for e in new[:NEW_PRODUCTS_EACH]]
                found.append(PlaceNews(where, name, path, len(new), shown))
        return sorted(found, key=lambda each: each.name)

    def _place(self, follow: Follow) -> tuple[str, str, str]:
        if follow.category_id:
            node = self.nodes[follow.category_id]
            return "in", node.name, f"/categories/{node.slug}/"
        vendor = self.vendors[follow.vendor_id or 0]
        return "from", vendor.name, vendor.get_absolute_url()


def _after(since: datetime, entries: list[Entry]) -> list[Entry]:
    """Of entries that stand newest first."""
    return entries[: bisect_left(entries, True, key=lambda e: e.at <= since)]


def _newest_first(parts: Iterable[Mapping[int, datetime]]) -> list[Entry]:
    """Each once, however many categories it is in."""
    together: dict[int, datetime] = {}
    for part in parts:
        together.update(part)
    return sorted(
        (Entry(pk, at) for pk, at in together.items()),
        key=lambda entry: (entry.at, entry.id),
        reverse=True,
    )[:MOST_COUNTED]


def quote(review: Review) -> Quote:
    signed = [] if review.is_anonymous else [review.display_name]
    return Quote(
        public_id=str(review.public_id),
        path=review.get_absolute_url(),
        # A line break would begin something of its own in the e-mail.
        headline=" ".join(review.headline.split()),
        stars=review.stars,
        author=" · ".join(filter(None, [*signed, public_persona(review)])),
    )
