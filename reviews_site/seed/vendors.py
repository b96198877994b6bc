"""What vendors do in the demo: claim, invite, answer, dispute. All of it by the one representative and made-up others."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

from moderation.deadlines import after_working_days
from moderation.models import Decision, ReasonCode
from products.models import (
    Invitation,
    Product,
    Vendor,
    VendorClaim,
    VendorRepresentative,
)
from reviews import kinds
from reviews.models import Dispute, Review, VendorResponse
from reviews_site.seed.grammar import fill
from reviews_site.seed.log import Subject
from reviews_site.seed.people import Person
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.sentences import discussion as said
from reviews_site.seed.stored import Stored

CLAIM = "vendor_claim"
SPEAKING_VENDORS = 6
ANSWERED_SHARE = 0.4
WAITING_RESPONSES = 3
INVITING_PRODUCTS = 14
DISPUTE_DAYS = 7
DAY = datetime.timedelta(days=1)


def write(stored: Stored, speakers: Sequence[Person]) -> None:
    """`speakers`: members who wrote nothing, for the other vendors."""
    spoken_for = _representatives(stored, speakers)
    _write_responses(stored, spoken_for)
    _write_disputes(stored, spoken_for)
    _write_claims(stored, speakers)
    _write_invitations(stored, spoken_for)


# --- Who speaks for whom --------------------------------------------------------------------


def _representatives(stored: Stored, speakers: Sequence[Person]) -> dict[int, int]:
    """Vendor to user. The demo representative's vendor first, then the most reviewed others."""
    shown = VendorRepresentative.objects.get(user=stored.users["representative"])
    counts = Counter(review.product.id for review in stored.published())
    vendors: Counter[int] = Counter()
    for product_id, vendor_id in Product.objects.filter(pk__in=counts).values_list(
        "pk", "vendor"
    ):
        vendors[vendor_id] += counts[product_id]
    del vendors[shown.vendor_id]
    found = {shown.vendor_id: shown.user_id}
    others = sorted(vendors, key=lambda pk: (-vendors[pk], pk))[:SPEAKING_VENDORS]
    for vendor_id, person in zip(others, speakers, strict=False):
        found[vendor_id] = stored.user_ids[person.number]
    _approve(stored, found)
    return found


def _approve(stored: Stored, spoken_for: dict[int, int]) -> None:
    """Each of them claimed the vendor, and a moderator approved it."""
    rng = stored.rng("approved claims")
    for number, (vendor_id, user_id) in enumerate(spoken_for.items()):
        # Within the year for which it is good.
        created_at = stored.now - DAY * rng.uniform(60, 300)
        decided_at = stored.hours_later(created_at, rng)
        claim = _claim(vendor_id, user_id, number, created_at, rng)
        claim.status, claim.decided_at = VendorClaim.Status.APPROVED, decided_at
        claim.save()
        VendorRepresentative.objects.update_or_create(
            vendor_id=vendor_id, user_id=user_id, defaults={"verified_at": decided_at}
        )
        subject = Subject(CLAIM, claim.public_id, created_at)
        stored.log.decided(subject, decided_at, Decision.Action.APPROVE_CLAIM)


def _claim(
    vendor_id: int,
    user_id: int,
    number: int,
    created_at: datetime.datetime,
    rng: Random,
) -> VendorClaim:
    role, note = said.CLAIMS[number % len(said.CLAIMS)]
    vendor = Vendor.objects.get(pk=vendor_id)
    domain = f"{vendor.slug}.example"
    if domain not in vendor.email_domains:
        vendor.email_domains = [*vendor.email_domains, domain]
        vendor.save(update_fields=["email_domains"])
    return VendorClaim(
        public_id=random_uuid(rng),
        vendor=vendor,
        user_id=user_id,
        address=f"reviews@{domain}",
        domain=domain,
        role=role,
        note=note,
        status=VendorClaim.Status.PENDING,
        created_at=created_at,
        confirmed_at=created_at + datetime.timedelta(minutes=7),
    )


def _write_claims(stored: Stored, speakers: Sequence[Person]) -> None:
    """Three that wait, by the last of the speakers."""
    rng = stored.rng("claims")
    taken = VendorRepresentative.objects.values("vendor")
    free = Vendor.objects.filter(products__reviews__status="published").exclude(
        pk__in=taken
    )
    vendors = free.distinct().order_by("slug")[: len(said.CLAIMS)]
    for number, (vendor, person) in enumerate(
        zip(vendors, reversed(speakers), strict=False)
    ):
        since = stored.now - datetime.timedelta(hours=6 + 17 * number)
        claim = _claim(vendor.pk, stored.user_ids[person.number], number, since, rng)
        claim.save()
        stored.log.waits(Subject(CLAIM, claim.public_id, since))


# --- What they say --------------------------------------------------------------------------


def _reviews_of(
    stored: Stored, vendor_ids: Iterable[int]
) -> dict[int, list[SeedReview]]:
    """Published ones, the newest first."""
    vendor_of = dict(
        Product.objects.filter(vendor__in=vendor_ids).values_list("pk", "vendor")
    )
    found: dict[int, list[SeedReview]] = {vendor_id: [] for vendor_id in vendor_ids}
    for review in reversed(stored.published()):
        if review.product.id in vendor_of:
            found[vendor_of[review.product.id]].append(review)
    return found


def _write_responses(stored: Stored, spoken_for: dict[int, int]) -> None:
    rng, made = stored.rng("responses"), []
    for number, (vendor_id, reviews) in enumerate(
        _reviews_of(stored, spoken_for).items()
    ):
        # The newest review of the demo's vendor is left for whoever tries it.
        waiting = number < WAITING_RESPONSES
        for position, review in enumerate(reviews[1:40]):
            if position and rng.random() > ANSWERED_SHARE:
                continue
            since = stored.now - datetime.timedelta(hours=8 + 13 * number)
            made.append(_response(stored, review, spoken_for[vendor_id], rng))
            if waiting and position == 0:
                made[-1].status, made[-1].published_at = (
                    VendorResponse.Status.PENDING,
                    None,
                )
                made[-1].created_at = since
    VendorResponse.objects.bulk_create(made)
    for response in made:
        subject = Subject(
            kinds.RESPONSE, response.public_id, response.created_at, response.body
        )
        if response.published_at:
            stored.log.decided(subject, response.published_at, Decision.Action.PUBLISH)
        else:
            stored.log.waits(subject)


def _response(
    stored: Stored, review: SeedReview, user_id: int, rng: Random
) -> VendorResponse:
    assert review.published_at is not None
    created_at = stored.hours_later(review.published_at, rng, mean=40)
    return VendorResponse(
        public_id=random_uuid(rng),
        review_id=stored.id_of(review),
        author_id=user_id,
        body=fill(rng.choice(said.RESPONSES), {}, rng),
        status=VendorResponse.Status.PUBLISHED,
        created_at=created_at,
        published_at=stored.hours_later(created_at, rng),
    )


def _write_disputes(stored: Stored, spoken_for: dict[int, int]) -> None:
    """Two are open, about poor reviews that stay public meanwhile; the others were decided."""
    rng = stored.rng("disputes")
    reviews = _reviews_of(stored, spoken_for)
    poor = [
        (vendor_id, review)
        for vendor_id, theirs in reviews.items()
        for review in sorted(theirs, key=lambda each: each.half_stars)[:2]
    ]
    # The demo's vendor first.
    for number, (vendor_id, review) in enumerate(poor[:7]):
        _dispute(stored, vendor_id, spoken_for[vendor_id], review, number, rng)


def _dispute(
    stored: Stored,
    vendor_id: int,
    user_id: int,
    review: SeedReview,
    number: int,
    rng: Random,
) -> None:
    assert review.published_at is not None
    is_open = number in (0, 3)
    age = stored.now - review.published_at
    opened_at = (
        stored.now - DAY * (1.2 + number)
        if is_open
        else review.published_at + age * 0.4
    )
    ground, statement = said.DISPUTES[number % len(said.DISPUTES)]
    dispute = Dispute(
        public_id=random_uuid(rng),
        review_id=stored.id_of(review),
        vendor_id=vendor_id,
        opened_by_id=user_id,
        ground=ground,
        statement=statement,
        opened_at=max(opened_at, review.published_at),
    )
    dispute.due_at = after_working_days(dispute.opened_at, DISPUTE_DAYS)
    subject = Subject(
        kinds.DISPUTE, dispute.public_id, dispute.opened_at, statement, DISPUTE_DAYS
    )
    if is_open:
        stored.log.waits(subject)
    else:
        dispute.status = Dispute.Status.DISMISSED
        dispute.decided_at = stored.hours_later(dispute.opened_at, rng, mean=40)
        stored.log.decided(
            subject,
            dispute.decided_at,
            Decision.Action.DISMISS_DISPUTE,
            ReasonCode.NO_VIOLATION,
        )
    dispute.save()


# --- Invitations ----------------------------------------------------------------------------


def _write_invitations(stored: Stored, spoken_for: dict[int, int]) -> None:
    """Reviews that came by invitation name it, where their vendor or the site invited."""
    rng = stored.rng("invitations")
    invited = [review for review in stored.made.reviews if review.source == "invited"]
    by_product: dict[int, list[SeedReview]] = {}
    for review in invited:
        by_product.setdefault(review.product.id, []).append(review)
    vendor_of = dict(
        Product.objects.filter(pk__in=by_product).values_list("pk", "vendor")
    )
    ranked = sorted(
        by_product,
        key=lambda pk: (vendor_of[pk] not in spoken_for, -len(by_product[pk]), pk),
    )
    for product_id in ranked[:INVITING_PRODUCTS]:
        by_vendor = vendor_of[product_id] in spoken_for
        first = min(review.submitted_at for review in by_product[product_id])
        invitation = Invitation.objects.create(
            public_id=random_uuid(rng),
            product_id=product_id,
            inviter=Invitation.Inviter.VENDOR if by_vendor else Invitation.Inviter.SITE,
            incentive=rng.choice(("", "a voucher of 25 euros")),
            created_by_id=spoken_for.get(vendor_of[product_id]),
            created_at=first - DAY * 3,
        )
        ids = [stored.id_of(review) for review in by_product[product_id]]
        Review.objects.filter(pk__in=ids).update(invitation=invitation)
