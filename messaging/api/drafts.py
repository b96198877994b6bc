from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.api.base import PrivateView, operation
from messaging.models import Conversation
from messaging.pages import draft_of
from messaging.serializers import (
    DraftSerializer,
    NothingSerializer,
    SaveDraftSerializer,
)
from reviews_site.lib.api import StrictSerializer

NONE = {"body": "", "saved_at": None}


class Draft(PrivateView):
    @operation(
        "What you typed and haven't sent",
        DraftSerializer,
        more="Empty where there is nothing. Sending deletes it.",
        changes=False,
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return self._kept(self.conversation())

    @operation(
        "Keep what you typed",
        DraftSerializer,
        more="Of two devices the last one wins; an empty one deletes it.",
        takes=SaveDraftSerializer,
        example={"body": "Three weeks, but"},
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        return self._save(SaveDraftSerializer)

    @operation("Delete it", DraftSerializer)
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self._save(NothingSerializer)

    def _save(self, takes: type[StrictSerializer]) -> Response:
        seen, said = self.conversation(), self.given(takes)

        def saved() -> UUID:
            services.save_draft(
                user=self.member, conversation=seen, body=said.get("body", "")
            )
            return seen.public_id

        self.once(saved)
        return self._kept(seen)

    def _kept(self, seen: Conversation) -> Response:
        draft = draft_of(self.member, seen)
        return Response(DraftSerializer(draft).data if draft else NONE)
