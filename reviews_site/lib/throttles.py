"""Apart from reviews_site.lib.api, since REST framework's views want it while that is still being imported."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView


class MemberRateThrottle(UserRateThrottle):
    """Visitors have a limit of their own, AnonRateThrottle, and are not counted twice."""

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        is_member = request.user and request.user.is_authenticated
        return super().get_cache_key(request, view) if is_member else None
