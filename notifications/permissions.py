from notifications import kinds
from notifications.models import EmailPreference


def wants(user_id: int, kind: kinds.Kind) -> bool:
    return kind.transactional or choices_of(user_id)[kind.name]


def choices_of(user_id: int) -> dict[str, bool]:
    """For each kind that can be switched off, whether this member gets it."""
    said = EmailPreference.objects.filter(user_id=user_id)
    chosen = dict(said.values_list("kind", "enabled"))
    return {
        kind.name: chosen.get(kind.name, kind.on_by_default)
        for kind in kinds.optional()
    }
