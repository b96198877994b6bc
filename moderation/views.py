from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from moderation import desk, services
from moderation.forms import AppealForm
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision
from moderation.permissions import is_affected
from moderation.reasons import appeal_until, is_appealable


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
    return render(request, "moderation/new_appeal.html", context)


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
