import uuid
from datetime import timedelta

from django.utils import timezone

from messaging.models import CallProposal
from messaging.services import accept_call, propose_call
from notifications import kinds
from notifications.models import OutgoingEmail


def in_days(days, hours=0):
    now = timezone.now().replace(second=0, microsecond=0)
    return now + timedelta(days=days, hours=hours)


def propose(conversation, member, *slots, **fields) -> CallProposal:
    said = {
        "minutes": 30,
        "place": "",
        "time_zone": "Europe/Berlin",
        "client_key": uuid.uuid4(),
    }
    return propose_call(
        conversation=conversation,
        member=member,
        slots=list(slots) or [in_days(2), in_days(3)],
        **said | fields,
    )


def agree(proposal, member, position=1) -> CallProposal:
    accept_call(
        proposal=proposal, member=member, slot=proposal.slots.get(position=position)
    )
    proposal.refresh_from_db()
    return proposal


def mails(kind):
    return list(OutgoingEmail.objects.filter(kind=kind).order_by("pk"))


def why_not(mail):
    return kinds.get(mail.kind).still_wanted(mail)
