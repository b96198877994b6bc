from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils import timezone

from accounts.models import WORK_EMAIL_VALID_FOR, ApiToken, User, WorkEmail

# Named limits: what a person needs, and far below what a script wants.
WORK_EMAIL_REQUESTS_PER_DAY = 8
MOST_API_TOKENS = 10
# People change jobs as often whichever way they showed where they work.
SIGN_IN_VALID_FOR = WORK_EMAIL_VALID_FOR


def current_work_email(user: User) -> WorkEmail | None:
    """The newest confirmation that has not lapsed."""
    return user.work_emails.current().order_by("-verified_at").first()


def has_current_work_email(user: User) -> bool:
    return user.work_emails.current().exists()


def verifying_sign_ins(user: User) -> dict[str, datetime]:
    """How a member is known by signing in elsewhere (linkedin, openid), and when they last did so, within a year.

    Only through a provider that the operator marked as verifying.
    """
    methods = {each.id: each.verifies for each in settings.OIDC_PROVIDERS}
    if not any(methods.values()):
        return {}
    accounts = SocialAccount.objects.filter(
        user=user,
        provider__in=[name for name, method in methods.items() if method],
        last_login__gt=timezone.now() - SIGN_IN_VALID_FOR,
    )
    # The newest of a method comes last and stays.
    found = accounts.order_by("last_login").values_list("provider", "last_login")
    return {methods[provider]: at for provider, at in found}


def is_known(user: User) -> bool:
    """Has shown that they are real, so that what they write is verified without a proof of use."""
    return has_current_work_email(user) or bool(verifying_sign_ins(user))


def may_request_work_email(user: User) -> bool:
    """Not more than 8 of these e-mails a day: they go to addresses that nobody has confirmed yet."""
    since = timezone.now() - timedelta(days=1)
    sent = user.outgoing_emails.filter(
        kind="work_email_confirmation", created_at__gt=since
    )
    return sent.count() < WORK_EMAIL_REQUESTS_PER_DAY


def may_create_token(user: User) -> bool:
    live = ApiToken.objects.filter(user=user, revoked_at=None)
    return live.count() < MOST_API_TOKENS


def may_erase_self(user: User) -> bool:
    """Who decides on others can't vanish in the middle of it: the operator first takes the role away."""
    return not (user.is_staff or user.is_superuser)


def second_steps(user: User) -> set[str]:
    """Of "totp", "webauthn" and "recovery_codes", what this member has set up."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
