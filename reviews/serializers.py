import datetime
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.countries import COUNTRIES
from accounts.models import CompanySize, Industry, JobFunction, Seniority
from products.models import Deployment, Invitation, Product
from reviews.cards import dispute_of, named_by, response_of
from reviews.coarsening import public_facets, public_persona
from reviews.forms import (
    LONGEST_ANSWER,
    LONGEST_REWARD,
    LONGEST_SIDE,
    SHORTEST_SIDE,
    recent_months,
)
from reviews.models import Comment, ConsideredProduct, Dispute, Question, Review
from reviews.services import (
    CONTENT_FIELDS,
    MOST_CONSIDERED,
    Considered,
    ReviewContent,
)
from reviews_site.lib.api import StrictSerializer


class AnsweredSerializer(serializers.Serializer):
    key = serializers.CharField()
    question = serializers.CharField()
    text = serializers.CharField()


class NamedProductSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ConsideredProduct.Kind.choices)
    slug = serializers.SlugField()
    name = serializers.CharField()


class VendorResponseSerializer(serializers.Serializer):
    body = serializers.CharField()
    vendor = serializers.CharField()
    published_on = serializers.DateField()


class OpenDisputeSerializer(serializers.Serializer):
    opened_on = serializers.DateField()
    due_on = serializers.DateField()


class ReviewSerializer(serializers.ModelSerializer):
    """A review as its page shows it. Ratings are in half stars, 1 to 10; nothing names an anonymous author.

    Of an anonymous author's facets those are empty that fewer than 5 members share.
    """

    product = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]
    url = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField(
        help_text="The name it is signed with; empty if it is anonymous."
    )
    persona = serializers.SerializerMethodField()
    invited_by = serializers.SerializerMethodField(
        help_text="vendor, site, or empty: nobody, or the author did not come by a link."
    )
    answers = AnsweredSerializer(many=True, source="answered")
    considered = serializers.SerializerMethodField(
        help_text="Other products that the author names: compared with, used before, moved on to."
    )
    vendor_response = serializers.SerializerMethodField(
        help_text="The vendor’s one public answer."
    )
    open_dispute = serializers.SerializerMethodField(
        help_text="While the vendor disputes it; it stays public and counts."
    )
    verified_in = serializers.SerializerMethodField(
        help_text="Year and month, as 2026-03."
    )

    class Meta:
        model = Review
        fields = [
            "public_id",
            "url",
            "product",
            "status",
            "headline",
            "pros",
            "cons",
            "answers",
            "half_stars",
            "ease_of_use",
            "features",
            "support",
            "value",
            "would_recommend",
            "perspective",
            "author",
            "is_anonymous",
            "persona",
            "job_function",
            "seniority",
            "company_size",
            "industry",
            "country",
            "usage_duration",
            "last_used_on",
            "deployment",
            "considered",
            "relationship",
            "incentive",
            "incentive_detail",
            "rewarded_by",
            "source",
            "invited_by",
            "verification_method",
            "verified_in",
            "published_at",
            "edited_at",
            "helpful_count",
            "comment_count",
            "vendor_response",
            "open_dispute",
        ]

    @extend_schema_field(NamedProductSerializer(many=True))
    def get_considered(self, review: Review) -> list[dict[str, str]]:
        return [asdict(product) for product in named_by(review)]

    @extend_schema_field(VendorResponseSerializer(allow_null=True))
    def get_vendor_response(self, review: Review) -> dict[str, Any] | None:
        found = response_of(review)
        if found is None:
            return None
        published_on = found.published_at.date().isoformat()
        return {
            "body": found.body,
            "vendor": found.vendor,
            "published_on": published_on,
        }

    @extend_schema_field(OpenDisputeSerializer(allow_null=True))
    def get_open_dispute(self, review: Review) -> dict[str, str] | None:
        found = dispute_of(review)
        if found is None or found.status != Dispute.Status.OPEN:
            return None
        return {
            "opened_on": found.opened_at.date().isoformat(),
            "due_on": found.due_at.date().isoformat(),
        }

    def get_url(self, review: Review) -> str:
        return f"{settings.SITE_URL}{review.get_absolute_url()}"

    def get_author(self, review: Review) -> str:
        return "" if review.is_anonymous else review.display_name

    def get_verified_in(self, review: Review) -> str | None:
        # No day: it would be the same in all anonymous reviews of one member.
        return f"{review.verified_on:%Y-%m}" if review.verified_on else None

    def get_persona(self, review: Review) -> str:
        return public_persona(review)

    def get_invited_by(self, review: Review) -> str:
        return review.invitation.inviter if review.invitation else ""

    def to_representation(self, review: Review) -> dict[str, Any]:
        """Of who wrote it, no more than the page shows: a facet that could tell is empty."""
        return super().to_representation(review) | public_facets(review)


class CommentSerializer(serializers.ModelSerializer):
    """A comment as the page shows it; of the review's own author it says that alone."""

    url = serializers.SerializerMethodField()
    answers = serializers.SlugRelatedField(  # type: ignore[var-annotated]
        source="parent",
        slug_field="public_id",
        read_only=True,
        help_text="Of the comment that this one answers.",
    )
    author = serializers.SerializerMethodField(
        help_text="The name it is signed with; empty if by persona alone."
    )
    persona = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = [
            "public_id",
            "url",
            "answers",
            "is_by_reviewer",
            "author",
            "persona",
            "body",
            "published_at",
        ]

    def get_url(self, comment: Comment) -> str:
        return f"{settings.SITE_URL}{comment.get_absolute_url()}"

    def get_author(self, comment: Comment) -> str:
        return "" if comment.is_by_reviewer else comment.display_name

    def get_persona(self, comment: Comment) -> str:
        return "" if comment.is_by_reviewer else comment.persona


class ReviewQuery(serializers.Serializer[Any]):
    product = serializers.SlugField(required=False, help_text="Slug.")
    perspective = serializers.ChoiceField(
        required=False, choices=Review.Perspective.choices
    )
    job_function = serializers.ChoiceField(required=False, choices=JobFunction.choices)
    company_size = serializers.ChoiceField(required=False, choices=CompanySize.choices)
    industry = serializers.ChoiceField(required=False, choices=Industry.choices)


def _half_stars(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=10, **kwargs)


def _half_stars_or_none() -> serializers.IntegerField:
    return _half_stars(required=False, allow_null=True, default=None)


def _side() -> serializers.CharField:
    return serializers.CharField(min_length=SHORTEST_SIDE, max_length=LONGEST_SIDE)


class PostReviewSerializer(StrictSerializer):
    """The same fields, limits and affirmation as the form. Ratings are in half stars, 1 to 10."""

    product = serializers.SlugRelatedField(
        slug_field="slug", queryset=Product.objects.visible()
    )
    headline = serializers.CharField(min_length=5, max_length=100)
    pros = _side()
    cons = _side()
    half_stars = _half_stars()
    ease_of_use = _half_stars_or_none()
    features = _half_stars_or_none()
    support = _half_stars_or_none()
    value = _half_stars_or_none()
    would_recommend = serializers.IntegerField(min_value=0, max_value=10)
    perspective = serializers.ChoiceField(choices=Review.Perspective.choices)
    job_function = serializers.ChoiceField(choices=JobFunction.choices)
    seniority = serializers.ChoiceField(choices=Seniority.choices)
    company_size = serializers.ChoiceField(choices=CompanySize.choices)
    industry = serializers.ChoiceField(choices=Industry.choices)
    country = serializers.ChoiceField(
        choices=list(COUNTRIES), allow_blank=True, default=""
    )
    usage_duration = serializers.ChoiceField(choices=Review.UsageDuration.choices)
    last_used_on = serializers.DateField(
        help_text="Within the running month and the eleven before it."
    )
    deployment = serializers.ChoiceField(
        choices=Deployment.choices, allow_blank=True, default=""
    )
    relationship = serializers.ChoiceField(choices=Review.Relationship.choices)
    incentive = serializers.ChoiceField(choices=Review.Incentive.choices)
    incentive_detail = serializers.CharField(
        max_length=LONGEST_REWARD,
        default="",
        allow_blank=True,
        help_text="What the reward is; required with one.",
    )
    rewarded_by = serializers.ChoiceField(
        choices=Review.RewardedBy.choices,
        default="",
        allow_blank=True,
        help_text="Who gives it; required with one.",
    )
    invitation = serializers.SlugRelatedField(
        slug_field="public_id",
        queryset=Invitation.objects.all(),
        default=None,
        allow_null=True,
        help_text="Of the invitation that led here; the source is then “invited”.",
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[Review.Source.ORGANIC, Review.Source.INVITED],
        default=Review.Source.ORGANIC,
    )
    is_anonymous = serializers.BooleanField(default=True)
    answers = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_ANSWER, allow_blank=True),
        default=dict,
        help_text="Key of the question to text.",
    )
    compared = serializers.ListField(
        child=serializers.SlugField(max_length=120),
        max_length=MOST_CONSIDERED["compared"],
        default=list,
        help_text=f"Slugs of other products that you compared it with, at most {MOST_CONSIDERED['compared']}.",
    )
    switched_from = serializers.SlugField(
        max_length=120,
        default="",
        allow_blank=True,
        help_text="Slug of the product that you used before.",
    )
    affirmed = serializers.BooleanField(
        help_text="True: you used it yourself within the last 12 months, you work neither for its vendor nor for a "
        "competitor, and nobody made a reward depend on what you write or on how many stars you give."
    )

    def validate_last_used_on(self, day: datetime.date) -> datetime.date:
        today = timezone.now().date()
        earliest = datetime.date.fromisoformat(recent_months(today)[-1][0])
        if not earliest <= day <= today:
            raise ValidationError(
                f"A day from {earliest} to {today}: a review rests on use within the last 12 months."
            )
        return day

    def validate_is_anonymous(self, anonymous: bool) -> bool:
        if not anonymous and not self.context["request"].user.profile.display_name:
            raise ValidationError("Add a name to your profile first.")
        return anonymous

    def validate_answers(self, answers: Mapping[str, str]) -> Mapping[str, str]:
        active = Question.objects.filter(is_active=True)
        known = set(active.values_list("key", flat=True))
        if unknown := set(answers) - known:
            raise ValidationError(
                {str(key): ["There is no such question."] for key in sorted(unknown)}
            )
        return answers

    def validate_compared(self, slugs: list[str]) -> list[str]:
        found = Product.objects.visible().filter(slug__in=slugs)
        known = set(found.values_list("slug", flat=True))
        if unknown := [slug for slug in slugs if slug not in known]:
            raise ValidationError(f"There is no product “{unknown[0]}”.")
        return slugs

    def validate_switched_from(self, slug: str) -> str:
        return self.validate_compared([slug])[0] if slug else ""

    def validate_affirmed(self, affirmed: bool) -> bool:
        if not affirmed:
            raise ValidationError("Without this we can't take the review.")
        return affirmed

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """The disclosures that hang together; the form asks for the same."""
        invitation = said["invitation"]
        self._refuse_the_product_itself(said)
        if invitation and invitation.product_id != said["product"].pk:
            raise ValidationError({"invitation": ["It is for another product."]})
        if said["incentive"] == Review.Incentive.NONE:
            if invitation and invitation.incentive:
                raise ValidationError(
                    {
                        "incentive": [
                            f"The invitation promised “{invitation.incentive}”. Readers are told."
                        ]
                    }
                )
            return said | {"incentive_detail": "", "rewarded_by": ""}
        missing = {
            name: ["With a reward, readers are told what it is and who gives it."]
            for name in ("incentive_detail", "rewarded_by")
            if not said[name]
        }
        if missing:
            raise ValidationError(missing)
        return said

    def _refuse_the_product_itself(self, said: Mapping[str, Any]) -> None:
        named = {"compared": said["compared"], "switched_from": [said["switched_from"]]}
        for field, slugs in named.items():
            if said["product"].slug in slugs:
                raise ValidationError({field: ["This is the product that you review."]})

    def considered(self) -> Considered:
        said = self.validated_data
        before = said["switched_from"]
        return {
            "compared": said["compared"],
            "switched_from": [before] if before else [],
        }

    def content(self) -> ReviewContent:
        return ReviewContent(
            **{name: self.validated_data[name] for name in CONTENT_FIELDS}
        )
