import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from accounts.models import User, WorkEmail
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.services import queue_email

WORK_EMAIL_LINK_LASTS = timedelta(days=3)
_WORK_EMAIL_SALT = "accounts.work-email"

kinds.register(
    "account",
    label="Your account",
    why="You get this e-mail because somebody, probably you, used this address here.",
    transactional=True,
    secret=True,
)


def _still_to_confirm(mail: OutgoingEmail) -> str | None:
    waiting = WorkEmail.objects.filter(public_id=mail.about["work_email"])
    if not waiting.exists():
        return "The work e-mail was taken away again."
    return None


kinds.register(
    "work_email_confirmation",
    label="Confirming a work e-mail address",
    why="You get this e-mail because a member gave this as their address at work.",
    transactional=True,
    secret=True,
    still_wanted=_still_to_confirm,
)


def _still_lapsing(mail: OutgoingEmail) -> str | None:
    named = WorkEmail.objects.filter(public_id=mail.about["work_email"])
    if not named.filter(reminded_at__isnull=False, lapsed_at__isnull=True).exists():
        return "The work e-mail was confirmed anew or taken away."
    return None


def _still_lapsed(mail: OutgoingEmail) -> str | None:
    named = WorkEmail.objects.filter(public_id=mail.about["work_email"])
    if not named.filter(lapsed_at__isnull=False).exists():
        return "The work e-mail was confirmed anew."
    return None


# Part of having proved it: without them a member would find out by a refusal.
kinds.register(
    "work_email_lapses_soon",
    label="Your work e-mail lapses soon",
    transactional=True,
    still_wanted=_still_lapsing,
)
kinds.register(
    "work_email_lapsed",
    label="Your work e-mail has lapsed",
    transactional=True,
    still_wanted=_still_lapsed,
)


def account_email(
    *, name: str, address: str, user: User | None, context: Mapping[str, object]
) -> None:
    """What allauth has to say; `name` is the file name of its template, such as "password_changed"."""
    queue_email(
        kind="account",
        template=f"emails/account/{name}",
        dedupe_key=f"account:{uuid.uuid4()}",
        context={
            **context,
            "address": address,
            "sign_up_url": absolute(reverse("account_signup")),
            "reset_url": absolute(reverse("account_reset_password")),
            "security_url": absolute(reverse("accounts:overview")),
        },
        recipient=user,
        address=address,
    )


def work_email_confirmation(work_email: WorkEmail) -> None:
    path = reverse("accounts:confirm_work_email", args=[work_email_token(work_email)])
    queue_email(
        kind="work_email_confirmation",
        dedupe_key=f"work-email:{work_email.public_id}:{uuid.uuid4()}",
        context={
            "address": work_email.address,
            "domain": work_email.domain,
            "account": work_email.user.email,
            "confirm_url": absolute(path),
            "days": WORK_EMAIL_LINK_LASTS.days,
        },
        recipient=work_email.user,
        address=work_email.address,
        about={"work_email": str(work_email.public_id)},
    )


def work_email_lapses_soon(work_email: WorkEmail) -> None:
    _about_lapsing("work_email_lapses_soon", work_email)


def work_email_lapsed(work_email: WorkEmail) -> None:
    _about_lapsing("work_email_lapsed", work_email)


def _about_lapsing(kind: str, work_email: WorkEmail) -> None:
    """To the address they sign in with: the one at work may be gone."""
    assert work_email.verified_at is not None
    queue_email(
        kind=kind,
        # Once for each confirmation.
        dedupe_key=f"{kind}:{work_email.public_id}:{work_email.verified_at.isoformat()}",
        context={
            "domain": work_email.domain,
            "verified_at": work_email.verified_at,
            "lapses_at": work_email.lapses_at,
            "work_email_url": absolute(reverse("accounts:work_email")),
        },
        recipient=work_email.user,
        about={"work_email": str(work_email.public_id)},
    )


def work_email_token(work_email: WorkEmail) -> str:
    named = [str(work_email.public_id), work_email.address]
    return signing.dumps(named, salt=_WORK_EMAIL_SALT)


def read_work_email_token(token: str) -> tuple[str, str] | None:
    """(public_id, address), or None: not ours, or older than three days."""
    try:
        public_id, address = signing.loads(
            token, salt=_WORK_EMAIL_SALT, max_age=WORK_EMAIL_LINK_LASTS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(public_id), str(address)
