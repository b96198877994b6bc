"""Appeals, as a moderator other than the first has them on the desk."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from moderation import desk, emails, services
from moderation.desk import Choice, Desk, Verb
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision, ReasonCode
from moderation.permissions import may_decide_appeal
from moderation.reasons import STATEMENTS

GRANT = Verb(
    "grant",
    "Grant",
    explain="Takes the decision back and tells the author.",
    words=STATEMENTS[ReasonCode.NO_VIOLATION],
)
DISMISS = Verb(
    "dismiss",
    "Dismiss",
    is_refusal=True,
    explain="The decision stands; the author is told why.",
)
AGREES = "We read it again with your appeal beside it, and agree with the decision. "


class AppealDesk(Desk):
    kind = APPEAL
    label = "Appeal"
    plural = "Appeals"
    template = "admin/desks/appeal.html"
    allows_bulk = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Appeal]:
        appeals = Appeal.objects.select_related(
            "author", "decision__record__moderator", "first_moderator"
        )
        return appeals.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: Appeal) -> str:
        about = desk.get(target.decision.target_kind).label.lower()
        return f"Against “{target.decision.get_action_display()}” ({about})"

    def subtitle(self, target: Appeal) -> str:
        return f"decided on {target.decision.created_at:%-d %B %Y}"

    def verbs(self, target: Appeal) -> tuple[Verb, ...]:
        return (GRANT, DISMISS) if target.status == Appeal.Status.OPEN else ()

    def grounds(self, target: Appeal) -> Mapping[ReasonCode, str]:
        """Only its own: on another ground the first decision would have been another."""
        code = ReasonCode(target.decision.reason_code)
        return {code: AGREES + STATEMENTS[code]}

    def history(self, target: Appeal) -> QuerySet[Decision]:
        """Of what it is about, and of the appeal itself."""
        first = target.decision
        return Decision.objects.filter(
            Q(
                target_kind=first.target_kind,
                target_public_id=first.target_public_id,
            )
            | Q(target_kind=APPEAL, target_public_id=target.public_id)
        ).select_related("record__moderator")

    def context(self, target: Appeal, moderator: User) -> dict[str, Any]:
        """Below the appeal stands what it is about, as its own desk draws it: that desk's `target`, too."""
        about, subject = desk.get(target.decision.target_kind), _subject(target)
        told: dict[str, Any] = {"appeal": target, "appealed": target.decision}
        if subject is None:
            return told
        return {
            **about.context(subject, moderator),
            **told,
            "target": subject,
            "subject_title": about.title(subject),
            "about_template": about.template,
        }

    def decide(self, target: Appeal, choice: Choice) -> Decision:
        if choice.verb == GRANT.name:
            return services.grant_appeal(
                appeal=target, moderator=choice.moderator, statement=choice.statement
            )
        return services.dismiss_appeal(
            appeal=target, moderator=choice.moderator, statement=choice.statement
        )

    def preview(self, target: Appeal, choice: Choice) -> Any:
        action = (
            Decision.Action.GRANT_APPEAL
            if choice.verb == GRANT.name
            else Decision.Action.DISMISS_APPEAL
        )
        return emails.preview_outcome(target, action, choice.statement)

    def may_decide(self, target: Appeal, moderator: User) -> bool:
        about, subject = desk.get(target.decision.target_kind), _subject(target)
        return may_decide_appeal(moderator, target) and (
            subject is None or about.may_decide(subject, moderator)
        )

    def needs_opening(self, target: Appeal, moderator: User) -> str:
        """As private as what it is about."""
        subject = _subject(target)
        if subject is None or target.status != Appeal.Status.OPEN:
            return ""
        return desk.get(target.decision.target_kind).needs_opening(subject, moderator)

    def open(self, target: Appeal, moderator: User) -> None:
        subject = _subject(target)
        if subject is not None:
            desk.get(target.decision.target_kind).open(subject, moderator)


def _subject(appeal: Appeal) -> Any:
    """What the appealed decision was about; None once it is gone."""
    public_id = appeal.decision.target_public_id
    return desk.get(appeal.decision.target_kind).load([public_id]).get(public_id)


desk.register(AppealDesk())
