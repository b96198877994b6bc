"""What each side is ready to share: chosen as a whole, taken back at once."""

from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import ContactShare, Conversation
from messaging.models.sharing import ContactShareQuerySet


def end_contacts(conversations: QuerySet[Conversation]) -> None:
    """Takes back what either side shared in these; call it in a transaction, with the conversations locked."""
    _take_back(ContactShare.objects.filter(participant__conversation__in=conversations))


def _take_back(shares: ContactShareQuerySet) -> None:
    """Which field, and from when until when, stays; the value goes."""
    shares.active().update(value="", revoked_at=timezone.now())
