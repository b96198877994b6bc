from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import APIException, PermissionDenied, Throttled
from rest_framework.permissions import IsAuthenticated
from rest_framework.throttling import BaseThrottle, UserRateThrottle

from accounts.models import User
from messaging import services
from messaging.models import Conversation
from messaging.permissions import LIMITS, Refusal
from reviews_site.lib.api import ApiView, Conflict, KeyReused


class SendMessageThrottle(UserRateThrottle):
    scope = "send_message"


class PrivateView(ApiView):
    # A member's own; what isn't theirs is the same 404 as what isn't there.

    permission_classes = [IsAuthenticated]
    keeps_out_of_caches = True

    @property
    def member(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def conversations(self) -> QuerySet[Conversation]:
        return Conversation.objects.for_user(self.member)

    def conversation(self) -> Conversation:
        public_id = self.kwargs["public_id"]
        return get_object_or_404(self.conversations(), public_id=public_id)

    def get_throttles(self) -> list[BaseThrottle]:
        usual = super().get_throttles()
        sends = self.request.method == "POST"
        return [*usual, SendMessageThrottle()] if sends else usual


def sent(send: Callable[[], Any]) -> Any:
    try:
        return send()
    except services.MessageRefused as error:
        raise _problem(error.refusal) from error
    except services.ClientKeyReused as error:
        raise KeyReused from error


def _problem(refusal: Refusal) -> APIException:
    if refusal in LIMITS:
        problem: APIException = Throttled()
        problem.detail = refusal.label  # type: ignore[assignment]
    elif refusal == Refusal.ALREADY_ASKED:
        problem = Conflict(refusal.label)
    else:
        problem = PermissionDenied(refusal.label)
    problem.more = {"code": refusal.value}  # type: ignore[attr-defined]
    return problem
