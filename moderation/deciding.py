"""How a choice reaches the desk: by the page of an item or by a batch, through the same checks."""

from typing import Any

from django.utils import timezone

from moderation.desk import Choice, Desk, Verb
from moderation.errors import Conflict, NotPossible
from moderation.models import Decision, QueueItem
from moderation.permissions import can_moderate
from moderation.queue import holder_of


class Held(Conflict):
    """Another moderator has it before them."""


ANOTHER_DECIDES = (
    "Another moderator decides on this: it is your own, or you decided on it before."
)


NO_MODERATOR = "Whoever chose this is no moderator any more."


def decide(desk: Desk, target: Any, choice: Choice, item: QueueItem | None) -> Decision:
    """Raises Conflict or NotPossible, and then nothing has changed.

    The hold spares two people the same work; what keeps the second from overwriting the first is the service's
    conditional UPDATE.
    """
    if item is not None and item.closed_at is not None and item.outcome == "":
        raise Conflict
    if item is not None and holder_of(item, timezone.now()) not in (
        None,
        choice.moderator,
    ):
        raise Held
    refusal = why_not(desk, target, choice)
    if refusal:
        raise NotPossible(refusal)
    return desk.decide(target, choice)


def why_not(desk: Desk, target: Any, choice: Choice) -> str:
    """Empty: it can be tried."""
    # A batch is carried out later than it was chosen.
    if not can_moderate(choice.moderator):
        return NO_MODERATOR
    if not desk.may_decide(target, choice.moderator):
        return ANOTHER_DECIDES
    if desk.needs_opening(target, choice.moderator):
        return "It is private: look at it first."
    verb = verb_named(desk, target, choice.verb)
    if verb is None:
        return "It can’t be decided so any more."
    if verb.is_refusal and choice.reason_code not in desk.grounds(target):
        return "This rule is no ground for refusing it."
    return ""


def verb_named(desk: Desk, target: Any, name: str) -> Verb | None:
    return next((verb for verb in desk.verbs(target) if verb.name == name), None)


def first_verb(desk: Desk, target: Any, *, is_refusal: bool) -> Verb | None:
    """What "approve" and "refuse" mean for this target."""
    verbs = desk.verbs(target)
    return next((verb for verb in verbs if verb.is_refusal == is_refusal), None)
