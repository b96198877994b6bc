"""A call or a meeting: proposed, then agreed, answered with other times, declined, called off or passed.

Members and conversation are locked first, as everywhere; each step is a conditional UPDATE besides, because the clock
moves proposals without these locks.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.utils import timezone

from accounts.models import User
from accounts.services import keep_time_zone
from messaging import emails
from messaging.models import (
    LONGEST_CALL,
    PLACE_LENGTH,
    SHORTEST_CALL,
    CallProposal,
    CallSlot,
    Conversation,
)
from messaging.models.calls import CallProposalQuerySet
from messaging.permissions import Refusal, can_propose_call
from messaging.services.errors import (
    ClientKeyReused,
    MessageRefused,
    refusal_of,
    refuse,
)
from messaging.services.locks import locked
from messaging.times import can_be_proposed
from reviews_site.lib.text import one_line
from reviews_site.lib.time_zones import UTC, is_zone

State = CallProposal.State

REMINDED_BEFORE = timedelta(hours=1)
AT_ONCE = 100


@transaction.atomic
def propose_call(
    *,
    conversation: Conversation,
    member: User,
    slots: list[datetime],
    minutes: int,
    place: str,
    time_zone: str,
    client_key: uuid.UUID,
) -> CallProposal:
    """Raises MessageRefused or ClientKeyReused. A repeated call proposes once.

    It replaces one's own open proposal, and answers the other side's with other times.
    """
    seen = locked(conversation, member)
    # A second would tell more of who proposes than of the call.
    slots = sorted(slot.replace(second=0, microsecond=0) for slot in slots)
    place = one_line(place)
    said = {"minutes": minutes, "place": place, "time_zone": time_zone}
    made = _made_before(seen, client_key, said, slots)
    if made is not None:
        return made
    refuse(can_propose_call(seen) or _unfit(slots, minutes, place, time_zone))
    _make_room(seen)
    try:
        with transaction.atomic():
            proposal = _create(seen, client_key, said, slots)
    except IntegrityError as error:
        raise MessageRefused(refusal_of(error)) from error
    # UTC is what a form begins with: nobody has said it by leaving it there.
    if time_zone != UTC:
        keep_time_zone(user=member, time_zone=time_zone)
    emails.call_proposed(proposal, seen)
    return proposal


@transaction.atomic
def accept_call(*, proposal: CallProposal, member: User, slot: CallSlot) -> None:
    """Agrees to one of the times; raises MessageRefused. To agree again to the same one changes nothing."""
    seen = locked(proposal.conversation, member)
    calls = CallProposal.objects.filter(pk=proposal.pk, conversation=seen)
    theirs = calls.filter(proposer=seen.other)
    if theirs.filter(state=State.ACCEPTED, starts_at=slot.starts_at).exists():
        return
    now = timezone.now()
    refuse(
        can_propose_call(seen)
        or _answerable(calls, seen)
        or _unfit_slot(proposal, slot, now)
    )
    is_soon = slot.starts_at <= now + REMINDED_BEFORE
    moved = theirs.filter(state=State.PROPOSED).update(
        state=State.ACCEPTED,
        starts_at=slot.starts_at,
        answered_at=now,
        # Who agrees less than an hour before needs no reminder.
        reminded_at=now if is_soon else None,
    )
    if not moved:
        refuse(Refusal.CALL_CHANGED)
    emails.call_accepted(calls.get(), seen)


@transaction.atomic
def decline_call(*, proposal: CallProposal, member: User) -> None:
    """Raises MessageRefused. Declining again changes nothing."""
    seen = locked(proposal.conversation, member)
    calls = CallProposal.objects.filter(pk=proposal.pk, conversation=seen)
    if calls.filter(proposer=seen.other, state=State.DECLINED).exists():
        return
    refuse(_answerable(calls, seen))
    open_ones = calls.filter(state=State.PROPOSED)
    if not open_ones.update(state=State.DECLINED, answered_at=timezone.now()):
        refuse(Refusal.CALL_CHANGED)
    emails.call_declined(calls.get(), seen)


@transaction.atomic
def cancel_call(*, proposal: CallProposal, member: User) -> None:
    """Takes one's own proposal back, or calls off what was agreed; raises MessageRefused. Again changes nothing."""
    seen = locked(proposal.conversation, member)
    _let_pass(CallProposal.objects.filter(conversation=seen))
    calls = CallProposal.objects.filter(pk=proposal.pk, conversation=seen)
    if calls.filter(state=State.CANCELLED).exists():
        return
    now = timezone.now()
    if calls.filter(state=State.ACCEPTED).update(**_called_off(now)):
        emails.call_cancelled(calls.get(), [seen.other])
        return
    mine = calls.filter(state=State.PROPOSED, proposer=seen.me)
    if not mine.update(**_called_off(now)):
        refuse(Refusal.CALL_CHANGED)


def end_calls(conversations: QuerySet[Conversation]) -> None:
    """Calls off what is proposed or agreed in these conversations, once nothing goes on in them.

    Whoever is still there and waits for a call is told.
    """
    live = CallProposal.objects.live().filter(conversation__in=conversations)
    ids = list(live.order_by("pk").select_for_update().values_list("pk", "state"))
    now = timezone.now()
    CallProposal.objects.filter(pk__in=[pk for pk, _ in ids]).update(**_called_off(now))
    agreed = CallProposal.objects.filter(
        pk__in=[pk for pk, state in ids if state == State.ACCEPTED], starts_at__gt=now
    )
    for call in agreed.select_related("conversation__review__product"):
        sides = call.conversation.participants.filter(left_at=None, user__isnull=False)
        emails.call_cancelled(call, list(sides.select_related("user")))


def expire_calls() -> int:
    """What nobody answered in time, and what was agreed and is over; returns how many."""
    return _let_pass(CallProposal.objects.all())


def remind_of_calls() -> int:
    """Tells both sides an hour before; returns of how many calls. What has begun meanwhile, nobody is told."""
    told = 0
    while count := _remind_of_some():
        told += count
    return told


@transaction.atomic
def _remind_of_some() -> int:
    now = timezone.now()
    due = CallProposal.objects.filter(
        state=State.ACCEPTED,
        reminded_at=None,
        starts_at__gt=now,
        starts_at__lte=now + REMINDED_BEFORE,
    )
    # Another worker takes others.
    held = due.order_by("starts_at").select_for_update(skip_locked=True, of=("self",))
    calls = list(held.select_related("conversation__review__product")[:AT_ONCE])
    for call in calls:
        CallProposal.objects.filter(pk=call.pk).update(reminded_at=now)
        emails.call_reminder(call)
    return len(calls)


@transaction.atomic
def _let_pass(calls: CallProposalQuerySet) -> int:
    now = timezone.now()
    to_come = CallSlot.objects.filter(proposal=OuterRef("pk"), starts_at__gt=now)
    unanswered = calls.filter(~Exists(to_come), state=State.PROPOSED)
    over = calls.filter(state=State.ACCEPTED).alias(ends_at=ENDS_AT)
    return _move(unanswered, State.EXPIRED) + _move(
        over.filter(ends_at__lte=now), State.PAST
    )


ENDS_AT = ExpressionWrapper(
    F("starts_at")
    + ExpressionWrapper(
        F("minutes") * Value(timedelta(minutes=1)), output_field=DurationField()
    ),
    output_field=DateTimeField(),
)


def _move(calls: CallProposalQuerySet, state: str) -> int:
    """Rows that somebody is answering right now are left to them."""
    held = calls.select_for_update(skip_locked=True, of=("self",))
    ids = list(held.values_list("pk", flat=True))
    return CallProposal.objects.filter(pk__in=ids).update(state=state)


def _called_off(now: datetime) -> dict[str, Any]:
    return {
        "state": State.CANCELLED,
        "answered_at": now,
        "sequence": F("sequence") + 1,
    }


def _made_before(
    seen: Conversation,
    client_key: uuid.UUID,
    said: dict[str, Any],
    slots: Sequence[datetime],
) -> CallProposal | None:
    calls = CallProposal.objects.filter(proposer=seen.me, client_key=client_key)
    made = calls.first()
    if made is None:
        return None
    as_said = all(getattr(made, name) == value for name, value in said.items())
    if not as_said or [slot.starts_at for slot in made.slots.all()] != slots:
        raise ClientKeyReused
    return made


def _unfit(
    slots: Sequence[datetime], minutes: int, place: str, time_zone: str
) -> Refusal | None:
    """Forms and serializers say which of these it is; this is for whoever forgot to ask them."""
    fits = (
        can_be_proposed(slots, timezone.now())
        and SHORTEST_CALL <= minutes <= LONGEST_CALL
        and len(place) <= PLACE_LENGTH
        and is_zone(time_zone)
    )
    return None if fits else Refusal.CALL_UNFIT


def _make_room(seen: Conversation) -> None:
    calls = CallProposal.objects.filter(conversation=seen)
    _let_pass(calls)
    if calls.filter(state=State.ACCEPTED).exists():
        refuse(Refusal.CALL_AGREED)
    now = timezone.now()
    open_ones = calls.filter(state=State.PROPOSED)
    open_ones.filter(proposer=seen.other).update(state=State.COUNTERED, answered_at=now)
    open_ones.filter(proposer=seen.me).update(**_called_off(now))


def _create(
    seen: Conversation,
    client_key: uuid.UUID,
    said: dict[str, Any],
    slots: Sequence[datetime],
) -> CallProposal:
    proposal = CallProposal.objects.create(
        conversation=seen, proposer=seen.me, client_key=client_key, **said
    )
    CallSlot.objects.bulk_create(
        CallSlot(proposal=proposal, position=position, starts_at=starts_at)
        for position, starts_at in enumerate(slots, 1)
    )
    return proposal


def _unfit_slot(
    proposal: CallProposal, slot: CallSlot, now: datetime
) -> Refusal | None:
    if slot.proposal_id != proposal.pk:
        return Refusal.CALL_CHANGED
    return Refusal.CALL_PASSED if slot.starts_at <= now else None


def _answerable(calls: CallProposalQuerySet, seen: Conversation) -> Refusal | None:
    if calls.filter(state=State.PROPOSED, proposer=seen.me).exists():
        return Refusal.CALL_OWN
    open_ones = calls.filter(state=State.PROPOSED, proposer=seen.other)
    return None if open_ones.exists() else Refusal.CALL_CHANGED
