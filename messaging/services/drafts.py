import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Message, MessageDraft
from messaging.services.locks import lock_members
from reviews.models import Review


@transaction.atomic
def save_draft(
    *,
    user: User,
    body: str,
    conversation: Conversation | None = None,
    review: Review | None = None,
    client_key: uuid.UUID | None = None,
) -> None:
    """Of two tabs the last one wins. Nothing typed deletes it; what was sent under this key is no draft any more."""
    # Whoever sends at this moment is waited for: a late save must not bring back what is sent.
    lock_members([user.pk])
    if client_key and Message.objects.filter(sender=user, client_key=client_key):
        return
    if not body.strip():
        discard_draft(user=user, conversation=conversation, review=review)
        return
    MessageDraft.objects.update_or_create(
        user=user,
        conversation=conversation,
        review=review,
        defaults={"body": body, "saved_at": timezone.now()},
    )


def discard_draft(
    *,
    user: User,
    conversation: Conversation | None = None,
    review: Review | None = None,
) -> None:
    drafts = MessageDraft.objects.filter(user=user)
    drafts.filter(conversation=conversation, review=review).delete()
