from django.db.models import Sum
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from messaging.models import Participant


def unread_messages(request: HttpRequest) -> dict[str, object]:
    """`unread_messages`: asked of the database only where a page shows it, and never for a visitor."""
    return {"unread_messages": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    unread = Participant.objects.filter(user=user, unread_count__gt=0)
    return unread.aggregate(total=Sum("unread_count"))["total"] or 0
