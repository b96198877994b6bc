import logging
from typing import Any
from urllib.parse import quote, urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import emails, services
from accounts.models import User
from notifications.links import absolute

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's mails go through the outbox, with links that start from SITE_URL."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "email_password_mismatch": "The e-mail address and the password do not belong together.",
        "enter_current_password": "Please type your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is not right, or it is too old.",
        "too_many_login_attempts": "Too many attempts. Please wait five minutes.",
        "duplicate_email": "This address already belongs to your account.",
        "email_taken": "This address can’t be used.",
        "rate_limited": "Too many attempts. Please wait a few minutes.",
    }

    def save_user(
        self, request: HttpRequest, user: User, form: Any, commit: bool = True
    ) -> User:
        with transaction.atomic():
            user = super().save_user(request, user, form, commit)
            services.create_profile(user=user)
        return user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        with transaction.atomic():
            confirmed = bool(super().confirm_email(request, email_address))
            if confirmed:
                services.confirmed_an_address(user=email_address.user)
        return confirmed

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        user = context.get("user")
        emails.account_email(
            name=template_prefix.rpartition("/")[2],
            address=email,
            user=user if isinstance(user, User) and user.pk else None,
            context={k: v for k, v in context.items() if k not in _NOT_FOR_MAILS},
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        services.spend_what_a_sign_up_costs()
        self.send_mail("account/email/account_already_exists", email, {})

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: Any
    ) -> str:
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        # Whoever wanted to write a review gets there, on another device too.
        wanted = request.POST.get("next", "") if request else ""
        query = f"?{urlencode({'next': wanted})}" if self._is_a_path(wanted) else ""
        return absolute(path + query)

    def get_reset_password_from_key_url(self, key: str) -> str:
        named = {"uidb36": "UID", "key": "KEY"}
        path = reverse("account_reset_password_from_key", kwargs=named)
        return absolute(path.replace("UID-KEY", quote(key)))

    def is_safe_url(self, url: str | None) -> bool:
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}
        )

    def _is_a_path(self, url: str) -> bool:
        return (
            url.startswith("/")
            and len(url) <= 500
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Signing in through an OpenID Connect provider: it says who somebody is there, and nothing about here.

    An address that it names is confirmed by an e-mail of ours like any other, whatever it says of it, and never opens
    an account that has that address already.
    """

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "This is the only way into your account. Please set a password first.",
        "connected_other": "Another account here is connected with it already.",
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        told = sociallogin.account.extra_data
        is_one = _is_one_person(told)
        # First of all: allauth has stored what it was told, whoever it is about.
        services.keep_of_sign_in(
            account=sociallogin.account,
            address=_vouched_address(told) if is_one else "",
        )
        if not is_one:
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
        for address in sociallogin.email_addresses:
            address.verified = False

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None
    ) -> User:
        with transaction.atomic():
            user = super().save_user(request, sociallogin, form)
            services.create_profile(user=user)
        return user

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        """allauth calls nothing else once an account there is connected with one here."""
        if template_prefix.endswith("/account_connected"):
            services.confirmed_an_address(user=user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, **details: Any
    ) -> None:
        logger.warning(
            "Signing in through %s failed: %s %s",
            getattr(provider, "app", provider),
            details.get("error"),
            type(details.get("exception")).__name__,
        )


def _is_one_person(told: dict[str, Any]) -> bool:
    """The two answers of a provider must be about the same person (OpenID Connect Core, 5.3.2)."""
    id_token, userinfo = told.get("id_token"), told.get("userinfo")
    if not id_token or not id_token.get("sub"):
        return False
    return userinfo is None or userinfo.get("sub") == id_token["sub"]


def _vouched_address(told: dict[str, Any]) -> str:
    """The address that the provider says it has checked; "true" in quotation marks is how some of them say it."""
    claims = told.get("userinfo") or told["id_token"]
    if claims.get("email_verified") in (True, "true"):
        return str(claims.get("email") or "")
    return ""


_NOT_FOR_MAILS = {"request", "current_site", "user_agent"}
