from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from messaging.models import CONTACT_LENGTH, ContactShare
from messaging.sharing import Contacts
from reviews_site.lib.api import StrictSerializer

FIELDS = ContactShare.Field.values


class ChooseContactsSerializer(StrictSerializer):
    """The whole choice: what is left out is taken back."""

    name = serializers.CharField(required=False, max_length=CONTACT_LENGTH)
    work_email = serializers.CharField(
        required=False,
        max_length=CONTACT_LENGTH,
        help_text="One of your confirmed addresses at work.",
    )
    telephone = serializers.CharField(
        required=False,
        max_length=CONTACT_LENGTH,
        help_text="With + and the country's code first.",
    )


class ValuesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(required=False)
    work_email = serializers.CharField(required=False)
    telephone = serializers.CharField(required=False)


class ContactsSerializer(serializers.Serializer[Contacts]):
    mine = ValuesSerializer(help_text="What you are ready to share.")
    offered = serializers.ListField(
        child=serializers.ChoiceField(choices=FIELDS),
        help_text="What the other side is ready to share: the fields, not what stands in them.",
    )
    shared = serializers.SerializerMethodField(
        help_text="What both chose, and nothing else: of the other side, by field."
    )

    @extend_schema_field(ValuesSerializer)
    def get_shared(self, contacts: Contacts) -> dict[str, str]:
        return {contact.field: contact.theirs for contact in contacts.shared}
