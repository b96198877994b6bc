import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User


class ReasonCode(models.TextChoices):
    """The ground of a decision, as the guidelines name it; the same list for every rating."""

    MEETS_GUIDELINES = "meets_guidelines", "Meets the guidelines"
    NOT_VERIFIED = "not_verified", "Use could not be verified"
    CONFLICT = "conflict", "Conflict of interest"
    NOT_PERSONAL = "not_personal", "Not about personal experience"
    COPIED = "copied", "Copied or generated text"
    ABUSIVE = "abusive", "Insults, threats or discrimination"
    PRIVATE_DATA = "private_data", "Contains personal or confidential data"
    ADVERTISING = "advertising", "Advertising or spam"
    WRONG_PRODUCT = "wrong_product", "About another product"
    NOT_ENTITLED = "not_entitled", "Not shown to speak for the vendor"
    NO_VIOLATION = "no_violation", "No violation found"


class Decision(models.Model):
    """One line of the append-only log; each line carries the hash of the line before it.

    It holds no personal data: who decided and what was said are in the record that `commitment` binds it to, so
    that erasing a person leaves the chain whole.
    """

    class Action(models.TextChoices):
        PUBLISH = "publish", "Publish"
        REJECT = "reject", "Reject"
        REMOVE = "remove", "Remove"
        RESTORE = "restore", "Restore"
        APPROVE_EDIT = "approve_edit", "Approve edit"
        REJECT_EDIT = "reject_edit", "Reject edit"
        DISMISS_REPORT = "dismiss_report", "Dismiss report"
        UPHOLD_REPORT = "uphold_report", "Uphold report"
        SUSPEND_MESSAGING = "suspend_messaging", "Suspend private messages"
        LIFT_SUSPENSION = "lift_suspension", "Lift suspension"
        READ_MESSAGE = "read_message", "Read reported message"
        VIEW_PROOF = "view_proof", "Look at a proof of use"
        READ_PRICE = "read_price", "Read a private price report"
        ACCEPT_PROOF = "accept_proof", "Accept proof of use"
        REJECT_PROOF = "reject_proof", "Reject proof of use"
        APPROVE_CLAIM = "approve_claim", "Approve claim"
        REJECT_CLAIM = "reject_claim", "Reject claim"
        END_REPRESENTATION = "end_representation", "End representation"
        DISMISS_DISPUTE = "dismiss_dispute", "Dismiss dispute"
        UPHOLD_DISPUTE = "uphold_dispute", "Uphold dispute"
        GRANT_APPEAL = "grant_appeal", "Grant appeal"
        DISMISS_APPEAL = "dismiss_appeal", "Dismiss appeal"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    target_kind = models.CharField(max_length=30)
    target_public_id = models.UUIDField()
    action = models.CharField(max_length=20, choices=Action)
    reason_code = models.CharField(max_length=30, choices=ReasonCode)
    is_automated = models.BooleanField(
        default=False,
        help_text="Decided without a person. The site decides nothing so.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    commitment = models.CharField(
        max_length=64,
        editable=False,
        help_text="SHA-256 of the salted record (docs/moderation-log.md).",
    )
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The history beside an item of the queue.
            models.Index("target_kind", "target_public_id", name="decision_by_target"),
        ]
        constraints = [
            # Nothing comes twice after the same line: the chain can't fork.
            models.UniqueConstraint(
                fields=["previous_hash"], name="decision_chain_does_not_fork"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            # TRUNCATE passes by the triggers of rows.
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'Cannot truncate the decision log';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_public_id}"

    @property
    def statement(self) -> str:
        return self.record.statement

    @property
    def moderator(self) -> User | None:
        return self.record.moderator


class DecisionRecord(models.Model):
    """What a line of the log commits to. Erasing empties it; nothing else changes it."""

    decision = models.OneToOneField(
        Decision, primary_key=True, on_delete=models.PROTECT, related_name="record"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="decision_records",
    )
    statement = models.TextField(
        blank=True, help_text="The statement of reasons, as the author gets it."
    )
    content_hash = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 of the salt and the text that was decided on; stays when the rest is erased.",
    )
    salt = models.CharField(
        max_length=64, blank=True, help_text="64 hexadecimal digits; empty once erased."
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erased_record_has_no_salt",
                condition=Q(erased_at__isnull=True) & ~Q(salt="")
                | Q(erased_at__isnull=False) & Q(salt=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            # An update may empty it, and nothing else.
            pgtrigger.Trigger(
                name="only_erasure",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                IF NEW.salt <> '' OR NEW.erased_at IS NULL OR NEW.decision_id <> OLD.decision_id
                    OR NEW.content_hash <> OLD.content_hash
                    OR NEW.statement NOT IN ('', OLD.statement)
                    OR (NEW.moderator_id IS NOT NULL AND NEW.moderator_id IS DISTINCT FROM OLD.moderator_id)
                THEN
                    RAISE EXCEPTION 'A record of the decision log can only be erased';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"record of decision {self.pk}"
