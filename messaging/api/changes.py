"""What a member does with a conversation besides writing in it."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.api.base import PrivateView, operation
from messaging.api.conversations import NOT_ALLOWED_TO_WRITE
from messaging.models import Conversation, Message
from messaging.permissions import can_report
from messaging.serializers import (
    ConversationSerializer,
    NothingSerializer,
    ReadSerializer,
    ReportedSerializer,
    ReportSerializer,
)

NO_LONGER_A_REQUEST = {409: "`closed`: it isn't a request that waits for you"}


class OwnMessage(PermissionDenied):
    default_code = "own_message"
    default_detail = "This is your own message."


class Accept(PrivateView):
    @operation(
        "Accept a request",
        ConversationSerializer,
        more="Both can write then. An answer accepts as well.",
        takes=NothingSerializer,
        codes={403: NOT_ALLOWED_TO_WRITE, **NO_LONGER_A_REQUEST},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.accept_request, reviewer=self.member)


class Decline(PrivateView):
    @operation(
        "Decline a request",
        ConversationSerializer,
        takes=NothingSerializer,
        codes=NO_LONGER_A_REQUEST,
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.decline_request, reviewer=self.member)


class Leave(PrivateView):
    @operation(
        "Leave a conversation",
        ConversationSerializer,
        more="It is closed for both; a request is withdrawn. Leaving twice changes nothing.",
        takes=NothingSerializer,
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.leave_conversation, member=self.member)


class Read(PrivateView):
    @operation(
        "Mark messages as read",
        ConversationSerializer,
        more="What came after `up_to` stays unread.",
        takes=ReadSerializer,
        example={"up_to": "0b4f8c53-6b0e-4b32-9a53-30f1b8a4e7d2"},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        return self.change(self._mark_read, ReadSerializer)

    def _mark_read(self, conversation: Conversation, up_to: UUID) -> None:
        read = get_object_or_404(conversation.messages, public_id=up_to)
        services.mark_read(conversation=conversation, member=self.member, up_to=read)


class Mute(PrivateView):
    @operation("Get no e-mails about it", ConversationSerializer)
    def put(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.set_muted, member=self.member, muted=True)

    @operation("Get e-mails about it again", ConversationSerializer)
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.set_muted, member=self.member, muted=False)


class Archive(PrivateView):
    @operation(
        "Put it away",
        ConversationSerializer,
        more="For you alone; a new message brings it back.",
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.set_archived, member=self.member, archived=True)

    @operation("Bring it back", ConversationSerializer)
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.set_archived, member=self.member, archived=False)


class BlockMember(PrivateView):
    @operation(
        "Block the other side",
        ConversationSerializer,
        more="Neither reaches the other any more, here or by any other review. They read that it is closed.",
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.block_member, blocker=self.member)

    @operation(
        "Take one's own block back",
        ConversationSerializer,
        more="Where the other side blocked too, nothing opens.",
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self.change(services.unblock_member, blocker=self.member)


class ReportMessage(PrivateView):
    @operation(
        "Report a message of the other side",
        ReportedSerializer,
        more="A moderator may then read it and at most three messages before it; that they did is shown to both. "
        "A second report of the same message is the first.",
        status=201,
        takes=ReportSerializer,
        example={"reason": "abuse", "details": "The last sentence is a threat."},
        codes={403: "`own_message`"},
    )
    def post(self, request: Request, public_id: UUID, message_id: UUID) -> Response:
        seen = self.conversation()
        message = get_object_or_404(seen.messages, public_id=message_id)
        if not can_report(seen, message):
            raise OwnMessage
        said = self.given(ReportSerializer)
        reported = self.once(lambda: self._report(message, said))
        report = message.reports.get(public_id=reported)
        return Response(ReportedSerializer(report).data, status=201)

    def _report(self, message: Message, said: dict[str, str]) -> UUID:
        report = services.report_message(message=message, reporter=self.member, **said)
        return report.public_id
