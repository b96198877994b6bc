"""What moderators did and what waits for them: collected while rows are made, stored in the order of time at the end."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from accounts.models import User
from moderation.deadlines import after_working_days
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import (
    FIRST_PREVIOUS_HASH,
    WORKING_DAYS_TO_DECIDE,
    commitment,
    entry_hash,
)
from reviews_site.seed import rows
from reviews_site.seed.reviews import random_uuid
from reviews_site.seed.sentences.discussion import EXPLANATIONS

Action = Decision.Action


@dataclass(frozen=True, slots=True)
class Subject:
    """What waits or waited, and since when."""

    kind: str
    public_id: UUID
    since: datetime.datetime
    text: str = ""
    working_days: int = WORKING_DAYS_TO_DECIDE


@dataclass(frozen=True, slots=True)
class SeedDecision:
    public_id: UUID
    at: datetime.datetime
    moderator: User
    action: str
    reason: ReasonCode
    statement: str
    subject: Subject


@dataclass(slots=True)
class Log:
    moderators: tuple[User, User]
    rng: Random
    decisions: list[SeedDecision] = field(default_factory=list)
    # Each with when it was decided and how; None and "" where it waits.
    items: list[tuple[Subject, datetime.datetime | None, str]] = field(
        default_factory=list
    )

    def waits(self, subject: Subject) -> None:
        self.items.append((subject, None, ""))

    def decided(
        self,
        subject: Subject,
        at: datetime.datetime,
        action: Action,
        reason: ReasonCode = ReasonCode.MEETS_GUIDELINES,
        moderator: User | None = None,
    ) -> SeedDecision:
        """It waited, and then somebody decided."""
        self.items.append((subject, at, action))
        return self.noted(subject, at, action, reason, moderator)

    def noted(
        self,
        subject: Subject,
        at: datetime.datetime,
        action: Action,
        reason: ReasonCode,
        moderator: User | None = None,
    ) -> SeedDecision:
        """A line of the log about something that didn't wait in the queue."""
        first, second = self.moderators
        made = SeedDecision(
            random_uuid(self.rng),
            at,
            moderator or (first if self.rng.random() < 0.6 else second),
            action,
            reason,
            statement_for(reason),
            subject,
        )
        self.decisions.append(made)
        return made

    def other_than(self, moderator: User) -> User:
        first, second = self.moderators
        return second if moderator == first else first

    def write(self) -> dict[UUID, int]:
        """The id of each decision by its public one. Into an empty log only: its first line follows nothing."""
        ids = self._write_decisions()
        self._write_items()
        return ids

    def _write_decisions(self) -> dict[UUID, int]:
        ordered = sorted(self.decisions, key=lambda each: (each.at, each.public_id))
        numbers = list(rows.reserve_ids("moderation_decision", len(ordered)))
        lines = list(chained(ordered, self.rng))
        rows.copy_rows(
            "moderation_decision",
            ("id", "public_id", "target_kind", "target_public_id", "action", "reason_code", "is_automated",
             "created_at", "commitment", "previous_hash", "hash"),
            (
                (number, line.public_id, line.target_kind, line.target_public_id, line.action, line.reason_code,
                 False, line.created_at, line.commitment, line.previous_hash, line.hash)
                for number, (line, _, _) in zip(numbers, lines, strict=True)
            ),
        )  # fmt: skip
        rows.copy_rows(
            "moderation_decisionrecord",
            ("decision_id", "moderator_id", "statement", "content_hash", "salt"),
            (
                (number, made.moderator.pk, made.statement, content_hash, salt)
                for number, made, (_, content_hash, salt) in zip(
                    numbers, ordered, lines, strict=True
                )
            ),
        )
        return {
            made.public_id: number
            for made, number in zip(ordered, numbers, strict=True)
        }

    def _write_items(self) -> None:
        ordered = sorted(
            self.items, key=lambda item: (item[0].since, item[0].public_id)
        )
        rows.copy_rows(
            "moderation_queueitem",
            ("public_id", "kind", "target_public_id", "opened_at", "due_at", "raised_hours", "sort_at", "signals",
             "closed_at", "outcome"),
            (
                (random_uuid(self.rng), subject.kind, subject.public_id, subject.since,
                 after_working_days(subject.since, subject.working_days), 0, subject.since, EMPTY, at, outcome)
                for subject, at, outcome in ordered
            ),
        )  # fmt: skip


# rows.field writes a list as an array; the column is JSON.
EMPTY = "[]"


def statement_for(reason: ReasonCode) -> str:
    """The canned words and, where something is refused, the made-up facts."""
    facts = EXPLANATIONS.get(reason, "")
    return f"{STATEMENTS[reason]} {facts}".strip() if reason in STATEMENTS else facts


def chained(
    decisions: Iterable[SeedDecision], rng: Random
) -> Iterator[tuple[Decision, str, str]]:
    """Each line with the content hash and the salt of its record, as moderation.services writes them."""
    previous = FIRST_PREVIOUS_HASH
    for made in decisions:
        salt, text = f"{rng.getrandbits(256):064x}", made.subject.text
        content_hash = sha256(salt + text) if text else ""
        line = Decision(
            public_id=made.public_id,
            action=made.action,
            target_kind=made.subject.kind,
            target_public_id=made.subject.public_id,
            reason_code=made.reason,
            created_at=made.at,
            previous_hash=previous,
            commitment=commitment(
                salt=salt,
                moderator_public_id=made.moderator.public_id,
                statement=made.statement,
                content_hash=content_hash,
            ),
        )
        line.hash = previous = entry_hash(line)
        yield line, content_hash, salt


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
