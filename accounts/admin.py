from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import User
from accounts.services import end_access
from reviews_site.lib.admin import SuperuserAdmin

# Rights are two boxes on a member; groups and allauth's raw rows would be a second way to them. Where members are
# signed in is theirs to see, and a provider comes from the environment, never from a row with its secret.
for model in (Group, EmailAddress, UserSession, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(SuperuserAdmin):
    """Members, for superusers: close an account, make somebody a moderator."""

    list_display = ["email", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_staff", "is_active", "is_demo"]
    search_fields = ["=email", "=public_id"]
    search_help_text = "The whole e-mail address or id"
    ordering = ["-date_joined"]
    show_full_result_count = False
    fields = [
        "public_id",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_login",
    ]
    readonly_fields = ["public_id", "email", "date_joined", "last_login"]

    def save_model(self, request: HttpRequest, obj: User, *args: Any) -> None:
        super().save_model(request, obj, *args)
        if not obj.is_active:
            end_access(user=obj)
