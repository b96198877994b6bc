import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import Profile
from messaging.models import Conversation, Message, MessagingSuspension
from messaging.permissions import REPORT_KIND
from messaging.services import send_message, start_conversation
from moderation.models import Decision, ReasonCode
from moderation.services import record_decision
from tests.factories import (
    ReviewFactory,
    UserFactory,
    complete_profile,
    confirm_email,
)

# Facets of a review that has nothing in common with a member().
ELSEWHERE = {
    "job_function": "sales",
    "seniority": "c_minus_3",
    "company_size": "10001+",
    "industry": "retail",
    "country": "FR",
}


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


def choose(user, accepts_messages) -> None:
    Profile.objects.filter(user=user).update(accepts_messages=accepts_messages)


def suspend(user, **fields) -> MessagingSuspension:
    """Past the desk; services.uphold_report() does the same, and tells them."""
    decision = record_decision(
        moderator=member(is_staff=True),
        action=Decision.Action.SUSPEND_MESSAGING,
        target_kind=REPORT_KIND,
        target_public_id=uuid.uuid4(),
        reason_code=ReasonCode.ABUSIVE,
        statement="It insults.",
    )
    return MessagingSuspension.objects.create(
        user=user, decision_public_id=decision.public_id, **fields
    )


def declined(buyer, count, *, ago=timedelta(days=2)) -> None:
    """As many questions of theirs that were declined, of another day."""
    then = timezone.now() - ago
    for _ in range(count):
        asked = ask(buyer, ReviewFactory(author=member()))
        Conversation.objects.filter(pk=asked.pk).update(
            state="declined", created_at=then, ended_at=then
        )
