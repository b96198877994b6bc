import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from moderation import desk, pages, services
from moderation.forms import AppealForm
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision, TransparencyDay
from moderation.permissions import is_affected
from moderation.reasons import appeal_until, is_appealable
from moderation.transparency import as_json

UNPROCESSABLE = 422
ROOTS_SHOWN = 30
ROOTS_A_PAGE = 100


class MemberRequest(HttpRequest):
    user: User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_appeal(request: MemberRequest, public_id: UUID) -> HttpResponse:
    decision = _own_decision(request.user, public_id)
    if hasattr(decision, "appeal") or not is_appealable(decision):
        return redirect("moderation:appeal", decision.public_id)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_appeal(
                decision=decision, author=request.user, text=form.cleaned_data["text"]
            )
        except services.NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your appeal has arrived.")
        return redirect("moderation:appeal", decision.public_id)
    context = _about(decision) | {"form": form}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "moderation/new_appeal.html", context, status=status)


@login_required
@require_safe
def appeal(request: MemberRequest, public_id: UUID) -> HttpResponse:
    decision = _own_decision(request.user, public_id)
    found = Appeal.objects.filter(decision=decision).first()
    context = _about(decision) | {
        "appeal": found,
        "outcome": _outcome(found),
        "can_appeal": found is None and is_appealable(decision),
    }
    return render(request, "moderation/appeal.html", context)


def _own_decision(user: User, public_id: UUID) -> Decision:
    """For everybody but whom it restricts there is no such page."""
    decisions = Decision.objects.select_related("record", "appeal")
    decision = get_object_or_404(decisions, public_id=public_id)
    if not is_affected(user, decision):
        raise Http404
    return decision


def _about(decision: Decision) -> dict[str, object]:
    return {
        "decision": decision,
        "about": desk.get(decision.target_kind).describe(decision),
        "appeal_until": appeal_until(decision),
    }


def _outcome(appeal: Appeal | None) -> Decision | None:
    if appeal is None or appeal.status == Appeal.Status.OPEN:
        return None
    decided = Decision.objects.filter(
        target_kind=APPEAL, target_public_id=appeal.public_id
    )
    return decided.select_related("record").order_by("-id").first()


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """What the last night counted; the page itself counts nothing."""
    days = list(TransparencyDay.objects.all()[: ROOTS_SHOWN + 1])
    context: dict[str, object] = {
        "roots": days[:ROOTS_SHOWN],
        "has_older": len(days) > ROOTS_SHOWN,
    }
    if days:
        context |= {
            "day": days[0],
            "periods": pages.period_names(),
            "tables": pages.tables(days[0]),
            "key_figures": pages.key_figures(days[0]),
            "gap_lines": pages.gap_lines(days[0]),
            "gap_reach": pages.gap_reach(days[0]),
        }
    return render(request, "moderation/transparency.html", context)


@require_safe
def transparency_json(request: HttpRequest) -> HttpResponse:
    days = list(TransparencyDay.objects.all()[:ROOTS_SHOWN])
    if not days:
        raise Http404
    roots = [
        {"day": day.day.isoformat(), "lines": day.log_lines, "root": day.log_root}
        for day in days
    ]
    response = JsonResponse(
        as_json(days[0]) | {"roots": roots}, json_dumps_params={"indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="transparency.json"'
    return response


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The published root of every day, newest first; a broken address shows the newest."""
    before = _day(request.GET.get("before", ""))
    days = TransparencyDay.objects.all()
    if before is not None:
        days = days.filter(day__lt=before)
    found = list(days[: ROOTS_A_PAGE + 1])
    shown = found[:ROOTS_A_PAGE]
    context = {
        "roots": shown,
        "older": f"?before={shown[-1].day}" if len(found) > ROOTS_A_PAGE else "",
        "newest": request.path if before is not None else "",
    }
    return render(request, "moderation/roots.html", context)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
