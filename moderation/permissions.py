from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def can_moderate(user: User | AnonymousUser) -> bool:
    """Asked on every request: who stops being a moderator can do nothing more from that moment on."""
    return user.is_authenticated and user.is_active and user.is_staff
