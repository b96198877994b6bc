from celery import shared_task
from django.conf import settings

from notifications import delivery


# A hint that is a minute old has been overtaken by the sweep.
@shared_task(expires=60)
def deliver_email(mail_id: int) -> None:
    try:
        delivery.deliver(mail_id)
    except delivery.ServerAway:
        # The row says when to try again.
        return


# Not queued up behind a slow server: the next ones have come then.
@shared_task(expires=2 * settings.OUTBOX_SWEEP_SECONDS)
def sweep_outbox() -> None:
    delivery.sweep()


@shared_task
def purge_outbox() -> None:
    delivery.purge()
