from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class SuperuserAdmin(ModelAdmin):
    """Superusers look and change; nobody adds or deletes."""

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.is_superuser

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False
