"""Getting out of a conversation: what each way does to both sides stands in docs/messaging-privacy.md."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from messaging.models import Block, Conversation, Participant
from messaging.services.calls import end_calls
from messaging.services.contacts import end_contacts
from messaging.services.locks import lock_members, locked

State = Conversation.State
# A blocked one, too, is closed for good by what ends it.
ENDABLE = (*Conversation.LIVE, State.BLOCKED)


def end(conversations: QuerySet[Conversation], state: str) -> None:
    """Nothing goes on in these for either side, what was agreed in them included; call it in a transaction."""
    # Locked before the calls are looked at: whoever proposes one waits here, or is seen.
    rows = conversations.order_by("pk").select_for_update(no_key=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True))
    ended = Conversation.objects.filter(pk__in=ids)
    ended.update(state=state, ended_at=timezone.now())
    end_calls(ended)
    end_contacts(ended)


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
def block_member(*, blocker: User, conversation: Conversation) -> None:
    """Nobody of the two reaches the other again, here or by any other review.

    Another conversation of the two keeps its state: it must not tell that both reviews have one author.
    """
    seen = locked(conversation, blocker)
    if seen.other.user is not None:
        Block.objects.get_or_create(blocker=blocker, blocked=seen.other.user)
    this = Conversation.objects.filter(pk=seen.pk, state__in=Conversation.LIVE)
    end(this, State.BLOCKED)


@transaction.atomic
def unblock_member(*, blocker: User, conversation: Conversation) -> None:
    """Takes one's own block back; where the other side blocked too, nothing opens."""
    seen = locked(conversation, blocker)
    other = seen.other.user
    if other is None:
        return
    Block.objects.filter(blocker=blocker, blocked=other).delete()
    if Block.objects.filter(blocker=other, blocked=blocker).exists():
        return
    between = _between(blocker, other).filter(state=State.BLOCKED)
    unanswered = between.filter(accepted_at=None)
    unanswered.filter(from_reviewer_count=0).update(
        state=State.REQUESTED, ended_at=None
    )
    between.update(state=State.OPEN, ended_at=None)


def _between(one: User, another: User) -> QuerySet[Conversation]:
    mine = Participant.objects.filter(user=one).values("conversation")
    theirs = Participant.objects.filter(user=another).values("conversation")
    return Conversation.objects.filter(pk__in=mine).filter(pk__in=theirs)
