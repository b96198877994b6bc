from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from accounts.models import User
from messaging.models import ContactShare
from messaging.sharing import (
    NAME_LENGTH,
    TELEPHONE_LENGTH,
    Contacts,
    clean_contact,
    work_emails_of,
)

Field = ContactShare.Field


class ContactForm(forms.Form):
    """For each detail a tick and its value; what isn't ticked isn't shared, whatever stands beside it."""

    share_name = forms.BooleanField(required=False, label="Share my name")
    name = forms.CharField(
        required=False,
        label="Name",
        widget=forms.TextInput(
            attrs={"autocomplete": "name", "maxlength": NAME_LENGTH}
        ),
    )
    share_work_email = forms.BooleanField(required=False, label="Share my work e-mail")
    work_email = forms.CharField(
        required=False, label="Work e-mail", widget=forms.Select
    )
    share_telephone = forms.BooleanField(required=False, label="Share my telephone")
    telephone = forms.CharField(
        required=False,
        label="Telephone",
        help_text="With + and the country’s code first, such as +49 30 901820.",
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "autocomplete": "tel",
                "maxlength": TELEPHONE_LENGTH,
            }
        ),
    )

    def __init__(self, member: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.addresses = work_emails_of(member)
        choices = [(address, address) for address in self.addresses]
        self.fields["work_email"].widget.choices = choices
        self.chosen: dict[str, str] = {}

    @classmethod
    def showing(cls, member: User, contacts: Contacts) -> Self:
        """What they have chosen; nothing else is ticked, but their name stands ready."""
        ticks = {f"share_{field}": True for field in contacts.mine}
        values = {Field.NAME: member.profile.display_name} | contacts.mine
        return cls(member, initial=values | ticks)

    def clean(self) -> None:
        ticked = [f.value for f in Field if self.cleaned_data.get(f"share_{f.value}")]
        for field in ticked:
            self._take(field)
        if not ticked:
            raise ValidationError("Tick what you are ready to share.")

    def _take(self, field: str) -> None:
        if field in self.errors:
            return
        try:
            text = self.cleaned_data[field]
            self.chosen[field] = clean_contact(self.member, field, text)
        except ValidationError as error:
            self.add_error(field, error)

    def details(self) -> list[tuple[str, BoundField, BoundField]]:
        return [(f.value, self[f"share_{f.value}"], self[f.value]) for f in Field]
