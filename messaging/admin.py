"""The queue of reported messages. Conversations and messages themselves are nowhere in the panel."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.models import User
from messaging import services
from messaging.models import MessageReport
from messaging.permissions import has_read_reported, may_read_reported
from moderation.admin import ModeratorAdmin
from moderation.models import ReasonCode
from moderation.permissions import can_moderate
from moderation.reasons import GROUNDS_FOR_REFUSAL

STATEMENT_LENGTH = 2000


class DecisionForm(forms.Form):
    reason_code = forms.ChoiceField(
        label="Ground, if it breaks the rules",
        choices=[("", "—")]
        + [(code.value, code.label) for code in GROUNDS_FOR_REFUSAL],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    statement = forms.CharField(
        label="Statement of reasons",
        help_text="Both sides read it if the message breaks the rules, else only who reported it.",
        max_length=STATEMENT_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )
    outcome = forms.ChoiceField(choices=[("uphold", ""), ("dismiss", "")])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "uphold" and not cleaned.get("reason_code"):
            self.add_error("reason_code", "Choose the rule that it breaks.")
        return cleaned


@admin.register(MessageReport)
class MessageReportAdmin(ModeratorAdmin):
    list_display = ["created_at", "reason", "status", "resolved_at"]
    list_filter = ["status", "reason"]
    # What is open comes first, the oldest of it on top.
    ordering = [F("resolved_at").asc(nulls_first=True), "created_at"]
    fields = ["created_at", "reason", "details", "status", "resolved_at"]
    readonly_fields = fields
    change_form_outer_after_template = "messaging/admin_report.html"

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/read/", view(self.read), name="messaging_messagereport_read"
            ),
            path(
                "<int:pk>/decide/",
                view(self.decide),
                name="messaging_messagereport_decide",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        context = self._reading(request, report, DecisionForm()) if report else {}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def _reading(
        self, request: HttpRequest, report: MessageReport, form: DecisionForm
    ) -> dict[str, Any]:
        moderator = _moderator(request)
        has_read = has_read_reported(moderator, report)
        return {
            "report": report,
            "may_read": may_read_reported(moderator, report),
            "has_read": has_read,
            "reported": services.reported_messages(report) if has_read else [],
            "decision_form": form,
        }

    @method_decorator(require_POST)
    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._report(request, pk)
        try:
            services.read_reported_message(report=report, moderator=_moderator(request))
        except MessageReport.DoesNotExist as error:
            raise PermissionDenied from error
        return redirect(_change_url(pk))

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._report(request, pk)
        if not has_read_reported(_moderator(request), report):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        if not form.is_valid():
            # The page of the report, as for a GET, with what was typed.
            request.method = "GET"
            context = self._reading(request, report, form)
            return super().change_view(request, str(pk), "", context)
        self._decide(request, report, form.cleaned_data)
        return redirect("admin:messaging_messagereport_changelist")

    def _report(self, request: HttpRequest, pk: int) -> MessageReport:
        if not can_moderate(request.user):
            raise PermissionDenied
        return get_object_or_404(MessageReport, pk=pk)

    def _decide(
        self, request: HttpRequest, report: MessageReport, said: dict[str, Any]
    ) -> None:
        moderator, statement = _moderator(request), said["statement"]
        if said["outcome"] == "uphold":
            done = services.uphold_report(
                report=report,
                moderator=moderator,
                reason_code=ReasonCode(said["reason_code"]),
                statement=statement,
            )
        else:
            done = services.dismiss_report(
                report=report, moderator=moderator, statement=statement
            )
        if done:
            messages.success(request, "Decided; whoever it concerns is told.")
        else:
            messages.error(request, "Somebody else decided first; nothing was changed.")


def _moderator(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not can_moderate(request.user):
        raise PermissionDenied
    return request.user


def _change_url(pk: int) -> str:
    return reverse("admin:messaging_messagereport_change", args=[pk])
