import logging

from celery import shared_task

from products import services

logger = logging.getLogger(__name__)


@shared_task
def end_old_representations() -> None:
    """Daily: people change jobs, so who speaks for a vendor shows it once a year; they are told before and after."""
    reminded = services.remind_of_ending_representations()
    ended = services.end_old_representations()
    logger.info("Representatives: %s end soon, %s have ended.", reminded, ended)


@shared_task
def note_frequent_words_of_products() -> None:
    """Hourly: after an import the search may have other words to treat as frequent."""
    logger.info("Frequent words of the catalogue: %s.", services.note_frequent_words())
