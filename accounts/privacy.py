"""What a member can take along, and what goes when they go.

An app that stores something about members has a module privacy.py, imported at start, which registers:

    register_exporter("reviews", export_reviews)   # export_reviews(user) -> lists, dicts, texts, numbers, dates
    register_eraser(erase_reviews)                 # erase_reviews(user, keep_published=True)

Erasers run in one transaction, before the user row is deleted, those of the upper apps first. Rows whose foreign key
to the user cascades need no eraser. With `keep_published` False, whatever the member published is withdrawn; either
way nothing that is left may name them.
"""

from collections.abc import Callable
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.forms.models import model_to_dict

from accounts.models import User

Exporter = Callable[[User], Any]


class Eraser(Protocol):
    def __call__(self, user: User, *, keep_published: bool) -> None: ...


_EXPORTERS: dict[str, Exporter] = {}
_ERASERS: list[Eraser] = []


def register_exporter(name: str, exporter: Exporter) -> None:
    if name in _EXPORTERS:
        raise ValueError(f"An exporter named {name!r} is registered twice.")
    _EXPORTERS[name] = exporter


def register_eraser(eraser: Eraser) -> None:
    _ERASERS.append(eraser)


def export(user: User) -> dict[str, Any]:
    """All that is stored about this member, ready for json.dumps with DjangoJSONEncoder."""
    return {name: exporter(user) for name, exporter in _EXPORTERS.items()}


def erase(user: User, *, keep_published: bool) -> None:
    # Apps are imported from the bottom up.
    for eraser in reversed(_ERASERS):
        eraser(user, keep_published=keep_published)


def proved_addresses(user: User) -> set[str]:
    """In lower case. What somebody only typed may be the address of another, whose mail is none of theirs."""
    at_work = user.work_emails.filter(verified_at__isnull=False)
    own = EmailAddress.objects.filter(user=user, verified=True)
    found = {user.email, *at_work.values_list("address", flat=True)}
    found.update(own.values_list("email", flat=True))
    return {address.lower() for address in found}


def _account(user: User) -> dict[str, Any]:
    fields = ["public_id", "email", "date_joined", "last_login", "is_staff"]
    return {field: getattr(user, field) for field in fields}


def _profile(user: User) -> dict[str, Any]:
    return model_to_dict(user.profile, exclude=["user"])


def _work_emails(user: User) -> list[dict[str, Any]]:
    fields = ["address", "domain", "created_at", "verified_at", "lapsed_at"]
    return list(user.work_emails.order_by("created_at").values(*fields))


def _tokens(user: User) -> list[dict[str, Any]]:
    fields = ["name", "created_at", "last_used_at", "revoked_at"]
    return list(user.api_tokens.order_by("created_at", "id").values(*fields))


def _emails_sent(user: User) -> list[dict[str, Any]]:
    fields = ["kind", "address", "subject", "status", "created_at", "sent_at"]
    return list(user.outgoing_emails.order_by("created_at", "id").values(*fields))


def _preferences(user: User) -> dict[str, bool]:
    return dict(user.email_preferences.values_list("kind", "enabled"))


def _sign_in(user: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=user).order_by("email")
    second_steps = Authenticator.objects.filter(user=user).order_by("created_at")
    return {
        "addresses": list(addresses.values("email", "verified", "primary")),
        "second_steps": list(second_steps.values("type", "created_at", "last_used_at")),
        "connected": list(
            SocialAccount.objects.filter(user=user)
            .order_by("date_joined")
            .values("provider", "uid", "date_joined", "last_login", "extra_data")
        ),
    }


register_exporter("account", _account)
register_exporter("profile", _profile)
register_exporter("sign_in", _sign_in)
register_exporter("work_emails", _work_emails)
register_exporter("api_tokens", _tokens)
register_exporter("email_preferences", _preferences)
register_exporter("emails_sent", _emails_sent)
