import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from moderation.models import Decision
from moderation.permissions import can_moderate


class ModeratorAdmin(ModelAdmin):
    """For moderators, and to look at: what changes a row is a service that writes a decision."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return can_moderate(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_moderate(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(Decision)
class DecisionAdmin(ModeratorAdmin):
    """The append-only log."""

    list_display = [
        "created_at",
        "action",
        "target_kind",
        "reason_code",
        "moderator_email",
    ]
    list_filter = ["action", "reason_code"]
    list_select_related = ["record__moderator"]
    search_fields = ["=public_id", "=target_public_id", "=hash"]
    search_help_text = "The whole id of a decision or of what it was about, or a hash"
    date_hierarchy = None
    fields = readonly_fields = [
        "public_id",
        "created_at",
        "action",
        "target_kind",
        "target_public_id",
        "reason_code",
        "is_automated",
        "statement",
        "moderator_email",
        "erased_at",
        "commitment",
        "previous_hash",
        "hash",
    ]

    @admin.display(description="Moderator", ordering="record__moderator__email")
    def moderator_email(self, decision: Decision) -> str:
        return decision.moderator.email if decision.moderator else "Erased"

    @admin.display(description="Erased")
    def erased_at(self, decision: Decision) -> datetime.datetime | None:
        return decision.record.erased_at

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        # Only a UUID can be compared with a UUID.
        if "-" not in search_term and len(search_term) != 32:
            return (
                queryset.filter(hash=search_term) if search_term else queryset,
                False,
            )
        return super().get_search_results(request, queryset, search_term)
