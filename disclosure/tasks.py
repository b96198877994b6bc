import logging

from celery import shared_task

from disclosure import releasing
from disclosure.pool import today

logger = logging.getLogger(__name__)


@shared_task
def release_figures() -> None:
    """Daily: the releases of this quarter that aren't made yet, and whether all behind the others still stand."""
    logger.info("Figures released or taken back: %s", releasing.release_due(today()))
