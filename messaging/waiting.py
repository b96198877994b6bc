"""Conversations that wait for a member to read them, for the daily e-mail."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from messaging.models import Block, Conversation, ConversationQuerySet
from messaging.permissions import is_at_rest
from products.models import VendorRepresentative
from reviews.models import Review


def reachable(user: User) -> ConversationQuerySet:
    """The open ones of which this member may still be told: what emails.messages asks of one, of all at once."""
    other = OuterRef("other__user")
    block = Block.objects.filter(
        Q(blocker=user, blocked=other) | Q(blocker=other, blocked=user)
    )
    speaks_for_a_vendor = VendorRepresentative.objects.current().filter(
        Q(user=user) | Q(user=other)
    )
    return Conversation.objects.for_user(user).filter(
        ~Exists(block),
        ~Exists(speaks_for_a_vendor),
        Q(me__left_at=None, me__muted=False, other__user__isnull=False),
        state=Conversation.State.OPEN,
        # Else those about a review that was taken off would stand before all others.
        review__status=Review.Status.PUBLISHED,
    )


def unread(user: User, at_most: int) -> list[Conversation]:
    """Newest first. A request isn't among them: it has an e-mail of its own."""
    rows = reachable(user).filter(Q(me__unread_count__gt=0)).newest_first()
    return [each for each in rows[:at_most] if not is_at_rest(each)]
