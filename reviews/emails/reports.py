"""What whoever reported something is told; what its author is told, says the e-mail about the removal."""

from datetime import timedelta

from django.db.models.functions import Lower
from django.utils import timezone

from moderation.models import Decision, ReasonCode, Report
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered
from notifications.services import queue_email
from reviews.emails.previewing import imagined, preview
from reviews.participation import RECEIPTS_PER_ADDRESS_AND_DAY
from reviews.reporting import Reported, review_of, subject_of, target_of

# A notice has a right to a receipt and a reasoned decision: neither can be switched off.
kinds.register("report_received", label="Your report has arrived", transactional=True)
kinds.register("report_decided", label="Your report is decided", transactional=True)


def send_report_received(report: Report) -> None:
    _send(report, "report_received", {"is_told": True})


def send_report_decided(report: Report, decision: Decision, was_removed: bool) -> None:
    _send(report, "report_decided", _outcome(decision, was_removed))


def may_write_to(address: str) -> bool:
    """Anybody can type anybody's address into a report: it gets 5 receipts a day, not more."""
    since = timezone.now() - timedelta(hours=24)
    receipts = OutgoingEmail.objects.filter(
        kind="report_received", created_at__gt=since
    )
    to_it = receipts.annotate(to=Lower("address")).filter(to=address.lower())
    return to_it.count() < RECEIPTS_PER_ADDRESS_AND_DAY


def preview_outcome(
    target: Reported,
    report: Report,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Rendered:
    """What those who reported it would get."""
    decision = imagined(reason_code, statement, action=action)
    outcome = _outcome(decision, was_removed=True)
    return preview("report_decided", _context(report, target) | outcome)


def _outcome(decision: Decision, was_removed: bool) -> dict[str, object]:
    return {
        "decision": decision,
        "is_upheld": decision.action == Decision.Action.UPHOLD_REPORT,
        "was_removed": was_removed,
    }


def _send(report: Report, kind: str, more: dict[str, object]) -> None:
    """A visitor who left no address is told by the report's own page."""
    if report.reporter is None and not report.reporter_email:
        return
    queue_email(
        kind=kind,
        recipient=report.reporter,
        address="" if report.reporter else report.reporter_email,
        dedupe_key=f"{kind}:{report.public_id}",
        about={"report": str(report.public_id)},
        context=_context(report, target_of(report)) | more,
    )


def _context(report: Report, target: Reported) -> dict[str, object]:
    return {
        "report": report,
        "noun": subject_of(target).noun,
        "product_name": review_of(target).product.name,
        "report_url": absolute(f"/reports/{report.public_id}/"),
        "guidelines_url": absolute("/about/guidelines/"),
    }
