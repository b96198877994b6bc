"""The address in the e-mail that asks: who has it may answer that one question, once and for 60 days."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from notifications.links import absolute
from outcomes.models import CheckIn

_signer = signing.Signer(salt="outcomes.check-in")


def token(check_in: CheckIn) -> str:
    """Bound to its author as well: it ends when the review loses them."""
    author = check_in.review.author
    assert author is not None
    return _signer.sign_object([str(check_in.public_id), str(author.public_id)])


def answer_url(check_in: CheckIn, still_using: bool | None = None) -> str:
    address = absolute(reverse("outcomes:answer", args=[token(check_in)]))
    if still_using is None:
        return address
    return f"{address}?still={'yes' if still_using else 'no'}"


def find_check_in(token: str) -> CheckIn | None:
    """What the address is about; None if it isn't ours, or there is nothing left of it. Changes nothing."""
    try:
        public_id, author = _signer.unsign_object(token)
        named = UUID(public_id), UUID(author)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    asked = CheckIn.objects.filter(
        public_id=named[0], review__author__public_id=named[1]
    )
    return asked.select_related("review__product", "review__author").first()
