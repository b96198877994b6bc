from typing import Any
from uuid import UUID

from allauth.account.views import ConfirmEmailView
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import privacy, services
from accounts.forms import EraseForm, ProfileForm, TokenForm, WorkEmailForm
from accounts.models import User
from accounts.permissions import (
    current_work_email,
    may_erase_self,
    second_steps,
)
from accounts.personas import missing_facets, persona_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class MemberRequest(HttpRequest):
    """Behind login_required."""

    user: User


class InertConfirmEmailView(ConfirmEmailView):
    """As allauth's, but opening the link changes nothing, not even who is signed in; only the button does."""

    def logout_other_user(self, confirmation: Any) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


@login_required
@require_http_methods(["GET", "HEAD"])
def overview(request: MemberRequest) -> HttpResponse:
    user = request.user
    profile = services.create_profile(user=user)
    context = {
        "profile": profile,
        "persona": persona_of(profile),
        "missing": missing_facets(profile),
        "work_email": current_work_email(user),
        "second_steps": second_steps(user),
    }
    return render(request, "accounts/overview.html", context)


@login_required
@get_or_post
def profile(request: MemberRequest) -> HttpResponse:
    stored = services.create_profile(user=request.user)
    form = ProfileForm(posted(request), instance=stored)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:overview")
    context = {"form": form, "persona": persona_of(stored)}
    return render(request, "accounts/profile.html", context)


@login_required
@get_or_post
def work_email(request: MemberRequest) -> HttpResponse:
    form = WorkEmailForm(posted(request))
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            asked = services.request_work_email(user=request.user, address=address)
        except services.Refused as error:
            form.add_error("address", str(error))
        else:
            messages.success(request, _what_happens_now(asked))
            return redirect("accounts:work_email")
    emails = request.user.work_emails.order_by("-created_at", "-pk")
    context = {"form": form, "work_emails": emails}
    return render(request, "accounts/work_email.html", context)


@login_required
@require_POST
def remove_work_email(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(request.user.work_emails, public_id=public_id)
    services.remove_work_email(work_email=found)
    messages.success(request, f"{found.address} no longer stands behind your account.")
    return redirect("accounts:work_email")


@login_required
@get_or_post
def confirm_work_email(request: MemberRequest, token: str) -> HttpResponse:
    found = services.find_work_email(user=request.user, token=token)
    if found is None:
        return render(request, "accounts/work_email_gone.html", status=404)
    if request.method != "POST" and found.is_current and not found.lapses_soon:
        messages.info(request, f"{found.address} is confirmed already.")
        return redirect("accounts:work_email")
    if request.method == "POST":
        try:
            services.confirm_work_email(user=request.user, token=token)
        except services.Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Confirmed: you work at {found.domain}.")
        return redirect("accounts:work_email")
    return render(request, "accounts/work_email_confirm.html", {"work_email": found})


@login_required
@get_or_post
def tokens(request: MemberRequest) -> HttpResponse:
    form = TokenForm(posted(request))
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = services.create_token(user=request.user, **form.cleaned_data)
            form = TokenForm()
        except services.Refused as error:
            form.add_error(None, str(error))
    live = request.user.api_tokens.filter(revoked_at=None).order_by("-created_at")
    context = {"form": form, "key": key, "tokens": live}
    return render(request, "accounts/tokens.html", context)


@login_required
@require_POST
def revoke_token(request: MemberRequest, public_id: UUID) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, public_id=public_id)
    services.revoke_token(token=token)
    messages.success(request, f"The token “{token.name}” no longer works.")
    return redirect("accounts:tokens")


@login_required
@require_http_methods(["GET", "HEAD"])
def export(request: MemberRequest) -> HttpResponse:
    response = JsonResponse(
        privacy.export(request.user),
        encoder=DjangoJSONEncoder,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    name = f"my-data-{timezone.now():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@get_or_post
@rate_limit(action="reauthenticate")
def erase(request: MemberRequest) -> HttpResponse:
    user = request.user
    form = EraseForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        keep = form.cleaned_data["keep_published"]
        try:
            services.erase_account(user=user, keep_published=keep)
        except services.Refused as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            return redirect("accounts:erased")
    context = {"form": form, "may_erase": may_erase_self(user)}
    return render(request, "accounts/erase.html", context)


def posted(request: HttpRequest) -> QueryDict | None:
    """A form with nothing in it is still a form that was sent."""
    return request.POST if request.method == "POST" else None


def _what_happens_now(asked: services.WorkEmailAsked) -> str:
    if asked.confirmed:
        return f"Confirmed: you work at {asked.work_email.domain}."
    return f"We wrote to {asked.work_email.address}. Open the link in that e-mail within three days."


def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/erased.html")
