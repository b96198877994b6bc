"""Comments on a moderator's desk."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.text import Truncator

from accounts.models import User
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.errors import NotPossible
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered
from reviews import emails, services
from reviews.kinds import COMMENT
from reviews.models import Comment
from reviews.participation import may_decide_comment
from reviews.queue import member_file

PUBLISH = Verb(
    "publish",
    "Publish",
    explain="It appears under the review, its author gets an e-mail, and so does the reviewer who wants one.",
)
REJECT = Verb(
    "reject", "Reject", is_refusal=True, explain="Its author may write another one."
)
REMOVE = Verb(
    "remove",
    "Remove",
    is_refusal=True,
    explain="It disappears from the page; answers to it stay. It can be restored.",
)
RESTORE = Verb(
    "restore",
    "Restore",
    explain="It stands where it stood before, and its author gets an e-mail.",
)
VERBS: dict[str, tuple[Verb, ...]] = {
    Comment.Status.PENDING: (PUBLISH, REJECT),
    Comment.Status.PUBLISHED: (REMOVE,),
    Comment.Status.REMOVED: (RESTORE,),
}
GROUNDS: dict[ReasonCode, str] = {
    code: STATEMENTS[code]
    for code in (
        ReasonCode.ABUSIVE,
        ReasonCode.PRIVATE_DATA,
        ReasonCode.ADVERTISING,
        ReasonCode.WRONG_PRODUCT,
    )
} | {
    ReasonCode.CONFLICT: (
        "You work for the vendor of this product or for one of its competitors. What a vendor has to say about a "
        "review, it says in its public response."
    ),
    ReasonCode.COPIED: "The same text stands elsewhere on the site, or was not written by you.",
}


class CommentDesk(Desk):
    kind = COMMENT
    label = "Comment"
    plural = "Comments"
    template = "admin/desks/comment.html"

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Comment]:
        comments = Comment.objects.select_related(
            "review__product__vendor", "review__author", "author__profile", "parent"
        )
        return comments.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: Comment) -> str:
        return Truncator(target.body).chars(80) or "Erased by its author"

    def subtitle(self, target: Comment) -> str:
        what = "Answer under" if target.parent_id else "On"
        return f"{what} “{target.review.headline}” · {target.review.product.name}"

    def verbs(self, target: Comment) -> tuple[Verb, ...]:
        return VERBS.get(target.status, ()) if target.body else ()

    def grounds(self, target: Comment) -> Mapping[ReasonCode, str]:
        return GROUNDS

    def context(self, target: Comment, moderator: User) -> dict[str, Any]:
        return {
            "comment": target,
            "review": target.review,
            "persona": target.persona,
            "author": member_file(target.author, target.review.product),
            **_others_of(target),
        }

    def decide(self, target: Comment, choice: Choice) -> Decision:
        by: dict[str, Any] = {"comment": target, "moderator": choice.moderator}
        if choice.verb == PUBLISH.name:
            return services.publish_comment(**by)
        if choice.verb == RESTORE.name:
            return services.restore_comment(**by)
        refuse = {
            REJECT.name: services.reject_comment,
            REMOVE.name: services.remove_comment,
        }
        return refuse[choice.verb](
            **by, reason_code=choice.ground, statement=choice.statement
        )

    def preview(self, target: Comment, choice: Choice) -> Rendered | None:
        kinds = {REJECT.name: "comment_rejected", REMOVE.name: "comment_removed"}
        if choice.verb not in kinds:
            return None
        return emails.preview_comment_decision(
            kinds[choice.verb], target, choice.ground, choice.statement
        )

    def may_decide(self, target: Comment, moderator: User) -> bool:
        return may_decide_comment(moderator, target)

    def affected(self, decision: Decision) -> User | None:
        found = self._of(decision)
        return found.author if found else None

    def describe(self, decision: Decision) -> str:
        found = self._of(decision)
        if found is None:
            return super().describe(decision)
        written = f"{found.created_at:%-d %B %Y}"
        return f"your comment of {written} on a review of {found.review.product.name}"

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        comment = self._of(decision)
        if comment is None:
            raise NotPossible("The comment is no longer there.")
        # Somebody restored it since.
        if comment.status == Comment.Status.PUBLISHED:
            return None
        if decision.action not in (Decision.Action.REJECT, Decision.Action.REMOVE):
            return None
        return services.restore_comment(
            comment=comment, moderator=moderator, statement=statement
        )

    def _of(self, decision: Decision) -> Comment | None:
        return self.load([decision.target_public_id]).get(decision.target_public_id)


def _others_of(comment: Comment) -> dict[str, Any]:
    """The other comments of its author, as numbers and the latest of them."""
    if comment.author is None:
        return {}
    others = Comment.objects.filter(author=comment.author).exclude(pk=comment.pk)
    counts = others.order_by().values_list("status").annotate(Count("pk"))
    latest = others.select_related("review__product").order_by("-id")
    return {"comment_counts": dict(counts), "other_comments": latest[:5]}


desk.register(CommentDesk())
