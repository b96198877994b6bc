import uuid

from messaging.models import Conversation, Message
from messaging.services import send_message, start_conversation
from tests.factories import (
    UserFactory,
    complete_profile,
    confirm_email,
)


def member(**fields):
    user = confirm_email(UserFactory(**fields))
    complete_profile(user)
    return user


def ask(buyer, review, body="How long did the roll-out take?") -> Conversation:
    return start_conversation(
        buyer=buyer, review=review, body=body, client_key=uuid.uuid4()
    )


def write(conversation, sender, body="About four months.") -> Message:
    return send_message(
        conversation=conversation, sender=sender, body=body, client_key=uuid.uuid4()
    )


def seen_by(user, conversation) -> Conversation:
    return Conversation.objects.for_user(user).get(pk=conversation.pk)
