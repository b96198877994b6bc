import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from following.models import DIGEST, DigestSubscription
from following.news import News
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.services import ToQueue, queue_email, queue_emails
from reviews.models import Review

CONFIRMATION = "digest_confirmation"
LINK_LASTS = timedelta(days=3)
_SALT = "following.digest"


def _still_subscribed(mail: OutgoingEmail) -> str | None:
    if not DigestSubscription.objects.live().filter(pk=mail.recipient_id).exists():
        return "The subscription has ended."
    quoted = mail.about["reviews"]
    public = Review.objects.published().filter(public_id__in=quoted)
    if public.count() < len(quoted):
        return "A review in it is no longer public."
    return None


def _still_asked_for(mail: OutgoingEmail) -> str | None:
    waiting = DigestSubscription.objects.filter(pk=mail.recipient_id, confirmed_at=None)
    return None if waiting.exists() else "It was confirmed or taken back already."


kinds.register(
    DIGEST,
    label="Once a week: what is new in what you follow",
    why="You get this e-mail once a week because you asked for it and confirmed that.",
    transactional=False,
    on_by_default=False,
    still_wanted=_still_subscribed,
    chosen_at="following:follows",
)
kinds.register(
    CONFIRMATION,
    label="Confirming the weekly e-mail",
    why="You get this e-mail because a member asked for a weekly e-mail to this address.",
    transactional=True,
    secret=True,
    still_wanted=_still_asked_for,
)


@dataclass(frozen=True)
class Letter:
    subscriber: User
    since: datetime
    news: News


def digest_confirmation(subscription: DigestSubscription) -> None:
    path = reverse("following:confirm_digest", args=[digest_token(subscription)])
    queue_email(
        kind=CONFIRMATION,
        recipient=subscription.subscriber,
        dedupe_key=f"{CONFIRMATION}:{subscription.subscriber.public_id}:{uuid.uuid4()}",
        context={"confirm_url": absolute(path), "days": LINK_LASTS.days},
    )


def digests(letters: Iterable[Letter]) -> int:
    """Returns how many were put into the outbox."""
    return queue_emails(kind=DIGEST, mails=[_digest(each) for each in letters])


def _digest(letter: Letter) -> ToQueue:
    since, news = letter.since, letter.news
    return ToQueue(
        recipient=letter.subscriber,
        # One for each period, whoever sends it.
        dedupe_key=f"{DIGEST}:{letter.subscriber.public_id}:{since.isoformat()}",
        about={"reviews": news.review_ids},
        context={
            "news": news,
            "since": since,
            "summary": summary(news),
            "site": settings.SITE_URL,
            "follows_url": absolute(reverse("following:follows")),
        },
    )


def summary(news: News) -> str:
    """ "5 new reviews, 1 score moved, 2 new products": numbers alone, nothing that somebody wrote."""
    parts = (
        (news.review_count, "new review{}"),
        (news.move_count, "score{} moved"),
        (news.new_product_count, "new product{}"),
    )
    return ", ".join(f"{n:,} {what.format('s' * (n != 1))}" for n, what in parts if n)


def digest_token(subscription: DigestSubscription) -> str:
    """Names the request: once it is confirmed or taken back, the link opens nothing."""
    named = [
        str(subscription.subscriber.public_id),
        subscription.requested_at.isoformat(),
    ]
    return signing.dumps(named, salt=_SALT)


def read_digest_token(token: str) -> tuple[uuid.UUID, datetime] | None:
    """(public_id, requested_at), or None: not ours, or older than three days."""
    try:
        public_id, at = signing.loads(token, salt=_SALT, max_age=LINK_LASTS)
        return uuid.UUID(public_id), datetime.fromisoformat(at)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
