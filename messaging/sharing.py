"""What two members show each other of themselves: the fields that both chose, both sides' values, and nothing before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.text import get_text_list
from phonenumbers import PhoneNumberFormat as NumberFormat
from phonenumbers import PhoneNumberType as NumberType

from accounts.forms import LineField, plain_name
from accounts.models import User, WorkEmail
from messaging.models import ContactShare, Conversation, Participant

Field = ContactShare.Field

NAME_LENGTH = 60
TELEPHONE_LENGTH = 60
HISTORY_SHOWN = 20
# Whoever calls these pays the one who is called.
PAID_NUMBERS = (
    NumberType.PREMIUM_RATE,
    NumberType.SHARED_COST,
)


@dataclass(frozen=True)
class SharedContact:
    """One field that both chose, as one of them sees it."""

    field: str
    label: str
    mine: str
    theirs: str
    since: datetime

    @property
    def href(self) -> str:
        """What a program for e-mail or calls opens; empty where there is none."""
        if self.field == Field.WORK_EMAIL:
            return f"mailto:{quote(self.theirs, safe='@')}"
        if self.field == Field.TELEPHONE:
            number = phonenumbers.parse(self.theirs, None)
            return phonenumbers.format_number(number, NumberFormat.RFC3966)
        return ""


@dataclass(frozen=True)
class Contacts:
    """As `me` of a conversation may know them: of the other side the fields, and the values of what is shared only.

    `withdrawn` is what the other side could read once and can't any more.
    """

    mine: dict[str, str]
    offered: list[str]
    shared: list[SharedContact]
    mine_withdrawn: list[str]
    theirs_withdrawn: list[str]

    @property
    def is_waiting(self) -> bool:
        """The other side has chosen, and I haven't."""
        return bool(self.offered) and not self.mine

    @property
    def mine_in_words(self) -> str:
        return in_words(self.mine)

    @property
    def offered_in_words(self) -> str:
        return in_words(self.offered)

    @property
    def only_mine(self) -> str:
        return in_words(set(self.mine) - set(self.offered))

    @property
    def only_theirs(self) -> str:
        return in_words(set(self.offered) - set(self.mine))

    @property
    def mine_withdrawn_in_words(self) -> str:
        return in_words(self.mine_withdrawn)

    @property
    def theirs_withdrawn_in_words(self) -> str:
        return in_words(self.theirs_withdrawn)


NO_CONTACTS = Contacts({}, [], [], [], [])


@dataclass(frozen=True)
class Preview:
    """What a choice would do, before it is made."""

    at_once: list[tuple[str, str]]
    later: list[tuple[str, str]]
    offer: str
    later_in_words: str
    taken_back: str


def preview_of(contacts: Contacts, chosen: dict[str, str]) -> Preview:
    at_once = [f for f in Field if f in chosen and f in contacts.offered]
    later = [f for f in Field if f in chosen and f not in contacts.offered]
    return Preview(
        at_once=[(field.label, chosen[field]) for field in at_once],
        later=[(field.label, chosen[field]) for field in later],
        offer=in_words(chosen),
        later_in_words=in_words(later),
        taken_back=in_words(set(contacts.mine) - set(chosen)),
    )


def contacts_of(conversation: Conversation) -> Contacts:
    """Of a row of Conversation.objects.for_user(), in one query."""
    mine, theirs = _latest(conversation)
    # Nothing is shown where nothing goes on, whatever a row says.
    is_open = conversation.state == Conversation.State.OPEN
    my_active = _active(mine) if is_open else {}
    their_active = _active(theirs) if is_open else {}
    return Contacts(
        mine={field: row.value for field, row in my_active.items()},
        offered=list(their_active),
        shared=[
            _shared(field, row, their_active[field])
            for field, row in my_active.items()
            if field in their_active
        ],
        mine_withdrawn=_withdrawn(mine),
        theirs_withdrawn=_withdrawn(theirs),
    )


def shared_contacts(conversation: Conversation) -> list[SharedContact]:
    return contacts_of(conversation).shared


def my_choice(conversation: Conversation) -> dict[str, str]:
    """What `me` is ready to share, by field."""
    return contacts_of(conversation).mine


def is_waiting(conversation: Conversation) -> bool:
    return contacts_of(conversation).is_waiting


def history_of(conversation: Conversation) -> list[ContactShare]:
    """What `me` chose here, the newest first; of what is taken back the times only."""
    rows = ContactShare.objects.filter(participant=conversation.me.pk)
    return list(rows.order_by("-pk")[:HISTORY_SHOWN])


def in_words(fields: Iterable[str]) -> str:
    """ "name, work e-mail and telephone"."""
    chosen = set(fields)
    labels = [field.label.lower() for field in Field if field in chosen]
    return get_text_list(labels, "and")


def work_emails_of(member: User) -> list[str]:
    """The addresses they can share: confirmed, and not longer ago than a year."""
    rows = WorkEmail.objects.current().filter(user=member).order_by("address")
    return list(rows.values_list("address", flat=True))


def clean_contact(member: User, field: str, text: str) -> str:
    """The value as it is kept and shown; raises ValidationError."""
    if field == Field.NAME:
        return _clean_name(text)
    if field == Field.WORK_EMAIL:
        return _clean_work_email(member, text)
    if field == Field.TELEPHONE:
        return _clean_telephone(text)
    raise ValidationError("There is no such detail to share.")


def clean_contacts(member: User, values: dict[str, str]) -> dict[str, str]:
    """Raises ValidationError with what is wrong by field."""
    cleaned, wrong = {}, {}
    for field, text in values.items():
        try:
            cleaned[field] = clean_contact(member, field, text)
        except ValidationError as error:
            wrong[field] = error
    if wrong:
        raise ValidationError(wrong)
    return cleaned


def export_contacts(user: User) -> list[dict[str, Any]]:
    """All that they ever chose; the values that stand, and of the others that they did."""
    rows = ContactShare.objects.filter(participant__user=user).order_by("pk")
    return [
        {
            "conversation": str(row.participant.conversation.public_id),
            "field": row.field,
            "value": row.value,
            "chosen_at": row.chosen_at,
            "shown_at": row.shown_at,
            "revoked_at": row.revoked_at,
        }
        for row in rows.select_related("participant__conversation")
    ]


def erase_contacts(user: User) -> None:
    """Theirs, and what was shown to them in return: nothing goes on in those conversations."""
    theirs = Participant.objects.filter(user=user).values("conversation")
    ContactShare.objects.filter(participant__conversation__in=theirs).take_back()


def _clean_name(text: str) -> str:
    required = {"required": "Type the name that you want to show."}
    field = LineField(max_length=NAME_LENGTH, error_messages=required)
    return plain_name(field.clean(text))


def _clean_work_email(member: User, text: str) -> str:
    if text not in work_emails_of(member):
        raise ValidationError("Choose one of your confirmed addresses at work.")
    return text


def _clean_telephone(text: str) -> str:
    how = "Type the whole number, with + and the country's code first: +49 30 901820."
    if len(text) > TELEPHONE_LENGTH:
        raise ValidationError(how)
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(how) from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(how)
    if phonenumbers.number_type(number) in PAID_NUMBERS:
        raise ValidationError("Calling this number costs extra; type another one.")
    return phonenumbers.format_number(number, NumberFormat.INTERNATIONAL)


Rows = dict[str, ContactShare]


def _latest(conversation: Conversation) -> tuple[Rows, Rows]:
    """Of either side and field the row that stands or, where none does, the last one: six at most."""
    me, other = conversation.me.pk, conversation.other.pk
    rows = list(
        ContactShare.objects.filter(participant__in=[me, other])
        .order_by("participant", "field", F("revoked_at").desc(nulls_first=True), "-pk")
        .distinct("participant", "field")
    )
    mine = {row.field: row for row in rows if row.participant_id == me}
    theirs = {row.field: row for row in rows if row.participant_id == other}
    return _in_order(mine), _in_order(theirs)


def _in_order(rows: Rows) -> Rows:
    return {field.value: rows[field] for field in Field if field in rows}


def _active(rows: Rows) -> Rows:
    return {field: row for field, row in rows.items() if row.revoked_at is None}


def _withdrawn(rows: Rows) -> list[str]:
    return [field for field, row in rows.items() if row.revoked_at and row.shown_at]


def _shared(field: str, mine: ContactShare, theirs: ContactShare) -> SharedContact:
    return SharedContact(
        field=field,
        label=str(Field(field).label),
        mine=mine.value,
        theirs=theirs.value,
        since=max(mine.chosen_at, theirs.chosen_at),
    )
