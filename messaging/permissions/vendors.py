"""Who works for a vendor asks no reviewer of its products, nor of those that compete with them.

A product competes where it shares a category with a public product of theirs: the same rule by which
reviews.permissions lets nobody review a competitor.
"""

from collections.abc import Collection, Iterable, Sequence

from allauth.socialaccount.models import SocialAccount
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT

from accounts.models import WorkEmail
from messaging.permissions.refusals import Refusal
from products.models import Product, ProductCategory, Vendor
from reviews.permissions import confirmed_emails
from reviews_site.lib.prepared import Prepared, given

WITHIN = "{within}"
_DOMAINS: ArrayField = ArrayField(CharField())
_EMPLOYERS = Prepared(
    lambda: Vendor.objects.filter(
        email_domains__overlap=given(WITHIN, _DOMAINS, "::varchar[]")
    ).values_list("pk"),
    planned=True,
)


def vendor_refusals(
    names: Iterable[str], products: Collection[int]
) -> dict[int, Refusal]:
    """Those of the products about which whoever has these names_of() can't ask, by id.

    One query, three for who works for a vendor.
    """
    within = sorted({parent for name in names for parent in _parents(name)})
    employers = [pk for (pk,) in _EMPLOYERS.rows({WITHIN: within})]
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


def vendor_refusal(names: Iterable[str], product_id: int) -> Refusal | None:
    return vendor_refusals(names, [product_id]).get(product_id)


def names_of(user: Combinable, since: Combinable) -> Sequence[QuerySet]:
    """Every address a member confirmed, of work or of the account, or its domain. `since`: a year ago.

    A work e-mail counts longer than the year for which it proves anything in its owner's favour; taking it away
    doesn't shed it before that year is over.
    """
    work = WorkEmail.objects.filter(
        Q(lapsed_at=None) | Q(verified_at__gt=since), user=user, verified_at__isnull=False
    )  # fmt: skip
    signs_in_with = confirmed_emails().filter(user=user)
    # The organisation's own sign-in vouched for an address there.
    vouched_for = SocialAccount.objects.filter(user=user, extra_data__has_key="domain")
    return (
        work.values("domain"),
        signs_in_with.values("email"),
        vouched_for.values(named=KT("extra_data__domain")),
    )


def _parents(name: str) -> list[str]:
    """ "somebody@mail.eu.vendor.com" is within "mail.eu.vendor.com", "eu.vendor.com" and "vendor.com"."""
    labels = name.rpartition("@")[2].lower().split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]
