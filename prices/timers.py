import logging

from celery import shared_task

from prices import services

logger = logging.getLogger(__name__)


@shared_task
def withdraw_unsupported_prices() -> None:
    """Daily: a price goes with the review beside which it was given."""
    logger.info("Prices withdrawn with a review: %s.", services.withdraw_unsupported())
