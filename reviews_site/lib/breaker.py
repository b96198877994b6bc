"""Whoever has waited for a Redis in vain spares the others the wait."""

import time

from reviews_site.lib.env import cache_is_apart


class Breaker:
    """Open for some seconds after each trip(); whoever finds it open goes on without asking."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.reset()

    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def trip(self) -> None:
        self._open_until = time.monotonic() + self.seconds

    def reset(self) -> None:
        self._open_until = 0.0


# Of this process: a request waits for a silent Redis once, not once for each key and each hint.
redis_breaker = Breaker(seconds=5.0)
# A cache on a Redis of its own may vanish without keeping a hint from the broker.
cache_breaker = Breaker(seconds=5.0) if cache_is_apart() else redis_breaker
