from datetime import datetime

from django.utils.formats import date_format

from messaging.emails.links import about_conversation, thread_of
from messaging.models import MessageReport, MessagingSuspension
from moderation.models import Decision
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.rendering import Rendered, render_email
from notifications.services import queue_email

KIND = "message_suspended"
STILL_POSSIBLE = "You can still read, and leave, decline, block and report."

kinds.register(KIND, label="A suspension of your private messages", transactional=True)


def message_suspended(
    report: MessageReport, decision: Decision, suspension: MessagingSuspension
) -> None:
    queue_email(
        kind=KIND,
        dedupe_key=f"{KIND}:{suspension.public_id}",
        recipient=suspension.user,
        about={"suspension": str(suspension.public_id)},
        context=_context(report, decision, suspension.until),
        thread=thread_of(report.message.conversation),
    )


def render_suspension(
    report: MessageReport, decision: Decision, until: datetime | None
) -> Rendered:
    context = _context(report, decision, until)
    return render_email(kinds.get(KIND), f"emails/{KIND}", context, "")


def _context(
    report: MessageReport, decision: Decision, until: datetime | None
) -> dict[str, object]:
    reasons = statement_of_reasons(
        decision,
        restricted="your right to write private messages, because of your message of "
        + date_format(report.message.created_at, "j F Y"),
        effect=f"{_how_long(until)} you can't write, ask, share details or propose calls. {STILL_POSSIBLE}",
    )
    return about_conversation(report.message.conversation) | reasons


def _how_long(until: datetime | None) -> str:
    if until is None:
        return "From now on, for good,"
    return f"Until {date_format(until, 'j F Y, H:i')} UTC"
