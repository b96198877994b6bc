"""The address in the e-mail that asks: who has it may answer that one question, once and for 60 days."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from notifications.links import absolute
from outcomes.models import CheckIn


def _signer(check_in: CheckIn) -> signing.Signer:
    """Of its author as well: the address ends when the review loses them."""
    author = check_in.review.author
    return signing.Signer(salt=f"outcomes.check-in:{author and author.public_id}")


def token(check_in: CheckIn) -> str:
    return _signer(check_in).sign(check_in.public_id.hex)


def answer_url(check_in: CheckIn, still_using: bool | None = None) -> str:
    address = absolute(reverse("outcomes:answer", args=[token(check_in)]))
    if still_using is None:
        return address
    return f"{address}?still={'yes' if still_using else 'no'}"


def find_check_in(token: str) -> CheckIn | None:
    """What the address is about; None if it isn't ours, or there is nothing left of it. Changes nothing."""
    try:
        public_id = UUID(hex=token.partition(":")[0])
    except ValueError:
        return None
    asked = CheckIn.objects.select_related("review__product", "review__author")
    check_in = asked.filter(public_id=public_id, review__author__isnull=False).first()
    if check_in is None:
        return None
    try:
        _signer(check_in).unsign(token)
    except signing.BadSignature:
        return None
    return check_in
