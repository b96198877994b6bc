from collections.abc import Iterator

from moderation import desk as desks
from moderation.desk import Desk
from moderation.models import QueueItem
from moderation.verification import verify_log
from reviews_site.lib.integrity import Check, sql

AT_ONCE = 500


def broken_log() -> Iterator[str]:
    problem = verify_log().problem
    if problem:
        yield problem


def idle_items() -> Iterator[str]:
    known = {desk.kind: desk for desk in desks.kinds()}
    waiting = QueueItem.objects.waiting().order_by("id")
    for item in waiting.exclude(kind__in=known):
        yield str(item.public_id)
    for kind, desk in known.items():
        items = list(waiting.filter(kind=kind))
        for start in range(0, len(items), AT_ONCE):
            yield from _idle(desk, items[start : start + AT_ONCE])


def _idle(desk: Desk, items: list[QueueItem]) -> Iterator[str]:
    targets = desk.load([item.target_public_id for item in items])
    for item in items:
        target = targets.get(item.target_public_id)
        if target is None or not desk.verbs(target):
            yield str(item.public_id)


CHECKS = [
    Check("log_chain", "The log of decisions is whole.", broken_log),
    Check(
        "queue_item_without_target",
        "What waits for a moderator is there, and something can be decided about it.",
        idle_items,
    ),
    sql(
        "batch_not_applied",
        "Decisions that were made together are applied within ten minutes of their time.",
        """
        SELECT public_id FROM moderation_decisionbatch
        WHERE status = 'waiting' AND apply_at < now() - interval '10 minutes' ORDER BY id
        """,
    ),
    sql(
        "appeal_without_restriction",
        "An appeal that is open waits for a moderator.",
        """
        SELECT a.public_id FROM moderation_appeal a
        LEFT JOIN moderation_queueitem i
            ON i.kind = 'appeal' AND i.target_public_id = a.public_id AND i.closed_at IS NULL
        WHERE a.status = 'open' AND i.id IS NULL ORDER BY a.id
        """,
    ),
]
