"""What each side is ready to share: chosen as a whole, taken back at once."""

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from messaging import emails
from messaging.models import ContactShare, Conversation, Participant
from messaging.models.sharing import ContactShareQuerySet
from messaging.permissions import (
    CONTACTS_PER_SIDE_AND_DAY,
    DAY,
    Refusal,
    can_share,
)
from messaging.services.errors import MessageRefused, refusal_of, refuse
from messaging.services.locks import locked
from messaging.sharing import Contacts, clean_contacts, contacts_of


@transaction.atomic
def choose_contacts(
    *, conversation: Conversation, member: User, values: dict[str, str]
) -> None:
    """Their whole new choice, by field; what it lacks is taken back. A repeated call changes nothing.

    Raises MessageRefused, or ValidationError with what is wrong by field.
    """
    seen = locked(conversation, member)
    if values:
        refuse(can_share(seen))
    chosen = clean_contacts(member, values)
    before = contacts_of(seen)
    _of(seen.me).exclude(_stays(chosen)).take_back()
    new = {f: text for f, text in chosen.items() if before.mine.get(f) != text}
    _offer(seen.me, new)
    _show_what_both_chose(seen)
    _tell(seen, before, contacts_of(seen))


def revoke_contacts(*, conversation: Conversation, member: User) -> None:
    """Takes all back, at once; nobody is ever refused this."""
    choose_contacts(conversation=conversation, member=member, values={})


def end_contacts(conversations: QuerySet[Conversation]) -> None:
    """Takes back what either side shared in these; call it in a transaction, with the conversations locked."""
    shares = ContactShare.objects.filter(participant__conversation__in=conversations)
    shares.take_back()


def _of(side: Participant) -> ContactShareQuerySet:
    return ContactShare.objects.filter(participant=side)


def _stays(chosen: dict[str, str]) -> Q:
    same = Q(pk__in=[])
    for field, text in chosen.items():
        same |= Q(field=field, value=text)
    return same


def _offer(side: Participant, values: dict[str, str]) -> None:
    today = _of(side).filter(chosen_at__gt=timezone.now() - DAY)
    if values and today.count() + len(values) > CONTACTS_PER_SIDE_AND_DAY:
        raise MessageRefused(Refusal.CONTACT_LIMIT)
    rows = [
        ContactShare(participant=side, field=field, value=text)
        for field, text in values.items()
    ]
    try:
        with transaction.atomic():
            ContactShare.objects.bulk_create(rows)
    except IntegrityError as error:
        raise MessageRefused(refusal_of(error)) from error


def _show_what_both_chose(seen: Conversation) -> None:
    both = [contact.field for contact in contacts_of(seen).shared]
    sides = ContactShare.objects.active().filter(participant__conversation=seen)
    sides.filter(field__in=both, shown_at=None).update(shown_at=timezone.now())


def _tell(seen: Conversation, before: Contacts, after: Contacts) -> None:
    shared_before = {contact.field for contact in before.shared}
    if {contact.field for contact in after.shared} - shared_before:
        emails.contact_shared(seen)
    elif set(after.mine) - set(before.mine):
        emails.contact_offered(seen)
