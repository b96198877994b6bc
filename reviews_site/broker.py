"""Redis as Celery's broker; an acknowledgement that gets lost takes no place away for good.

Where Redis doesn't answer it, kombu logs that and goes on, but still counts the message as being worked on. After as many as
a worker may have in hand it would take no more, though its connection is well.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class QoS(redis.QoS):
    """What was not acknowledged lies in Redis, which gives it once more after visibility_timeout."""

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except BaseException:
            self._quick_ack(delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        except BaseException:
            self._quick_ack(delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel: Any = Channel


def use() -> None:
    """For each way in which an address names Redis; by name, since kombu encrypts for none but "rediss"."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
