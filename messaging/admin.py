"""The reports of messages, to search in. Conversations and messages themselves are nowhere in the panel."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from messaging.models import MessageReport
from messaging.permissions import REPORT_KIND
from moderation.admin import ModeratorAdmin


@admin.register(MessageReport)
class MessageReportAdmin(ModeratorAdmin):
    list_display = ["created_on", "reason", "status", "resolved_on"]
    list_filter = ["status", "reason"]
    # What is open comes first, the oldest of it on top.
    ordering = [F("resolved_at").asc(nulls_first=True), "created_at"]

    @admin.display(description="Reported", ordering="created_at")
    def created_on(self, report: MessageReport) -> str:
        return f"{report.created_at:%-d %b %Y, %H:%M}"

    @admin.display(description="Decided", ordering="resolved_at", empty_value="–")
    def resolved_on(self, report: MessageReport) -> str | None:
        return f"{report.resolved_at:%-d %b %Y, %H:%M}" if report.resolved_at else None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        if report is None or not self.has_view_permission(request, report):
            raise Http404
        return redirect("moderation_target", REPORT_KIND, report.public_id)
