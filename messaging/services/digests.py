"""One e-mail a day about all that is unread, for members who chose it instead of one for each conversation."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Profile, User
from messaging import emails
from messaging.emails.digests import DIGEST, LISTED, Unread
from messaging.models import Conversation, Message, Participant
from messaging.times import known_or_utc
from messaging.waiting import unread
from notifications.models import EmailPreference, OutgoingEmail
from reviews_site.lib.time_zones import zone

# Hours of the member's own clock, UTC where they didn't say: the later ones make up for a beat that was down.
MORNING = range(7, 11)
# Less than a day: the minute of the hour may move.
AT_MOST_EVERY = timedelta(hours=20)
PORTION = 100
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def send_unread_digests(*, at: datetime | None = None) -> int:
    """To all whose morning it is and for whom something new waits. Returns how many e-mails were queued."""
    at = at or timezone.now()
    zones = [name for name in _zones() if _hour(at, name) in MORNING]
    queued, last = 0, 0
    while True:
        taken, sent = send_portion(at, zones, after=last)
        if not taken:
            return queued
        queued, last = queued + sent, taken[-1]


@transaction.atomic
def send_portion(at: datetime, zones: list[str], after: int) -> tuple[list[int], int]:
    """(ids of the preferences looked at, e-mails queued); they stay locked until the e-mails are committed."""
    rows = _choosers().filter(pk__gt=after, user__profile__time_zone__in=zones)
    rows = rows.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.select_related("user").order_by("pk")[:PORTION])
    # Asked after the lock, so that what another run has just committed counts.
    told = _last_digests(each.user_id for each in due)
    waiting = [
        Unread(each.user, found)
        for each in due
        if (last := told.get(each.user_id, LONG_AGO)) < at - AT_MOST_EVERY
        and (found := _news(each.user, last))
    ]
    return [each.pk for each in due], emails.message_digests(waiting)


def _choosers() -> QuerySet[EmailPreference]:
    unread_by_them = Participant.objects.filter(
        user=OuterRef("user"), unread_count__gt=0
    )
    return EmailPreference.objects.filter(
        Exists(unread_by_them), kind=DIGEST.name, enabled=True, user__is_active=True
    )


def _last_digests(user_ids: Iterable[int]) -> dict[int, datetime]:
    Status = OutgoingEmail.Status
    sent = OutgoingEmail.objects.filter(
        recipient__in=list(user_ids),
        kind=DIGEST.name,
        status__in=[Status.QUEUED, Status.SENDING, Status.SENT],
    )
    # One that waited for its server tells nothing later than when it was written.
    return dict(sent.values_list("recipient").annotate(last=Max("created_at")))


def _news(user: User, since: datetime) -> list[Conversation]:
    """All that is unread, if any of it came since."""
    found = unread(user, at_most=LISTED + 1)
    newer = Message.objects.filter(conversation__in=found, created_at__gt=since)
    return found if newer.exclude(sender=user).exists() else []


def _zones() -> list[str]:
    chosen = Profile.objects.filter(
        user__email_preferences__kind=DIGEST.name,
        user__email_preferences__enabled=True,
    )
    return sorted(set(chosen.values_list("time_zone", flat=True)))


def _hour(at: datetime, time_zone: str) -> int:
    return at.astimezone(zone(known_or_utc(time_zone))).hour
