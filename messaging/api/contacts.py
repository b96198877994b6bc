"""What the two share of themselves: nothing until both have chosen it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as Invalid
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.api.base import PrivateView, operation
from messaging.api.conversations import NOT_ALLOWED_TO_WRITE
from messaging.serializers import (
    ChooseContactsSerializer,
    ContactsSerializer,
    NothingSerializer,
)
from messaging.sharing import contacts_of
from reviews_site.lib.api import StrictSerializer


class ContactDetails(PrivateView):
    @operation(
        "What you share, and what both share",
        ContactsSerializer,
        more="Of the other side `shared` holds exactly the fields that both chose.",
        changes=False,
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(ContactsSerializer(contacts_of(self.conversation())).data)

    @operation(
        "Choose what to share",
        ContactsSerializer,
        more="It is the whole choice: what is left out is taken back. The other side sees a value once it has chosen "
        "the same field.",
        takes=ChooseContactsSerializer,
        example={"name": "Ada Lovelace", "telephone": "+49 30 901820"},
        codes={
            403: NOT_ALLOWED_TO_WRITE,
            409: "`not_open_yet`, `declined`, `closed`",
            429: "`contact_limit`, `throttled`",
        },
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        return self._choose(ChooseContactsSerializer)

    @operation(
        "Take back all that you share",
        ContactsSerializer,
        more="At once, whatever the conversation's state; nobody is ever refused this.",
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self._choose(NothingSerializer)

    def _choose(self, takes: type[StrictSerializer]) -> Response:
        seen, values = self.conversation(), self.given(takes)

        def chosen() -> UUID:
            services.choose_contacts(
                conversation=seen, member=self.member, values=values
            )
            return seen.public_id

        self.once(_explained(chosen))
        return Response(ContactsSerializer(contacts_of(self.conversation())).data)


def _explained(act: Callable[[], UUID]) -> Callable[[], UUID]:
    def tried() -> UUID:
        try:
            return act()
        except Invalid as error:
            wrong: dict[str, Any] = error.message_dict
            raise ValidationError(wrong) from error

    return tried
