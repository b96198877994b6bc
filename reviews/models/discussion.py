import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone

from moderation.models import Report
from reviews.models.reviews import Review

models.TextField.register_lookup(Length)

COMMENT_LENGTH = 1_200
RESPONSE_LENGTH = 3_000


class HelpfulVote(models.Model):
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="helpful_votes"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="helpful_votes",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"], name="one_vote_per_review_and_user"
            )
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> Self:
        """What the public reads: comments that passed, under reviews that are public."""
        return self.filter(
            status=Comment.Status.PUBLISHED, review__status=Review.Status.PUBLISHED
        )

    def oldest_first(self) -> Self:
        return self.order_by("published_at", "id")


class Comment(models.Model):
    """Under a review; an answer to a comment has it as `parent`, and there are no answers to answers."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for a moderator"
        PUBLISHED = "published", "Published"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"
        REMOVED = "removed", "Removed"

    LIVE = (Status.PENDING, Status.PUBLISHED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="review_comments",
    )
    is_by_reviewer = models.BooleanField(
        default=False, help_text="Written by the review's own author."
    )
    display_name = models.CharField(max_length=60, blank=True)
    persona = models.CharField(
        max_length=200, blank=True, help_text="As it was when they wrote."
    )
    body = models.TextField(max_length=COMMENT_LENGTH)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comment_length",
                condition=Q(body__length__range=(0, COMMENT_LENGTH)),
            ),
            models.CheckConstraint(
                name="published_comment_is_dated",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            # Under a review, oldest first.
            models.Index(
                "review",
                "published_at",
                "id",
                name="comments_of_review",
                condition=Q(status="published"),
            ),
            # Latest comments of the whole site.
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="comments_newest",
                condition=Q(status="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:comment", args=[self.public_id])


class VendorResponseQuerySet(models.QuerySet["VendorResponse"]):
    def published(self) -> Self:
        return self.filter(status=VendorResponse.Status.PUBLISHED)


class VendorResponse(models.Model):
    """The one public answer of the vendor; whoever typed it speaks for the vendor, so no name is shown."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for a moderator"
        PUBLISHED = "published", "Published"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn by the vendor"
        REMOVED = "removed", "Removed"

    LIVE = (Status.PENDING, Status.PUBLISHED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="responses"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="vendor_responses",
    )
    body = models.TextField(max_length=RESPONSE_LENGTH)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = VendorResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                name="one_live_response_per_review",
                condition=Q(status__in=["pending", "published"]),
            ),
            models.CheckConstraint(
                name="response_length",
                condition=Q(body__length__range=(0, RESPONSE_LENGTH)),
            ),
            models.CheckConstraint(
                name="published_response_is_dated",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.public_id}"


class ReviewReport(Report):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="reports")

    class Meta(Report.Meta):
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(
                fields=["review", "reporter"], name="one_report_per_review_and_reporter"
            ),
        ]


class CommentReport(Report):
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="reports"
    )

    class Meta(Report.Meta):
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(
                fields=["comment", "reporter"],
                name="one_report_per_comment_and_reporter",
            ),
        ]


class ResponseReport(Report):
    response = models.ForeignKey(
        VendorResponse, on_delete=models.CASCADE, related_name="reports"
    )

    class Meta(Report.Meta):
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(
                fields=["response", "reporter"],
                name="one_report_per_response_and_reporter",
            ),
        ]
