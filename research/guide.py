"""What a category's guide says: nothing that isn't computed from what the site shows elsewhere, and questions to ask."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.db.models import Count, Q

from disclosure.models import Cell
from products.categories import CategoryTree, Node
from products.models import Deployment, Feature, ProductFeature
from research.ranking import Ranked, Ranking, Unranked, ranking_of, within
from research.selection import Selection
from reviews.models import ProductRating, ProductVoice, Review
from reviews.ratings import perspectives_of_matching
from reviews.voice import TITLES, top
from reviews_site.lib.kept_values import kept_value

# So many products get a line in the guide; the category page has more.
LISTED = 25
KEPT_FOR = 300
# Fewer reviews say nothing about a group.
ENOUGH_FOR_A_GROUP = 3
# Half a star between buyers and users is worth a question.
WORTH_ASKING = 0.5
MOST_GAPS = 6
MOST_FEATURES, MOST_UNRANKED, MOST_PHRASES = 12, 12, 6
# Of each product.
MOST_PHRASES_READ = 20


@dataclass(frozen=True)
class Group:
    """What one kind of reader says of the listed products."""

    label: str
    count: int
    mean: float | None


@dataclass(frozen=True)
class Gap:
    slug: str
    name: str
    buyers: float
    buyer_count: int
    users: float
    user_count: int

    @property
    def stars(self) -> float:
        return abs(self.buyers - self.users)

    @property
    def higher(self) -> str:
        return "buyers" if self.buyers > self.users else "end users"


@dataclass(frozen=True)
class Said:
    """In so many reviews of the listed products at least, and most often of this one."""

    text: str
    count: int
    slug: str
    name: str


@dataclass(frozen=True)
class Voice:
    title: str
    said: list[Said]


@dataclass(frozen=True)
class Asked:
    """A feature, and of how many listed products some source says what."""

    name: str
    description: str
    yes: int
    partly: int
    no: int

    @property
    def known(self) -> int:
        return self.yes + self.partly + self.no


@dataclass(frozen=True)
class Released:
    """Which of the listed products have figures that need five organisations."""

    heading: str
    products: list[tuple[str, str]]
    missing: str


@dataclass(frozen=True)
class Weakness:
    label: str
    mean: float
    count: int
    # The listed products that do worst in it: (slug, name, mean, count).
    worst: list[tuple[str, str, float, int]]
    questions: tuple[str, str]


@dataclass(frozen=True)
class OnOffer:
    products: int
    vendors: int
    open_source: int
    deployments: list[tuple[str, int]]


@dataclass(frozen=True)
class Guide:
    selection: Selection
    ranking: Ranking
    listed: list[Ranked]
    on_offer: OnOffer
    groups: list[Group]
    gaps: list[Gap]
    voices: list[Voice]
    features: list[Asked]
    money: list[Released]
    weaknesses: list[Weakness]
    made_on: datetime.date

    @property
    def best(self) -> list[Ranked]:
        """Those that share the first place."""
        return [place for place in self.listed if place.rank == 1]

    @property
    def known_best(self) -> Ranked | None:
        return max(self.listed, key=lambda place: place.effective_n, default=None)

    @property
    def hardly_reviewed(self) -> list[Unranked]:
        return [one for one in self.ranking.too_few if one.count][:MOST_UNRANKED]

    @property
    def has_perspectives(self) -> bool:
        return any(group.count for group in self.groups)


def guide_of(node: Node, tree: CategoryTree, selection: Selection) -> Guide:
    """Kept a few minutes, so that page and PDF say the same. Raises TooWide."""
    named = hashlib.sha256(f"{node.id}?{selection.query}".encode()).hexdigest()[:32]
    return kept_value(
        f"guide:{named}", KEPT_FOR, lambda: _compute(node, tree, selection)
    )


def _compute(node: Node, tree: CategoryTree, selection: Selection) -> Guide:
    ranking = ranking_of(node, selection)
    listed = ranking.places[:LISTED]
    ratings = _ratings(listed)
    perspectives = _perspectives(listed, ratings, selection)
    return Guide(
        selection=selection,
        ranking=ranking,
        listed=listed,
        on_offer=_on_offer(node),
        groups=_groups(perspectives.values()),
        gaps=_gaps(listed, perspectives),
        voices=_voices(listed),
        features=_features(node, tree, listed),
        money=_released(listed),
        weaknesses=_weaknesses(listed, ratings),
        made_on=ranking.as_of,
    )


# --- What is on offer -----------------------------------------------------------------------


def _on_offer(node: Node) -> OnOffer:
    by_deployment = {
        f"n_{value}": Count("pk", filter=Q(deployment__contains=[value]))
        for value in Deployment.values
    }
    found = within(node).aggregate(
        products=Count("pk"),
        vendors=Count("vendor", distinct=True),
        open_source=Count("pk", filter=Q(is_open_source=True)),
        **by_deployment,
    )
    counted = [(str(Deployment(v).label), found[f"n_{v}"]) for v in Deployment.values]
    return OnOffer(
        products=found["products"],
        vendors=found["vendors"],
        open_source=found["open_source"],
        deployments=sorted((d for d in counted if d[1]), key=lambda d: -d[1]),
    )


# --- Who rates how --------------------------------------------------------------------------


def _ratings(listed: Sequence[Ranked]) -> dict[int, ProductRating]:
    rows = ProductRating.objects.filter(product__in=[place.key.id for place in listed])
    return rows.only("product_id", "perspectives", "sub_ratings").in_bulk()


def _perspectives(
    listed: Sequence[Ranked],
    ratings: Mapping[int, ProductRating],
    selection: Selection,
) -> dict[int, Mapping[str, Any]]:
    if selection:
        ids = [place.key.id for place in listed]
        return dict(perspectives_of_matching(ids, selection.choices()))
    return {pk: rating.perspectives for pk, rating in ratings.items()}


def _groups(perspectives: Iterable[Mapping[str, Any]]) -> list[Group]:
    found = list(perspectives)
    groups = []
    for key, label in Review.Perspective.choices:
        count, mean = _pooled(one.get(key) for one in found)
        groups.append(Group(f"{label}s", count, mean))
    return groups


def _pooled(groups: Iterable[Mapping[str, Any] | None]) -> tuple[int, float | None]:
    """Every review counts the same, whatever it is of."""
    rated = [(one["count"], one["mean"]) for one in groups if one and one["count"]]
    count = sum(n for n, _ in rated)
    return count, (sum(n * mean for n, mean in rated) / count if count else None)


def _gaps(
    listed: Sequence[Ranked], perspectives: Mapping[int, Mapping[str, Any]]
) -> list[Gap]:
    gaps = []
    for place in listed:
        by = perspectives.get(place.key.id, {})
        buyer, user = (
            by.get(Review.Perspective.BUYER),
            by.get(Review.Perspective.END_USER),
        )
        if not (_is_enough(buyer) and _is_enough(user)):
            continue
        gap = Gap(
            *(place.slug, place.name),
            *(buyer["mean"], buyer["count"], user["mean"], user["count"]),
        )
        if gap.stars >= WORTH_ASKING:
            gaps.append(gap)
    return sorted(gaps, key=lambda gap: -gap.stars)[:MOST_GAPS]


def _is_enough(group: Mapping[str, Any] | None) -> TypeGuard[Mapping[str, Any]]:
    return group is not None and group["count"] >= ENOUGH_FOR_A_GROUP


# --- What is said ---------------------------------------------------------------------------


def _voices(listed: Sequence[Ranked]) -> list[Voice]:
    """Empty until something was counted."""
    named = {place.key.id: (place.slug, place.name) for place in listed}
    found = ProductVoice.objects.filter(product__in=named)
    figures = [(*named[pk], one) for pk, one in found.values_list("product", "figures")]
    voices = [Voice(title, _said(figures, side)) for side, title in TITLES.items()]
    return [voice for voice in voices if voice.said]


def _said(figures: Sequence[tuple[str, str, Any]], side: str) -> list[Said]:
    by_text: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for slug, name, one in figures:
        for phrase in top(one, side, MOST_PHRASES_READ):
            by_text[phrase.text].append((phrase.count, slug, name))
    said = [
        Said(text, sum(count for count, _, _ in rows), *max(rows)[1:])
        for text, rows in by_text.items()
    ]
    return sorted(said, key=lambda one: (-one.count, one.text))[:MOST_PHRASES]


# --- What it can do, costs and keeps --------------------------------------------------------


# In the order of Asked.
ANSWERS = (
    ProductFeature.Support.YES,
    ProductFeature.Support.PARTLY,
    ProductFeature.Support.NO,
)


def _features(node: Node, tree: CategoryTree, listed: Sequence[Ranked]) -> list[Asked]:
    """Those asked of this category or of one above it, then those of all products."""
    above = [node.id, *(one.id for one in tree.path(node))]
    ids = [place.key.id for place in listed]
    features = Feature.objects.filter(Q(category__in=above) | Q(category=None))
    said = _said_of_features(ids)
    return [
        Asked(
            one.name,
            one.description,
            *(said.get((one.pk, each), 0) for each in ANSWERS),
        )
        for one in features.order_by("category_id", "position", "name")[:MOST_FEATURES]
    ]


def _said_of_features(product_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Products by feature and answer, from the rows of these products alone: a feature may be asked of all there are."""
    rows = ProductFeature.objects.filter(product__in=product_ids)
    counted = rows.values_list("feature", "support").annotate(
        amount=Count("product", distinct=True)
    )
    return {
        (feature, support): amount for feature, support, amount in counted.order_by()
    }


# By topic of disclosure: its heading, and what is said while no listed product has it.
RELEASED = {
    "price": (
        "What others pay",
        "No listed product has prices of five organisations yet. If you pay for one, say so privately beside your review.",
    ),
    "retention": (
        "Did they stay?",
        "No listed product has answers of five organisations yet. Reviewers are asked after 6, 12 and 24 months.",
    ),
    "delivery": (
        "Sold and delivered",
        "No listed product has promises and outcomes of five organisations yet: ask for both dates.",
    ),
}


def _released(listed: Sequence[Ranked]) -> list[Released]:
    named = {place.key.id: (place.slug, place.name) for place in listed}
    cells = Cell.objects.filter(product__in=named, band="")
    found = set(cells.values_list("topic", "product"))
    return [
        Released(heading, [named[pk] for pk in named if (topic, pk) in found], missing)
        for topic, (heading, missing) in RELEASED.items()
    ]


# --- What to ask ----------------------------------------------------------------------------

# By sub-rating: its label, what to ask a reviewer, what to ask the vendor.
QUESTIONS = {
    "ease_of_use": (
        "Ease of use",
        "How long did it take a new colleague to work with it alone, and what did they stumble over?",
        "Show us the three tasks our people do daily, on our data, with one of us at the keyboard.",
    ),
    "features": (
        "Features",
        "Which feature did you believe to be in it and then had to build or buy elsewhere?",
        "Which items of our list are delivered today, which are planned, and what happens if a planned one is late?",
    ),
    "support": (
        "Support",
        "Think of your last serious incident: how long until somebody who could help answered?",
        "Which response times stand in the contract, in which time zones, and what do we get when they are missed?",
    ),
    "value": (
        "Value for money",
        "What did the second year cost compared with the first, and what caused the difference?",
        "What do we pay in year one, two and three for our numbers, and which uplift is capped in writing?",
    ),
}
MOST_WORST = 3


def _weaknesses(
    listed: Sequence[Ranked], ratings: Mapping[int, ProductRating]
) -> list[Weakness]:
    """The sub-ratings, the lowest first."""
    found = []
    for key, (label, *questions) in QUESTIONS.items():
        by_product = {pk: rating.sub_ratings.get(key) for pk, rating in ratings.items()}
        count, mean = _pooled(by_product.values())
        if mean is not None:
            worst = _worst(listed, by_product)
            found.append(
                Weakness(label, mean, count, worst, (questions[0], questions[1]))
            )
    return sorted(found, key=lambda weakness: weakness.mean)


def _worst(
    listed: Sequence[Ranked], by_product: Mapping[int, Mapping[str, Any] | None]
) -> list[tuple[str, str, float, int]]:
    rated = [
        (place.slug, place.name, one["mean"], one["count"])
        for place in listed
        for one in [by_product.get(place.key.id)]
        if _is_enough(one)
    ]
    return sorted(rated, key=lambda row: row[2])[:MOST_WORST]
