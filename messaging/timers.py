import logging

from celery import shared_task

from messaging import services

logger = logging.getLogger(__name__)


@shared_task
def keep_calls() -> None:
    """Every five minutes: both sides are reminded an hour before, and what nobody answered in time ends."""
    reminded, ended = services.remind_of_calls(), services.expire_calls()
    logger.info("Calls: %s reminded of, %s over.", reminded, ended)


@shared_task
def retire_conversations() -> None:
    """Daily: what has been silent for two years is closed, and deleted half a year later; both sides are told before."""
    closed, deleted = services.close_inactive(), services.delete_inactive()
    announced = services.announce_closing(), services.announce_deletion()
    logger.info(
        "Silent conversations: %s closed, %s deleted, %s closings and %s deletions announced.",
        closed,
        deleted,
        *announced,
    )


@shared_task
def send_unread_digests() -> None:
    """Hourly: each member is asked in the morning of their own clock."""
    queued = services.send_unread_digests()
    logger.info("E-mails about unread conversations: %s.", queued)
