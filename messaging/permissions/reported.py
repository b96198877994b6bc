from accounts.models import User
from messaging.models import MessageReport, Participant
from moderation.models import Appeal, Decision
from moderation.permissions import can_moderate

# What the decision log calls a report of a message.
REPORT_KIND = "message_report"


def may_read_reported(moderator: User, report: MessageReport) -> bool:
    """A moderator, while the report or an appeal is open, and never one who takes part in the conversation."""
    takes_part = Participant.objects.filter(
        conversation=report.message.conversation_id, user=moderator
    )
    return (
        can_moderate(moderator)
        and (report.status == MessageReport.Status.OPEN or _is_appealed(report))
        and not takes_part.exists()
    )


def _is_appealed(report: MessageReport) -> bool:
    return Appeal.objects.filter(
        status=Appeal.Status.OPEN,
        decision__target_kind=REPORT_KIND,
        decision__target_public_id=report.public_id,
    ).exists()


def has_read_reported(moderator: User, report: MessageReport) -> bool:
    """Whether they read it, and so can decide; it stands in the log."""
    return (
        may_read_reported(moderator, report)
        and Decision.objects.filter(
            record__moderator=moderator,
            action=Decision.Action.READ_MESSAGE,
            target_kind=REPORT_KIND,
            target_public_id=report.public_id,
        ).exists()
    )
