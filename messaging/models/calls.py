import uuid
from typing import Self

from django.db import models
from django.db.models import Q, Subquery
from django.utils import timezone

from accounts.models import Profile
from messaging.models.conversations import Conversation, Participant

MOST_SLOTS = 5
PLACE_LENGTH = 300
SHORTEST_CALL, LONGEST_CALL = 5, 480


class CallProposalQuerySet(models.QuerySet["CallProposal"]):
    def live(self) -> Self:
        return self.filter(state__in=CallProposal.LIVE)

    def shown_to(self, user_id: int | None) -> Self:
        """Newest first; each row has `reader_zone`, the time zone of this member's profile."""
        profile = Profile.objects.filter(user=user_id)
        zone = Subquery(profile.values("time_zone")[:1])
        return self.annotate(reader_zone=zone).order_by("-pk")


class CallProposal(models.Model):
    """A call or a meeting. All moments are stored in UTC; `time_zone` is what its proposer thought in."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Agreed"
        COUNTERED = "countered", "Answered with other times"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Called off"
        EXPIRED = "expired", "Expired"
        # Agreed, and over: another can be proposed.
        PAST = "past", "Over"

    LIVE = (State.PROPOSED, State.ACCEPTED)

    # Of a row of shown_to().
    reader_zone: str | None

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="calls"
    )
    proposer = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="calls_proposed"
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    minutes = models.PositiveSmallIntegerField(default=30)
    place = models.CharField(
        max_length=PLACE_LENGTH,
        blank=True,
        help_text="A meeting link, a telephone number or a place, as plain text.",
    )
    time_zone = models.CharField(max_length=50, help_text="IANA name.")
    client_key = models.UUIDField(
        default=uuid.uuid4,
        help_text="Made with the form: a double click proposes once.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="The time that both agreed to."
    )
    sequence = models.PositiveSmallIntegerField(
        default=0, help_text="RFC 5545: grows with each change of what was agreed."
    )
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = CallProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state__in=["proposed", "accepted"]),
                name="one_live_call_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["proposer", "client_key"], name="one_call_per_client_key"
            ),
            models.CheckConstraint(
                name="agreed_call_has_a_time",
                condition=~Q(state="accepted") | Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_lasts_5_to_480_minutes",
                condition=Q(minutes__range=(SHORTEST_CALL, LONGEST_CALL)),
            ),
        ]
        indexes = [
            # The reminder an hour before.
            models.Index(
                "starts_at",
                name="call_to_remind",
                condition=Q(state="accepted", reminded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.public_id}"


class CallSlot(models.Model):
    proposal = models.ForeignKey(
        CallProposal, on_delete=models.CASCADE, related_name="slots"
    )
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "position"], name="one_slot_per_position"
            ),
            models.UniqueConstraint(
                fields=["proposal", "starts_at"], name="one_slot_per_time"
            ),
            models.CheckConstraint(
                name="at_most_5_slots",
                condition=Q(position__range=(1, MOST_SLOTS)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"
