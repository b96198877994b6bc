from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from messaging.models.conversations import Conversation
from reviews.models import Review


class MessageDraft(models.Model):
    """What somebody typed and has not sent: an answer in a conversation, or the question that would begin one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    conversation = models.ForeignKey(
        Conversation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
    )
    review = models.ForeignKey(
        Review,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="question_drafts",
    )
    body = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draft_of_an_answer_or_of_a_question",
                condition=Q(conversation=None) ^ Q(review=None),
            ),
            models.UniqueConstraint(
                fields=["user", "conversation"],
                name="one_draft_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["user", "review"], name="one_question_draft_per_review"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
