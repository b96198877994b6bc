"""What was reported, on a moderator's desk: all open reports about one thing are decided together."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.text import Truncator

from accounts.models import User
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.models import Decision, ReasonCode, Report
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered
from reviews import emails, kinds, reporting, services
from reviews.coarsening import public_persona
from reviews.desks.discussion import GROUNDS as COMMENT_GROUNDS
from reviews.desks.vendors import RESPONSE_GROUNDS
from reviews.models import Comment, Review, VendorResponse
from reviews.queue import author_file, member_file
from reviews.reporting import Subject

DISMISS = Verb(
    "dismiss",
    "Keep it",
    explain="Nothing changes. Whoever reported it reads these words.",
    words=STATEMENTS[ReasonCode.NO_VIOLATION],
)
UPHOLD = Verb(
    "uphold",
    "Remove it",
    is_refusal=True,
    explain="Its author gets these reasons and may appeal. Whoever reported it is told the rule, not the words.",
)


class ReportDesk(Desk):
    subject: ClassVar[Subject]
    # What the log calls the thing itself.
    thing: ClassVar[str]
    related: ClassVar[tuple[str, ...]]
    # A decision about many is made unread too easily.
    allows_bulk = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Any]:
        is_open = self.subject.reports._default_manager.filter(
            status=Report.Status.OPEN
        )
        reports = Prefetch("reports", is_open.order_by("id"), to_attr="open_reports")
        things = self.subject.model._default_manager.select_related(*self.related)
        found = things.prefetch_related(reports)
        return found.in_bulk(list(public_ids), field_name="public_id")

    def subtitle(self, target: Any) -> str:
        said = Counter(report.get_reason_display() for report in target.open_reports)
        reasons = ", ".join(
            reason if number == 1 else f"{reason} ({number})"
            for reason, number in said.most_common()
        )
        number = len(target.open_reports)
        return (
            f"{number} report{'' if number == 1 else 's'}: {reasons}" if number else ""
        )

    def version(self, target: Any) -> int:
        return reporting.version_of(target)

    def verbs(self, target: Any) -> tuple[Verb, ...]:
        return (DISMISS, UPHOLD) if target.open_reports else ()

    def context(self, target: Any, moderator: User) -> dict[str, Any]:
        review = reporting.review_of(target)
        decided = self.subject.reports_of(target).exclude(status=Report.Status.OPEN)
        return {
            "review": review,
            "is_public": reporting.is_public(target),
            "reports": target.open_reports,
            "reporters": Counter(
                report.get_reporter_kind_display() for report in target.open_reports
            ).most_common(),
            "decided": decided.order_by("-id")[:10],
            **self.about_author(target, review),
        }

    def about_author(self, target: Any, review: Review) -> dict[str, Any]:
        return {
            "persona": getattr(target, "persona", ""),
            "author": member_file(target.author, review.product),
        }

    def history(self, target: Any) -> QuerySet[Decision]:
        """Also what was decided on the thing itself."""
        return Decision.objects.filter(
            target_kind__in=(self.kind, self.thing), target_public_id=target.public_id
        ).select_related("record__moderator")

    def decide(self, target: Any, choice: Choice) -> Decision:
        how: dict[str, Any] = {
            "target": target,
            "moderator": choice.moderator,
            "statement": choice.statement,
            "seen_version": choice.seen_version,
        }
        if choice.verb == DISMISS.name:
            return services.dismiss_reports(**how)
        return services.uphold_reports(**how, reason_code=choice.ground)

    def preview(self, target: Any, choice: Choice) -> Rendered | None:
        """What the author gets, or whoever reported it where it stays."""
        if choice.verb == UPHOLD.name:
            return self.preview_removal(target, choice.ground, choice.statement)
        return emails.preview_outcome(
            target,
            target.open_reports[0],
            Decision.Action.DISMISS_REPORT,
            ReasonCode.NO_VIOLATION,
            choice.statement,
        )

    @abstractmethod
    def preview_removal(
        self, target: Any, ground: ReasonCode, statement: str
    ) -> Rendered: ...

    def may_decide(self, target: Any, moderator: User) -> bool:
        return reporting.may_decide_reports(moderator, target)

    # Nobody is restricted by a decision about a report: the removal is a decision of its own, on the desk of the thing.


class ReviewReportDesk(ReportDesk):
    kind = kinds.REVIEW_REPORT
    label = "Reported review"
    plural = "Reported reviews"
    template = "admin/desks/review_report.html"
    subject = reporting.REVIEW
    thing = kinds.REVIEW
    related = ("product__vendor", "author__profile")

    def title(self, target: Review) -> str:
        return target.headline

    def about_author(self, target: Review, review: Review) -> dict[str, Any]:
        answers = review.answers.select_related("question")
        return {
            "answers": answers.order_by("question__position"),
            "persona": public_persona(review),
            "author": author_file(review),
        }

    def preview_removal(
        self, target: Review, ground: ReasonCode, statement: str
    ) -> Rendered:
        return emails.preview_refusal("review_removed", target, ground, statement)


class CommentReportDesk(ReportDesk):
    kind = kinds.COMMENT_REPORT
    label = "Reported comment"
    plural = "Reported comments"
    template = "admin/desks/comment_report.html"
    subject = reporting.COMMENT
    thing = kinds.COMMENT
    related = ("review__product__vendor", "review__author", "author__profile", "parent")

    def title(self, target: Comment) -> str:
        return Truncator(target.body).chars(80) or "Erased by its author"

    def grounds(self, target: Comment) -> Mapping[ReasonCode, str]:
        return COMMENT_GROUNDS

    def preview_removal(
        self, target: Comment, ground: ReasonCode, statement: str
    ) -> Rendered:
        return emails.preview_comment_decision(
            "comment_removed", target, ground, statement
        )


class ResponseReportDesk(ReportDesk):
    kind = kinds.RESPONSE_REPORT
    label = "Reported answer of a vendor"
    plural = "Reported answers of vendors"
    template = "admin/desks/response_report.html"
    subject = reporting.RESPONSE
    thing = kinds.RESPONSE
    related = ("review__product__vendor", "review__author", "author__profile")

    def title(self, target: VendorResponse) -> str:
        return f"{target.review.product.vendor.name} to “{target.review.headline}”"

    def grounds(self, target: VendorResponse) -> Mapping[ReasonCode, str]:
        return RESPONSE_GROUNDS

    def about_author(self, target: VendorResponse, review: Review) -> dict[str, Any]:
        """It speaks for the vendor: who typed it matters no more."""
        return {}

    def preview_removal(
        self, target: VendorResponse, ground: ReasonCode, statement: str
    ) -> Rendered:
        return emails.preview_response("response_removed", target, ground, statement)


desk.register(ReviewReportDesk())
desk.register(CommentReportDesk())
desk.register(ResponseReportDesk())
