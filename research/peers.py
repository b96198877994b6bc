"""Reviewers of a product whose circumstances come closest to one's own, each with the reasons.

How many stars somebody gave is not an input, nor is anything else that they wrote. A facet that the site hides, because
too few members share it, matches nothing. Explained in docs/people-like-me.md.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import add, or_

from django.db.models import (
    Case,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import likeness
from accounts.likeness import NEXT, SAME, Facet
from accounts.models import Profile
from products.models import Deployment, Product
from reviews.coarsening import public_facets, public_persona, shown_as
from reviews.models import Review

MOST_SHOWN = 50
# Of the picture, in pixels.
BOX, GAP = 16, 2


FACETS = (
    *likeness.FACETS,
    Facet("deployment", "How you run it", dict(Deployment.choices), "run the same way"),
)


@dataclass(frozen=True)
class Wanted:
    """What is known of who asks: facet to value, in the order of FACETS, nothing empty."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Wanted":
        """What isn't a choice is left out: a form has refused it already, and a profile may hold "other"."""
        return cls(
            {
                facet.name: given[facet.name]
                for facet in FACETS
                if given.get(facet.name) in facet.choices
            }
        )

    @classmethod
    def of_profile(cls, profile: Profile) -> "Wanted":
        return cls.of({f.name: getattr(profile, f.name, "") for f in FACETS})

    def __bool__(self) -> bool:
        return bool(self.values)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Peer:
    review: Review
    # Of each facet that was asked for, in the order of FACETS: 2, 1 or 0 halves.
    halves: Sequence[int]
    reasons: str

    @property
    def asked(self) -> int:
        return len(self.halves)

    @property
    def matched(self) -> float:
        return sum(self.halves) / SAME

    @property
    def matched_text(self) -> str:
        """ "4½" """
        whole, half = divmod(sum(self.halves), SAME)
        return f"{whole or ''}{'½' if half else ''}"

    @property
    def picture(self) -> SafeString:
        return _picture(tuple(self.halves))

    @property
    def persona(self) -> str:
        return public_persona(self.review)

    @property
    def published_on(self) -> datetime.date:
        assert self.review.published_at is not None
        return self.review.published_at.astimezone(datetime.UTC).date()


@lru_cache(maxsize=1000)
def _picture(halves: tuple[int, ...]) -> SafeString:
    """A box for each facet: full, half or empty; the same as the number and the words beside it."""
    boxes = [
        (position * BOX, fill * (BOX - GAP) / SAME)
        for position, fill in enumerate(halves)
    ]
    return format_html(
        '<svg class="likeness" width="{}" height="10" aria-hidden="true" focusable="false">{}</svg>',
        len(boxes) * BOX - GAP,
        format_html_join(
            "",
            '<rect class="track" x="{0}" width="{1}" height="10" rx="2"/><rect class="bar" x="{0}" width="{2}" height="10" rx="2"/>',
            ((x, BOX - GAP, f"{width:g}") for x, width in boxes),
        ),
    )


@dataclass(frozen=True)
class Peers:
    found: list[Peer]
    # More matched than are shown.
    is_capped: bool


def peers(product: Product, wanted: Wanted, *, but_not_by: int | None = None) -> Peers:
    """The most similar first, then the newest day; `but_not_by` is who asks. Two queries."""
    if not wanted:
        return Peers([], False)
    closest = _ordered(Review.objects.published().filter(product=product), wanted)
    # One more tells whether there are more, another one may be one's own.
    ids = list(closest.values_list("pk", flat=True)[: MOST_SHOWN + 2])
    reviews = Review.objects.published().defer("pros", "cons").in_bulk(ids)
    found = [
        _peer(review, wanted)
        for review in (reviews[pk] for pk in ids if pk in reviews)
        if but_not_by is None or review.author_id != but_not_by
    ]
    return Peers(found[:MOST_SHOWN], len(found) > MOST_SHOWN)


def _ordered(reviews: QuerySet[Review], wanted: Wanted) -> QuerySet[Review]:
    """Those that have anything in common.

    Only columns of the index review_facets: those of ten thousand reviews are read from it alone. Within a day
    by a scrambled id: the same each time, and it says nothing of the author or the hour.
    """
    halves: Combinable = reduce(
        add, (_halves(facet, wanted.values) for facet in FACETS if facet.name in wanted.values)
    )  # fmt: skip
    alike = reviews.alias(
        halves=halves,
        day=TruncDate("published_at", tzinfo=datetime.UTC),
        scrambled=Func(Cast(F("pk"), TextField()), function="md5"),
    ).filter(halves__gt=0)
    return alike.order_by("-halves", "-day", "scrambled")


def _halves(facet: Facet, values: Mapping[str, str]) -> Case:
    mine = values[facet.name]
    cases = [When(shown_as(**{facet.name: mine}), then=Value(SAME))]
    beside = [shown_as(**{facet.name: value}) for value, _ in facet.neighbours(mine)]
    if beside:
        cases.append(When(reduce(or_, beside, Q()), then=Value(NEXT)))
    return Case(*cases, default=Value(0), output_field=IntegerField())


def _peer(review: Review, wanted: Wanted) -> Peer:
    """The same that the query computed, with the words."""
    theirs = public_facets(review) | {"deployment": review.deployment}
    matches = [
        facet.match(wanted.values[facet.name], theirs[facet.name])
        for facet in FACETS
        if facet.name in wanted.values
    ]
    return Peer(review, [halves for halves, _ in matches], _sentence(matches))


def _sentence(matches: Sequence[tuple[int, str]]) -> str:
    """ "Same size of organisation, same industry; one level above you." """
    groups = (
        ", ".join(words for halves, words in matches if halves == worth)
        for worth in (SAME, NEXT)
    )
    said = "; ".join(group for group in groups if group)
    return f"{said[:1].upper()}{said[1:]}."
