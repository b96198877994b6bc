"""Notices: anyone sends one, a moderator decides all that are open about the same thing at once.

Nothing else changes by a report: not whether it is shown, not its place, not the score.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision, ReasonCode, Report
from moderation.reasons import STATEMENTS
from moderation.services import (
    Conflict,
    close_item,
    open_item,
    record_decision,
)
from reviews import emails
from reviews.models import Comment, Review
from reviews.participation import PartRefusal, is_representative, report_refusal
from reviews.reporting import (
    Reported,
    Subject,
    is_public,
    may_decide_reports,
    subject_of,
    text_of,
    version_of,
)
from reviews.services.discussion import lock_member, remove_comment
from reviews.services.errors import PartRefused
from reviews.services.moderating import remove_review
from reviews.services.responses import remove_response

Status = Report.Status


@transaction.atomic
def report_content(
    *,
    target: Reported,
    reporter: User | None,
    reason: str,
    details: str = "",
    email: str = "",
) -> Report:
    """`reporter` is None for a visitor, who may leave an `email`. Raises PartRefused.

    A member's second report of the same thing is the first.
    """
    subject = subject_of(target)
    if reporter is not None:
        lock_member(reporter)
        sent = subject.reports_of(target).filter(reporter=reporter).first()
        if sent is not None:
            return sent
    _refuse(target, reporter)
    report = _insert(
        subject,
        target,
        reporter=reporter,
        reporter_kind=_kind_of(reporter),
        reporter_email=email if _takes(email, reporter) else "",
        reason=reason,
        details=details,
    )
    open_item(
        kind=subject.kind,
        target_public_id=target.public_id,
        opened_at=report.created_at,
    )
    emails.send_report_received(report)
    return report


@transaction.atomic
def uphold_reports(
    *,
    target: Reported,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    seen_version: int | None = None,
) -> Decision:
    """What was reported is removed, with the statement of reasons to its author; who reported it learns the rule.

    What is no longer public by now stays as it is. Raises Conflict, PartRefused, or what the removal raises.
    """
    _refuse_own(target, moderator)
    reports = _resolve(target, Status.UPHELD)
    _refuse_unread(target, seen_version)
    was_removed = target.status == "published"
    if was_removed:
        _remove(target, moderator, reason_code, statement)
    action = Decision.Action.UPHOLD_REPORT
    decision = _decide(target, moderator, action, reason_code, statement)
    _tell(reports, decision, was_removed)
    return decision


@transaction.atomic
def dismiss_reports(
    *,
    target: Reported,
    moderator: User,
    statement: str = "",
    seen_version: int | None = None,
) -> Decision:
    """Nothing changes; who reported it learns why. Raises Conflict or PartRefused."""
    _refuse_own(target, moderator)
    reports = _resolve(target, Status.DISMISSED)
    _refuse_unread(target, seen_version)
    action = Decision.Action.DISMISS_REPORT
    ground = ReasonCode.NO_VIOLATION
    decision = _decide(target, moderator, action, ground, statement)
    _tell(reports, decision, was_removed=False)
    return decision


# --- The work behind ------------------------------------------------------------------------


def _refuse(target: Reported, reporter: User | None) -> None:
    if not is_public(target):
        raise PartRefused(PartRefusal.NOT_PUBLIC)
    if reporter and (refusal := report_refusal(reporter, target.author_id)):
        raise PartRefused(refusal)


def _kind_of(reporter: User | None) -> Report.ReporterKind:
    if reporter is None:
        return Report.ReporterKind.VISITOR
    if is_representative(reporter):
        return Report.ReporterKind.VENDOR
    return Report.ReporterKind.MEMBER


def _takes(email: str, reporter: User | None) -> bool:
    """Members are written to at their own address."""
    return reporter is None and emails.may_write_to(email)


def _insert(subject: Subject, target: Reported, **columns: Any) -> Report:
    report = subject.reports(**{subject.field: target}, **columns)
    report.save(force_insert=True)
    return report


def _refuse_own(target: Reported, moderator: User) -> None:
    if not may_decide_reports(moderator, target):
        raise PartRefused(PartRefusal.NOT_TO_DECIDE)


def _refuse_unread(target: Reported, seen_version: int | None) -> None:
    """Its author may have changed it since the moderator read it."""
    target.refresh_from_db()
    if seen_version not in (None, version_of(target)):
        raise Conflict


def _resolve(target: Reported, status: Report.Status) -> list[Report]:
    """The reports that were open; locked first, so that of two moderators one finds none left."""
    subject = subject_of(target)
    waiting = subject.open_reports_of(target).select_for_update(of=("self",))
    reports = list(waiting.select_related("reporter").order_by("pk"))
    if not reports:
        raise Conflict
    resolved = subject.reports._default_manager.filter(
        pk__in=[report.pk for report in reports]
    )
    resolved.update(status=status, resolved_at=timezone.now())
    return reports


def _remove(
    target: Reported, moderator: User, reason_code: ReasonCode, statement: str
) -> None:
    said: dict[str, Any] = {
        "moderator": moderator,
        "reason_code": reason_code,
        "statement": statement,
    }
    if isinstance(target, Review):
        remove_review(review=target, **said)
    elif isinstance(target, Comment):
        remove_comment(comment=target, **said)
    else:
        remove_response(response=target, **said)


def _decide(
    target: Reported,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    kind = subject_of(target).kind
    close_item(kind=kind, target_public_id=target.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=kind,
        target_public_id=target.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
        content=text_of(target),
    )


def _tell(reports: list[Report], decision: Decision, was_removed: bool) -> None:
    """With the outcome in the outbox, a visitor's address has done its work."""
    for report in reports:
        emails.send_report_decided(report, decision, was_removed)
    left = [report.pk for report in reports if report.reporter_email]
    if left:
        type(reports[0])._default_manager.filter(pk__in=left).update(reporter_email="")
