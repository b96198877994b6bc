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
