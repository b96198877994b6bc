import uuid

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from accounts.models import User
from messaging import emails
from messaging.aliases import two_aliases
from messaging.models import Conversation, Message, Participant
from messaging.permissions import can_accept, can_message, can_write
from messaging.services.drafts import discard_draft
from messaging.services.errors import (
    ClientKeyReused,
    MessageRefused,
    refusal_of,
    refuse,
)
from messaging.services.leaving import end
from messaging.services.locks import lock_members, locked, locked_alone
from messaging.services.personas import buyer_persona, reviewer_persona
from reviews.models import Review

State = Conversation.State
Role = Participant.Role


@transaction.atomic
def start_conversation(
    *, buyer: User, review: Review, body: str, client_key: uuid.UUID
) -> Conversation:
    """Asks the review's author; raises MessageRefused or ClientKeyReused. A repeated call asks once."""
    lock_members([buyer.pk, review.author_id])
    sent = _sent_before(buyer, client_key, body)
    if sent is not None:
        if sent.conversation.review_id != review.pk:
            raise ClientKeyReused
        return sent.conversation
    review = Review.objects.select_related("author", "product").get(pk=review.pk)
    refuse(can_message(buyer, review))
    try:
        with transaction.atomic():
            conversation = _create_conversation(buyer, review)
            message = _add_message(conversation, buyer, Role.BUYER, body, client_key)
    except IntegrityError as error:
        raise MessageRefused(refusal_of(error)) from error
    discard_draft(user=buyer, review=review)
    emails.message_request(message, review.author)
    return conversation


@transaction.atomic
def send_message(
    *,
    conversation: Conversation,
    sender: User,
    body: str,
    client_key: uuid.UUID,
    reply_to: uuid.UUID | None = None,
) -> Message:
    """Raises MessageRefused or ClientKeyReused; Message.DoesNotExist if `reply_to` names none of this thread.

    A repeated call sends once. A reviewer's answer accepts the request.
    """
    seen = locked(conversation, sender)
    quoted = seen.messages.get(public_id=reply_to) if reply_to else None
    sent = _sent_before(sender, client_key, body)
    if sent is not None:
        if (sent.conversation_id, sent.reply_to) != (seen.pk, quoted):
            raise ClientKeyReused
        return sent
    refuse(can_write(seen))
    _open(seen)
    try:
        with transaction.atomic():
            message = _add_message(seen, sender, seen.me.role, body, client_key, quoted)
    except IntegrityError as error:
        raise MessageRefused(refusal_of(error)) from error
    discard_draft(user=sender, conversation=seen)
    emails.message_new(message, seen.other.user, unread_before=seen.other.unread_count)
    return message


@transaction.atomic
def accept_request(*, conversation: Conversation, reviewer: User) -> None:
    seen = locked(conversation, reviewer)
    refuse(can_accept(seen) or can_write(seen))
    _open(seen)
    emails.message_accepted(seen, seen.other.user)


@transaction.atomic
def decline_request(*, conversation: Conversation, reviewer: User) -> None:
    seen = locked(conversation, reviewer)
    refuse(can_accept(seen))
    end(Conversation.objects.filter(pk=seen.pk), State.DECLINED)


def set_muted(*, conversation: Conversation, member: User, muted: bool) -> None:
    """Whether new messages of this conversation cause e-mails."""
    Participant.objects.filter(conversation=conversation, user=member).update(
        muted=muted
    )


def set_archived(*, conversation: Conversation, member: User, archived: bool) -> None:
    """Puts it away for this side alone; a new message brings it back."""
    Participant.objects.filter(conversation=conversation, user=member).update(
        archived_at=timezone.now() if archived else None
    )


@transaction.atomic
def mark_read(*, conversation: Conversation, member: User, up_to: Message) -> int:
    """What came after `up_to` stays unread; returns how many that is."""
    seen = locked_alone(conversation, member)
    later = _from_other(seen, seen) - _from_other(seen, up_to)
    Participant.objects.filter(pk=seen.me.pk).update(
        # An old tab, open at an earlier message, must not bring back what was read since.
        unread_count=Least(F("unread_count"), later),
        last_read_at=timezone.now(),
    )
    return min(later, seen.me.unread_count)


def _from_other(seen: Conversation, counted: Conversation | Message) -> int:
    """How many messages of the other side there are in all, or up to that one; counted when they were sent."""
    total, by_reviewer = (
        (counted.number, counted.number_from_reviewer)
        if isinstance(counted, Message)
        else (counted.message_count, counted.from_reviewer_count)
    )
    return by_reviewer if seen.other.role == Role.REVIEWER else total - by_reviewer


def _create_conversation(buyer: User, review: Review) -> Conversation:
    conversation = Conversation.objects.create(review=review, buyer=buyer)
    for_buyer, for_reviewer = two_aliases()
    Participant.objects.bulk_create(
        [
            Participant(
                conversation=conversation,
                user=buyer,
                role=Role.BUYER,
                alias=for_buyer,
                persona=buyer_persona(buyer),
            ),
            Participant(
                conversation=conversation,
                user_id=review.author_id,
                role=Role.REVIEWER,
                alias=for_reviewer,
                persona=reviewer_persona(review),
            ),
        ]
    )
    return conversation


def _sent_before(sender: User, client_key: uuid.UUID, body: str) -> Message | None:
    sent = (
        Message.objects.filter(sender=sender, client_key=client_key)
        .select_related("conversation", "reply_to")
        .first()
    )
    if sent is not None and sent.body != body:
        raise ClientKeyReused
    return sent


def _add_message(
    conversation: Conversation,
    sender: User,
    role: str,
    body: str,
    client_key: uuid.UUID,
    reply_to: Message | None = None,
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        sender=sender,
        sender_role=role,
        body=body,
        client_key=client_key,
        reply_to=reply_to,
    )
    sides = Participant.objects.filter(conversation=conversation)
    sides.exclude(role=role).update(
        unread_count=F("unread_count") + 1, archived_at=None
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        last_message_at=message.created_at
    )
    return message


def _open(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk, state=State.REQUESTED).update(
        state=State.OPEN, accepted_at=timezone.now()
    )
