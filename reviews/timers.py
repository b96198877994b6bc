import logging

from celery import shared_task

from reviews import services

logger = logging.getLogger(__name__)


@shared_task
def expire_proofs() -> None:
    """Hourly: no proof of use lies here for more than 30 days, whatever became of it."""
    expired = services.expire_proofs()
    if expired:
        logger.error("%s proofs of use were decided by nobody within 30 days.", expired)


@shared_task
def remind_authors() -> None:
    """Daily: who asked for it is asked, a year after publication, whether a review still holds."""
    logger.info("Update reminders sent: %s.", services.remind_authors())
