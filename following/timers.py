import logging

from celery import shared_task

from following import services

logger = logging.getLogger(__name__)


@shared_task
def send_digests() -> None:
    """Daily; each subscriber has their own week."""
    logger.info("Weekly digests put into the outbox: %s.", services.send_digests())
