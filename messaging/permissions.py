"""Who may write to whom. Pages, API, services and the check before an e-mail is sent all ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Profile, User, WorkEmail
from messaging.models import Block, Conversation, Message, MessageReport, Participant
from moderation.models import Appeal, Decision
from moderation.permissions import can_moderate
from products.models import Vendor, VendorRepresentative
from reviews.models import Review
from reviews.permissions import has_confirmed_email

DAY = timedelta(hours=24)
NEW_CONVERSATIONS_PER_SENDER_AND_DAY = 5
NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY = 3
# What the decision log calls a report of a message.
REPORT_KIND = "message_report"


class Refusal(models.TextChoices):
    """Why a message can't be sent; the label is what its sender reads.

    A block, an opt-out and an author who is gone read the same: nobody learns which of them it is.
    """

    SIGNED_OUT = "signed_out", "Sign in to ask a reviewer."
    EMAIL_NOT_CONFIRMED = (
        "email_not_confirmed",
        "Confirm your e-mail address first; then you can ask.",
    )
    NOT_PUBLISHED = (
        "not_published",
        "The review isn't public at the moment, so nobody can write here.",
    )
    OWN_REVIEW = "own_review", "This is your own review."
    REPRESENTATIVE = (
        "representative",
        "Vendor representatives can't write to members: what a vendor has to say about a review, it says in public.",
    )
    VENDOR_DOMAIN = (
        "vendor_domain",
        "Your e-mail address belongs to the vendor of this product, so you can't write to its reviewers.",
    )
    NOT_ACCEPTING = (
        "not_accepting",
        "This member isn't taking messages at the moment.",
    )
    ALREADY_ASKED = "already_asked", "You have asked this reviewer already."
    SENDER_LIMIT = (
        "sender_limit",
        f"You have begun {NEW_CONVERSATIONS_PER_SENDER_AND_DAY} conversations within 24 hours, "
        "which is the limit. You can ask again tomorrow.",
    )
    REVIEWER_LIMIT = (
        "reviewer_limit",
        f"This reviewer got {NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY} new questions within 24 hours, "
        "which is the limit. You can ask tomorrow.",
    )
    WAIT_FOR_ANSWER = (
        "wait_for_answer",
        "You can write again once the reviewer has answered.",
    )
    DECLINED = "declined", "This request was declined, so nobody can write here."
    CLOSED = "closed", "This conversation is closed, so nobody can write here."


LIMITS = (Refusal.SENDER_LIMIT, Refusal.REVIEWER_LIMIT)


def can_message(buyer: User | AnonymousUser, review: Review) -> Refusal | None:
    """May this member begin a conversation about this review? None is yes."""
    if not isinstance(buyer, User):
        return Refusal.SIGNED_OUT
    return (
        _sender_refusal(buyer)
        or _review_refusal(buyer, review)
        or _buyer_refusal(buyer, review)
        or _author_refusal(review)
        or _pair_refusal(buyer, review.author)
        or _asked_refusal(buyer, review)
        or _limit_refusal(buyer, review)
    )


def refusals(
    buyer: User | AnonymousUser, reviews: Iterable[Review]
) -> dict[int, Refusal | None]:
    """can_message() about each of them, by the review's id, in as many queries for fifty as for one."""
    reviews = list(reviews)
    if not isinstance(buyer, User):
        return {review.pk: Refusal.SIGNED_OUT for review in reviews}
    refusal = _sender_refusal(buyer)
    if refusal or not reviews:
        return {review.pk: refusal for review in reviews}
    known = _KnownOfAll.by(buyer, reviews)
    return {
        review.pk: _review_refusal(buyer, review) or known.refusal(review)
        for review in reviews
    }


def can_write(conversation: Conversation) -> Refusal | None:
    """May `me`, of a row of Conversation.objects.for_user(), write to `other`? None is yes."""
    me, other = conversation.me, conversation.other
    return (
        _state_refusal(conversation, me)
        or _sender_refusal(me.user)
        or _vendor_side_refusal(conversation)
        or _published_refusal(conversation.review)
        or _pair_refusal(me.user, other.user)
    )


def can_accept(conversation: Conversation) -> Refusal | None:
    """May `me` accept or decline this request?"""
    waits_for_me = (
        conversation.state == Conversation.State.REQUESTED
        and conversation.me.role == Participant.Role.REVIEWER
    )
    return None if waits_for_me else Refusal.CLOSED


def can_report(conversation: Conversation, message: Message) -> bool:
    """Participants report what the other side wrote."""
    return (
        message.conversation_id == conversation.pk
        and message.sender_role != conversation.me.role
    )


def _state_refusal(conversation: Conversation, me: Participant) -> Refusal | None:
    State = Conversation.State
    if conversation.state == State.DECLINED:
        return Refusal.DECLINED
    if conversation.state not in Conversation.LIVE:
        return Refusal.CLOSED
    if conversation.state == State.REQUESTED and me.role == Participant.Role.BUYER:
        return Refusal.WAIT_FOR_ANSWER
    return None


def _sender_refusal(sender: User | None) -> Refusal | None:
    if sender is None or not sender.is_active:
        return Refusal.CLOSED
    if not has_confirmed_email(sender):
        return Refusal.EMAIL_NOT_CONFIRMED
    return Refusal.REPRESENTATIVE if is_representative(sender) else None


def _review_refusal(buyer: User, review: Review) -> Refusal | None:
    return _published_refusal(review) or (
        Refusal.OWN_REVIEW if review.author_id == buyer.pk else None
    )


def _published_refusal(review: Review) -> Refusal | None:
    return None if review.status == Review.Status.PUBLISHED else Refusal.NOT_PUBLISHED


def _buyer_refusal(buyer: User, review: Review) -> Refusal | None:
    return Refusal.VENDOR_DOMAIN if works_for_vendor(buyer, review) else None


def _vendor_side_refusal(conversation: Conversation) -> Refusal | None:
    """A buyer who joined the vendor since asking: whoever of the two writes, nothing goes on."""
    is_buyer = conversation.me.role == Participant.Role.BUYER
    buyer = conversation.me.user if is_buyer else conversation.other.user
    if buyer is None or not works_for_vendor(buyer, conversation.review):
        return None
    return Refusal.VENDOR_DOMAIN if is_buyer else Refusal.NOT_ACCEPTING


def _author_refusal(review: Review) -> Refusal | None:
    accepts = Profile.objects.filter(
        user=review.author_id, accepts_messages=Profile.AcceptsMessages.EVERYONE
    )
    return None if accepts.exists() else Refusal.NOT_ACCEPTING


def _pair_refusal(sender: User | None, recipient: User | None) -> Refusal | None:
    reachable = (
        sender is not None
        and recipient is not None
        and recipient.is_active
        and not is_representative(recipient)
        and not is_blocked(sender, recipient)
    )
    return None if reachable else Refusal.NOT_ACCEPTING


def _asked_refusal(buyer: User, review: Review) -> Refusal | None:
    asked = Conversation.objects.filter(buyer=buyer, review=review)
    return Refusal.ALREADY_ASKED if asked.exists() else None


def _limit_refusal(buyer: User, review: Review) -> Refusal | None:
    today = Participant.objects.filter(
        conversation__created_at__gt=timezone.now() - DAY
    )
    begun = today.filter(user=buyer, role=Participant.Role.BUYER)
    if begun.count() >= NEW_CONVERSATIONS_PER_SENDER_AND_DAY:
        return Refusal.SENDER_LIMIT
    received = today.filter(user=review.author_id, role=Participant.Role.REVIEWER)
    if received.count() >= NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY:
        return Refusal.REVIEWER_LIMIT
    return None


@dataclass(frozen=True)
class _KnownOfAll:
    """What the checks of can_message() ask about one review at a time, of many at once: ids."""

    own_products: set[int]
    accepting: set[int]
    out_of_reach: set[int]
    asked: set[int]
    has_begun: int
    received: dict[int, int]

    @classmethod
    def by(cls, buyer: User, reviews: list[Review]) -> "_KnownOfAll":
        authors = {review.author_id for review in reviews if review.author_id}
        today = Participant.objects.filter(
            conversation__created_at__gt=timezone.now() - DAY
        )
        return cls(
            own_products=_own_products(buyer, {r.product_id for r in reviews}),
            accepting=_accepting(authors),
            out_of_reach=_out_of_reach(buyer, authors),
            asked=_ids(
                Conversation.objects.filter(buyer=buyer, review__in=reviews), "review"
            ),
            has_begun=today.filter(user=buyer, role=Participant.Role.BUYER).count(),
            received=dict(
                today.filter(user__in=authors, role=Participant.Role.REVIEWER)
                .values_list("user")
                .annotate(n=Count("pk"))
            ),
        )

    def refusal(self, review: Review) -> Refusal | None:
        if review.product_id in self.own_products:
            return Refusal.VENDOR_DOMAIN
        author = review.author_id
        if author not in self.accepting or author in self.out_of_reach:
            return Refusal.NOT_ACCEPTING
        if review.pk in self.asked:
            return Refusal.ALREADY_ASKED
        if self.has_begun >= NEW_CONVERSATIONS_PER_SENDER_AND_DAY:
            return Refusal.SENDER_LIMIT
        if self.received.get(author, 0) >= NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY:
            return Refusal.REVIEWER_LIMIT
        return None


def _ids(rows: QuerySet[Any], column: str) -> set[int]:
    return set(rows.values_list(column, flat=True))


def _own_products(buyer: User, products: set[int]) -> set[int]:
    employers = _employers(buyer).filter(products__in=products)
    return products & _ids(employers, "products")


def _accepting(authors: set[int]) -> set[int]:
    everyone = Profile.AcceptsMessages.EVERYONE
    return _ids(
        Profile.objects.filter(user__in=authors, accepts_messages=everyone), "user"
    )


def _out_of_reach(buyer: User, authors: set[int]) -> set[int]:
    inactive = User.objects.filter(pk__in=authors, is_active=False)
    speaking = VendorRepresentative.objects.current().filter(user__in=authors)
    blocks = Block.objects.filter(
        Q(blocker=buyer, blocked__in=authors) | Q(blocker__in=authors, blocked=buyer)
    )
    pairs = blocks.values_list("blocker", "blocked")
    blocked = {pk for pair in pairs for pk in pair} - {buyer.pk}
    return _ids(inactive, "pk") | _ids(speaking, "user") | blocked


def is_representative(user: User) -> bool:
    return VendorRepresentative.objects.current().filter(user=user).exists()


def is_blocked(one: User, another: User) -> bool:
    return Block.objects.filter(
        Q(blocker=one, blocked=another) | Q(blocker=another, blocked=one)
    ).exists()


def works_for_vendor(user: User, review: Review) -> bool:
    """Whether a confirmed address of theirs, of work or of the account, lies within a domain of the vendor.

    A work e-mail counts here longer than the year for which it proves anything in its owner's favour.
    """
    return _employers(user).filter(products=review.product_id).exists()


def _employers(user: User) -> QuerySet[Vendor]:
    work = WorkEmail.objects.filter(
        user=user, verified_at__isnull=False, lapsed_at__isnull=True
    )
    domains = [
        *work.values_list("domain", flat=True),
        *(
            address.rpartition("@")[2]
            for address in EmailAddress.objects.filter(
                user=user, verified=True
            ).values_list("email", flat=True)
        ),
    ]
    within = sorted({parent for domain in domains for parent in _parents(domain)})
    return Vendor.objects.filter(email_domains__overlap=within)


def _parents(domain: str) -> list[str]:
    """ "mail.eu.vendor.com" is within itself, "eu.vendor.com" and "vendor.com"."""
    labels = domain.lower().split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]


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
