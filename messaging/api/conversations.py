from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet, Subquery
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from messaging import services
from messaging.api.base import (
    PrivateView,
    SendMessageThrottle,
    conversations,
    operation,
)
from messaging.models import CallProposal, Conversation, Message, Participant
from messaging.serializers import (
    AskSerializer,
    ConversationQuery,
    ConversationSerializer,
    MessageSerializer,
    SendMessageSerializer,
)
from reviews_site.lib.api import CursorPages, SortKey, client_key
from reviews_site.lib.paging import moment_of

NOT_ALLOWED_TO_WRITE = (
    "`email_not_confirmed`, `representative`, `suspended`, `vendor_domain`, "
    "`competitor`, `not_published`, `not_accepting`"
)


class LatestFirst(CursorPages):
    """One part of the inbox is one range of one index."""

    def beyond(self, order: Sequence[SortKey], values: Sequence[Any]) -> Q:
        at, public_id = values
        last = Conversation.objects.filter(public_id=public_id).values("id")[:1]
        of_that_moment = Q(last_message_at=at, conversation__lt=Subquery(last))
        return Q(last_message_at__lte=at) & (Q(last_message_at__lt=at) | of_that_moment)

    def ordering(self) -> list[str]:
        return ["-last_message_at", "-conversation"]


class NewestFirst(CursorPages):
    """In the order of their keys, which no cursor shows: it names the last one of the page."""

    model: type[Message] | type[CallProposal] = Message

    def beyond(self, order: Sequence[SortKey], values: Sequence[Any]) -> Q:
        last = self.model._default_manager.filter(public_id=values[0])
        return Q(id__lt=last.values("id")[:1])

    def ordering(self) -> list[str]:
        return ["-id"]


@extend_schema_view(
    get=operation(
        "Your conversations, the latest message first",
        ConversationSerializer(many=True),
        parameters=[ConversationQuery],
        changes=False,
    ),
    post=operation(
        "Ask the author of a review",
        ConversationSerializer,
        more="One message, until they answer. They see your function, level, size and industry and an alias, "
        "never your name.",
        status=201,
        takes=AskSerializer,
        example={
            "review": "6f1d2c1e-6a07-4f0e-9d43-7f6f0c7a1b52",
            "body": "How long did the roll-out take?",
        },
        codes={
            403: f"{NOT_ALLOWED_TO_WRITE}, `own_review`, `not_alike`",
            409: "`already_asked`",
            429: "`sender_limit`, `slowed_down`, `reviewer_limit`, `throttled`",
        },
    ),
)
class ConversationList(PrivateView, ListAPIView):
    serializer_class = ConversationSerializer
    query_serializer = ConversationQuery
    queryset = Conversation.objects.none()
    throttle_of_changes = SendMessageThrottle
    pagination_class = LatestFirst
    page_order = [
        SortKey("last_message_at", moment_of),
        SortKey("public_id", UUID),
    ]

    def get_queryset(self) -> QuerySet[Participant]:
        """The member's own sides, which are narrow and in order; what hangs on them is read for one page."""
        asked = self.query()
        mine = Participant.objects.filter(user=self.member)
        if "part" in asked:
            mine = mine.filter(folder=asked["part"])
        if words := asked.get("q"):
            mine = mine.filter(conversation__in=holding(self.member, words))
        named = mine.annotate(public_id=F("conversation__public_id"))
        return named.only("conversation", "last_message_at")

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Any]:
        page = super().paginate_queryset(queryset) or []
        ids = [side.conversation_id for side in page]
        seen = conversations(self.member).in_bulk(ids)
        return [seen[pk] for pk in ids if pk in seen]

    def post(self, request: Request) -> Response:
        said = self.given(AskSerializer)
        asked = self.once(lambda: self._ask(said))
        seen = conversations(self.member).get(public_id=asked)
        address = reverse("api:conversation", args=[asked])
        data = self.get_serializer(seen).data
        return Response(data, status=201, headers={"Location": address})

    def _ask(self, said: dict[str, Any]) -> UUID:
        begun = services.start_conversation(
            buyer=self.member, client_key=client_key(self.request), **said
        )
        return begun.public_id


class ConversationDetail(PrivateView):
    @operation("One of your conversations", ConversationSerializer, changes=False)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(ConversationSerializer(self.conversation()).data)


@extend_schema_view(
    get=operation(
        "Its messages, newest first",
        MessageSerializer(many=True),
        more="Reading them marks nothing as read.",
        changes=False,
    ),
    post=operation(
        "Send a message",
        MessageSerializer,
        more="Where the reviewer answers a request, that accepts it.",
        status=201,
        takes=SendMessageSerializer,
        example={
            "body": "Three weeks. Agreeing on the alerts took most of it.",
            "reply_to": "0b4f8c53-6b0e-4b32-9a53-30f1b8a4e7d2",
        },
        codes={
            403: NOT_ALLOWED_TO_WRITE,
            409: "`wait_for_answer`, `declined`, `closed`",
        },
    ),
)
class MessageList(PrivateView, ListAPIView):
    serializer_class = MessageSerializer
    queryset = Message.objects.none()
    pagination_class = NewestFirst
    throttle_of_changes = SendMessageThrottle
    page_order = [SortKey("public_id", UUID)]

    def get_queryset(self) -> QuerySet[Message]:
        return messages(self.conversation())

    def post(self, request: Request, public_id: UUID) -> Response:
        seen, said = self.conversation(), self.given(SendMessageSerializer)
        if said["reply_to"] and not seen.messages.filter(public_id=said["reply_to"]):
            raise ValidationError({"reply_to": ["There is no such message here."]})
        sent = self.once(lambda: self._send(seen, said))
        message = messages(seen).get(public_id=sent)
        return Response(self.get_serializer(message).data, status=201)

    def _send(self, seen: Conversation, said: dict[str, Any]) -> UUID:
        message = services.send_message(
            conversation=seen,
            sender=self.member,
            client_key=client_key(self.request),
            **said,
        )
        return message.public_id


def holding(member: User, query: str) -> QuerySet[Any]:
    """The keys of those in which a message holds these words."""
    words = SearchQuery(query, config="simple", search_type="websearch")
    own = Message.objects.filter(conversation__participants__user=member)
    return own.filter(search_vector=words).values("conversation")


def messages(seen: Conversation) -> QuerySet[Message]:
    quoted = seen.messages.select_related("reply_to")
    return quoted.defer("search_vector", "reply_to__search_vector", "reply_to__body")
