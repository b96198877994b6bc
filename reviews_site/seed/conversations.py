"""Made-up conversations between demo members: requests, open threads, declined ones."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from reviews_site.seed.grammar import can_fill, fill
from reviews_site.seed.sentences import conversations as said

MINUTE = datetime.timedelta(minutes=1)


@dataclass(slots=True)
class SeedMessage:
    sender_role: str
    body: str
    created_at: datetime.datetime


@dataclass(slots=True)
class SeedThread:
    state: str
    messages: list[SeedMessage] = field(default_factory=list)
    # How many of the last messages each side has not read.
    unread: dict[str, int] = field(default_factory=dict)
    # Which message quotes which, by their places in the thread.
    quotes: dict[int, int] = field(default_factory=dict)
    # What a side has typed and not sent.
    drafts: dict[str, str] = field(default_factory=dict)
    archived_by: str = ""


STATES = ("open", "requested", "open", "declined", "open", "closed")


def thread(
    state: str, slots: dict[str, str], now: datetime.datetime, rng: Random
) -> SeedThread:
    if state == "declined":
        lines = [("buyer", said.SALESY)]
    else:
        lines = [("buyer", _one(said.OPENERS, slots, rng))]
    if state in ("open", "closed"):
        lines += [
            ("reviewer", _one(said.ANSWERS, slots, rng)),
            ("buyer", rng.choice(said.FOLLOW_UPS)),
            ("reviewer", rng.choice(said.SECOND_ANSWERS)),
            ("buyer", rng.choice(said.THANKS)),
        ][: 4 if state == "closed" else rng.randint(1, 4)]
    start = now - datetime.timedelta(days=rng.uniform(2, 60))
    messages = _timed(
        [(role, fill(text, slots, rng)) for role, text in lines], start, now, rng
    )
    return SeedThread(state, messages, _unread(state, messages))


def _one(pool: Sequence[str], slots: dict[str, str], rng: Random) -> str:
    return rng.choice([text for text in pool if can_fill(text, slots)])


def _timed(
    lines: Sequence[tuple[str, str]],
    start: datetime.datetime,
    now: datetime.datetime,
    rng: Random,
    longest: int = 600,
) -> list[SeedMessage]:
    """`longest`: minutes until an answer."""
    messages, moment = [], start
    for role, body in lines:
        messages.append(SeedMessage(role, body, min(moment, now - MINUTE)))
        moment += MINUTE * rng.randint(20, longest)
    return messages


def _unread(state: str, messages: Sequence[SeedMessage]) -> dict[str, int]:
    """Whoever did not write last has not read the last message, where the conversation is alive."""
    if state not in ("requested", "open"):
        return {}
    reader = "buyer" if messages[-1].sender_role == "reviewer" else "reviewer"
    return {reader: 1}


def shown_thread(
    slots: dict[str, str], now: datetime.datetime, rng: Random
) -> SeedThread:
    """Between the two members a visitor can log in as; the buyer finds one unread message."""
    # In the course of one day, the day before yesterday.
    start = now - datetime.timedelta(days=1, hours=15, minutes=20)
    lines = [(role, fill(text, slots, rng)) for role, text in said.SHOWN_THREAD]
    return SeedThread(
        "open",
        _timed(lines, start, now, rng, longest=150),
        unread={"buyer": 1},
        quotes={3: 2, 4: 0},
        drafts={"buyer": said.SHOWN_DRAFT},
    )
