"""What is known of one member, or of two."""

from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    OuterRef,
    QuerySet,
)
from django.utils import timezone

from accounts.models import WORK_EMAIL_VALID_FOR, User
from messaging.models import Block, MessagingSuspension
from messaging.permissions.vendors import names_of
from products.models import VendorRepresentative
from reviews.permissions import confirmed_emails
from reviews_site.lib.prepared import Prepared, given


class Member(NamedTuple):
    """All of a member that decides whether they may write and be written to; the last three as names_of() has them."""

    is_active: bool
    has_confirmed_email: bool
    is_representative: bool
    is_suspended: bool
    of_work: list[str]
    of_account: list[str]
    vouched_for: list[str]

    @property
    def names(self) -> list[str]:
        return [*self.of_work, *self.of_account, *self.vouched_for]


class Pair(NamedTuple):
    """None is a member who is gone."""

    me: Member | None
    other: Member | None
    is_blocked: bool


ME, OTHER, NOW, A_YEAR_AGO = "{me}", "{other}", "{now}", "{year ago}"


def _members() -> QuerySet:
    me, other = (given(mark, BigIntegerField()) for mark in (ME, OTHER))
    now, year_ago = (given(mark, DateTimeField()) for mark in (NOW, A_YEAR_AGO))
    one = OuterRef("pk")
    return User.objects.filter(pk__in=(me, other)).values_list(
        "pk",
        Exists(Block.objects.between(me, other)),
        "is_active",
        Exists(confirmed_emails().filter(user=one)),
        Exists(VendorRepresentative.objects.current().filter(user=one)),
        Exists(MessagingSuspension.objects.current(now).filter(user=one)),
        *(ArraySubquery(names) for names in names_of(one, year_ago)),
    )


_PAIR = Prepared(_members, planned=True)


def pair_of(me: int | None, other: int | None) -> Pair:
    """By their keys, in one query."""
    now = timezone.now()
    found = _PAIR.rows(
        {ME: me, OTHER: other, NOW: now, A_YEAR_AGO: now - WORK_EMAIL_VALID_FOR}
    )
    members = {pk: Member(*known) for pk, _, *known in found}
    is_blocked = any(is_blocked for _, is_blocked, *_ in found)
    return Pair(members.get(me), members.get(other), is_blocked)


def member_of(user: User) -> Member | None:
    return pair_of(user.pk, None).me


def is_representative(user: User) -> bool:
    return VendorRepresentative.objects.current().filter(user=user).exists()


def is_suspended(user: User) -> bool:
    """Whether a moderator took from them, for now, the right to write in private."""
    return MessagingSuspension.objects.current().filter(user=user).exists()


def is_blocked(one: User, another: User) -> bool:
    return Block.objects.between(one, another).exists()
