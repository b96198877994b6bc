import logging
import os
import time
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from reviews_site import broker
from reviews_site.lib.breaker import redis_breaker
from reviews_site.lib.tracing import new_id, request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")

logger = logging.getLogger(__name__)


class ObservedTask(DjangoTask):
    """It belongs to the request that sent it, as what it sends itself does; a line of the log says how it went."""

    def apply_async(self, *args: Any, **options: Any) -> Any:
        headers = {
            "request_id": request_id.get(),
            **(options.pop("headers", None) or {}),
        }
        return super().apply_async(*args, headers=headers, **options)

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        request_id.set(self.request.get("request_id") or new_id())
        self.request.begun = time.perf_counter()

    def after_return(self, status: str, *args: Any, **kwargs: Any) -> None:
        seconds = time.perf_counter() - self.request.begun
        fields = {"task": self.name, "state": status, "ms": round(seconds * 1000, 1)}
        logger.info("task", extra={"fields": fields})


class HintTask(ObservedTask):
    """Sent after the commit, as a hint: the row in Postgres is the promise and a sweep finds it.

    So a broker that is away never fails the request whose work is committed already.
    """

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        self.apply_async_on_commit(args, kwargs)

    def apply_async_on_commit(self, *args: Any, **options: Any) -> None:
        transaction.on_commit(lambda: self._send(*args, **options))

    def _send(self, *args: Any, **options: Any) -> None:
        if redis_breaker.is_open():
            return
        try:
            self.apply_async(*args, **options)
        except self.OperationalError as error:
            redis_breaker.trip()
            logger.warning("The broker is away, %s was not sent: %s", self.name, error)


broker.use()
app = Celery("levelfield", task_cls="reviews_site.celery:HintTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What beat starts above the services, because it tells somebody.
app.autodiscover_tasks(related_name="timers")
