"""allauth's forms without placeholders: they repeat the label, and vanish when one needs them."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.socialaccount import forms as socialaccount
from django import forms


class WithoutPlaceholders(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class AddEmailForm(WithoutPlaceholders, account.AddEmailForm):
    pass


class ChangeEmailForm(WithoutPlaceholders, account.ChangeEmailForm):
    pass


class ChangePasswordForm(WithoutPlaceholders, account.ChangePasswordForm):
    pass


class LoginForm(WithoutPlaceholders, account.LoginForm):
    pass


class ReauthenticateForm(WithoutPlaceholders, account.ReauthenticateForm):
    pass


class ResetPasswordForm(WithoutPlaceholders, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(WithoutPlaceholders, account.ResetPasswordKeyForm):
    pass


class SignupForm(WithoutPlaceholders, account.SignupForm):
    pass


class SocialSignupForm(WithoutPlaceholders, socialaccount.SignupForm):
    pass


class AuthenticateForm(WithoutPlaceholders, mfa.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(WithoutPlaceholders, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(WithoutPlaceholders, totp.ActivateTOTPForm):
    pass
