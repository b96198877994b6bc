"""One Redis is both cache and broker: whoever has waited for it in vain spares the others the wait."""

import time


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
