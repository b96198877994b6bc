from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.api.base import PrivateView, sent
from messaging.models import Conversation, Message
from messaging.pages import TABS
from messaging.serializers import (
    AskSerializer,
    ConversationQuery,
    ConversationSerializer,
    MessageSerializer,
    SendMessageSerializer,
)
from reviews_site.lib.api import (
    IDEMPOTENCY_KEY,
    CursorPages,
    SortKey,
    client_key,
    parse_moment,
)


class NewestFirst(CursorPages):
    """Messages stand in the order of their keys, which no cursor shows: it names the last message of the page."""

    def beyond(self, order: Sequence[SortKey], values: Sequence[Any]) -> Q:
        last = Message.objects.filter(public_id=values[0])
        return Q(id__lt=last.values("id")[:1])

    def ordering(self) -> list[str]:
        return ["-id"]


@extend_schema_view(
    get=extend_schema(
        summary="Your conversations, the latest message first",
        tags=["conversations"],
        parameters=[ConversationQuery],
    ),
    post=extend_schema(
        summary="Ask the author of a review",
        tags=["conversations"],
        request=AskSerializer,
        responses={201: ConversationSerializer},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ConversationList(PrivateView, ListAPIView):
    serializer_class = ConversationSerializer
    query_serializer = ConversationQuery
    queryset = Conversation.objects.none()
    page_order = [
        SortKey("last_message_at", parse_moment, descending=True),
        SortKey("public_id", UUID, descending=True),
    ]

    def get_queryset(self) -> QuerySet[Conversation]:
        part = self.query().get("part")
        states = TABS[part] if part else Conversation.State.values
        return self.conversations().filter(state__in=states)

    def post(self, request: Request) -> Response:
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        begun = sent(
            lambda: services.start_conversation(
                buyer=self.member,
                client_key=client_key(request),
                **given.validated_data,
            )
        )
        seen = self.conversations().get(pk=begun.pk)
        address = reverse("api:conversation", args=[seen.public_id])
        data = self.get_serializer(seen).data
        return Response(data, status=201, headers={"Location": address})


@extend_schema_view(
    get=extend_schema(summary="One of your conversations", tags=["conversations"])
)
class ConversationDetail(PrivateView, RetrieveAPIView):
    serializer_class = ConversationSerializer
    queryset = Conversation.objects.none()
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Conversation]:
        return self.conversations()


@extend_schema_view(
    get=extend_schema(summary="Its messages, newest first", tags=["conversations"]),
    post=extend_schema(
        summary="Send a message",
        tags=["conversations"],
        request=SendMessageSerializer,
        responses={201: MessageSerializer},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class MessageList(PrivateView, ListAPIView):
    serializer_class = MessageSerializer
    queryset = Message.objects.none()
    pagination_class = NewestFirst
    page_order = [SortKey("public_id", UUID)]

    def get_queryset(self) -> QuerySet[Message]:
        return self.conversation().messages.all()

    def post(self, request: Request, public_id: UUID) -> Response:
        conversation = self.conversation()
        given = SendMessageSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        message = sent(
            lambda: services.send_message(
                conversation=conversation,
                sender=self.member,
                client_key=client_key(request),
                **given.validated_data,
            )
        )
        return Response(self.get_serializer(message).data, status=201)
