from celery import shared_task

from moderation import batches


@shared_task
def apply_batch(batch_id: int) -> None:
    batches.apply(batch_id)


@shared_task
def sweep_batches() -> None:
    """Serves what a lost hint or a dead worker left behind."""
    for batch_id in batches.due_batches():
        batches.apply(batch_id)
