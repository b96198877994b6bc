from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings

from accounts.models import User
from reviews_site.lib.env import OidcProvider

register = template.Library()


@register.simple_tag
def sign_in_providers() -> tuple[OidcProvider, ...]:
    """Through whom members of this site can sign in; none by default."""
    return settings.OIDC_PROVIDERS


@register.inclusion_tag("socialaccount/snippets/buttons.html", takes_context=True)
def provider_buttons(
    context: dict[str, Any], process: str, text: str
) -> dict[str, Any]:
    """A form for each provider: it starts something, so it is posted."""
    return {
        "providers": settings.OIDC_PROVIDERS,
        "process": process,
        "text": text,
        "next": context["request"].GET.get("next", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def connected_accounts(user: User) -> list[dict[str, Any]]:
    """[{account, name, verifies}], those of a provider that is no longer there included."""
    known = {each.id: each for each in settings.OIDC_PROVIDERS}
    accounts = SocialAccount.objects.filter(user=user).order_by("date_joined")
    return [
        {
            "account": account,
            "name": known[account.provider].name
            if account.provider in known
            else account.provider,
            "verifies": known[account.provider].verifies
            if account.provider in known
            else "",
        }
        for account in accounts
    ]
