from collections.abc import Iterable
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from accounts.privacy import proved_addresses, register_eraser, register_exporter
from moderation.privacy import erase_records, register_things
from moderation.services import close_item
from reviews.coarsening import facets_to_hide
from reviews.discussion import lock_reviews, recount
from reviews.kinds import COMMENT, REVIEW, REVISION
from reviews.models import (
    Answer,
    Comment,
    ConsideredProduct,
    Dispute,
    RatingRefresh,
    Review,
    ReviewRevision,
    ReviewSignal,
    TextFingerprint,
    VendorResponse,
    Verification,
)
from reviews.proofs import drop_proofs
from reviews.reporting import SUBJECTS
from reviews.standing import end_what_hangs_on, lapse_disputes
from reviews_site.lib.visitor_pages import everything_changed

Status = Review.Status
ERASED_HEADLINE = "Erased by its author"


def export_reviews(user: User) -> dict[str, Any]:
    answers = Answer.objects.filter(review__author=user)
    edits = ReviewRevision.objects.filter(review__author=user)
    return {
        "reviews": list(_written(user).values(*_EXPORTED)),
        "answers": list(
            answers.order_by("review_id", "question__position").values(
                "review__public_id", "question__text", "text"
            )
        ),
        "products_named": list(
            ConsideredProduct.objects.filter(review__author=user)
            .order_by("review_id", "id")
            .values("review__public_id", "kind", "product__slug")
        ),
        "edits": list(
            edits.order_by("id").values(
                "review__public_id", "status", "content", "created_at", "decided_at"
            )
        ),
        "verifications": _verifications(user),
        "drafts": list(
            user.review_drafts.order_by("id").values(
                "product__slug", "data", "saved_at"
            )
        ),
    }


def _verifications(user: User) -> list[dict[str, Any]]:
    """Of a proof of use: that one is here and how many pages it has; the pages are what the member sent themselves."""
    found = Verification.objects.filter(review__author=user).annotate(
        pages_here=Count("pages")
    )
    return list(
        found.order_by("id").values(
            "review__public_id",
            "method",
            "status",
            "created_at",
            "checked_at",
            "evidence_deleted_at",
            "pages_here",
        )
    )


def _written(user: User) -> QuerySet[Review]:
    return Review.objects.filter(author=user).order_by("id")


_EXPORTED = [
    "product__slug",
    *(
        field.name
        for field in Review._meta.concrete_fields
        if field.name not in {"id", "product", "author", "version"}
    ),
]


def things_of(user: User) -> set[UUID]:
    """All that they made and a moderator may have decided on."""
    made: list[QuerySet[Any]] = [
        Review.objects.filter(author=user),
        ReviewRevision.objects.filter(review__author=user),
        Verification.objects.filter(review__author=user),
        Comment.objects.filter(author=user),
        VendorResponse.objects.filter(author=user),
        # What is said about a dispute is about the review as well.
        Dispute.objects.filter(Q(opened_by=user) | Q(review__author=user)),
    ]
    return set(
        chain.from_iterable(rows.values_list("public_id", flat=True) for rows in made)
    )


def erase_reviews(user: User, *, keep_published: bool) -> None:
    """What stays public loses the name; of all else the row stays, emptied, for the log and for those who asked."""
    # The lock keeps a moderator from publishing one of them meanwhile.
    states = dict(
        _written(user).select_for_update(no_key=True).values_list("pk", "status")
    )
    decided = things_of(user)
    drop_proofs(Review.objects.filter(pk__in=states))
    published = {pk for pk, status in states.items() if status == Status.PUBLISHED}
    kept = published if keep_published else set()
    revisions = ReviewRevision.objects.filter(review__in=states)
    _take_out_of_the_queue(states.keys() - kept, revisions)
    revisions.delete()
    _take_the_name_from(Review.objects.filter(pk__in=kept))
    _withdraw_and_empty(Review.objects.filter(pk__in=states.keys() - kept))
    _ask_for_refreshes(published - kept)
    lapse_disputes(published - kept)
    end_what_hangs_on(published - kept)
    erase_records(decided)


def _take_out_of_the_queue(
    reviews: Iterable[int], revisions: QuerySet[ReviewRevision]
) -> None:
    of_reviews = Review.objects.filter(pk__in=reviews)
    for kind, targets in ((REVIEW, of_reviews), (REVISION, revisions)):
        for public_id in targets.values_list("public_id", flat=True):
            close_item(kind=kind, target_public_id=public_id)


def _take_the_name_from(reviews: QuerySet[Review]) -> None:
    signed = list(reviews.filter(is_anonymous=False).values_list("pk", flat=True))
    everything_changed()
    reviews.update(display_name="", is_anonymous=True, version=F("version") + 1)
    for review in Review.objects.filter(pk__in=signed):
        # The name is gone: from now on the facets must not give it back.
        Review.objects.filter(pk=review.pk).update(hidden_facets=facets_to_hide(review))


def _withdraw_and_empty(reviews: QuerySet[Review]) -> None:
    reviews.filter(status__in=Review.LIVE).update(status=Status.WITHDRAWN)
    empty_reviews(reviews, ERASED_HEADLINE)


def empty_reviews(reviews: QuerySet[Review], headline: str) -> None:
    """The rows stay, for the log and for those who asked."""
    _take_the_name_from(reviews)
    Answer.objects.filter(review__in=reviews).delete()
    ConsideredProduct.objects.filter(review__in=reviews).delete()
    reviews.update(headline=headline, pros="", cons="", incentive_detail="")
    ReviewSignal.objects.filter(review__in=reviews).delete()
    TextFingerprint.objects.filter(review__in=reviews).delete()


def _ask_for_refreshes(reviews: set[int]) -> None:
    products = Review.objects.filter(pk__in=reviews).values_list("product", flat=True)
    RatingRefresh.objects.bulk_create(
        RatingRefresh(product_id=product_id) for product_id in products
    )


# --- What they said under reviews -----------------------------------------------------------


def export_discussion(user: User) -> dict[str, Any]:
    comments = user.review_comments.order_by("id").values(
        "public_id",
        "review__public_id",
        "parent__public_id",
        "body",
        "display_name",
        "persona",
        "is_by_reviewer",
        "status",
        "created_at",
        "published_at",
    )
    votes = user.helpful_votes.order_by("id").values("review__public_id", "created_at")
    return {"comments": list(comments), "helpful_votes": list(votes)}


def erase_discussion(user: User, *, keep_published: bool) -> None:
    """Public comments stay without the name, or go as well; votes go, and the counts with them."""
    touched = _touched_by(user)
    lock_reviews_before_erasure(user)
    comments = user.review_comments.all()
    public = (
        comments.filter(status=Comment.Status.PUBLISHED)
        if keep_published
        else comments.none()
    )
    kept = list(public.values_list("pk", flat=True))
    gone = comments.exclude(pk__in=kept)
    for public_id in gone.values_list("public_id", flat=True):
        close_item(kind=COMMENT, target_public_id=public_id)
    # A persona beside a name was told whole: without the name it could give it back.
    comments.filter(pk__in=kept).exclude(display_name="").update(
        display_name="", persona=""
    )
    gone.filter(status__in=Comment.LIVE).update(status=Comment.Status.WITHDRAWN)
    gone.update(body="", display_name="", persona="")
    user.helpful_votes.all().delete()
    recount(touched)
    _forget_who_reported(proved_addresses(user))


def lock_reviews_before_erasure(user: User) -> None:
    """All that any eraser changes, before anything else: in one go and in one order, two who leave don't wait for one
    another, nor for a review that ends what hangs on it.
    """
    lock_reviews({*_written(user).values_list("pk", flat=True), *_touched_by(user)})


def _touched_by(user: User) -> set[int]:
    voted = user.helpful_votes.values_list("review", flat=True)
    return {*voted, *user.review_comments.values_list("review", flat=True)}


def _forget_who_reported(addresses: set[str]) -> None:
    """Without having signed in: then a report has an address and nothing else of them."""
    for subject in SUBJECTS:
        left = subject.reports._default_manager.annotate(to=Lower("reporter_email"))
        left.filter(to__in=addresses).update(reporter_email="")


# --- What they said in a vendor's name ------------------------------------------------------


def export_vendor_side(user: User) -> dict[str, Any]:
    """Both are the vendor's: after erasure they stay, and nothing tells who wrote them."""
    responses = user.vendor_responses.order_by("id").values(
        "public_id",
        "review__public_id",
        "body",
        "status",
        "created_at",
        "published_at",
    )
    disputes = user.disputes.order_by("id").values(
        "public_id",
        "review__public_id",
        "ground",
        "statement",
        "status",
        "opened_at",
        "due_at",
        "decided_at",
    )
    return {"responses": list(responses), "disputes": list(disputes)}


register_things(things_of)
register_exporter("reviews", export_reviews)
register_exporter("discussion", export_discussion)
register_exporter("vendor_side", export_vendor_side)
register_eraser(erase_reviews)
# Runs before the one above, and takes the locks for both.
register_eraser(erase_discussion)
