from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat
from django.utils import timezone

from accounts import work_domains
from accounts.models import WORK_EMAIL_VALID_FOR, User, WorkEmail
from products.models import Product, Vendor, VendorRepresentative
from reviews.models import Review, Verification

Visitor = User | AnonymousUser


class Refusal(models.TextChoices):
    """Why somebody may not do something; the label is the sentence for them."""

    SIGN_IN = "sign_in", "Sign in to write a review."
    CONFIRM_EMAIL = "confirm_email", "Confirm your e-mail address first."
    CLOSED = "closed", "This product takes no reviews."
    REPRESENTATIVE = (
        "representative",
        "You represent this vendor, so you can't review its products.",
    )
    INSIDER = (
        "insider",
        "Your e-mail address is the vendor's own, so you can't review its products.",
    )
    COMPETITOR = (
        "competitor",
        "You work for a vendor of competing products, so you can't review this one.",
    )
    ALREADY_REVIEWED = (
        "already_reviewed",
        "You have reviewed this product already. Edit that review instead.",
    )
    NOT_YOURS = "not_yours", "This is somebody else's review."
    OWN_REVIEW = "own_review", "You can't decide on your own review."
    NOT_IMPARTIAL = (
        "not_impartial",
        "You work for the vendor of this product or for a competitor: another moderator decides.",
    )
    PROVEN = "proven", "It is shown already that you use this product."
    NOT_LIVE = "not_live", "This review was decided or withdrawn."


def confirmed_emails() -> models.QuerySet[EmailAddress]:
    return EmailAddress.objects.filter(verified=True)


def has_confirmed_email(user: User) -> bool:
    return confirmed_emails().filter(user=user).exists()


def live_review(user: Visitor, product: Product) -> Review | None:
    """The one review of this product by this member that waits or is public."""
    if not user.is_authenticated:
        return None
    return Review.objects.live().filter(author=user, product=product).first()


def employer_domains(user: User) -> set[str]:
    """The domains a member has proved within the last year, with all that they lie under.

    Taking a work e-mail away doesn't shed it before the year is over, and the address they sign in with counts like
    any other. Where anybody can get an address, it tells nothing.
    """
    proved = WorkEmail.objects.filter(
        user=user, verified_at__gt=timezone.now() - WORK_EMAIL_VALID_FOR
    )
    signs_in_with = EmailAddress.objects.filter(user=user, verified=True)
    # The organisation's own sign-in vouched for an address there.
    vouched_for = SocialAccount.objects.filter(user=user, extra_data__has_key="domain")
    addresses = proved.values_list("address", "domain").union(
        signs_in_with.values_list("email", Value("")),
        vouched_for.values_list(
            Concat(
                Value("somebody@"),
                KT("extra_data__domain"),
                output_field=models.CharField(),
            ),
            Value(""),
        ),
    )
    return {domain for named in addresses for domain in _domains(*named)}


def _domains(address: str, registrable: str) -> set[str]:
    """eu.acme.example and acme.example for somebody@eu.acme.example."""
    try:
        registrable = registrable or work_domains.read(address).domain
    except work_domains.NotAWorkAddress:
        return set()
    domains, host = {registrable}, address.lower().rpartition("@")[2]
    while host.endswith(f".{registrable}"):
        domains.add(host)
        host = host.partition(".")[2]
    return domains


def _employers(user: User) -> models.QuerySet[Vendor]:
    """The vendors for whom a member works or speaks, by what the site knows today."""
    represents = VendorRepresentative.objects.current().filter(
        user=user, vendor=OuterRef("pk")
    )
    return Vendor.objects.filter(
        Q(Exists(represents)) | Q(email_domains__overlap=sorted(employer_domains(user)))
    )


def conflict_of_interest(user: User, product: Product) -> Refusal | None:
    employers = set(_employers(user).values_list("pk", flat=True))
    if not employers:
        return None
    if product.vendor_id in employers:
        represents = VendorRepresentative.objects.current().filter(
            user=user, vendor=product.vendor_id
        )
        return Refusal.REPRESENTATIVE if represents.exists() else Refusal.INSIDER
    rivals = Product.objects.visible().filter(
        vendor__in=employers, categories__in=product.categories.all()
    )
    return Refusal.COMPETITOR if rivals.exists() else None


def review_refusal(user: Visitor, product: Product) -> Refusal | None:
    """None: they may write a review of it."""
    if not user.is_authenticated or not user.is_active:
        return Refusal.SIGN_IN
    if product.status != Product.Status.ACTIVE:
        return Refusal.CLOSED
    if not has_confirmed_email(user):
        return Refusal.CONFIRM_EMAIL
    if live_review(user, product):
        return Refusal.ALREADY_REVIEWED
    return conflict_of_interest(user, product)


def change_refusal(user: Visitor, review: Review) -> Refusal | None:
    """None: the review is theirs and can still be edited or withdrawn."""
    if not user.is_authenticated or review.author_id != user.pk:
        return Refusal.NOT_YOURS
    return None if review.status in Review.LIVE else Refusal.NOT_LIVE


def edit_refusal(user: Visitor, review: Review) -> Refusal | None:
    """Withdrawing is always open to the author; a new text is held to the rules for a new review."""
    refusal = change_refusal(user, review)
    if refusal or not user.is_authenticated:
        return refusal
    return conflict_of_interest(user, review.product)


def can_edit(user: Visitor, review: Review) -> bool:
    """Whether to offer it: edit_refusal() looks at the author's employer as well, when they do."""
    return change_refusal(user, review) is None


def proof_refusal(user: Visitor, review: Review) -> Refusal | None:
    """None: its author may send a proof of use, or another one in place of the one that waits."""
    if refusal := change_refusal(user, review):
        return refusal
    proven = Verification.objects.filter(
        review=review,
        method=Review.Method.PROOF_OF_USE,
        status=Verification.Status.PASSED,
    )
    return Refusal.PROVEN if proven.exists() else None
