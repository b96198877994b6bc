from rest_framework import serializers

from messaging.forms import BODY_LENGTH
from messaging.models import MessageDraft
from reviews_site.lib.api import StrictSerializer


class SaveDraftSerializer(StrictSerializer):
    body = serializers.CharField(
        max_length=BODY_LENGTH, allow_blank=True, trim_whitespace=False
    )


class DraftSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageDraft
        fields = ["body", "saved_at"]
