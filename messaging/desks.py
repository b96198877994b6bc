"""Reported messages on a moderator's desk: private until the moderator asks, and asking is logged."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from messaging import emails, services
from messaging.models import MessageReport, Participant
from messaging.permissions import REPORT_KIND, has_read_reported, may_read_reported
from messaging.suspensions import Length
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.errors import NotPossible
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered

DISMISS = Verb(
    "dismiss",
    "No violation",
    explain="The conversation goes on, and who reported it is told.",
    words=STATEMENTS[ReasonCode.NO_VIOLATION],
)
UPHOLD = Verb(
    "uphold",
    "It breaks the rules",
    is_refusal=True,
    explain="The conversation is closed, and both sides read the reasons.",
)
RESTRICTED = (Decision.Action.UPHOLD_REPORT, Decision.Action.SUSPEND_MESSAGING)
OPENING = (
    "You can read the reported message and at most three before it. That you did is written into the log of "
    "decisions, and both members see “Seen by moderation” beside these messages."
)


class MessageReportDesk(Desk):
    kind = REPORT_KIND
    label = "Reported message"
    plural = "Reported messages"
    template = "admin/desks/message_report.html"
    allows_bulk = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, MessageReport]:
        reports = MessageReport.objects.select_related(
            "message__conversation__review__product", "message__sender", "reporter"
        )
        return reports.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: MessageReport) -> str:
        """Of the message itself nothing, nor who wrote to whom."""
        return target.get_reason_display()

    def subtitle(self, target: MessageReport) -> str:
        return f"in a private conversation, reported by a {target.get_reporter_kind_display().lower()}"

    def verbs(self, target: MessageReport) -> tuple[Verb, ...]:
        return (DISMISS, UPHOLD) if target.status == MessageReport.Status.OPEN else ()

    def sanctions(self, target: MessageReport) -> dict[str, str]:
        is_there = target.message.sender is not None
        return (
            {str(length.value): str(length.label) for length in Length}
            if is_there
            else {}
        )

    def context(self, target: MessageReport, moderator: User) -> dict[str, Any]:
        may_see = has_read_reported(moderator, target)
        return {
            "report": target,
            "reported": services.reported_messages(target) if may_see else [],
        }

    def decide(self, target: MessageReport, choice: Choice) -> Decision:
        report: dict[str, Any] = {
            "report": target,
            "moderator": choice.moderator,
            "statement": choice.statement,
        }
        if choice.verb == DISMISS.name:
            return services.dismiss_report(**report)
        return services.uphold_report(
            **report, reason_code=choice.ground, suspension=choice.sanction
        )

    def preview(self, target: MessageReport, choice: Choice) -> Rendered | None:
        if choice.verb != UPHOLD.name:
            return None
        return emails.preview_restriction(
            target, choice.ground, choice.statement, choice.sanction
        )

    def may_decide(self, target: MessageReport, moderator: User) -> bool:
        """Nobody who takes part in the conversation."""
        return not Participant.objects.filter(
            conversation=target.message.conversation_id, user=moderator
        ).exists()

    def needs_opening(self, target: MessageReport, moderator: User) -> str:
        may_read = may_read_reported(moderator, target)
        return OPENING if may_read and not has_read_reported(moderator, target) else ""

    def open(self, target: MessageReport, moderator: User) -> None:
        try:
            services.read_reported_message(report=target, moderator=moderator)
        except MessageReport.DoesNotExist as error:
            raise NotPossible("It can’t be read here any more.") from error

    def affected(self, decision: Decision) -> User | None:
        if decision.action not in RESTRICTED:
            return None
        report = self._of(decision)
        return report.message.sender if report else None

    def describe(self, decision: Decision) -> str:
        if decision.action == Decision.Action.SUSPEND_MESSAGING:
            return "your private messages, because of a message of yours"
        return "a message of yours in a private conversation"

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        report = self._of(decision)
        if report is None:
            raise NotPossible("The message is no longer there.")
        by: dict[str, Any] = {
            "report": report,
            "moderator": moderator,
            "statement": statement,
        }
        if decision.action == Decision.Action.SUSPEND_MESSAGING:
            return services.overturn_suspension(**by, suspended=decision)
        return services.overturn_report(**by)

    def _of(self, decision: Decision) -> MessageReport | None:
        return self.load([decision.target_public_id]).get(decision.target_public_id)


desk.register(MessageReportDesk())
