from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from messaging.models import MessagingSuspension
from messaging.services.leaving import rest_conversations
from messaging.services.locks import lock_members
from moderation.models import Decision


@transaction.atomic
def suspend_messaging(
    *, user: User, until: datetime | None, decision: Decision
) -> MessagingSuspension:
    """From now on they write to nobody; who is just writing waits here, or is done before."""
    lock_members([user.pk])
    suspension = MessagingSuspension.objects.create(
        user=user, until=until, decision_public_id=decision.public_id
    )
    rest_conversations(member=user)
    return suspension


@transaction.atomic
def lift_suspension(*, decision: Decision) -> bool:
    """What this decision imposed; False if nothing of it was left."""
    standing = MessagingSuspension.objects.current().filter(
        decision_public_id=decision.public_id
    )
    return bool(standing.update(lifted_at=timezone.now()))
