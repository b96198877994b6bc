import logging

from celery import shared_task

from outcomes import services

logger = logging.getLogger(__name__)


@shared_task
def ask_authors() -> None:
    """Daily: who asked for it is asked 6, 12 and 24 months after publication whether they stayed."""
    logger.info("Asked whether they stayed: %s.", services.ask_authors())
