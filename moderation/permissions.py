from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from moderation import desk
from moderation.models import Appeal, Decision
from moderation.reasons import RESTRICTIONS


def can_moderate(user: User | AnonymousUser) -> bool:
    """Asked on every request: who stops being a moderator can do nothing more from that moment on."""
    return user.is_authenticated and user.is_active and user.is_staff


def is_affected(user: User | AnonymousUser, decision: Decision) -> bool:
    """Whether it restricts this member, who may then appeal and see what became of it."""
    if not user.is_authenticated or decision.action not in RESTRICTIONS:
        return False
    try:
        affected = desk.get(decision.target_kind).affected(decision)
    except LookupError:
        return False
    return affected is not None and affected.pk == user.pk


def may_decide_appeal(moderator: User, appeal: Appeal) -> bool:
    """Another than who decided first, and nobody on their own."""
    return can_moderate(moderator) and moderator.pk not in (
        appeal.first_moderator_id,
        appeal.author_id,
    )
