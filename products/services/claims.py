"""Who speaks for a vendor: an address at its domain shows it, a moderator decides, and it ends as it began, at once."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts import work_domains
from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import Conflict, close_item, open_item, record_decision
from products import emails
from products.kinds import CLAIM
from products.models import Vendor, VendorClaim, VendorRepresentative
from products.permissions import (
    RENEWABLE_FOR,
    REPRESENTATION_LASTS,
    claimable_domains,
    has_too_many_claims,
    is_renewable,
    may_claim_now,
    represents,
)
from products.services.errors import Refused

Status = VendorClaim.Status
APPROVED = "The address and the role show that you speak for this vendor."
RESTORED = "On appeal: you speak for this vendor again."

# What the apps above do in the transaction in which a member begins to speak for a vendor.
Beginning = Callable[[User, Vendor], None]
_BEGINNINGS: list[Beginning] = []


def register_beginning(act: Beginning) -> None:
    _BEGINNINGS.append(act)


# --- The member -----------------------------------------------------------------------------


@transaction.atomic
def claim_vendor(
    *, user: User, vendor: Vendor, address: str, role: str, note: str = ""
) -> VendorClaim:
    """Stores the claim and mails the link that confirms the address. Raises Refused.

    Whether anybody speaks for the vendor already changes nothing in the answer.
    """
    read = _read_address(vendor, address)
    # Whoever claims twice at once waits here: the limits are exact.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if represents(user, vendor) and not is_renewable(user, vendor):
        raise Refused(f"You speak for {vendor.name} already.")
    open_claim = user.vendor_claims.filter(vendor=vendor, status__in=VendorClaim.OPEN)
    claim = open_claim.first() or VendorClaim(user=user, vendor=vendor)
    if claim.status == Status.PENDING:
        raise Refused("Your claim waits for a moderator already.")
    if has_too_many_claims(user, vendor):
        raise Refused("Three of your claims are open. Please take one back first.")
    if not may_claim_now(user):
        raise Refused("That was asked for too often today. Please try again tomorrow.")
    claim.address, claim.domain, claim.role, claim.note = (*read, role, note)
    claim.save()
    emails.vendor_claim_confirmation(claim)
    return claim


def _read_address(vendor: Vendor, address: str) -> tuple[str, str]:
    """(address, its registrable domain)."""
    try:
        read = work_domains.read(address)
    except work_domains.NotAWorkAddress as error:
        raise Refused(str(error)) from error
    domains = claimable_domains(vendor)
    if not domains:
        raise Refused(
            f"We don’t know which domain is that of {vendor.name}. Ask the operator of this site to add it."
        )
    if read.domain not in domains:
        raise Refused(f"Please use an address at {' or '.join(domains)}.")
    return read.address, read.domain


def find_claim(*, user: User, token: str) -> VendorClaim | None:
    """What a mailed link is about; None if it is not this member's, too old, used or not ours. Changes nothing."""
    named = emails.read_claim_token(token)
    if named is None:
        return None
    return (
        user.vendor_claims.filter(
            public_id=named[0], address=named[1], status=Status.UNCONFIRMED
        )
        .select_related("vendor")
        .first()
    )


@transaction.atomic
def confirm_claim(*, user: User, token: str) -> VendorClaim:
    """Lays the claim on a moderator's desk; the link works once. Raises Refused."""
    claim = find_claim(user=user, token=token)
    if claim is None or not _moved(
        claim, from_=Status.UNCONFIRMED, to=Status.PENDING, confirmed_at=timezone.now()
    ):
        raise Refused("This link was used, is too old, or belongs to another account.")
    open_item(kind=CLAIM, target_public_id=claim.public_id)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: VendorClaim) -> bool:
    """False: it was decided meanwhile."""
    withdrawn = VendorClaim.objects.filter(
        pk=claim.pk, status__in=VendorClaim.OPEN
    ).update(status=Status.WITHDRAWN, decided_at=timezone.now())
    close_item(kind=CLAIM, target_public_id=claim.public_id)
    return bool(withdrawn)


def leave_vendor(*, user: User, vendor: Vendor) -> bool:
    """From this moment they can do nothing more in its name. False: they did not speak for it."""
    return _ended(user, vendor)


# --- The moderator --------------------------------------------------------------------------


@transaction.atomic
def approve_claim(
    *,
    claim: VendorClaim,
    moderator: User,
    statement: str = "",
    from_: Status = Status.PENDING,
) -> Decision:
    """They speak for the vendor from now on, and what a representative may not have ends. Raises Conflict, Refused.

    `from_`: REJECTED where an appeal was granted.
    """
    _refuse_own(claim, moderator)
    if not claim.user.is_active:
        raise Refused("This account is closed.")
    _move(claim, from_=from_, to=Status.APPROVED, decided_at=timezone.now())
    _begin(claim)
    _learn_domain(claim)
    decision = _decide(
        claim,
        moderator,
        Decision.Action.APPROVE_CLAIM,
        ReasonCode.MEETS_GUIDELINES,
        statement.strip() or APPROVED,
    )
    emails.vendor_claim_approved(claim, decision)
    return decision


@transaction.atomic
def reject_claim(
    *, claim: VendorClaim, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Raises Conflict, or Refused for a moderator's own claim."""
    _refuse_own(claim, moderator)
    _move(claim, from_=Status.PENDING, to=Status.REJECTED, decided_at=timezone.now())
    decision = _decide(
        claim, moderator, Decision.Action.REJECT_CLAIM, reason_code, statement
    )
    emails.vendor_claim_rejected(claim, decision)
    return decision


@transaction.atomic
def end_representation(
    *, claim: VendorClaim, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """What an approved claim began. Raises Conflict, or Refused for a moderator's own."""
    _refuse_own(claim, moderator)
    if not _ended(claim.user, claim.vendor):
        raise Conflict
    decision = _decide(
        claim, moderator, Decision.Action.END_REPRESENTATION, reason_code, statement
    )
    emails.representation_ended(claim, decision)
    return decision


@transaction.atomic
def begin_again(
    *, claim: VendorClaim, moderator: User, statement: str = ""
) -> Decision:
    """Takes back end_representation(), for an appeal that was granted. Raises Conflict, Refused."""
    _refuse_own(claim, moderator)
    if claim.status != Status.APPROVED or represents(claim.user, claim.vendor):
        raise Conflict
    _begin(claim)
    decision = _decide(
        claim,
        moderator,
        Decision.Action.RESTORE,
        ReasonCode.NO_VIOLATION,
        statement.strip() or RESTORED,
    )
    emails.vendor_claim_approved(claim, decision)
    return decision


# --- The clock ------------------------------------------------------------------------------


def remind_of_ending_representations() -> int:
    """Of those whose year ends soon; each is told once. Returns how many were told now."""
    soon = VendorRepresentative.objects.current().filter(
        verified_at__lt=timezone.now() - REPRESENTATION_LASTS + RENEWABLE_FOR
    )
    return sum(
        emails.representation_ends_soon(each)
        for each in soon.select_related("user", "vendor")
    )


def end_old_representations() -> int:
    """Of those whose year is over; each is told. Returns how many."""
    over = VendorRepresentative.objects.current().filter(
        verified_at__lt=timezone.now() - REPRESENTATION_LASTS
    )
    return sum(_lapsed(old) for old in over.select_related("user", "vendor"))


@transaction.atomic
def _lapsed(old: VendorRepresentative) -> bool:
    still = VendorRepresentative.objects.current().filter(
        pk=old.pk, verified_at=old.verified_at
    )
    if not still.update(ended_at=timezone.now()):
        return False
    emails.representation_lapsed(old)
    return True


# --- The work behind ------------------------------------------------------------------------


def _begin(claim: VendorClaim) -> None:
    VendorRepresentative.objects.update_or_create(
        vendor=claim.vendor,
        user=claim.user,
        defaults={"verified_at": timezone.now(), "ended_at": None},
    )
    for act in _BEGINNINGS:
        act(claim.user, claim.vendor)


def _ended(user: User, vendor: Vendor) -> bool:
    current = VendorRepresentative.objects.current().filter(user=user, vendor=vendor)
    return bool(current.update(ended_at=timezone.now()))


def _learn_domain(claim: VendorClaim) -> None:
    """Where the vendor's domain was only guessed from its website, it is known now: who works there is an insider."""
    Vendor.objects.filter(pk=claim.vendor_id, email_domains=[]).update(
        email_domains=[claim.domain]
    )


def _moved(claim: VendorClaim, *, from_: Status, to: Status, **columns: object) -> bool:
    rows = VendorClaim.objects.filter(pk=claim.pk, status=from_)
    if not rows.update(status=to, **columns):
        return False
    claim.refresh_from_db()
    return True


def _move(claim: VendorClaim, *, from_: Status, to: Status, **columns: object) -> None:
    if not _moved(claim, from_=from_, to=to, **columns):
        raise Conflict


def _refuse_own(claim: VendorClaim, moderator: User) -> None:
    if claim.user_id == moderator.pk:
        raise Refused("You can’t decide on your own claim.")


def _decide(
    claim: VendorClaim,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    close_item(kind=CLAIM, target_public_id=claim.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=CLAIM,
        target_public_id=claim.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
        content="\n".join([claim.address, claim.role, claim.note]),
    )
