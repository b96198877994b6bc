"""Who may say that they speak for a vendor, and who does."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from accounts import work_domains
from accounts.models import User
from products.models import Invitation, Product, Vendor, VendorClaim

DAY = timedelta(days=1)
# Each claim sends an e-mail to an address that nobody has confirmed yet.
CLAIMS_PER_MEMBER_AND_DAY = 5
OPEN_CLAIMS_PER_MEMBER = 3
# As long as a work e-mail is good for: people change jobs.
REPRESENTATION_LASTS = timedelta(days=365)
RENEWABLE_FOR = timedelta(days=30)
INVITATIONS_PER_VENDOR_AND_DAY = 20
LIVE_INVITATIONS_PER_PRODUCT = 5


def claimable_domains(vendor: Vendor) -> list[str]:
    """Where an address shows that somebody works for the vendor; without a known domain that of its website."""
    if vendor.email_domains:
        return sorted(vendor.email_domains)
    domain = _website_domain(vendor.website)
    return [domain] if domain and _is_its_alone(domain, vendor) else []


def _website_domain(website: str) -> str:
    host = urlsplit(website).hostname or ""
    try:
        return work_domains.read(f"website@{host}").domain if host else ""
    except work_domains.NotAWorkAddress:
        return ""


def _is_its_alone(domain: str, vendor: Vendor) -> bool:
    """Several vendors have their pages at a forge: an address there shows nothing about one of them."""
    others = Vendor.objects.exclude(pk=vendor.pk)
    named = others.filter(website__icontains=domain).values_list("website", flat=True)
    return not (
        others.filter(email_domains__contains=[domain]).exists()
        or any(_website_domain(website) == domain for website in named[:50])
    )


def represented_vendors(user: User | AnonymousUser) -> QuerySet[Vendor]:
    """For whom this member may speak today."""
    if not isinstance(user, User) or not user.is_active:
        return Vendor.objects.none()
    return Vendor.objects.filter(
        representatives__user=user,
        representatives__verified_at__isnull=False,
        representatives__ended_at__isnull=True,
    )


def represents(user: User | AnonymousUser, vendor: Vendor) -> bool:
    return represented_vendors(user).filter(pk=vendor.pk).exists()


def may_claim_now(user: User) -> bool:
    sent = user.outgoing_emails.filter(
        kind="vendor_claim_confirmation", created_at__gt=timezone.now() - DAY
    )
    return sent.count() < CLAIMS_PER_MEMBER_AND_DAY


def has_too_many_claims(user: User, vendor: Vendor) -> bool:
    others = user.vendor_claims.exclude(vendor=vendor)
    return (
        others.filter(status__in=VendorClaim.OPEN).count() + 1 > OPEN_CLAIMS_PER_MEMBER
    )


def is_renewable(user: User, vendor: Vendor) -> bool:
    """Whether their year ends soon, so that they may show again that they speak for the vendor."""
    soon = timezone.now() - REPRESENTATION_LASTS + RENEWABLE_FOR
    return (
        user.represents.current().filter(vendor=vendor, verified_at__lt=soon).exists()
    )


def may_invite_now(vendor: Vendor) -> bool:
    made = Invitation.objects.filter(
        product__vendor=vendor, created_at__gt=timezone.now() - DAY
    )
    return made.count() < INVITATIONS_PER_VENDOR_AND_DAY


def has_too_many_invitations(product: Product) -> bool:
    live = product.invitations.filter(ended_at=None, inviter=Invitation.Inviter.VENDOR)
    return live.count() >= LIVE_INVITATIONS_PER_PRODUCT
