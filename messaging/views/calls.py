"""What the thread shows of calls and meetings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from messaging.models import CallProposal, CallSlot, Conversation
from messaging.times import WallTime, known_or_utc

State = CallProposal.State
# The thread shows the latest; older ones tell nothing any more.
CALLS_SHOWN = 10


@dataclass(frozen=True)
class SlotShown:
    position: int
    time: WallTime
    has_passed: bool


@dataclass(frozen=True)
class CallShown:
    call: CallProposal
    is_mine: bool
    starts: WallTime | None
    slots: list[SlotShown]
    # To come, and off: the reader's calendar may still have it.
    is_to_take_out: bool

    @property
    def can_be_answered(self) -> bool:
        return not self.is_mine and not all(slot.has_passed for slot in self.slots)


@dataclass(frozen=True)
class CallsShown:
    live: CallShown | None
    earlier: list[CallShown]
    time_zone: str
    # Nothing in the profile: the browser may show the times in its own.
    is_guess: bool

    # Another when the latest proposal was answered or another came.
    marker: str

    @property
    def called_off(self) -> CallShown | None:
        return next((call for call in self.earlier if call.is_to_take_out), None)


def calls_context(seen: Conversation) -> dict[str, Any]:
    calls = _latest(seen) if seen.holds.calls else []
    said = calls[0].reader_zone if calls else ""
    return {"calls": _shown(seen, calls, known_or_utc(said), is_guess=not said)}


def _latest(seen: Conversation) -> list[CallProposal]:
    rows = CallProposal.objects.filter(conversation=seen).shown_to(seen.me.user_id)
    return list(rows[:CALLS_SHOWN])


def _shown(
    seen: Conversation, calls: list[CallProposal], time_zone: str, *, is_guess: bool
) -> CallsShown:
    now = timezone.now()
    live = next((call for call in calls if _is_live(call, now)), None)
    is_open = live is not None and live.state == State.PROPOSED
    slots = live.slots.all() if live and is_open else []
    return CallsShown(
        live=_call(seen, live, slots, time_zone, now) if live else None,
        earlier=[_call(seen, c, [], time_zone, now) for c in calls if c is not live],
        time_zone=time_zone,
        is_guess=is_guess,
        marker=f"{calls[0].public_id}.{calls[0].state}" if calls else "",
    )


def _is_live(call: CallProposal, now: datetime) -> bool:
    """The clock may not have moved on yet what is over."""
    if call.state == State.ACCEPTED and call.starts_at is not None:
        return call.starts_at + timedelta(minutes=call.minutes) > now
    return call.state == State.PROPOSED


def _call(
    seen: Conversation,
    call: CallProposal,
    slots: Iterable[CallSlot],
    time_zone: str,
    now: datetime,
) -> CallShown:
    starts_at = call.starts_at
    is_off = call.state == State.CANCELLED
    return CallShown(
        call=call,
        is_mine=call.proposer_id == seen.me.pk,
        starts=WallTime(starts_at, time_zone) if starts_at else None,
        slots=[
            SlotShown(
                slot.position,
                WallTime(slot.starts_at, time_zone),
                slot.starts_at <= now,
            )
            for slot in slots
        ],
        is_to_take_out=bool(is_off and starts_at and starts_at > now),
    )
