"""Rows for tests. Nothing random, nothing surprising: what a test needs to differ, it says."""

import datetime

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Profile, User, WorkEmail
from products.models import (
    Category,
    Product,
    ProductCategory,
    Vendor,
    VendorClaim,
    VendorRepresentative,
)
from reviews.models import Comment, Review, VendorResponse


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"member{n}@company{n}.example")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


def confirm_email(user: User) -> User:
    """As if the member had pressed the button that the link leads to."""
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def complete_profile(user: User, **changes: str) -> Profile:
    """A profile with every facet filled in."""
    facets = {
        "job_function": "it",
        "seniority": "c_minus_1",
        "company_size": "201-1000",
        "industry": "healthcare",
        "country": "DE",
    } | changes
    Profile.objects.filter(user=user).update(**facets)
    user.profile.refresh_from_db()
    return user.profile


def add_members(count: int, **facets: str) -> list[User]:
    """Members who share these facets with whoever has them too: 5 in all make a group large enough to be shown."""
    members = [UserFactory() for _ in range(count)]
    for member in members:
        complete_profile(member, **facets)
    return members


class WorkEmailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkEmail

    user = factory.SubFactory(UserFactory)
    domain = factory.Sequence(lambda n: f"employer{n}.example")
    address = factory.LazyAttribute(lambda o: f"person@{o.domain}")
    verified_at = factory.LazyFunction(timezone.now)


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")
    slug = factory.Sequence(lambda n: f"category-{n}")


class VendorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vendor

    name = factory.Sequence(lambda n: f"Vendor {n}")
    slug = factory.Sequence(lambda n: f"vendor-{n}")


class VendorRepresentativeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VendorRepresentative

    vendor = factory.SubFactory(VendorFactory)
    user = factory.SubFactory(UserFactory)
    verified_at = factory.LazyFunction(timezone.now)


class VendorClaimFactory(factory.django.DjangoModelFactory):
    """Confirmed, where its status needs that."""

    class Meta:
        model = VendorClaim

    vendor = factory.SubFactory(VendorFactory)
    user = factory.SubFactory(UserFactory)
    address = factory.Sequence(lambda n: f"person{n}@vendor.example")
    domain = "vendor.example"
    role = "Customer advocate"
    confirmed_at = factory.LazyAttribute(
        lambda o: None if o.status == VendorClaim.Status.UNCONFIRMED else timezone.now()
    )
    status = VendorClaim.Status.UNCONFIRMED


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    vendor = factory.SubFactory(VendorFactory)

    @factory.post_generation
    def category(self, create, extracted, **kwargs):
        if extracted:
            ProductCategory.objects.create(product=self, category=extracted, position=0)


class ReviewFactory(factory.django.DjangoModelFactory):
    """A published review, verified by work e-mail."""

    class Meta:
        model = Review

    product = factory.SubFactory(ProductFactory)
    author = factory.SubFactory(UserFactory)
    status = Review.Status.PUBLISHED
    headline = factory.Sequence(lambda n: f"Headline {n}")
    pros = "It does the main job without fuss, and the reports are easy to read."
    cons = "Setting up single sign-on took us two weeks longer than planned."
    half_stars = 8
    would_recommend = 8
    perspective = Review.Perspective.BUYER
    job_function = "it"
    seniority = "c_minus_1"
    company_size = "201-1000"
    industry = "healthcare"
    country = "DE"
    usage_duration = Review.UsageDuration.UNDER_2_YEARS
    last_used_on = factory.LazyFunction(
        lambda: timezone.now().date() - datetime.timedelta(days=10)
    )
    verification_method = Review.Method.WORK_EMAIL
    verified_on = factory.LazyFunction(lambda: timezone.now().date())
    published_at = factory.LazyFunction(timezone.now)


class PendingReviewFactory(ReviewFactory):
    status = Review.Status.PENDING
    verification_method = ""
    verified_on = None
    published_at = None


class CommentFactory(factory.django.DjangoModelFactory):
    """A published comment of another member, signed by persona alone."""

    class Meta:
        model = Comment

    review = factory.SubFactory(ReviewFactory)
    author = factory.SubFactory(UserFactory)
    body = factory.Sequence(lambda n: f"Comment {n}")
    persona = "Finance"
    status = Comment.Status.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)


class PendingCommentFactory(CommentFactory):
    status = Comment.Status.PENDING
    published_at = None


class VendorResponseFactory(factory.django.DjangoModelFactory):
    """A published response."""

    class Meta:
        model = VendorResponse

    review = factory.SubFactory(ReviewFactory)
    author = factory.SubFactory(UserFactory)
    body = "Thank you. The import of large files is ten times faster since May."
    status = VendorResponse.Status.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)
