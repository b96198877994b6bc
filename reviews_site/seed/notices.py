"""Reports about what is public, refused and removed reviews, appeals."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from messaging.models import Conversation, MessageReport
from messaging.permissions import REPORT_KIND as MESSAGE_REPORT
from moderation.models import Appeal, Decision, ReasonCode, Report
from reviews import kinds
from reviews.models import (
    Comment,
    CommentReport,
    ResponseReport,
    ReviewReport,
    VendorResponse,
)
from reviews_site.seed.log import SeedDecision, Subject
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.sentences import discussion as said
from reviews_site.seed.stored import Stored

APPEAL = "appeal"
DISMISSED_REPORTS = 22
WAITING_REPORTS = 4
DISMISSED_APPEALS = 2
WAITING_APPEALS = 2
WAITING_MESSAGE_REPORTS = 2
DAY = datetime.timedelta(days=1)
Action = Decision.Action
Status = Report.Status
# What a refused review broke, one after the other.
GROUNDS = (
    ReasonCode.NOT_VERIFIED, ReasonCode.NOT_PERSONAL, ReasonCode.COPIED, ReasonCode.ADVERTISING,
    ReasonCode.NOT_VERIFIED, ReasonCode.CONFLICT, ReasonCode.WRONG_PRODUCT, ReasonCode.PRIVATE_DATA,
    ReasonCode.ABUSIVE,
)  # fmt: skip
KINDS = (Report.ReporterKind.VISITOR, Report.ReporterKind.MEMBER, Report.ReporterKind.MEMBER, Report.ReporterKind.VENDOR)  # fmt: skip


def log_reviews(stored: Stored) -> list[SeedDecision]:
    """Each review was or will be decided on; returns the refusals and the removals."""
    rng = stored.rng("refusals")
    refusals = []
    for number, review in enumerate(stored.made.reviews):
        subject = Subject(
            kinds.REVIEW, review.public_id, review.submitted_at, review.whole_text
        )
        if review.status == "pending":
            stored.log.waits(subject)
        elif review.published_at is None:
            at = stored.hours_later(review.submitted_at, rng)
            ground = GROUNDS[number % len(GROUNDS)]
            refusals.append(stored.log.decided(subject, at, Action.REJECT, ground))
        else:
            stored.log.decided(subject, review.published_at, Action.PUBLISH)
        if review.removed_at:
            refusals.append(_removed(stored, review, subject, rng))
    return refusals


def _removed(
    stored: Stored, review: SeedReview, subject: Subject, rng: Random
) -> SeedDecision:
    """Because somebody reported it."""
    assert review.removed_at is not None
    since = review.removed_at - datetime.timedelta(hours=rng.randint(3, 50))
    report = _report(
        stored, rng, since, Report.Reason.FAKE, "It reads like an advertisement."
    )
    report.update(status=Status.UPHELD, resolved_at=review.removed_at)
    ReviewReport.objects.create(review_id=stored.id_of(review), **report)
    about = Subject(kinds.REVIEW_REPORT, review.public_id, since, review.whole_text)
    stored.log.decided(
        about, review.removed_at, Action.UPHOLD_REPORT, ReasonCode.ADVERTISING
    )
    return stored.log.noted(
        subject, review.removed_at, Action.REMOVE, ReasonCode.ADVERTISING
    )


def _report(
    stored: Stored, rng: Random, since: datetime.datetime, reason: str, details: str
) -> dict[str, object]:
    kind = rng.choice(KINDS)
    person = stored.somebody(rng)
    reporter_id = stored.user_ids[person.number]
    return {
        "public_id": random_uuid(rng),
        "reporter_id": None if kind == Report.ReporterKind.VISITOR else reporter_id,
        "reporter_kind": kind,
        "reason": reason,
        "details": details,
        "created_at": since,
    }


# --- Reports --------------------------------------------------------------------------------


def write_reports(stored: Stored) -> None:
    rng = stored.rng("reports")
    reported = stored.some("reported", DISMISSED_REPORTS + WAITING_REPORTS, 240)
    for number, review in enumerate(reported):
        reason, details = said.REPORTS[number % len(said.REPORTS)]
        assert review.published_at is not None
        waits = number < WAITING_REPORTS
        age = stored.now - review.published_at
        since = (
            stored.now - datetime.timedelta(hours=7 + 12 * number)
            if waits
            else review.published_at + age * rng.uniform(0.2, 0.8)
        )
        report = _report(stored, rng, max(since, review.published_at), reason, details)
        subject = Subject(
            kinds.REVIEW_REPORT, review.public_id, since, review.whole_text
        )
        _resolve_or_wait(stored, report, subject, waits, rng)
        ReviewReport.objects.create(review_id=stored.id_of(review), **report)
    _report_comment(stored, rng)
    _report_response(stored, rng)
    _report_messages(stored, rng)


def _resolve_or_wait(
    stored: Stored,
    report: dict[str, object],
    subject: Subject,
    waits: bool,
    rng: Random,
) -> None:
    if waits:
        stored.log.waits(subject)
        return
    at = stored.hours_later(subject.since, rng)
    stored.log.decided(subject, at, Action.DISMISS_REPORT, ReasonCode.NO_VIOLATION)
    report.update(status=Status.DISMISSED, resolved_at=at)


def _report_comment(stored: Stored, rng: Random) -> None:
    comment = Comment.objects.published().order_by("-published_at", "public_id").first()
    if comment is None:
        return
    since = stored.now - datetime.timedelta(hours=2, minutes=10)
    report = _report(
        stored, rng, since, Report.Reason.ABUSE, "This tone isn't helpful."
    )
    CommentReport.objects.create(comment=comment, **report)
    stored.log.waits(Subject(kinds.COMMENT_REPORT, comment.public_id, since))


def _report_response(stored: Stored, rng: Random) -> None:
    newest = VendorResponse.objects.published().order_by("-published_at", "public_id")
    response = newest.first()
    if response is None:
        return
    since = stored.now - datetime.timedelta(hours=19)
    details = "The vendor says that this was changed. It wasn't."
    report = _report(stored, rng, since, Report.Reason.OTHER, details)
    ResponseReport.objects.create(response=response, **report)
    stored.log.waits(Subject(kinds.RESPONSE_REPORT, response.public_id, since))


def _report_messages(stored: Stored, rng: Random) -> None:
    """By the side that was written to."""
    declined = Conversation.objects.filter(state=Conversation.State.DECLINED)
    unseen = declined.exclude(buyer=stored.users["buyer"]).order_by("public_id")
    for number, conversation in enumerate(unseen[:WAITING_MESSAGE_REPORTS]):
        message = conversation.messages.get()
        since = stored.now - datetime.timedelta(hours=10 + 15 * number)
        report = MessageReport.objects.create(
            public_id=random_uuid(rng),
            message=message,
            reporter=conversation.participants.get(role="reviewer").user,
            reason=Report.Reason.SPAM,
            details="A sales pitch, not a question." if number else "",
            created_at=since,
        )
        stored.log.waits(Subject(MESSAGE_REPORT, _message_target(report), since))


def _message_target(report: MessageReport) -> UUID:
    return report.public_id


# --- Appeals --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Appeal:
    against: SeedDecision
    public_id: UUID
    text: str
    created_at: datetime.datetime
    answer: SeedDecision | None = None

    @property
    def status(self) -> Appeal.Status:
        if self.answer is None:
            return Appeal.Status.OPEN
        if self.answer.action == Action.GRANT_APPEAL:
            return Appeal.Status.GRANTED
        return Appeal.Status.DISMISSED


def log_appeals(stored: Stored, refusals: Sequence[SeedDecision]) -> list[_Appeal]:
    """Against refusals of the last months; decided by whoever didn't refuse."""
    rng = stored.rng("appeals")
    restored = {
        review.public_id: review for review in stored.made.reviews if review.restored_at
    }
    granted = [each for each in refusals if each.subject.public_id in restored]
    others = [each for each in refusals if each not in granted]
    others.sort(key=lambda each: each.at)
    decided = [
        *(
            _granted(stored, each, restored[each.subject.public_id], rng)
            for each in granted
        ),
        *(_dismissed(stored, each, rng) for each in others[:DISMISSED_APPEALS]),
    ]
    return [
        *decided,
        *(
            _waiting(stored, each, n, rng)
            for n, each in enumerate(others[-WAITING_APPEALS:])
        ),
    ]


def _granted(
    stored: Stored, against: SeedDecision, review: SeedReview, rng: Random
) -> _Appeal:
    assert review.restored_at is not None
    moderator = stored.log.other_than(against.moderator)
    since = review.restored_at - DAY
    subject = Subject(APPEAL, random_uuid(rng), since, said.APPEALS[1])
    no_violation = ReasonCode.NO_VIOLATION
    answer = stored.log.decided(
        subject, review.restored_at, Action.GRANT_APPEAL, no_violation, moderator
    )
    stored.log.noted(
        against.subject, review.restored_at, Action.RESTORE, no_violation, moderator
    )
    return _Appeal(against, subject.public_id, subject.text, since, answer)


def _dismissed(stored: Stored, against: SeedDecision, rng: Random) -> _Appeal:
    since = against.at + datetime.timedelta(hours=rng.randint(4, 90))
    subject = Subject(APPEAL, random_uuid(rng), since, said.APPEALS[2])
    at = stored.hours_later(since, rng)
    moderator = stored.log.other_than(against.moderator)
    answer = stored.log.decided(
        subject, at, Action.DISMISS_APPEAL, against.reason, moderator
    )
    return _Appeal(against, subject.public_id, subject.text, since, answer)


def _waiting(
    stored: Stored, against: SeedDecision, number: int, rng: Random
) -> _Appeal:
    since = stored.now - datetime.timedelta(hours=15 + 20 * number)
    subject = Subject(APPEAL, random_uuid(rng), since, said.APPEALS[-number])
    stored.log.waits(subject)
    return _Appeal(against, subject.public_id, subject.text, since)


def write_appeals(
    stored: Stored, appeals: Iterable[_Appeal], decision_ids: Mapping[UUID, int]
) -> None:
    """Once the log is written: an appeal names a line of it."""
    authors = {
        review.public_id: stored.author_id(review) for review in stored.made.reviews
    }
    for appeal in appeals:
        answer = appeal.answer
        Appeal.objects.create(
            public_id=appeal.public_id,
            decision_id=decision_ids[appeal.against.public_id],
            author_id=authors[appeal.against.subject.public_id],
            text=appeal.text,
            status=appeal.status,
            created_at=appeal.created_at,
            decided_by=answer.moderator if answer else None,
            decided_at=answer.at if answer else None,
        )
