"""Reviews and their edits on a moderator's desk."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.personas import persona_of
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.errors import NotPossible
from moderation.models import Decision
from notifications.rendering import Rendered
from reviews import emails, services
from reviews.differences import differences
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewRevision
from reviews.queue import author_file, decision_history, pending_edit_of
from reviews.signals import signal_evidence, texts_in
from reviews.standing import is_impartial

PUBLISH = Verb(
    "publish",
    "Publish",
    explain="It becomes public at once, its stars count, and the author gets an e-mail.",
)
REJECT = Verb(
    "reject", "Reject", is_refusal=True, explain="The author may write again."
)
REMOVE = Verb(
    "remove",
    "Remove",
    is_refusal=True,
    explain="It disappears from the public pages and its stars no longer count. It can be restored.",
)
RESTORE = Verb(
    "restore",
    "Restore",
    explain="It becomes public again with the date it was first published on, and the author gets an e-mail.",
)
APPROVE_EDIT = Verb(
    "approve_edit",
    "Approve",
    explain="The proposed text replaces the public one, and the author gets an e-mail.",
)
REJECT_EDIT = Verb(
    "reject_edit", "Reject", is_refusal=True, explain="The public text stays."
)


class ReviewDesk(Desk):
    kind = REVIEW
    label = "Review"
    plural = "Reviews"
    template = "admin/desks/review.html"

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Review]:
        reviews = Review.objects.select_related("product__vendor", "author__profile")
        return reviews.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: Review) -> str:
        return target.headline

    def subtitle(self, target: Review) -> str:
        return f"{target.stars:.1f} of 5 stars · {target.product.name}, {target.product.vendor.name}"

    def version(self, target: Review) -> int:
        return target.version

    def verbs(self, target: Review) -> tuple[Verb, ...]:
        by_status: dict[str, tuple[Verb, ...]] = {
            Review.Status.PENDING: (PUBLISH, REJECT),
            Review.Status.PUBLISHED: (REMOVE,),
            Review.Status.REMOVED: (RESTORE,),
        }
        return by_status.get(target.status, ())

    def context(self, target: Review, moderator: User) -> dict[str, Any]:
        answers = target.answers.select_related("question")
        return {
            "review": target,
            "persona": persona_of(target),
            "answers": answers.order_by("question__position"),
            "named": target.considered.select_related("product").order_by("id"),
            "author": author_file(target),
            "evidence": signal_evidence(target),
            "pending_edit": pending_edit_of(target),
        }

    def history(self, target: Review) -> Any:
        return decision_history(target)

    def decide(self, target: Review, choice: Choice) -> Decision:
        review: dict[str, Any] = {"review": target, "moderator": choice.moderator}
        seen: dict[str, Any] = {"seen_version": choice.seen_version}
        verbs: dict[str, Callable[[], Decision]] = {
            "publish": lambda: services.publish_review(**review, **seen),
            "reject": lambda: services.reject_review(
                **review, **seen, **_ground(choice)
            ),
            "remove": lambda: services.remove_review(**review, **_ground(choice)),
            "restore": lambda: services.restore_review(**review),
        }
        return verbs[choice.verb]()

    def preview(self, target: Review, choice: Choice) -> Rendered | None:
        kinds = {"reject": "review_rejected", "remove": "review_removed"}
        if choice.verb not in kinds:
            return None
        return emails.preview_refusal(
            kinds[choice.verb], target, choice.ground, choice.statement
        )

    def may_decide(self, target: Review, moderator: User) -> bool:
        return is_impartial(moderator, target)

    def affected(self, decision: Decision) -> User | None:
        review = Review.objects.filter(public_id=decision.target_public_id)
        found = review.select_related("author").first()
        return found.author if found else None

    def describe(self, decision: Decision) -> str:
        review = Review.objects.filter(public_id=decision.target_public_id)
        found = review.select_related("product").first()
        return f"your review {_named(found)}" if found else super().describe(decision)

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        review = self.load([decision.target_public_id]).get(decision.target_public_id)
        if review is None:
            raise NotPossible("The review is no longer there.")
        # Somebody restored it since.
        if review.status == Review.Status.PUBLISHED:
            return None
        back: dict[str, Any] = {
            "review": review,
            "moderator": moderator,
            "statement": statement,
        }
        if decision.action == Decision.Action.REJECT:
            return services.publish_review(**back, from_=Review.Status.REJECTED)
        if decision.action == Decision.Action.REMOVE:
            return services.restore_review(**back)
        return None


class RevisionDesk(Desk):
    kind = REVISION
    label = "Edit"
    plural = "Edits"
    template = "admin/desks/review_revision.html"

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, ReviewRevision]:
        revisions = ReviewRevision.objects.select_related(
            "review__product__vendor", "review__author__profile"
        )
        return revisions.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: ReviewRevision) -> str:
        return f"Edit of “{target.review.headline}”"

    def subtitle(self, target: ReviewRevision) -> str:
        product = target.review.product
        return f"{product.name}, {product.vendor.name}"

    def verbs(self, target: ReviewRevision) -> tuple[Verb, ...]:
        waits = target.status == ReviewRevision.Status.PENDING
        if waits and target.review.status == Review.Status.PUBLISHED:
            return (APPROVE_EDIT, REJECT_EDIT)
        return ()

    def context(self, target: ReviewRevision, moderator: User) -> dict[str, Any]:
        found = differences(target)
        return {
            "revision": target,
            "review": target.review,
            "persona": persona_of(target.review),
            "changed": [each for each in found if each.is_changed],
            "unchanged": [each for each in found if not each.is_changed],
            "author": author_file(target.review),
            "evidence": signal_evidence(target.review, texts_in(target.content)),
        }

    def history(self, target: ReviewRevision) -> Any:
        return decision_history(target.review)

    def decide(self, target: ReviewRevision, choice: Choice) -> Decision:
        edit: dict[str, Any] = {"revision": target, "moderator": choice.moderator}
        if choice.verb == APPROVE_EDIT.name:
            return services.approve_edit(**edit)
        return services.reject_edit(**edit, **_ground(choice))

    def preview(self, target: ReviewRevision, choice: Choice) -> Rendered | None:
        if choice.verb != REJECT_EDIT.name:
            return None
        return emails.preview_refusal(
            "review_edit_rejected", target.review, choice.ground, choice.statement
        )

    def may_decide(self, target: ReviewRevision, moderator: User) -> bool:
        return is_impartial(moderator, target.review)

    def affected(self, decision: Decision) -> User | None:
        found = self._of(decision)
        return found.review.author if found else None

    def describe(self, decision: Decision) -> str:
        found = self._of(decision)
        if found is None:
            return super().describe(decision)
        return f"your edit of the review {_named(found.review)}"

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        revision = self._of(decision)
        if revision is None:
            raise NotPossible("The edit is no longer there.")
        if decision.action != Decision.Action.REJECT_EDIT:
            return None
        return services.approve_edit(
            revision=revision,
            moderator=moderator,
            statement=statement,
            from_=ReviewRevision.Status.REJECTED,
        )

    def _of(self, decision: Decision) -> ReviewRevision | None:
        return self.load([decision.target_public_id]).get(decision.target_public_id)


def _ground(choice: Choice) -> dict[str, Any]:
    return {"reason_code": choice.ground, "statement": choice.statement}


def _named(review: Review) -> str:
    return f"“{review.headline}” of {review.product.name}"


desk.register(ReviewDesk())
desk.register(RevisionDesk())
