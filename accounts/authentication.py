import hashlib
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User

PREFIX = "lf_"
# A busy client must not write a row at each request.
USE_NOTED_EVERY = timedelta(minutes=5)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer lf_…`; anything else under that scheme is refused with 401."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != self.keyword.lower().encode():
            return None
        if len(header) != 2:
            raise AuthenticationFailed(
                "The Authorization header must read: Bearer, a space, the token."
            )
        return self._owner_of(header[1].decode("latin-1"))

    def authenticate_header(self, request: Request) -> str:
        return f'{self.keyword} realm="api"'

    def _owner_of(self, key: str) -> tuple[User, ApiToken]:
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest(key), revoked_at=None, user__is_active=True)
            .first()
        )
        if not key.startswith(PREFIX) or token is None:
            raise AuthenticationFailed("This token is unknown or was revoked.")
        _note_use(token)
        return token.user, token


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    ApiToken.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY), pk=token.pk
    ).update(last_used_at=now)


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{PREFIX}…"}
