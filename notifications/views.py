from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from notifications import kinds, services
from notifications.forms import PreferencesForm
from notifications.models import OutgoingEmail
from notifications.permissions import choices_of
from reviews_site.lib.paging import BrokenCursor, decode_cursor, encode_cursor

DEV_MAIL_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    chosen = choices_of(user.pk)
    form = PreferencesForm(posted(request), choices=chosen)
    if request.method == "POST" and form.is_valid():
        services.set_preferences(user=user, enabled=form.enabled())
        messages.success(request, "Your choice of e-mails is saved.")
        return redirect("notifications:preferences")
    elsewhere = [(k, chosen[k.name]) for k in kinds.optional() if k.chosen_at]
    context = {"form": form, "elsewhere": elsewhere}
    return render(request, "notifications/preferences.html", context)


# RFC 8058: the mail program posts here without a session, so without a CSRF token; the signed token is the right.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    found = services.find_unsubscribe(token)
    if found is None:
        return render(request, "notifications/unsubscribe_gone.html", status=404)
    done = request.method == "POST"
    if done:
        services.unsubscribe(token=token)
    context = {"kind": found[1], "done": done}
    return render(request, "notifications/unsubscribe.html", context)


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    _only_in_the_demo()
    mails = OutgoingEmail.objects.order_by("-id").defer("text", "html")
    address = request.GET.get("to", "").strip().lower()[:254]
    if address:
        mails = mails.filter(address__icontains=address)
    rows = list(mails.filter(**_older_than(request))[: DEV_MAIL_PAGE + 1])
    page = rows[:DEV_MAIL_PAGE]
    older = encode_cursor(page[-1].pk) if len(rows) > DEV_MAIL_PAGE else ""
    context = {"mails": page, "address": address, "older": older}
    return render(request, "notifications/dev_mail.html", context)


@require_safe
def dev_mail_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    _only_in_the_demo()
    mail = get_object_or_404(OutgoingEmail, public_id=public_id)
    return render(request, "notifications/dev_mail_one.html", {"mail": mail})


def posted(request: HttpRequest) -> QueryDict | None:
    """A form with nothing ticked is still a form that was sent."""
    return request.POST if request.method == "POST" else None


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _older_than(request: HttpRequest) -> dict[str, int]:
    cursor = request.GET.get("before", "")
    try:
        return {"pk__lt": decode_cursor(cursor, int)[0]} if cursor else {}
    except BrokenCursor:
        raise Http404 from None
