from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from messaging.calendars import has_calendar
from messaging.models import (
    LONGEST_CALL,
    MOST_SLOTS,
    PLACE_LENGTH,
    SHORTEST_CALL,
    CallProposal,
    CallSlot,
)
from messaging.times import fault_of
from reviews_site.lib.api import StrictSerializer
from reviews_site.lib.time_zones import is_zone


class SlotSerializer(serializers.ModelSerializer):
    slot = serializers.IntegerField(source="position")

    class Meta:
        model = CallSlot
        fields = ["slot", "starts_at"]


class CallSerializer(serializers.ModelSerializer):
    """All moments are in UTC: in which zone somebody thinks is theirs alone."""

    proposer_role = serializers.CharField(source="proposer.role")
    slots = SlotSerializer(many=True)
    place = serializers.SerializerMethodField(
        help_text="Empty once nothing is proposed or agreed any more, as on the page."
    )
    calendar = serializers.SerializerMethodField(
        help_text="Of a file for your calendar, once a time is agreed."
    )

    class Meta:
        model = CallProposal
        fields = [
            "public_id",
            "state",
            "proposer_role",
            "minutes",
            "place",
            "slots",
            "starts_at",
            "created_at",
            "calendar",
        ]

    def get_place(self, call: CallProposal) -> str:
        return call.place if call.state in CallProposal.LIVE else ""

    def get_calendar(self, call: CallProposal) -> str | None:
        if not has_calendar(call):
            return None
        # The conversation is the one of the address.
        ids = [self.context["conversation"].public_id, call.public_id]
        return f"{settings.SITE_URL}{reverse('api:call_calendar', args=ids)}"


class MomentField(serializers.DateTimeField):
    """A moment with its offset: nobody guesses in which zone it was meant."""

    default_error_messages = {
        "naive": "Give the offset as well: 2026-11-24T14:00:00+01:00."
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        moment = super().run_validation(data)
        if fault := fault_of(moment, timezone.now()):
            raise ValidationError(fault)
        return moment


class ProposeCallSerializer(StrictSerializer):
    slots = serializers.ListField(
        child=MomentField(), min_length=1, max_length=MOST_SLOTS
    )
    minutes = serializers.IntegerField(
        min_value=SHORTEST_CALL, max_value=LONGEST_CALL, default=30
    )
    place = serializers.CharField(
        max_length=PLACE_LENGTH,
        required=False,
        allow_blank=True,
        default="",
        help_text="A meeting link, a telephone number or a place, as plain text; the other side reads it.",
    )
    time_zone = serializers.CharField(
        max_length=50,
        required=False,
        help_text="IANA name, for the e-mails to you; the one of your profile without it.",
    )

    def validate_slots(self, slots: list[datetime]) -> list[datetime]:
        if len(set(slots)) < len(slots):
            raise ValidationError("The same time stands there twice.")
        return slots

    def validate_time_zone(self, name: str) -> str:
        if not is_zone(name):
            raise ValidationError("There is no such time zone.")
        return name


class AcceptCallSerializer(StrictSerializer):
    slot = serializers.IntegerField(min_value=1, max_value=MOST_SLOTS)
