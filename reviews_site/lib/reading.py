"""Where this request reads: reviews_site.replicas decides it, and who keeps something for others has a say in it."""

from contextvars import ContextVar
from typing import Protocol

from django.db.models import Model


class Reading(Protocol):
    def alias_for(self, app: str, instance: Model | None) -> str: ...

    def stay_on_primary(self) -> None: ...


reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def read_from_primary() -> None:
    """From now on, whatever the request read before."""
    if (of_request := reading.get()) is not None:
        of_request.stay_on_primary()
