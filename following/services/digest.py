"""The weekly e-mail: asked for on the site, confirmed by e-mail, sent a portion at a time."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from following import emails
from following.models import (
    DIGEST,
    DigestSubscription,
    DigestSubscriptionQuerySet,
    Follow,
)
from following.news import News, news
from following.permissions import gets_digest, may_request_digest
from following.services.errors import Refused
from following.services.shortlists import lock_member
from notifications.services import set_preferences

PORTION = 200
# What is left after that is as due on the next day.
SENDING_TAKES_AT_MOST = 1800.0
# A review is dated when it is decided and visible when that commits; an import of products takes minutes.
SETTLED = timedelta(hours=1)
# Who could not be reached for long is told of the last weeks, not of all of them.
LONGEST_PERIOD = timedelta(days=28)


# --- Asking, confirming, stopping -----------------------------------------------------------


@transaction.atomic
def request_digest(*, user: User) -> bool:
    """Mails the link that confirms it; False where it is confirmed already. Raises Refused."""
    lock_member(user)
    if gets_digest(user):
        return False
    if not may_request_digest(user):
        raise Refused("That was asked for too often today. Please try again tomorrow.")
    waiting = DigestSubscription.objects.filter(pk=user.pk, confirmed_at=None)
    subscription = waiting.select_related("subscriber").first()
    if subscription is None:
        # Confirmed once and stopped since: links of then open nothing.
        subscription, _ = DigestSubscription.objects.update_or_create(
            subscriber=user,
            defaults={
                "requested_at": timezone.now(),
                "confirmed_at": None,
                "covered_until": None,
            },
        )
    emails.digest_confirmation(subscription)
    return True


def find_digest_request(*, token: str) -> DigestSubscription | None:
    """What a mailed link is about, confirmed or not; None if it is too old or not ours. Changes nothing."""
    named = emails.read_digest_token(token)
    if named is None:
        return None
    found = DigestSubscription.objects.select_related("subscriber").filter(
        subscriber__public_id=named[0],
        subscriber__is_active=True,
        requested_at=named[1],
    )
    return found.first()


@transaction.atomic
def confirm_digest(*, subscription: DigestSubscription) -> bool:
    """False where it was confirmed or taken back in the meantime."""
    now = timezone.now()
    moved = DigestSubscription.objects.filter(
        pk=subscription.pk, requested_at=subscription.requested_at, confirmed_at=None
    ).update(confirmed_at=now, covered_until=now)
    if moved:
        set_preferences(user=subscription.subscriber, enabled={DIGEST: True})
    return bool(moved)


@transaction.atomic
def stop_digest(*, user: User) -> None:
    DigestSubscription.objects.filter(pk=user.pk).delete()
    set_preferences(user=user, enabled={DIGEST: False})


# --- Sending --------------------------------------------------------------------------------


def send_digests() -> int:
    """To all who are due. Returns how many e-mails were put into the outbox."""
    until, sent = time.monotonic() + SENDING_TAKES_AT_MOST, 0
    while time.monotonic() < until:
        taken, queued = send_portion(timezone.now())
        sent += queued
        if not taken:
            break
    return sent


@transaction.atomic
def send_portion(at: datetime) -> tuple[int, int]:
    """(subscribers taken, e-mails queued). Who has nothing new gets none, and their next period begins.

    The rows are locked until the e-mails and the new beginning are committed together: another worker passes them
    by, and what a dead one had in hand is due again.
    """
    rows = _due(at).select_for_update(skip_locked=True, of=("self",))
    due = list(rows.select_related("subscriber").order_by("covered_until", "pk")[:PORTION])  # fmt: skip
    if not due:
        return 0, 0
    until = at - SETTLED
    moved = _due(at).filter(pk__in=[each.pk for each in due])
    moved.update(covered_until=until)
    # covered_until of a row that is due is never null.
    begins = {each.pk: max(each.covered_until or at, at - LONGEST_PERIOD) for each in due}  # fmt: skip
    found = news(begins, until)
    queued = emails.digests(
        emails.Letter(each.subscriber, begins[each.pk], found[each.pk])
        for each in due
        if found[each.pk]
    )
    _remember_scores(found.values())
    return len(due), queued


def _due(at: datetime) -> DigestSubscriptionQuerySet:
    return DigestSubscription.objects.due(at).live().filter(subscriber__is_active=True)


def _remember_scores(told: Iterable[News]) -> None:
    follows = [Follow(pk=pk, seen_score=score) for each in told for pk, score in each.told.items()]  # fmt: skip
    Follow.objects.bulk_update(follows, ["seen_score"])
