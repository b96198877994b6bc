"""Calls and meetings: up to five times, of which the other side agrees to one."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.api.base import PrivateView, SendMessageThrottle, operation
from messaging.api.conversations import NOT_ALLOWED_TO_WRITE, NewestFirst
from messaging.calendars import calendar_file, has_calendar
from messaging.models import CallProposal, Conversation
from messaging.serializers import (
    AcceptCallSerializer,
    CallSerializer,
    NothingSerializer,
    ProposeCallSerializer,
)
from messaging.times import time_zone_of
from reviews_site.lib.api import SortKey, StrictSerializer, client_key

NOT_OPEN = "`not_open_yet`, `declined`, `closed`"


def calls(seen: Conversation) -> QuerySet[CallProposal]:
    return seen.calls.select_related("proposer").prefetch_related("slots")


class CallsNewestFirst(NewestFirst):
    model = CallProposal


class CallsView(PrivateView):
    def call(self) -> CallProposal:
        """Its conversation is `me`'s."""
        seen = self.conversation()
        call = get_object_or_404(calls(seen), public_id=self.kwargs["call_id"])
        call.conversation = seen
        return call

    def shown(self, public_id: UUID) -> dict[str, Any]:
        seen = self.conversation()
        call = calls(seen).get(public_id=public_id)
        return dict(CallSerializer(call, context={"conversation": seen}).data)

    def answer(
        self,
        act: Callable[..., None],
        takes: type[StrictSerializer] = NothingSerializer,
    ) -> Response:
        """With the call as it is after that."""
        call = self.call()
        said = self.given(takes)

        def answered() -> UUID:
            act(call, **said)
            return call.public_id

        return Response(self.shown(self.once(answered)))


@extend_schema_view(
    get=operation(
        "Proposed and agreed calls, newest first",
        CallSerializer(many=True),
        changes=False,
    ),
    post=operation(
        "Propose up to five times",
        CallSerializer,
        more="It replaces your own open proposal, and answers the other side's with other times.",
        status=201,
        takes=ProposeCallSerializer,
        example={
            "slots": ["2026-11-24T14:00:00+01:00", "2026-11-25T09:30:00+01:00"],
            "minutes": 30,
            "place": "https://meet.example.org/roll-out",
        },
        codes={403: NOT_ALLOWED_TO_WRITE, 409: f"`call_agreed`, {NOT_OPEN}"},
    ),
)
class CallList(CallsView, ListAPIView):
    serializer_class = CallSerializer
    queryset = CallProposal.objects.none()
    pagination_class = CallsNewestFirst
    throttle_of_changes = SendMessageThrottle
    page_order = [SortKey("public_id", UUID)]

    def get_queryset(self) -> QuerySet[CallProposal]:
        self.seen = self.conversation()
        return calls(self.seen)

    def get_serializer_context(self) -> dict[str, Any]:
        return {"conversation": getattr(self, "seen", None)}

    def post(self, request: Request, public_id: UUID) -> Response:
        seen, said = self.conversation(), self.given(ProposeCallSerializer)
        proposed = self.once(lambda: self._propose(seen, said))
        address = reverse("api:call", args=[seen.public_id, proposed])
        data = self.shown(proposed)
        return Response(data, status=201, headers={"Location": address})

    def _propose(self, seen: Conversation, said: dict[str, Any]) -> UUID:
        call = services.propose_call(
            conversation=seen,
            member=self.member,
            client_key=client_key(self.request),
            **{"time_zone": time_zone_of(self.member), **said},
        )
        return call.public_id


class CallDetail(CallsView):
    @operation("A proposed or agreed call", CallSerializer, changes=False)
    def get(self, request: Request, public_id: UUID, call_id: UUID) -> Response:
        return Response(self.shown(self.call().public_id))


class AcceptCall(CallsView):
    @operation(
        "Agree to one of the times",
        CallSerializer,
        takes=AcceptCallSerializer,
        example={"slot": 2},
        codes={
            403: f"`call_own`, {NOT_ALLOWED_TO_WRITE}",
            409: f"`call_changed`, `call_passed`, {NOT_OPEN}",
        },
    )
    def post(self, request: Request, public_id: UUID, call_id: UUID) -> Response:
        return self.answer(self._accept, AcceptCallSerializer)

    def _accept(self, call: CallProposal, slot: int) -> None:
        chosen = get_object_or_404(call.slots, position=slot)
        services.accept_call(proposal=call, member=self.member, slot=chosen)


class DeclineCall(CallsView):
    @operation(
        "Decline the proposed times",
        CallSerializer,
        takes=NothingSerializer,
        codes={403: "`call_own`", 409: "`call_changed`"},
    )
    def post(self, request: Request, public_id: UUID, call_id: UUID) -> Response:
        return self.answer(
            lambda call: services.decline_call(proposal=call, member=self.member)
        )


class CancelCall(CallsView):
    @operation(
        "Take one's own proposal back, or call off what was agreed",
        CallSerializer,
        takes=NothingSerializer,
        codes={409: "`call_changed`"},
    )
    def post(self, request: Request, public_id: UUID, call_id: UUID) -> Response:
        return self.answer(
            lambda call: services.cancel_call(proposal=call, member=self.member)
        )


class CalendarRenderer(BaseRenderer):
    media_type = "text/calendar"
    format = "ics"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        # What went wrong comes as problem+json all the same.
        return data if isinstance(data, bytes) else json.dumps(data).encode()


class CallCalendar(CallsView):
    renderer_classes = [CalendarRenderer, JSONRenderer]

    @operation(
        "The file for your calendar (RFC 5545)",
        {(200, "text/calendar"): OpenApiTypes.STR},
        more="Once a time is agreed; after it was called off, the file takes it out again. It names neither side.",
        changes=False,
    )
    def get(self, request: Request, public_id: UUID, call_id: UUID) -> Response:
        call = self.call()
        if not has_calendar(call):
            raise Http404
        return Response(
            calendar_file(call, call.conversation),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="call.ics"'},
        )
