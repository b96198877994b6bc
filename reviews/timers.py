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
