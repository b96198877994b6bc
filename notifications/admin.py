from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications import services
from notifications.models import OutgoingEmail
from reviews_site.lib.admin import SuperuserAdmin


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(SuperuserAdmin):
    """Did it go out, and if not, why. What it says is not shown: it may open an account."""

    list_display = ["kind", "status", "attempts", "created_at", "sent_at", "last_error"]
    list_filter = ["status", "kind"]
    search_fields = ["=address"]
    search_help_text = "The whole address"
    fields = readonly_fields = [
        "public_id",
        "kind",
        "subject",
        "address",
        "status",
        "attempts",
        "next_attempt_at",
        "last_error",
        "message_id",
        "created_at",
        "sent_at",
    ]
    actions = ["queue_again"]
    show_full_result_count = False

    @admin.action(description="Try again to send what was given up")
    def queue_again(
        self, request: HttpRequest, queryset: QuerySet[OutgoingEmail]
    ) -> None:
        moved = services.queue_again(mail_ids=queryset.values_list("pk", flat=True))
        messages.success(request, f"Queued again: {moved}.")
