from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from messaging.forms import BODY_LENGTH, QUERY_LENGTH
from messaging.models import Conversation, Message, MessageReport, Participant
from reviews.models import Review
from reviews_site.lib.api import StrictSerializer

DETAILS_LENGTH = 2000
STATES = [choice for choice in Conversation.State.choices if choice[0] != "blocked"]


class SideSerializer(serializers.Serializer):
    """One of the two, as the other sees them."""

    role = serializers.CharField()
    alias = serializers.CharField()
    persona = serializers.CharField()


class ConversationSerializer(serializers.ModelSerializer):
    review = serializers.UUIDField(source="review.public_id")
    product = serializers.SlugField(source="review.product.slug")
    state = serializers.ChoiceField(source="shown_state", choices=STATES)
    me = SideSerializer()
    other = SideSerializer()
    unread_count = serializers.IntegerField(source="me.unread_count")
    muted = serializers.BooleanField(source="me.muted")
    archived = serializers.SerializerMethodField()
    blocked_by_me = serializers.BooleanField(source="is_blocked_by_me")

    class Meta:
        model = Conversation
        fields = [
            "public_id",
            "review",
            "product",
            "state",
            "me",
            "other",
            "unread_count",
            "muted",
            "archived",
            "blocked_by_me",
            "created_at",
            "last_message_at",
        ]

    def get_archived(self, seen: Conversation) -> bool:
        return seen.me.archived_at is not None


class MessageSerializer(serializers.ModelSerializer):
    reply_to = serializers.UUIDField(
        source="reply_to.public_id", read_only=True, allow_null=True
    )

    class Meta:
        model = Message
        fields = [
            "public_id",
            "sender_role",
            "body",
            "reply_to",
            "created_at",
            "seen_by_moderation_at",
        ]


class ConversationQuery(serializers.Serializer[Any]):
    part = serializers.ChoiceField(
        required=False,
        choices=Participant.Folder.values,
        help_text="Of the inbox; all without it.",
    )
    q = serializers.CharField(
        required=False,
        max_length=QUERY_LENGTH,
        allow_blank=True,
        help_text="Whole words that stand in a message of either side; a minus before a word leaves it out.",
    )


class NothingSerializer(StrictSerializer):
    """Where the address says it all."""


class SendMessageSerializer(StrictSerializer):
    body = serializers.CharField(max_length=BODY_LENGTH)
    reply_to = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The message of this conversation that it quotes.",
    )


class AskSerializer(StrictSerializer):
    review = serializers.UUIDField()
    body = serializers.CharField(max_length=BODY_LENGTH)

    def validate_review(self, public_id: UUID) -> Review:
        published = Review.objects.published().select_related("product")
        review = published.filter(public_id=public_id).first()
        if review is None:
            raise ValidationError("There is no such review.")
        return review


class ReadSerializer(StrictSerializer):
    up_to = serializers.UUIDField(help_text="The last message that was read.")


class ReportSerializer(StrictSerializer):
    reason = serializers.ChoiceField(choices=MessageReport.Reason.choices)
    details = serializers.CharField(
        max_length=DETAILS_LENGTH, required=False, allow_blank=True, default=""
    )


class ReportedSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageReport
        fields = ["public_id", "reason", "details", "created_at"]
