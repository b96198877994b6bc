import uuid
from typing import Self, cast

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import CompanySize, Industry, JobFunction, Seniority, User
from products.models import Deployment, Invitation, Product


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> Self:
        """The one definition of what is public: pages, API, feeds, search and ratings all start here."""
        return self.filter(status=Review.Status.PUBLISHED)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What is published, and what is one's own."""
        if not user.is_authenticated:
            return self.published()
        return self.filter(Q(status=Review.Status.PUBLISHED) | Q(author=user))

    def live(self) -> Self:
        return self.filter(status__in=Review.LIVE)

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-id")


class Review(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for a moderator"
        PUBLISHED = "published", "Published"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"
        REMOVED = "removed", "Removed"

    class Perspective(models.TextChoices):
        BUYER = "buyer", "Buyer"
        END_USER = "end_user", "End user"
        ADMINISTRATOR = "administrator", "Administrator"

    class UsageDuration(models.TextChoices):
        TRIAL = "trial", "Trial only"
        UNDER_6_MONTHS = "under_6_months", "Less than 6 months"
        UNDER_1_YEAR = "under_1_year", "6 to 12 months"
        UNDER_2_YEARS = "under_2_years", "1 to 2 years"
        OVER_2_YEARS = "over_2_years", "More than 2 years"

    class Relationship(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        PARTNER = "partner", "Partner"
        RESELLER = "reseller", "Reseller"
        CONSULTANT = "consultant", "Consultant"

    class Incentive(models.TextChoices):
        NONE = "none", "No reward"
        GIFT = "gift", "Gift or voucher"
        DISCOUNT = "discount", "Discount or credit"
        DONATION = "donation", "Donation in my name"
        OTHER = "other", "Another reward"

    class Source(models.TextChoices):
        ORGANIC = "organic", "Came by themselves"
        INVITED = "invited", "Invited"
        IMPORTED = "imported", "Imported"

    class Method(models.TextChoices):
        WORK_EMAIL = "work_email", "Work e-mail"
        LINKEDIN = "linkedin", "LinkedIn"
        PROOF_OF_USE = "proof_of_use", "Proof of use"
        OPENID = "openid", "Organisation’s sign-in"

    class RewardedBy(models.TextChoices):
        VENDOR = "vendor", "the vendor"
        SITE = "site", "this site"
        OTHER = "other", "somebody else"

    LIVE = (Status.PENDING, Status.PUBLISHED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="reviews"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    headline = models.CharField(max_length=100)
    pros = models.TextField(max_length=4000)
    cons = models.TextField(max_length=4000)
    half_stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="1 to 10: twice the number of stars.",
    )
    ease_of_use = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 10, in half stars."
    )
    features = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 10, in half stars."
    )
    support = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 10, in half stars."
    )
    value = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 10, in half stars."
    )
    would_recommend = models.PositiveSmallIntegerField(help_text="0 to 10.")
    perspective = models.CharField(max_length=20, choices=Perspective)
    # The author as they were when they wrote: a later change of job doesn't rewrite the past.
    display_name = models.CharField(
        max_length=60, blank=True, help_text="Empty: shown by persona alone."
    )
    job_function = models.CharField(max_length=20, choices=JobFunction)
    seniority = models.CharField(max_length=20, choices=Seniority)
    company_size = models.CharField(max_length=20, choices=CompanySize)
    industry = models.CharField(max_length=20, choices=Industry)
    country = models.CharField(max_length=2, blank=True)
    usage_duration = models.CharField(max_length=20, choices=UsageDuration)
    last_used_on = models.DateField()
    deployment = models.CharField(max_length=20, choices=Deployment, blank=True)
    relationship = models.CharField(
        max_length=20, choices=Relationship, default=Relationship.CUSTOMER
    )
    incentive = models.CharField(
        max_length=20, choices=Incentive, default=Incentive.NONE
    )
    incentive_detail = models.CharField(
        max_length=120,
        blank=True,
        db_default="",
        help_text="What it is: a voucher of 25 euros.",
    )
    rewarded_by = models.CharField(
        max_length=10, choices=RewardedBy, blank=True, db_default=""
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.ORGANIC)
    invitation = models.ForeignKey(
        Invitation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
    )
    is_anonymous = models.BooleanField(default=True)
    hidden_facets = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
        help_text="Facets kept from the public because fewer than 5 members share them all.",
    )
    verification_method = models.CharField(max_length=20, choices=Method, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it stopped being public; filled in by the database.",
    )
    reminded_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its author was asked to bring it up to date.",
    )
    helpful_count = models.PositiveIntegerField(default=0, db_default=0)
    comment_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Published comments."
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Goes up with each change; key of the prepared card."
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "author"],
                name="one_live_review_per_product_and_author",
                condition=Q(status__in=["pending", "published"]),
            ),
            models.CheckConstraint(
                name="review_half_stars_1_to_10", condition=Q(half_stars__range=(1, 10))
            ),
            models.CheckConstraint(
                name="review_sub_ratings_1_to_10",
                condition=(Q(ease_of_use__isnull=True) | Q(ease_of_use__range=(1, 10)))
                & (Q(features__isnull=True) | Q(features__range=(1, 10)))
                & (Q(support__isnull=True) | Q(support__range=(1, 10)))
                & (Q(value__isnull=True) | Q(value__range=(1, 10))),
            ),
            models.CheckConstraint(
                name="review_recommend_0_to_10",
                condition=Q(would_recommend__range=(0, 10)),
            ),
            models.CheckConstraint(
                name="published_review_is_dated_and_verified",
                condition=~Q(status="published")
                | Q(published_at__isnull=False)
                & (
                    Q(source="imported")
                    | ~Q(verification_method="") & Q(verified_on__isnull=False)
                ),
            ),
        ]
        indexes = [
            # The product page: its reviews, newest first, page by key. The version makes it answer alone: without it
            # Postgres, which can't know how many reviews this product has, would fetch and sort all of them.
            models.Index(
                fields=["product", "-published_at", "-id"],
                include=["version"],
                name="review_page",
                condition=Q(status="published"),
            ),
            # research.ranking, research.peers: the figures of many products by the facets of their reviews, from the
            # index alone.
            models.Index(
                fields=["product"],
                include=[
                    "id",
                    "half_stars",
                    "published_at",
                    "verification_method",
                    "relationship",
                    "incentive",
                    "source",
                    "perspective",
                    "job_function",
                    "seniority",
                    "company_size",
                    "industry",
                    "country",
                    "deployment",
                    "hidden_facets",
                    # What a product's rating is made of besides.
                    "would_recommend",
                    "ease_of_use",
                    "features",
                    "support",
                    "value",
                ],
                name="review_facets",
                condition=Q(status="published"),
            ),
            # Home: the newest reviews of all.
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="review_newest",
                condition=Q(status="published"),
            ),
            # The moderation queue: oldest first.
            models.Index(
                "submitted_at", "id", name="review_queue", condition=Q(status="pending")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ended_at",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                # Q is a Condition too, which its operators forget to say.
                condition=cast(
                    pgtrigger.Condition,
                    pgtrigger.Q(old__status="published")
                    ^ pgtrigger.Q(new__status="published"),
                ),
                func="""
                NEW.ended_at := CASE WHEN NEW.status = 'published' THEN NULL ELSE now() END;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review", args=[self.public_id])

    @property
    def stars(self) -> float:
        return self.half_stars / 2


class Question(models.Model):
    """A structured question of the review form."""

    key = models.SlugField(max_length=40, unique=True)
    text = models.CharField(max_length=200)
    hint = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text


class Answer(models.Model):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="answers"
    )
    text = models.TextField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "question"], name="one_answer_per_review_and_question"
            )
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class ReviewDraft(models.Model):
    """What a member has typed so far, as typed; valid or not, nothing of it is lost."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="review_drafts"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_drafts"
    )
    data = models.JSONField(
        default=dict, help_text="Field name to the text typed into it."
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "author"], name="one_draft_per_product_and_author"
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class ReviewRevision(models.Model):
    """A proposed edit; once approved, `content` is public and `replaced` keeps what it took the place of."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for a moderator"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SUPERSEDED = "superseded", "Replaced by a later edit"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="revisions"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    content = models.JSONField()
    replaced = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When signals were looked for."
    )

    class Meta:
        verbose_name = "edit"
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                name="one_pending_revision_per_review",
                condition=Q(status="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.public_id}"


class Verification(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="verifications"
    )
    method = models.CharField(max_length=20, choices=Review.Method)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    public_id = models.UUIDField(
        default=uuid.uuid4,
        db_default=RandomUUID(),
        unique=True,
        editable=False,
    )
    created_at = models.DateTimeField(
        default=timezone.now, db_default=Now(), editable=False
    )
    evidence_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "method"],
                name="one_verification_per_review_and_method",
            ),
            models.CheckConstraint(
                name="decided_verification_is_dated",
                condition=Q(status="pending") | Q(checked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.status}"


class ProofPage(models.Model):
    """One page of a proof of use, decoded and drawn anew; gone in the transaction of the decision about it.

    In the database and not in a file, because a file can't be deleted in a transaction (docs/decisions).
    """

    verification = models.ForeignKey(
        Verification, on_delete=models.CASCADE, related_name="pages"
    )
    position = models.PositiveSmallIntegerField()
    image = models.BinaryField(help_text="PNG, made here.")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "position"], name="one_proof_page_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"page {self.position} of proof {self.verification_id}"
