"""The kinds of e-mail the site sends. Each app registers its own in its emails.py, which is imported at start.

    register("message_received", label="Somebody wrote to you", transactional=False, still_wanted=may_still_read)

`templates/emails/<kind>.subject.txt` and `<kind>.txt` belong to it; `<kind>.html` only where the one made of the
text does not do (see notifications/rendering.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from notifications.models import OutgoingEmail

REVIEWS = "Reviews and comments"
PRIVATE_MESSAGES = "Private messages"

StillWanted = Callable[[OutgoingEmail], str | None]


def always(mail: OutgoingEmail) -> str | None:
    return None


@dataclass(frozen=True)
class Kind:
    name: str
    label: str
    # Part of using the account (a confirmation, a decision): can't be switched off, carries no unsubscribe link.
    transactional: bool
    # Asked again just before sending: a reason to cancel, or None. It may raise; the e-mail is tried again later.
    still_wanted: StillWanted = always
    # The line at the foot of the e-mail.
    why: str = ""
    on_by_default: bool = True
    # The text opens something (a reset link): it is emptied once it was sent.
    secret: bool = False
    # The name of the page where a member asks for it, where a tick in a list would not do.
    chosen_at: str = ""
    # The kind that a member has this one for: never both (services.set_preferences).
    instead_of: str = ""
    # How often, where a member chooses between two kinds.
    pace: str = ""
    # Under which heading a member chooses.
    topic: str = REVIEWS

    def reason_line(self) -> str:
        return self.why or f"You get this e-mail because of: {self.label.lower()}."


_KINDS: dict[str, Kind] = {}


def register(
    name: str,
    *,
    label: str,
    transactional: bool,
    still_wanted: StillWanted = always,
    why: str = "",
    on_by_default: bool = True,
    secret: bool = False,
    chosen_at: str = "",
    instead_of: str = "",
    pace: str = "",
    topic: str = REVIEWS,
) -> Kind:
    if name in _KINDS:
        raise ValueError(f"The e-mail kind {name!r} is registered twice.")
    kind = Kind(
        name,
        label,
        transactional,
        still_wanted,
        why,
        on_by_default,
        secret,
        chosen_at,
        instead_of,
        pace,
        topic,
    )
    _KINDS[name] = kind
    return kind


def get(name: str) -> Kind:
    """Raises LookupError for a kind nobody registered."""
    try:
        return _KINDS[name]
    except KeyError:
        raise LookupError(f"No e-mail kind {name!r} is registered.") from None


def optional() -> list[Kind]:
    """What a member can switch off, in the order of the labels."""
    kinds = [kind for kind in _KINDS.values() if not kind.transactional]
    return sorted(kinds, key=lambda kind: kind.label)


def replacement(kind: Kind) -> Kind | None:
    """The one that a member can have instead of it."""
    return next((each for each in optional() if each.instead_of == kind.name), None)
