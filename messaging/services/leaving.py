"""Getting out of a conversation: what each way does to both sides stands in docs/messaging-privacy.md."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from messaging.models import Block, Conversation, Participant
from messaging.permissions.members import member_of
from messaging.permissions.vendors import vendor_refusals
from messaging.services.calls import end_calls
from messaging.services.contacts import end_contacts
from messaging.services.locks import lock_members, locked
from reviews.models import Review

State = Conversation.State
# A blocked one, too, is closed for good by what ends it.
ENDABLE = (*Conversation.LIVE, State.BLOCKED)


def end(conversations: QuerySet[Conversation], state: str) -> None:
    """Nothing goes on in these for either side, what was agreed in them included; call it in a transaction."""
    ended = _locked_rows(conversations)
    ended.update(state=state, ended_at=timezone.now())
    take_back(ended)


def take_back(conversations: QuerySet[Conversation]) -> None:
    """What the two agreed on, and what they showed of themselves; in a transaction, with the conversations locked."""
    end_calls(conversations)
    end_contacts(conversations)


def _locked_rows(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Whoever proposes a call in one of them waits, or is seen by what comes next."""
    rows = conversations.order_by("pk").select_for_update(no_key=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True))
    return Conversation.objects.filter(pk__in=ids)


@transaction.atomic
def leave_conversation(*, conversation: Conversation, member: User) -> None:
    """Closes it for both; a request that its sender leaves is withdrawn."""
    seen = locked(conversation, member)
    Participant.objects.filter(pk=seen.me.pk, left_at=None).update(
        left_at=timezone.now(), unread_count=0
    )
    end(Conversation.objects.filter(pk=seen.pk, state__in=ENDABLE), State.CLOSED)


@transaction.atomic
def close_conversations(*, member: User) -> None:
    """All that they take part in, for both sides, requests as well."""
    # Whoever starts one with them waits here, or is seen.
    lock_members([member.pk])
    theirs = Participant.objects.filter(user=member).values("conversation")
    end(Conversation.objects.filter(pk__in=theirs, state__in=ENDABLE), State.CLOSED)


@transaction.atomic
def rest_conversations(*, member: User) -> None:
    """Of somebody suspended or disabled: they stay, for when it is over; what was agreed and shown in them doesn't."""
    lock_members([member.pk])
    theirs = Participant.objects.filter(user=member).values("conversation")
    live = Conversation.objects.filter(pk__in=theirs, state__in=Conversation.LIVE)
    take_back(_locked_rows(live))


@transaction.atomic
def rest_at_vendor(*, member: User) -> None:
    """Of those about a product of their employer or of its competitors: nobody can write, nothing is agreed or shown."""
    asked = Conversation.objects.filter(buyer=member, state__in=Conversation.LIVE)
    products = set(asked.values_list("review__product", flat=True))
    known = member_of(member)
    if known and (refused := vendor_refusals(known.names, products)):
        lock_members([member.pk])
        take_back(_locked_rows(asked.filter(review__product__in=refused)))


@transaction.atomic
def end_with_reviews(*, review_ids: Iterable[int]) -> None:
    """Of those that aren't public any more. What a moderator removed may come back, and the conversation with it."""
    reviews = Review.objects.filter(pk__in=review_ids).exclude(
        status=Review.Status.PUBLISHED
    )
    # As above. Whoever locks reviews as well locks them before their authors.
    lock_members(reviews.values_list("author", flat=True))
    hanging = Conversation.objects.filter(review__in=reviews, state__in=ENDABLE)
    # All of them first: in two goes the order of the keys would be two orders.
    about = _locked_rows(hanging)
    removed = Review.Status.REMOVED
    end(about.exclude(review__status=removed), State.CLOSED)
    take_back(about.filter(review__status=removed))


@transaction.atomic
def block_member(*, blocker: User, conversation: Conversation) -> None:
    """Nobody of the two reaches the other again, here or by any other review.

    Another conversation of the two keeps its state: it must not tell that both reviews have one author. What they
    agreed on and showed there ends as well: that nobody can write there says as much.
    """
    seen = locked(conversation, blocker)
    if seen.other.user is not None:
        Block.objects.get_or_create(
            blocker=blocker, blocked=seen.other.user, conversation=seen
        )
        # Whoever shows or proposes something locks both members first, as this did.
        take_back(_between(blocker, seen.other.user))
    this = Conversation.objects.filter(pk=seen.pk, state__in=Conversation.LIVE)
    end(this, State.BLOCKED)


@transaction.atomic
def unblock_member(*, blocker: User, conversation: Conversation) -> None:
    """Takes back the block that one made here; where the other side made one here too, nothing opens.

    One that was made in another conversation of the two stays, and so nobody can write here yet.
    """
    seen = locked(conversation, blocker)
    other = seen.other.user
    if other is None:
        return
    made_here = Block.objects.made_in(seen)
    made_here.filter(blocker=blocker, blocked=other).delete()
    if made_here.filter(blocker=other, blocked=blocker).exists():
        return
    blocked = Conversation.objects.filter(pk=seen.pk, state=State.BLOCKED)
    unanswered = blocked.filter(accepted_at=None, from_reviewer_count=0)
    unanswered.update(state=State.REQUESTED, ended_at=None)
    blocked.update(state=State.OPEN, ended_at=None)


def _between(one: User, another: User) -> QuerySet[Conversation]:
    mine = Participant.objects.filter(user=one).values("conversation")
    theirs = Participant.objects.filter(user=another).values("conversation")
    return Conversation.objects.filter(pk__in=mine).filter(pk__in=theirs)
