from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import User

# Rights are two boxes on a member; groups and allauth's raw rows would be a second way to them.
for model in (Group, EmailAddress):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(ModelAdmin):
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

    def has_view_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return request.user.is_superuser

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return False
