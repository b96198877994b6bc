import logging

from celery import shared_task

from accounts import services

logger = logging.getLogger(__name__)


@shared_task
def lapse_work_emails() -> None:
    """Daily: people change jobs, so a work e-mail is good for a year; its owner is told before and after."""
    reminded = services.remind_of_lapsing_work_emails()
    lapsed = services.lapse_work_emails()
    logger.info("Work e-mails: %s lapse soon, %s have lapsed.", reminded, lapsed)
