"""What waits, as moderators see it: read-only."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from moderation import desk as desks
from moderation.desk import Desk
from moderation.models import DecisionBatch, QueueItem
from reviews_site.lib.paging import decode_cursor, encode_cursor, moment_of

PAGE_SIZE = 50
# On the page of an item, how much of the queue stands beside it.
BEFORE, AFTER = 4, 14

GONE = "No longer there"


@dataclass(frozen=True)
class Line:
    """An item with what its desk says of it."""

    item: QueueItem
    desk: Desk
    # None: it has vanished, and its item with it soon.
    target: Any
    now: datetime.datetime

    @property
    def title(self) -> str:
        return GONE if self.target is None else self.desk.title(self.target)

    @property
    def subtitle(self) -> str:
        return "" if self.target is None else self.desk.subtitle(self.target)

    @property
    def version(self) -> int | None:
        return None if self.target is None else self.desk.version(self.target)

    @property
    def is_late(self) -> bool:
        return self.item.due_at < self.now

    @property
    def holder(self) -> User | None:
        return holder_of(self.item, self.now)


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    # Cursor of the page after this one; empty on the last.
    following: str


@dataclass(frozen=True)
class KindCount:
    desk: Desk
    waiting: int


def holder_of(item: QueueItem, now: datetime.datetime) -> User | None:
    if item.held_until is None or item.held_until <= now:
        return None
    return item.held_by


def free_for(moderator: User) -> Q:
    """Nobody else has it before them. Of the row alone: an UPDATE that waited for another asks it anew."""
    return (
        Q(held_by=None)
        | Q(held_by=moderator)
        | Q(held_until=None)
        | Q(held_until__lte=timezone.now())
    )


def waiting(kind: str = "") -> QuerySet[QueueItem]:
    """In the order in which they are decided; only kinds that have a desk."""
    items = QueueItem.objects.waiting().select_related("held_by").in_order()
    return items.filter(kind=kind) if kind else items.filter(kind__in=known_kinds())


def known_kinds() -> list[str]:
    return [desk.kind for desk in desks.kinds()]


def waiting_count() -> int:
    return QueueItem.objects.waiting().count()


def page_of_queue(kind: str = "", cursor: str = "") -> Page:
    """Raises BrokenCursor."""
    items = waiting(kind)
    if cursor:
        items = items.filter(_later_than(*_position(cursor)))
    found = list(items[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE]
    return Page(lines_of(shown), _cursor(shown[-1]) if more else "")


def beside(item: QueueItem, kind: str = "") -> list[Line]:
    """The part of the queue around this item, with the item in it if it waits."""
    before = waiting(kind).filter(_sooner_than(item.sort_at, item.pk)).reverse()
    here_and_after = waiting(kind).filter(
        Q(pk=item.pk) | _later_than(item.sort_at, item.pk)
    )
    found = [*reversed(before[:BEFORE]), *here_and_after[: AFTER + 1]]
    return lines_of(found)


def next_after(item: QueueItem, moderator: User, kind: str = "") -> QueueItem | None:
    """What this moderator could decide next: further down, else from the top."""
    free = waiting(kind).filter(free_for(moderator)).exclude(pk=item.pk)
    free = free.exclude(public_id__in=in_waiting_batches())
    following = free.filter(_later_than(item.sort_at, item.pk)).first()
    return following or free.first()


def lines_of(items: Sequence[QueueItem]) -> list[Line]:
    """One load per kind, however many items."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for item in items:
        ids[item.kind].add(item.target_public_id)
    targets = {kind: desks.get(kind).load(ids[kind]) for kind in ids}
    now = timezone.now()
    return [
        Line(
            item,
            desks.get(item.kind),
            targets[item.kind].get(item.target_public_id),
            now,
        )
        for item in items
    ]


def target_of(desk: Desk, public_id: UUID) -> Any:
    return desk.load([public_id]).get(public_id)


def counts_by_kind() -> list[KindCount]:
    """All kinds that there are, also those of which nothing waits."""
    rows = QueueItem.objects.waiting().order_by().values_list("kind")
    counts = dict(rows.annotate(Count("pk")))
    return [KindCount(desk, counts.get(desk.kind, 0)) for desk in desks.kinds()]


def in_waiting_batches() -> set[str]:
    """Public ids of the items that somebody has decided in a batch, not applied yet."""
    batches = DecisionBatch.objects.filter(status=DecisionBatch.Status.WAITING)
    return {pk for items in batches.values_list("items", flat=True) for pk in items}


def batch_of(item: QueueItem) -> DecisionBatch | None:
    return DecisionBatch.objects.filter(
        status=DecisionBatch.Status.WAITING, items__has_key=str(item.public_id)
    ).first()


def waiting_batches(moderator: User) -> Iterable[DecisionBatch]:
    return moderator.decision_batches.filter(
        status=DecisionBatch.Status.WAITING
    ).order_by("-pk")


def _later_than(sort_at: datetime.datetime, pk: int) -> Q:
    return Q(sort_at__gt=sort_at) | Q(sort_at=sort_at, pk__gt=pk)


def _sooner_than(sort_at: datetime.datetime, pk: int) -> Q:
    return Q(sort_at__lt=sort_at) | Q(sort_at=sort_at, pk__lt=pk)


def _cursor(item: QueueItem) -> str:
    return encode_cursor(item.sort_at.isoformat(), item.pk)


def _position(cursor: str) -> tuple[datetime.datetime, int]:
    moment, pk = decode_cursor(cursor, str, int)
    return moment_of(moment), pk
