"""Apart from reviews_site.lib.api, since REST framework's views want it while that is still being imported."""

from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import (
    AnonRateThrottle,
    SimpleRateThrottle,
    UserRateThrottle,
)

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Counted(SimpleRateThrottle):
    """Two counters in place of REST framework's list of moments: one look into Redis, and no two at once are taken for one.

    Time lies in stretches of `duration` seconds. What came in the one before is taken to have come evenly, and counts as far as
    it is within `duration` of now. What is refused isn't counted.
    """

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = self.get_cache_key(request, view)
        if self.rate is None or key is None:
            return True
        now = self.timer()
        self.counted, self.earlier = cache.count(key, now, self.duration)  # type: ignore[attr-defined]
        # Seconds of the stretch before that lie further back.
        self.passed = now % self.duration
        still = self.earlier * (self.duration - self.passed) / self.duration
        if self.counted + still <= self.num_requests:
            return True
        cache.count(key, now, self.duration, by=-1)  # type: ignore[attr-defined]
        return False

    def wait(self) -> float:
        """Seconds until this one would be allowed if no other came; a second at least."""
        room = self.num_requests - self.counted
        if room >= 0:
            # Enough of the stretch before must have gone by.
            stretches = 1 - room / self.earlier
        else:
            # Enough of the present one, without this request, once it is the one before.
            stretches = 2 - (self.num_requests - 1) / max(self.counted - 1, 1)
        return max(stretches * self.duration - self.passed, 1)


class VisitorRateThrottle(Counted, AnonRateThrottle):
    pass


class MemberRateThrottle(Counted, UserRateThrottle):
    """Visitors have a limit of their own and are not counted twice."""

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        is_member = request.user and request.user.is_authenticated
        return super().get_cache_key(request, view) if is_member else None
