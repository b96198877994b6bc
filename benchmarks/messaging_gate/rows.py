"""The crowd as rows of the database at hand, and everything an account needs to ask."""

import datetime
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from accounts.authentication import PREFIX, digest
from accounts.models import ApiToken, Profile, User, WorkEmail
from benchmarks.messaging_gate.asking import Credentials
from benchmarks.messaging_gate.crowd import Answerer, Asker, Crowd
from messaging.models import (
    Block,
    Conversation,
    Message,
    MessagingSuspension,
    Participant,
)
from messaging.permissions import REPORT_KIND
from moderation.models import Decision, ReasonCode
from moderation.services import record_decision
from products.models import (
    Category,
    Product,
    ProductCategory,
    Vendor,
    VendorRepresentative,
)
from reviews.models import Review

Accepts = Profile.AcceptsMessages
Status = Review.Status
WEEKS_AGO = datetime.timedelta(days=40)
HOURS_AGO = datetime.timedelta(hours=3)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Rows:
    """By the numbers of the crowd."""

    askers: Sequence[User]
    answerers: Sequence[User]
    reviews: Sequence[Review]
    credentials: dict[int, Credentials]


@transaction.atomic
def write_rows(crowd: Crowd) -> Rows:
    """Beside whatever else is in the database. Who may not ask now may have asked before, so that comes last."""
    run = secrets.token_hex(4)
    products = _products(crowd, run)
    vendors = [products[number].vendor for number in range(crowd.vendors)]
    askers = _users(crowd.askers, "asker", run)
    answerers = _users(crowd.answerers, "answerer", run)
    reviews = _reviews(crowd, products, answerers)
    _past(crowd, askers, answerers, reviews, run)
    _blocks(crowd, askers, answerers)
    for asker in crowd.askers:
        _stand(asker, askers[asker.number], vendors[asker.vendor])
    for answerer in crowd.answerers:
        _leave(answerer, answerers[answerer.number], vendors[answerer.vendor])
    credentials = {n: _credentials(user) for n, user in enumerate(askers)}
    return Rows(askers, answerers, reviews, credentials)


def _products(crowd: Crowd, run: str) -> list[Product]:
    categories = Category.objects.bulk_create(
        Category(name=f"Gate {run} {n}", slug=f"gate-{run}-{n}")
        for n in range(crowd.categories)
    )
    vendors = Vendor.objects.bulk_create(
        Vendor(
            name=f"Gate vendor {run} {n}",
            slug=f"gate-{run}-{n}",
            email_domains=[f"vendor{n}-{run}.example"],
        )
        for n in range(crowd.vendors)
    )
    products = Product.objects.bulk_create(
        Product(
            name=f"Gate product {run} {each.number}",
            slug=f"gate-{run}-{each.number}",
            vendor=vendors[each.vendor],
        )
        for each in crowd.products
    )
    ProductCategory.objects.bulk_create(
        ProductCategory(
            product=products[each.number], category=categories[category], position=n
        )
        for each in crowd.products
        for n, category in enumerate(sorted(each.categories))
    )
    return products


def _users(
    members: Sequence[Asker] | Sequence[Answerer], role: str, run: str
) -> list[User]:
    users = User.objects.bulk_create(
        User(email=f"{role}{n}@{role}-firm{n}-{run}.example", password="!")
        for n in range(len(members))
    )
    Profile.objects.bulk_create(
        Profile(
            user=user,
            **asdict(member.facets),
        )
        for member, user in zip(members, users, strict=True)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(
            user=user,
            email=user.email,
            primary=True,
            verified=True,
        )
        for member, user in zip(members, users, strict=True)
    )
    return users


def _reviews(
    crowd: Crowd, products: Sequence[Product], answerers: Sequence[User]
) -> list[Review]:
    now = timezone.now()
    return Review.objects.bulk_create(
        Review(
            product=products[asked.product],
            author=answerers[asked.answerer.number],
            status=Status.PUBLISHED,
            headline=f"Review {asked.number}",
            pros="It does the main job without fuss.",
            cons="Single sign-on took two weeks.",
            half_stars=8,
            would_recommend=8,
            perspective=Review.Perspective.BUYER,
            usage_duration=Review.UsageDuration.UNDER_2_YEARS,
            last_used_on=now.date(),
            verification_method=Review.Method.WORK_EMAIL,
            verified_on=now.date(),
            published_at=now,
            **asdict(asked.answerer.facets),
        )
        for several in crowd.reviews
        for asked in several
    )


def _stand(asker: Asker, user: User, vendor: Vendor) -> None:
    """What makes this one special."""
    now = timezone.now()
    match asker.kind:
        case "unconfirmed":
            EmailAddress.objects.filter(user=user).update(verified=False)
        case "works_at_vendor":
            _work_email(user, vendor.email_domains[0], now)
        case "claims_to_work_at_vendor":
            _work_email(user, vendor.email_domains[0], None)
        case "signs_in_at_vendor":
            address = f"person{user.pk}@mail.{vendor.email_domains[0]}"
            EmailAddress.objects.create(user=user, email=address, verified=True)
        case "speaks_for_vendor":
            _speak(user, vendor)
        case "spoke_for_vendor":
            _speak(user, vendor, ended_at=now)
        case "suspended":
            _suspend(user, until=now + DAY)
        case "suspended_for_good":
            _suspend(user)
        case "was_suspended":
            _suspend(user, until=now - DAY)
        case "suspension_lifted":
            _suspend(user, lifted_at=now)
        case "deactivated":
            User.objects.filter(pk=user.pk).update(is_active=False)


def _leave(answerer: Answerer, user: User, vendor: Vendor) -> None:
    profile, reviews = (
        Profile.objects.filter(user=user),
        Review.objects.filter(author=user),
    )
    match answerer.kind:
        case "nobody":
            profile.update(accepts_messages=Accepts.NOBODY)
        case "like_me":
            profile.update(accepts_messages=Accepts.LIKE_ME)
        case "withdrawn":
            reviews.update(status=Status.WITHDRAWN)
        case "removed":
            reviews.update(status=Status.REMOVED)
        case "speaks_for_vendor":
            _speak(user, vendor)
        case "deactivated":
            User.objects.filter(pk=user.pk).update(is_active=False)
        case "suspended":
            _suspend(user)
        case "erased":
            reviews.update(author=None)


def _work_email(user: User, domain: str, verified_at: datetime.datetime | None) -> None:
    address = f"person{user.pk}@{domain}"
    WorkEmail.objects.create(
        user=user, address=address, domain=domain, verified_at=verified_at
    )


def _speak(
    user: User, vendor: Vendor, ended_at: datetime.datetime | None = None
) -> None:
    VendorRepresentative.objects.create(
        user=user, vendor=vendor, verified_at=timezone.now() - DAY, ended_at=ended_at
    )


def _suspend(user: User, **columns: datetime.datetime) -> None:
    """With the line in the log that says why, as its owner reads it."""
    decision = record_decision(
        moderator=user,
        action=Decision.Action.SUSPEND_MESSAGING,
        target_kind=REPORT_KIND,
        target_public_id=uuid.uuid4(),
        reason_code=ReasonCode.ADVERTISING,
        statement="Advertising in several conversations.",
    )
    MessagingSuspension.objects.create(
        user=user,
        decision_public_id=decision.public_id,
        created_at=timezone.now() - WEEKS_AGO,
        **columns,
    )


def _blocks(crowd: Crowd, askers: Sequence[User], answerers: Sequence[User]) -> None:
    pairs = [(askers[a], answerers[b]) for a, b in crowd.blocked_by_asker]
    pairs += [(answerers[b], askers[a]) for a, b in crowd.blocked_by_answerer]
    Block.objects.bulk_create(
        Block(blocker=blocker, blocked=blocked) for blocker, blocked in pairs
    )


def _past(
    crowd: Crowd,
    askers: Sequence[User],
    answerers: Sequence[User],
    reviews: Sequence[Review],
    run: str,
) -> None:
    """What was asked before: some by the crowd among themselves, some with others, who don't matter otherwise."""
    for asker, review in sorted(crowd.asked_before):
        _asked(askers[asker], reviews[review], WEEKS_AGO)
    others = _users([crowd.askers[0]] * 20, "other", run)
    product = reviews[0].product
    elsewhere = [_copy(reviews[0], product, other) for other in others]
    for each in crowd.askers:
        for review in elsewhere[: each.begun_today]:
            _asked(askers[each.number], review, HOURS_AGO)
        for review in elsewhere[: each.declined_before]:
            _asked(askers[each.number], review, WEEKS_AGO / 2, declined=True)
    for several in crowd.reviews:
        answerer = several[0].answerer
        for other in others[: answerer.received_today]:
            _asked(other, reviews[several[-1].number], HOURS_AGO)


def _copy(review: Review, product: Product, author: User) -> Review:
    copied = Review.objects.get(pk=review.pk)
    copied.pk, copied.public_id = None, uuid.uuid4()
    copied.product, copied.author, copied.status = product, author, Status.PUBLISHED
    copied.save(force_insert=True)
    return copied


def _asked(
    buyer: User, review: Review, ago: datetime.timedelta, declined: bool = False
) -> None:
    at = timezone.now() - ago
    conversation = Conversation.objects.create(
        review=review,
        buyer=buyer,
        created_at=at,
        last_message_at=at,
    )
    sides = ((buyer.pk, "buyer"), (review.author_id, "reviewer"))
    Participant.objects.bulk_create(
        Participant(conversation=conversation, user_id=user, role=role, alias=role)
        for user, role in sides
    )
    Message.objects.create(
        conversation=conversation,
        sender=buyer,
        sender_role="buyer",
        body="Asked before.",
        created_at=at,
    )
    if declined:
        Conversation.objects.filter(pk=conversation.pk).update(
            state=Conversation.State.DECLINED, ended_at=at
        )


def _credentials(user: User) -> Credentials:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    key = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, name="gate", digest=digest(key))
    return Credentials(str(session.session_key), key)
