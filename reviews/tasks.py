import logging

from celery import shared_task

from reviews import coarsening, ratings, retention, signals, voice

logger = logging.getLogger(__name__)


@shared_task
def refresh_rating(product_id: int) -> None:
    ratings.serve_refreshes(product_id)


@shared_task
def sweep_rating_refreshes() -> None:
    """Serves what a lost hint or a dead worker left behind."""
    ratings.serve_left_over_refreshes()


@shared_task
def recompute_all_ratings() -> None:
    """Nightly: recency decays by the day, and whatever drifted is found and said."""
    report = ratings.recompute_all_ratings()
    ratings.note_drift(len(report.drifted))
    logger.info(
        "Ratings recomputed: %s products, %s with reviews.",
        report.products,
        report.rated,
    )
    if report.drifted:
        logger.error("Ratings had drifted from the rows: products %s", report.drifted)


@shared_task
def forget_refused() -> None:
    """Nightly: what was refused a year ago is emptied."""
    logger.info("Emptied a year after a refusal: %s", retention.forget_refused())


# --- Signals --------------------------------------------------------------------------------


@shared_task
def check_review(review_id: int) -> None:
    signals.check_review(review_id)


@shared_task
def check_revision(revision_id: int) -> None:
    signals.check_revision(revision_id)


@shared_task
def sweep_signals() -> None:
    """Looks at what a lost hint left unseen, and makes fingerprints of what came by another way, such as an import."""
    signals.check_left_over()
    signals.fingerprint_left_over()


# --- Voices ---------------------------------------------------------------------------------


@shared_task
def refresh_voices() -> None:
    """What is praised and criticised, counted anew where reviews have changed."""
    voice.serve_wanted()


@shared_task
def want_left_over_voices() -> None:
    """Nightly: wishes for products that nobody wished for, and for those counted long ago."""
    logger.info("Voices to be counted anew: %s", voice.want_left_over())


# --- Anonymity ------------------------------------------------------------------------------


@shared_task
def coarsen_all_reviews() -> None:
    """Nightly: members leave, and groups fall under 5."""
    changed = coarsening.coarsen_all()
    logger.info("Facets hidden in %s more anonymous reviews.", changed)
