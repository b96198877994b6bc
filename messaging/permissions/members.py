"""What is known of one member, or of two: the facts that the gate weighs."""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from accounts.models import User, WorkEmail
from messaging.models import Block, MessagingSuspension
from products.models import Vendor, VendorRepresentative
from reviews.models import Review


def is_suspended(user: User) -> bool:
    """Whether a moderator took from them, for now, the right to write in private."""
    return MessagingSuspension.objects.current().filter(user=user).exists()


def is_representative(user: User) -> bool:
    return VendorRepresentative.objects.current().filter(user=user).exists()


def is_blocked(one: User, another: User) -> bool:
    return Block.objects.filter(
        Q(blocker=one, blocked=another) | Q(blocker=another, blocked=one)
    ).exists()


def works_for_vendor(user: User, review: Review) -> bool:
    """Whether a confirmed address of theirs, of work or of the account, lies within a domain of the vendor.

    A work e-mail counts here longer than the year for which it proves anything in its owner's favour.
    """
    return employers(user).filter(products=review.product_id).exists()


def employers(user: User) -> QuerySet[Vendor]:
    work = WorkEmail.objects.filter(
        user=user, verified_at__isnull=False, lapsed_at__isnull=True
    )
    domains = [
        *work.values_list("domain", flat=True),
        *(
            address.rpartition("@")[2]
            for address in EmailAddress.objects.filter(
                user=user, verified=True
            ).values_list("email", flat=True)
        ),
    ]
    within = sorted({parent for domain in domains for parent in _parents(domain)})
    return Vendor.objects.filter(email_domains__overlap=within)


def _parents(domain: str) -> list[str]:
    """ "mail.eu.vendor.com" is within itself, "eu.vendor.com" and "vendor.com"."""
    labels = domain.lower().split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]
