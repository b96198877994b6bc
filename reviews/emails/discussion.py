"""What members are told about comments. Of others' comments only that they are there; never from whom."""

from moderation.models import Decision, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered
from notifications.services import queue_email
from reviews.emails.previewing import imagined, preview
from reviews.models import Comment

_EFFECTS = {
    "comment_rejected": "Nobody but you can see it.",
    "comment_removed": "Nobody but you can see it any more.",
}


# --- Asked again just before sending --------------------------------------------------------


def unwanted_comment(mail: OutgoingEmail) -> str | None:
    public = Comment.objects.published().filter(public_id=mail.about.get("comment"))
    return None if public.exists() else "the comment isn't public any more"


# Part of writing a comment, a decision and its reasons above all: none can be switched off.
for _name, _label in {
    "comment_published": "Your comment is public",
    "comment_rejected": "Your comment is not published",
    "comment_removed": "Your comment was removed",
    "comment_restored": "Your comment is back",
}.items():
    kinds.register(_name, label=_label, transactional=True)
kinds.register(
    "review_commented",
    label="Somebody comments on a review of yours",
    transactional=False,
    still_wanted=unwanted_comment,
    on_by_default=False,
)
kinds.register(
    "comment_answered",
    label="Somebody answers a comment of yours",
    transactional=False,
    still_wanted=unwanted_comment,
    on_by_default=False,
)


# --- One function per e-mail ----------------------------------------------------------------


def send_comment_published(comment: Comment, decision: Decision) -> None:
    _send_decision("comment_published", comment, decision)


def send_comment_rejected(comment: Comment, decision: Decision) -> None:
    _send_decision("comment_rejected", comment, decision)


def send_comment_removed(comment: Comment, decision: Decision) -> None:
    _send_decision("comment_removed", comment, decision)


def send_comment_restored(comment: Comment, decision: Decision) -> None:
    _send_decision("comment_restored", comment, decision)


def tell_of_comment(comment: Comment) -> None:
    """The review's author, and whoever is answered; each once, and nobody of their own words."""
    told = {comment.author_id, None}
    answered = comment.parent.author if comment.parent else None
    for kind, member in (
        ("review_commented", comment.review.author),
        ("comment_answered", answered),
    ):
        if member is None or member.pk in told:
            continue
        told.add(member.pk)
        queue_email(
            kind=kind,
            recipient=member,
            dedupe_key=f"{kind}:{comment.public_id}",
            about={"comment": str(comment.public_id)},
            context=_context(comment),
        )


def preview_comment_decision(
    kind: str, comment: Comment, reason_code: ReasonCode, statement: str
) -> Rendered:
    """What its author would get."""
    reasons = _reasons(kind, comment, imagined(reason_code, statement))
    return preview(kind, _context(comment) | reasons)


def _send_decision(kind: str, comment: Comment, decision: Decision) -> None:
    """Nobody is told about the comment of a member who was erased."""
    if comment.author is None:
        return
    queue_email(
        kind=kind,
        recipient=comment.author,
        dedupe_key=f"{kind}:{comment.public_id}:{decision.public_id}",
        about={"comment": str(comment.public_id)},
        context=_context(comment) | _reasons(kind, comment, decision),
    )


def _context(comment: Comment) -> dict[str, object]:
    review = comment.review
    return {
        "comment": comment,
        "review": review,
        "product": review.product,
        "is_shown": review.status == review.Status.PUBLISHED,
        "comment_url": absolute(comment.get_absolute_url()),
        "own_comments_url": absolute("/me/comments/"),
    }


def _reasons(kind: str, comment: Comment, decision: Decision) -> dict[str, object]:
    if kind not in _EFFECTS:
        return {"decision": decision}
    written = f"{comment.created_at:%-d %B %Y}"
    return statement_of_reasons(
        decision,
        restricted=f"your comment of {written} on the review “{comment.review.headline}” "
        f"of {comment.review.product.name}",
        effect=_EFFECTS[kind],
    )
