"""Members first, in the order of their keys; then the conversation; then what belongs to it."""

from collections.abc import Iterable

from accounts.models import Profile, User
from messaging.models import Conversation


def lock_members(user_ids: Iterable[int | None]) -> None:
    """Whoever changes what holds between two members waits here: quotas and blocks are exact.

    In the order of the keys, so that two who write to each other don't wait for one another.
    """
    ids = sorted({pk for pk in user_ids if pk is not None})
    profiles = Profile.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(profiles.order_by("pk").values_list("pk"))


def locked(conversation: Conversation, member: User) -> Conversation:
    """The conversation as it is now and as this member sees it; raises Conversation.DoesNotExist if it isn't theirs."""
    lock_members(conversation.participants.values_list("user", flat=True))
    return locked_alone(conversation, member)


def locked_alone(conversation: Conversation, member: User) -> Conversation:
    Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    return Conversation.objects.for_user(member).get(pk=conversation.pk)
