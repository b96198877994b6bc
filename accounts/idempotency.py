from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import IdempotencyKey, User
from reviews_site.lib import api

KEPT_FOR = timedelta(hours=24)


class KeyReused(Exception):
    """Under this key another request was made."""


def repeatable(request: Request, act: Callable[[], UUID]) -> UUID:
    """once() for a member's request to the API, by its Idempotency-Key; under it another request is a 422.

    What is answered is looked up anew by what this gives: no answer is kept, and none tells what was taken back since.
    """
    # Whom the permission classes let through.
    assert isinstance(request.user, User)
    try:
        return once(
            user=request.user,
            key=api.idempotency_key(request),
            fingerprint=api.fingerprint(request),
            act=act,
        )
    except KeyReused as error:
        raise api.KeyReused from error


@transaction.atomic
def once(
    *, user: User, key: str | None, fingerprint: str, act: Callable[[], UUID]
) -> UUID:
    """What `act` gave, called at most once for a key within a day; without a key, each time.

    A repetition that comes while the first is still running waits for it, on the unique constraint; where the first
    fails, nothing is kept, and the repetition is the first.
    """
    if key is None:
        return act()
    user.idempotency_keys.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    request, is_new = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": fingerprint}
    )
    if request.fingerprint != fingerprint:
        raise KeyReused
    if is_new or request.result is None:
        request.result = act()
        request.save(update_fields=["result"])
    return request.result
