import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import emails, privacy, work_domains
from accounts.authentication import PREFIX, digest
from accounts.ledger import digest_of
from accounts.models import ApiToken, Erasure, Profile, User, WorkEmail
from accounts.permissions import (
    may_create_token,
    may_erase_self,
    may_request_work_email,
)
from accounts.tasks import write_erasures
from notifications.services import forget_address

# A confirmation that is part of joining is fresh for this long.
OWN_ADDRESS_COUNTS_FOR = timedelta(days=30)


class Refused(Exception):
    """Its text tells the member why, in a sentence."""


@dataclass(frozen=True)
class WorkEmailAsked:
    work_email: WorkEmail
    # True if the member had proved this mailbox already, as the address they sign in with.
    confirmed: bool


@transaction.atomic
def request_work_email(*, user: User, address: str) -> WorkEmailAsked:
    """Stores the address and mails the link that confirms it. Raises Refused.

    The answer is the same whether or not another member proved this address: only who reads the mailbox learns that.
    """
    try:
        read = work_domains.read(address)
    except work_domains.NotAWorkAddress as error:
        raise Refused(str(error)) from error
    own = counts_without_a_mail(user, read.address)
    if not own and not may_request_work_email(user):
        raise Refused("That was asked for too often today. Please try again tomorrow.")
    work_email, _ = WorkEmail.objects.get_or_create(
        user=user, address=read.address, defaults={"domain": read.domain}
    )
    if own:
        _mark_confirmed(work_email)
    else:
        emails.work_email_confirmation(work_email)
    return WorkEmailAsked(work_email, own)


def counts_without_a_mail(user: User, address: str) -> bool:
    """The address they sign in with, while it is not long ago that they confirmed it: when they joined.

    Once it counted, asking again means proving again that the mailbox is still theirs.
    """
    if user.date_joined < timezone.now() - OWN_ADDRESS_COUNTS_FOR:
        return False
    if user.work_emails.filter(address=address, verified_at__isnull=False).exists():
        return False
    return EmailAddress.objects.filter(user=user, email=address, verified=True).exists()


def find_work_email(*, user: User, token: str) -> WorkEmail | None:
    """What a mailed link is about; None if it is not this member's, too old or not ours. Changes nothing."""
    named = emails.read_work_email_token(token)
    if named is None:
        return None
    return user.work_emails.filter(public_id=named[0], address=named[1]).first()


def confirm_work_email(*, user: User, token: str) -> WorkEmail:
    """Raises Refused."""
    work_email = find_work_email(user=user, token=token)
    if work_email is None:
        raise Refused("This link is too old, or it belongs to another account.")
    _mark_confirmed(work_email)
    return work_email


# What the apps above do in the transaction in which a member shows that an address is theirs.
Confirmation = Callable[[User], None]
_CONFIRMATIONS: list[Confirmation] = []


def register_confirmation(act: Confirmation) -> None:
    _CONFIRMATIONS.append(act)


def confirmed_an_address(*, user: User) -> None:
    for act in _CONFIRMATIONS:
        act(user)


def _mark_confirmed(work_email: WorkEmail) -> None:
    try:
        with transaction.atomic():
            WorkEmail.objects.filter(pk=work_email.pk).update(
                verified_at=timezone.now(), lapsed_at=None, reminded_at=None
            )
            confirmed_an_address(user=work_email.user)
    except IntegrityError as error:
        raise Refused(
            "Another account here has proved this address already. One mailbox can stand behind one account only: "
            "take it away there first."
        ) from error
    work_email.refresh_from_db()


@transaction.atomic
def remove_work_email(*, work_email: WorkEmail) -> None:
    """A confirmed one lapses, so that it stays known when it was good; one that was never confirmed is deleted."""
    lapsed = WorkEmail.objects.filter(
        pk=work_email.pk, verified_at__isnull=False, lapsed_at=None
    ).update(lapsed_at=timezone.now())
    if not lapsed:
        WorkEmail.objects.filter(pk=work_email.pk, verified_at=None).delete()


def remind_of_lapsing_work_emails() -> int:
    """Each owner once, 30 days ahead. Returns how many."""
    found = WorkEmail.objects.lapsing().values_list("pk", flat=True)
    return sum(_remind(pk) for pk in list(found))


@transaction.atomic
def _remind(pk: int) -> bool:
    moved = WorkEmail.objects.lapsing().filter(pk=pk).update(reminded_at=timezone.now())
    if moved:
        emails.work_email_lapses_soon(
            WorkEmail.objects.select_related("user").get(pk=pk)
        )
    return bool(moved)


def keep_time_zone(*, user: User, time_zone: str) -> None:
    """What they said in passing, where their profile says nothing."""
    Profile.objects.filter(user=user, time_zone="").update(time_zone=time_zone)


def lapse_work_emails() -> int:
    """Marks those whose year is over and tells their owners. Returns how many.

    Nothing waits for this: what is older than a year counts no more, marked or not.
    """
    found = WorkEmail.objects.too_old().values_list("pk", flat=True)
    return sum(_lapse(pk) for pk in list(found))


@transaction.atomic
def _lapse(pk: int) -> bool:
    moved = WorkEmail.objects.too_old().filter(pk=pk).update(lapsed_at=timezone.now())
    if moved:
        emails.work_email_lapsed(WorkEmail.objects.select_related("user").get(pk=pk))
    return bool(moved)


@transaction.atomic
def create_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    """The row and its key, which is nowhere else from now on. Raises Refused."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not may_create_token(user):
        raise Refused("You have ten tokens. Please revoke one first.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=user, name=name, digest=digest(key))
    return token, key


def revoke_token(*, token: ApiToken) -> bool:
    moved = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    return bool(moved)


# What the apps above do in the transaction in which an account is disabled.
Closing = Callable[[User], None]
_CLOSINGS: list[Closing] = []


def register_closing(act: Closing) -> None:
    _CLOSINGS.append(act)


@transaction.atomic
def end_access(*, user: User) -> None:
    """Of an account that was disabled: once it is enabled again, nobody is signed in and no token is in force."""
    for act in _CLOSINGS:
        act(user)
    held = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=held.values("session_key")).delete()
    held.delete()
    ApiToken.objects.filter(user=user, revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def keep_of_sign_in(*, account: SocialAccount, address: str) -> None:
    """Of what a provider told of a member stays their id there, and the domain of an address it vouches for.

    Name, picture and language are nobody's business here.
    """
    try:
        kept = {"domain": work_domains.read(address).domain} if address else {}
    except work_domains.NotAWorkAddress:
        kept = {}
    account.extra_data = kept
    if account.pk:
        SocialAccount.objects.filter(pk=account.pk).update(extra_data=kept)
    if account.pk and kept:
        confirmed_an_address(user=account.user)


def spend_what_a_sign_up_costs() -> None:
    """Makes a member and takes it back, so that the answer to a known address comes no sooner than to a new one."""
    with transaction.atomic():
        email = f"{uuid.uuid4()}@nobody.invalid"
        user = User.objects.create_user(email, password=secrets.token_urlsafe(16))
        EmailAddress.objects.create(user=user, email=email)
        transaction.set_rollback(True)


def create_profile(*, user: User) -> Profile:
    profile, _ = Profile.objects.get_or_create(user=user)
    return profile


@transaction.atomic
def erase_account(*, user: User, keep_published: bool) -> None:
    """Deletes the member and all that is theirs, for good. Raises Refused.

    `keep_published`: what they published stays, without any link to them; otherwise it is withdrawn.
    """
    if not may_erase_self(user):
        raise Refused(
            "You are a moderator. Ask the operator to end that role first; then you can delete your account."
        )
    erase_without_asking(user=user, keep_published=keep_published)


@transaction.atomic
def erase_without_asking(*, user: User, keep_published: bool) -> None:
    """As erase_account(), for whoever asked for it before a backup brought them back, moderator or not."""
    addresses = privacy.proved_addresses(user)
    privacy.erase(user, keep_published=keep_published)
    forget_address(addresses=addresses)
    Erasure.objects.get_or_create(
        user_digest=digest_of(user.public_id),
        defaults={"keep_published": keep_published},
    )
    user.delete()
    write_erasures.delay_on_commit()
