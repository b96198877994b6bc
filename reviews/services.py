import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User, WorkEmail
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import record_decision
from products.models import Product
from reviews import emails
from reviews.models import (
    Answer,
    Question,
    RatingRefresh,
    Review,
    ReviewDraft,
    ReviewRevision,
    Verification,
)
from reviews.permissions import (
    Refusal,
    change_refusal,
    conflict_of_interest,
    review_refusal,
)
from reviews.ratings import hint_key
from reviews.tasks import refresh_rating

# How long a lost hint can keep others back; the sweep comes every few seconds anyway.
HINT_SECONDS = 60
# A burst of posts on one product becomes one recomputation; still visible well within 2 seconds.
COALESCE_SECONDS = 0.5

# What the decision log calls the things that are decided here.
TARGET_KINDS = {Review: "review", ReviewRevision: "review_revision"}


class Refused(Exception):
    """The member may not; `reason.label` is the sentence for them."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.label)
        self.reason = reason


class AlreadyReviewed(Refused):
    def __init__(self) -> None:
        super().__init__(Refusal.ALREADY_REVIEWED)


class Conflict(Exception):
    """Somebody else was faster: nothing changed, nobody was told."""


class NotVerified(Exception):
    """The review has no passed verification and its author no current work e-mail."""


@dataclass(frozen=True, kw_only=True)
class ReviewContent:
    """What the form collects. Ratings are in half stars, 1 to 10; `would_recommend` is 0 to 10."""

    headline: str
    pros: str
    cons: str
    half_stars: int
    would_recommend: int
    perspective: str
    job_function: str
    seniority: str
    company_size: str
    industry: str
    usage_duration: str
    last_used_on: datetime.date
    ease_of_use: int | None = None
    features: int | None = None
    support: int | None = None
    value: int | None = None
    country: str = ""
    deployment: str = ""
    relationship: str = Review.Relationship.CUSTOMER
    incentive: str = Review.Incentive.NONE
    is_anonymous: bool = True


CONTENT_FIELDS: tuple[str, ...] = tuple(
    field.name for field in dataclasses.fields(ReviewContent)
)


def content_of(review: Review) -> ReviewContent:
    return ReviewContent(**{name: getattr(review, name) for name in CONTENT_FIELDS})


def answers_of(review: Review) -> dict[str, str]:
    """Question key to text, in the order of the form."""
    answers = review.answers.select_related("question").order_by("question__position")
    return {answer.question.key: answer.text for answer in answers}


# --- Drafts ---------------------------------------------------------------------------------


def save_draft(
    *, author: User, product: Product, data: Mapping[str, Any]
) -> ReviewDraft:
    """`data` is kept as it was typed, valid or not; NUL, which Postgres can't store, is dropped."""
    kept = {str(name): _storable(value) for name, value in data.items()}
    draft, _ = ReviewDraft.objects.update_or_create(
        product=product,
        author=author,
        defaults={"data": kept, "saved_at": timezone.now()},
    )
    return draft


def _storable(value: Any) -> Any:
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def discard_draft(*, author: User, product: Product) -> None:
    ReviewDraft.objects.filter(author=author, product=product).delete()


# --- The author's verbs ---------------------------------------------------------------------


@transaction.atomic
def submit_review(
    *,
    author: User,
    product: Product,
    content: ReviewContent,
    answers: Mapping[str, str],
    source: Review.Source = Review.Source.ORGANIC,
) -> Review:
    """A pending review. Raises Refused with the reason, AlreadyReviewed (a Refused) for a second live one."""
    refusal = review_refusal(author, product)
    if refusal == Refusal.ALREADY_REVIEWED:
        raise AlreadyReviewed
    if refusal:
        raise Refused(refusal)
    review = _insert_review(author, product, content, source)
    _write_answers(review, answers)
    _verify_by_work_email(review)
    discard_draft(author=author, product=product)
    emails.send_review_received(review)
    return review


@transaction.atomic
def propose_edit(
    *, review: Review, author: User, content: ReviewContent, answers: Mapping[str, str]
) -> ReviewRevision | None:
    """A pending revision of a published review, whose public text stays until a moderator approves.

    None: the review still waits itself, so it was changed in place. A later edit supersedes an earlier one.
    Raises Refused.
    """
    # The lock keeps a moderator from publishing halfway through the change.
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    refusal = change_refusal(author, review)
    if refusal:
        raise Refused(refusal)
    if review.status == Review.Status.PENDING:
        _rewrite(review, _columns(content, author), answers)
        return None
    _supersede_revisions(review)
    return ReviewRevision.objects.create(
        review=review, content=_as_json(_columns(content, author), answers)
    )


@transaction.atomic
def withdraw_review(*, review: Review, author: User) -> None:
    """Raises Refused when it isn't theirs or no longer waits or is public."""
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    refusal = change_refusal(author, review)
    if refusal:
        raise Refused(refusal)
    was_published = review.status == Review.Status.PUBLISHED
    _move(review, from_=review.status, to=Review.Status.WITHDRAWN)
    _supersede_revisions(review)
    if was_published:
        request_rating_refresh(review.product_id)


# --- The moderator's verbs ------------------------------------------------------------------


@transaction.atomic
def publish_review(
    *,
    review: Review,
    moderator: User,
    statement: str = "",
    seen_version: int | None = None,
) -> Decision:
    """Raises Conflict, NotVerified, or Refused where the author turns out to be an insider.

    `seen_version`: the version the moderator read; if its author changed it meanwhile, that is a Conflict.
    """
    _refuse_own(review, moderator)
    _make_publishable(review)
    _move(
        review,
        from_=Review.Status.PENDING,
        to=Review.Status.PUBLISHED,
        seen_version=seen_version,
        published_at=timezone.now(),
    )
    request_rating_refresh(review.product_id)
    decision = _decide(
        review,
        moderator,
        Decision.Action.PUBLISH,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_review_published(review, decision)
    return decision


@transaction.atomic
def reject_review(
    *,
    review: Review,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    seen_version: int | None = None,
) -> Decision:
    """Raises Conflict, or Refused for a moderator's own review."""
    _refuse_own(review, moderator)
    _move(
        review,
        from_=Review.Status.PENDING,
        to=Review.Status.REJECTED,
        seen_version=seen_version,
    )
    decision = _decide(
        review, moderator, Decision.Action.REJECT, reason_code, statement
    )
    emails.send_review_rejected(review, decision)
    return decision


@transaction.atomic
def remove_review(
    *, review: Review, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Raises Conflict, or Refused for a moderator's own review."""
    _refuse_own(review, moderator)
    _move(review, from_=Review.Status.PUBLISHED, to=Review.Status.REMOVED)
    request_rating_refresh(review.product_id)
    decision = _decide(
        review, moderator, Decision.Action.REMOVE, reason_code, statement
    )
    emails.send_review_removed(review, decision)
    return decision


@transaction.atomic
def restore_review(*, review: Review, moderator: User, statement: str = "") -> Decision:
    """It comes back with the date it was first published on. Raises Conflict, AlreadyReviewed."""
    _refuse_own(review, moderator)
    with _one_live_review():
        _move(review, from_=Review.Status.REMOVED, to=Review.Status.PUBLISHED)
    request_rating_refresh(review.product_id)
    decision = _decide(
        review,
        moderator,
        Decision.Action.RESTORE,
        ReasonCode.NO_VIOLATION,
        statement,
    )
    emails.send_review_restored(review, decision)
    return decision


@transaction.atomic
def approve_edit(
    *, revision: ReviewRevision, moderator: User, statement: str = ""
) -> Decision:
    """The proposed text becomes public; the revision keeps what it replaced. Raises Conflict."""
    review = _lock_published(revision.review_id)
    _refuse_own(review, moderator)
    replaced = _as_json(_stored_columns(review), answers_of(review))
    _decide_revision(revision, ReviewRevision.Status.APPROVED, replaced=replaced)
    columns, answers = _from_json(revision.content)
    _rewrite(review, columns | {"edited_at": timezone.now()}, answers)
    request_rating_refresh(review.product_id)
    decision = _decide(
        revision,
        moderator,
        Decision.Action.APPROVE_EDIT,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_edit_approved(review, decision)
    return decision


@transaction.atomic
def reject_edit(
    *,
    revision: ReviewRevision,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    """The published text stays. Raises Conflict."""
    _refuse_own(revision.review, moderator)
    _decide_revision(revision, ReviewRevision.Status.REJECTED)
    decision = _decide(
        revision, moderator, Decision.Action.REJECT_EDIT, reason_code, statement
    )
    emails.send_edit_rejected(revision.review, decision)
    return decision


# --- The rating -----------------------------------------------------------------------------


def request_rating_refresh(product_id: int) -> None:
    """Call it in the transaction that changes a published review.

    The row is the promise: it commits with the change, and the sweep serves it even if Redis is away.
    The hint sent after the commit only makes it quick.
    """
    RatingRefresh.objects.create(product_id=product_id)
    transaction.on_commit(lambda: _send_rating_hint(product_id), robust=True)


def _send_rating_hint(product_id: int) -> None:
    """Many posts on one product in one breath send one hint.

    No post is missed: this runs after the post's commit. If the key is there, the task of an earlier hint has not
    begun, since it deletes the key before it reads, so it will read this post too. If that hint was lost, the key
    ends after HINT_SECONDS, and long before that the sweep finds the row.
    """
    if cache.add(hint_key(product_id), 1, HINT_SECONDS):
        refresh_rating.apply_async_on_commit((product_id,), countdown=COALESCE_SECONDS)


# --- What the verbs share -------------------------------------------------------------------


@contextmanager
def _one_live_review() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_live_review_per_product_and_author" not in str(error):
            raise
        raise AlreadyReviewed from error


def _insert_review(
    author: User, product: Product, content: ReviewContent, source: Review.Source
) -> Review:
    review = Review(
        author=author, product=product, source=source, **_columns(content, author)
    )
    with _one_live_review():
        review.save(force_insert=True)
    return review


def _columns(content: ReviewContent, author: User) -> dict[str, Any]:
    name = "" if content.is_anonymous else author.profile.display_name
    return dataclasses.asdict(content) | {"display_name": name}


def _stored_columns(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in (*CONTENT_FIELDS, "display_name")}


def _as_json(columns: dict[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """What ReviewRevision keeps: the columns by name, the date in ISO 8601, the answers by question key."""
    last_used_on = columns["last_used_on"].isoformat()
    return columns | {"last_used_on": last_used_on, "answers": dict(answers)}


def _from_json(content: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    columns = {
        name: content[name]
        for name in (*CONTENT_FIELDS, "display_name")
        if name in content
    }
    columns["last_used_on"] = datetime.date.fromisoformat(content["last_used_on"])
    return columns, content.get("answers", {})


def _write_answers(review: Review, answers: Mapping[str, str]) -> None:
    """Empty answers are left out. Raises ValueError for a key that no question has."""
    given = {key: text.strip() for key, text in answers.items() if text.strip()}
    questions = {
        question.key: question for question in Question.objects.filter(key__in=given)
    }
    if unknown := given.keys() - questions.keys():
        raise ValueError(f"No question has the key {sorted(unknown)[0]!r}.")
    Answer.objects.bulk_create(
        Answer(review=review, question=questions[key], text=text)
        for key, text in given.items()
    )


def _rewrite(
    review: Review, columns: dict[str, Any], answers: Mapping[str, str]
) -> None:
    Review.objects.filter(pk=review.pk).update(**columns, version=F("version") + 1)
    review.refresh_from_db()
    review.answers.all().delete()
    _write_answers(review, answers)


def _move(
    review: Review,
    *,
    from_: str,
    to: Review.Status,
    seen_version: int | None = None,
    **columns: Any,
) -> None:
    rows = Review.objects.filter(pk=review.pk, status=from_)
    if seen_version is not None:
        rows = rows.filter(version=seen_version)
    if not rows.update(status=to, version=F("version") + 1, **columns):
        raise Conflict
    review.refresh_from_db()


def _supersede_revisions(review: Review) -> None:
    review.revisions.filter(status=ReviewRevision.Status.PENDING).update(
        status=ReviewRevision.Status.SUPERSEDED, decided_at=timezone.now()
    )


def _lock_published(review_id: int) -> Review:
    review = (
        Review.objects.published()
        .select_for_update(no_key=True)
        .filter(pk=review_id)
        .first()
    )
    if review is None:
        raise Conflict
    return review


def _decide_revision(
    revision: ReviewRevision, to: ReviewRevision.Status, **columns: Any
) -> None:
    moved = ReviewRevision.objects.filter(
        pk=revision.pk, status=ReviewRevision.Status.PENDING
    ).update(status=to, decided_at=timezone.now(), **columns)
    if not moved:
        raise Conflict
    revision.refresh_from_db()


def _refuse_own(review: Review, moderator: User) -> None:
    if review.author_id == moderator.pk:
        raise Refused(Refusal.OWN_REVIEW)


def _decide(
    target: Review | ReviewRevision,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=TARGET_KINDS[type(target)],
        target_public_id=target.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
    )


def _make_publishable(review: Review) -> None:
    """Looks at the author as they are now: verified meanwhile, or found to be an insider."""
    review.refresh_from_db()
    if review.status != Review.Status.PENDING:
        raise Conflict
    if review.author and (
        refusal := conflict_of_interest(review.author, review.product)
    ):
        raise Refused(refusal)
    if not is_verified(review) and not _verify_by_work_email(review):
        raise NotVerified


def is_verified(review: Review) -> bool:
    return bool(review.verification_method) or review.source == Review.Source.IMPORTED


def _verify_by_work_email(review: Review) -> bool:
    """Dated by the day the address was confirmed, which is what the badge says. False: there is none."""
    if review.author is None:
        return False
    current = WorkEmail.objects.current().filter(user=review.author)
    work_email = current.order_by("-verified_at").first()
    if work_email is None or work_email.verified_at is None:
        return False
    Verification.objects.create(
        review=review,
        method=Review.Method.WORK_EMAIL,
        status=Verification.Status.PASSED,
        checked_at=timezone.now(),
    )
    review.verification_method = Review.Method.WORK_EMAIL
    review.verified_on = work_email.verified_at.date()
    review.save(update_fields=["verification_method", "verified_on"])
    return True
