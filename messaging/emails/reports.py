from collections.abc import Mapping

from django.utils.formats import date_format

from accounts.models import User
from messaging.emails.links import about_conversation, thread_of
from messaging.emails.suspensions import render_suspension
from messaging.models import MessageReport
from messaging.suspensions import ends_at
from moderation.models import Decision, DecisionRecord, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.rendering import Rendered, render_email
from notifications.services import queue_email

kinds.register(
    "message_report_decided", label="A report of yours is decided", transactional=True
)
kinds.register(
    "message_restricted", label="A decision about what you wrote", transactional=True
)


def message_report_decided(report: MessageReport, decision: Decision) -> None:
    _tell_decision(
        "message_report_decided",
        report,
        decision,
        report.reporter,
        {"decision": decision},
    )


def message_restricted(report: MessageReport, decision: Decision) -> None:
    _tell_decision(
        "message_restricted",
        report,
        decision,
        report.message.sender,
        _reasons(report, decision),
    )


def preview_restriction(
    report: MessageReport, reason_code: ReasonCode, statement: str, suspension: str
) -> Rendered:
    """What the sender would get, for the moderator to read before deciding: one e-mail, or two."""
    decision = Decision(action=Decision.Action.UPHOLD_REPORT, reason_code=reason_code)
    decision.record = DecisionRecord(statement=statement)
    restricted = _restriction(report, decision)
    if not suspension:
        return restricted
    suspended = render_suspension(report, decision, ends_at(suspension))
    return Rendered(
        f"{restricted.subject}, and: {suspended.subject}",
        f"{restricted.text}\n\n{suspended.text}",
        "",
    )


def _restriction(report: MessageReport, decision: Decision) -> Rendered:
    context = about_conversation(report.message.conversation) | _reasons(
        report, decision
    )
    kind = "message_restricted"
    return render_email(kinds.get(kind), f"emails/{kind}", context, "")


def _reasons(report: MessageReport, decision: Decision) -> dict[str, object]:
    return statement_of_reasons(
        decision,
        restricted=f"your message of {date_format(report.message.created_at, 'j F Y')}",
        effect="The conversation is closed: neither of you can write in it.",
    )


def _tell_decision(
    kind: str,
    report: MessageReport,
    decision: Decision,
    recipient: User | None,
    context: Mapping[str, object],
) -> None:
    if recipient is None:
        return
    queue_email(
        kind=kind,
        # An appeal may decide the report anew.
        dedupe_key=f"{kind}:{report.public_id}:{decision.public_id}",
        recipient=recipient,
        about={"report": str(report.public_id)},
        thread=thread_of(report.message.conversation),
        context=about_conversation(report.message.conversation) | dict(context),
    )
