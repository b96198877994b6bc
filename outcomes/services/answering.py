from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from outcomes.leaving import RETENTION, leave_figures
from outcomes.models import CheckIn
from outcomes.organisations import organisation_of
from outcomes.permissions import Refusal, check_in_refusal
from outcomes.services.errors import Refused
from products.models import Product
from reviews.models import Review
from reviews.services import say_moved_on


@dataclass(frozen=True, kw_only=True)
class Answer:
    still_using: bool
    use: str = ""
    replaced_by: Product | None = None
    buy_again: str = ""
    # On their review, for everybody: what they moved on to.
    is_shown: bool = False


@transaction.atomic
def answer_check_in(
    *, review: Review, month: int, answer: Answer, only_first: bool = False
) -> CheckIn:
    """In its author's name. A later answer takes the place of an earlier one, unless `only_first`. Raises Refused.

    Figures that are public already stay as they were released (disclosure): what is corrected enters later ones.
    """
    review, check_in = _locked(review, month)
    if review.author is None:
        raise Refused(Refusal.NOT_YOURS)
    refusal = check_in_refusal(review.author, review, month, check_in)
    if refusal:
        raise Refused(refusal)
    if only_first and check_in and check_in.answered_at:
        raise Refused(Refusal.ANSWERED)
    check_in = check_in or CheckIn(review=review, month=month)
    before = _said(check_in)
    check_in.still_using = answer.still_using
    check_in.use = answer.use if answer.still_using else ""
    check_in.replaced_by = None if answer.still_using else answer.replaced_by
    check_in.buy_again = answer.buy_again
    # A correction is still about the organisation that was asked.
    check_in.organisation = check_in.organisation or organisation_of(
        review.author, review
    )
    if _said(check_in) != before:
        # Saved again as it was, it keeps its day.
        check_in.answered_at = timezone.now()
    check_in.save()
    shown = check_in.replaced_by if answer.is_shown else None
    say_moved_on(review=review, product=shown)
    return check_in


def _said(check_in: CheckIn) -> tuple[object, ...]:
    return (
        check_in.still_using,
        check_in.use,
        check_in.replaced_by_id,
        check_in.buy_again,
        check_in.organisation,
    )


@transaction.atomic
def take_back_answer(*, review: Review, month: int) -> None:
    """Emptied; that it was asked stays, so that it isn't asked again. What it stood behind goes at once."""
    review, check_in = _locked(review, month)
    if check_in is None or check_in.answered_at is None:
        return
    leave_figures([review.pk], [RETENTION])
    if not check_in.still_using:
        say_moved_on(review=review, product=None)
    CheckIn.objects.filter(pk=check_in.pk).update(
        organisation="",
        still_using=None,
        use="",
        replaced_by=None,
        buy_again="",
        answered_at=None,
    )


def _locked(review: Review, month: int) -> tuple[Review, CheckIn | None]:
    """The review's row is the lock: of two answers, and of an answer and a withdrawal, one waits for the other."""
    review = (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product", "author")
        .get(pk=review.pk)
    )
    return review, CheckIn.objects.filter(review=review, month=month).first()
