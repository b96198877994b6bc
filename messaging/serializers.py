from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from messaging.forms import BODY_LENGTH
from messaging.models import Conversation, Message
from messaging.pages import TABS
from reviews.models import Review
from reviews_site.lib.api import StrictSerializer

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
            "created_at",
            "last_message_at",
        ]


class MessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Message
        fields = [
            "public_id",
            "sender_role",
            "body",
            "created_at",
            "seen_by_moderation_at",
        ]


class ConversationQuery(serializers.Serializer[Any]):
    part = serializers.ChoiceField(
        required=False, choices=list(TABS), help_text="Of the inbox; all without it."
    )


class SendMessageSerializer(StrictSerializer):
    body = serializers.CharField(max_length=BODY_LENGTH)


class AskSerializer(SendMessageSerializer):
    review = serializers.UUIDField()

    def validate_review(self, public_id: UUID) -> Review:
        published = Review.objects.published().select_related("product")
        review = published.filter(public_id=public_id).first()
        if review is None:
            raise ValidationError("There is no such review.")
        return review
