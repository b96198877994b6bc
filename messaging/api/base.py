"""What all operations on conversations share: whose they are, how they are repeated, throttled and described."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle, UserRateThrottle

from accounts.idempotency import repeatable
from accounts.models import User
from messaging.api.problems import documented, refused_as_problem
from messaging.models import Conversation, ConversationQuerySet
from messaging.serializers import ConversationSerializer, NothingSerializer
from reviews_site.lib.api import IDEMPOTENCY_KEY, ApiView


class SendMessageThrottle(UserRateThrottle):
    """What reaches the other side: questions, messages, proposed calls."""

    scope = "send_message"


class ChangeConversationThrottle(UserRateThrottle):
    """Everything else that changes something."""

    scope = "change_conversation"


def conversations(member: User) -> ConversationQuerySet:
    return Conversation.objects.for_user(member).with_own_block(member)


class PrivateView(ApiView):
    # A member's own; what isn't theirs is the same 404 as what isn't there.

    permission_classes = [IsAuthenticated]
    keeps_out_of_caches = True
    throttle_of_changes: type[BaseThrottle] = ChangeConversationThrottle

    @property
    def member(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def conversation(self) -> Conversation:
        public_id = self.kwargs["public_id"]
        return get_object_or_404(conversations(self.member), public_id=public_id)

    def get_throttles(self) -> list[BaseThrottle]:
        usual = super().get_throttles()
        changes = self.request.method not in SAFE_METHODS
        return [*usual, self.throttle_of_changes()] if changes else usual

    def given(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        said = serializer(data=self.request.data)
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    def once(self, act: Callable[[], UUID]) -> UUID:
        """`act`, called once per Idempotency-Key; what it refuses is answered as a problem."""
        return repeatable(self.request, refused_as_problem(act, self.member))

    def change(
        self,
        act: Callable[..., object],
        takes: type[BaseSerializer[Any]] = NothingSerializer,
        **named: Any,
    ) -> Response:
        """Answers with the conversation as it is after that."""
        seen, said = self.conversation(), self.given(takes)

        def changed() -> UUID:
            act(conversation=seen, **said, **named)
            return seen.public_id

        self.once(changed)
        return Response(ConversationSerializer(self.conversation()).data)


def operation(
    summary: str,
    answer: Any,
    *,
    more: str = "",
    status: int = 200,
    takes: Any = None,
    example: Mapping[str, Any] | None = None,
    codes: Mapping[int, str] | None = None,
    parameters: list[Any] | None = None,
    changes: bool = True,
) -> Callable[[Any], Any]:
    """extend_schema() with what holds for every operation here; `codes` names those of its problems, by status."""
    problems = (400, 401, 404, 422, 429) if changes else (400, 401, 404)
    shown = [OpenApiExample("An example", example, request_only=True)]
    return extend_schema(
        summary=summary,
        description=more,
        tags=["conversations"],
        request=takes,
        responses={
            **(answer if isinstance(answer, dict) else {status: answer}),
            **documented(problems, codes or {}),
        },
        parameters=[*(parameters or []), *([IDEMPOTENCY_KEY] if changes else [])],
        examples=shown if example else [],
    )
