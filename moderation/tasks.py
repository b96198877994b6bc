from celery import shared_task

from moderation import batches, transparency


@shared_task
def apply_batch(batch_id: int) -> None:
    batches.apply(batch_id)


@shared_task
def sweep_batches() -> None:
    """Serves what a lost hint or a dead worker left behind."""
    for batch_id in batches.due_batches():
        batches.apply(batch_id)


@shared_task
def store_transparency_day() -> None:
    """Soon after midnight UTC the day that ended; asked every hour, so that a worker that was away misses none."""
    transparency.store_missing_days()
