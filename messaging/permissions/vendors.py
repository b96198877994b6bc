"""Who works for a vendor asks no reviewer of its products, nor of those that compete with them.

A product competes where it shares a category with a public product of theirs: the same rule by which
reviews.permissions lets nobody review a competitor.
"""

from collections.abc import Collection, Iterator

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils import timezone

from accounts.models import WORK_EMAIL_VALID_FOR, User, WorkEmail
from messaging.permissions.refusals import Refusal
from products.models import Product, ProductCategory, Vendor


def vendor_refusals(user: User, products: Collection[int]) -> dict[int, Refusal]:
    """Those of the products about which they can't ask, by id: two queries, four for who works for a vendor."""
    within = sorted({parent for name in _domains(user) for parent in _parents(name)})
    vendors = Vendor.objects.filter(email_domains__overlap=within)
    employers = list(vendors.values_list("pk", flat=True))
    if not employers:
        return {}
    own = Product.objects.filter(pk__in=products, vendor__in=employers)
    sold = Product.objects.visible().filter(vendor__in=employers)
    sold_in = ProductCategory.objects.filter(product__in=sold).values("category")
    listed = ProductCategory.objects.filter(product__in=products).order_by()
    rivals = listed.filter(category__in=sold_in)
    return dict.fromkeys(
        rivals.values_list("product", flat=True), Refusal.COMPETITOR
    ) | dict.fromkeys(own.values_list("pk", flat=True), Refusal.VENDOR_DOMAIN)


def vendor_refusal(user: User, product_id: int) -> Refusal | None:
    return vendor_refusals(user, [product_id]).get(product_id)


def _domains(user: User) -> Iterator[str]:
    """Of every address they confirmed, of work or of the account.

    A work e-mail counts longer than the year for which it proves anything in its owner's favour; taking it away
    doesn't shed it before that year is over.
    """
    since = timezone.now() - WORK_EMAIL_VALID_FOR
    work = WorkEmail.objects.filter(
        Q(lapsed_at=None) | Q(verified_at__gt=since), user=user, verified_at__isnull=False
    )  # fmt: skip
    signs_in_with = EmailAddress.objects.filter(user=user, verified=True)
    # The organisation's own sign-in vouched for an address there.
    vouched_for = SocialAccount.objects.filter(user=user, extra_data__has_key="domain")
    named = work.values_list("domain", flat=True).union(
        signs_in_with.values_list("email", flat=True),
        vouched_for.values_list(KT("extra_data__domain"), flat=True),
    )
    return (name.rpartition("@")[2] for name in named if name)


def _parents(domain: str) -> list[str]:
    """ "mail.eu.vendor.com" is within itself, "eu.vendor.com" and "vendor.com"."""
    labels = domain.lower().split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]
