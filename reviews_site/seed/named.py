"""The members that a visitor of the demo logs in as, and what they find there."""

import datetime
from collections import Counter
from collections.abc import Sequence

from allauth.account.models import EmailAddress

from accounts.models import Profile, User, WorkEmail
from products.models import Product, VendorRepresentative
from reviews_site.seed.members import DEMO_MEMBERS
from reviews_site.seed.organisations import Organisation
from reviews_site.seed.people import Person
from reviews_site.seed.reviews import SeedReview

# Name, title, function, level.
_PROFILES = {
    "buyer@demo.example": ("Demo Buyer", "Head of procurement", "procurement", "c_minus_1"),
    "reviewer@demo.example": ("Demo Reviewer", "Platform lead", "it", "c_minus_2"),
    "representative@demo.example": ("Demo Representative", "Customer advocate", "customer", "c_minus_3"),
    "moderator@demo.example": ("Demo Moderator", "Moderator", "other", "c_minus_3"),
    "colleague@demo.example": ("Demo Colleague", "Moderator", "other", "c_minus_3"),
}  # fmt: skip
MODERATORS = ("moderator", "colleague")
# Whom the demo representative speaks for: the first of these that is in the catalogue.
_VENDORS = ("Grafana Labs", "Red Hat", "GitLab", "HashiCorp", "Elastic")


def key_of(email: str) -> str:
    return email.partition("@")[0]


def employer(organisations: Sequence[Organisation], position: int) -> Organisation:
    """Of a middling size, where it can be."""
    middling = [o for o in organisations if o.size in ("201-1000", "1001-5000")]
    return (middling if len(middling) > position else organisations)[position]


def reviewer(organisations: Sequence[Organisation]) -> Person:
    """The demo reviewer as an author; everybody else's numbers begin at 1."""
    name, _, job_function, seniority = _PROFILES["reviewer@demo.example"]
    return Person(0, employer(organisations, 1), job_function, seniority, True, name)


def write_members(
    organisations: Sequence[Organisation], now: datetime.datetime
) -> dict[str, User]:
    """By the part of their address before the @."""
    users: dict[str, User] = {}
    for position, member in enumerate(DEMO_MEMBERS):
        user = User.objects.create_user(
            member.email,
            member.password,
            is_demo=True,
            date_joined=now - datetime.timedelta(days=400),
        )
        EmailAddress.objects.create(
            user=user, email=member.email, verified=True, primary=True
        )
        _complete_profile(user, employer(organisations, position))
        users[key_of(member.email)] = user
    for key in ("buyer", "reviewer"):
        _confirm_work_email(users[key], now)
    moderators = [users[key].pk for key in MODERATORS]
    User.objects.filter(pk__in=moderators).update(is_staff=True)
    return users


def _complete_profile(user: User, organisation: Organisation) -> None:
    name, title, job_function, seniority = _PROFILES[user.email]
    Profile.objects.filter(user=user).update(
        display_name=name,
        job_title=title,
        job_function=job_function,
        seniority=seniority,
        company_name=organisation.name,
        company_size=organisation.size,
        industry=organisation.industry,
        country=organisation.country,
        accepts_messages=Profile.AcceptsMessages.EVERYONE,
    )


def _confirm_work_email(user: User, now: datetime.datetime) -> None:
    company = Profile.objects.get(user=user).company_name
    domain = f"{company.lower().replace(' ', '-')}.example"
    confirmed = now - datetime.timedelta(days=40)
    WorkEmail.objects.create(
        user=user,
        address=f"{key_of(user.email)}@{domain}",
        domain=domain,
        created_at=confirmed,
        verified_at=confirmed,
    )


def write_representative(user: User, reviews: Sequence[SeedReview]) -> None:
    """For a vendor whose products have reviews to answer."""
    counts = Counter(review.product.id for review in reviews)
    reviewed = Product.objects.filter(pk__in=counts).select_related("vendor")
    known = reviewed.filter(vendor__name__in=_VENDORS)
    product = max(
        known or reviewed, key=lambda product: (counts[product.pk], product.slug)
    )
    VendorRepresentative.objects.create(
        vendor=product.vendor,
        user=user,
        verified_at=user.date_joined,
    )
