from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import current_work_email
from moderation.panel.frame import moderator_of, page
from moderation.services import NotPossible
from prices import services
from prices.cells import released
from prices.forms import PriceForm, ReadingForm
from prices.models import PriceReport
from prices.permissions import Refusal, can_report_price
from prices.reports import own_reports
from products.models import Product
from products.pages import moved
from reviews_site.lib.visitor_pages import for_visitors

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
UNPROCESSABLE = 422
SAVED = "Saved, for you alone. What you and others pay is shown only in figures of at least 5 organisations together."


class MemberRequest(HttpRequest):
    """Behind login_required."""

    user: User


# --- What one pays --------------------------------------------------------------------------


@login_required
@get_or_post
def price(request: MemberRequest, slug: str) -> HttpResponse:
    product = get_object_or_404(Product.objects.visible(), slug=slug)
    mine = PriceReport.objects.standing().filter(member=request.user, product=product)
    report = mine.first()
    if refusal := can_report_price(request.user, product):
        return _refused(request, product, refusal, report)
    form = PriceForm(request.POST if request.method == "POST" else None, report=report)
    if request.method == "POST" and _save(request.user, product, form):
        messages.success(request, SAVED)
        return redirect("prices:mine")
    context = {
        "product": product,
        "form": form,
        "report": report,
        "work_email": current_work_email(request.user),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "prices/price.html", context, status=status)


def _save(member: User, product: Product, form: PriceForm) -> bool:
    """False: the form says why."""
    if not form.is_valid():
        return False
    try:
        services.report_price(
            member=member, product=product, statement=form.statement()
        )
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _refused(
    request: HttpRequest,
    product: Product,
    refusal: Refusal,
    report: PriceReport | None,
) -> HttpResponse:
    context = {"product": product, "refusal": refusal, "report": report}
    return render(request, "prices/refused.html", context, status=403)


@login_required
@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    today = timezone.now().date()
    context = {"reports": own_reports(request.user, today)}
    return render(request, "prices/mine.html", context)


@login_required
@get_or_post
def withdraw(request: MemberRequest, public_id: UUID) -> HttpResponse:
    theirs = PriceReport.objects.standing().filter(member=request.user)
    report = get_object_or_404(theirs.select_related("product"), public_id=public_id)
    if request.method != "POST":
        return render(request, "prices/withdraw.html", {"report": report})
    services.withdraw_price_report(report=report)
    messages.success(
        request, "Withdrawn. Figures that it stood behind are off the site from now on."
    )
    return redirect("prices:mine")


# --- What everybody reads -------------------------------------------------------------------


@for_visitors()
@require_safe
def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole table of what has been released."""
    visible = Product.objects.visible()
    product = visible.select_related("vendor").filter(slug=slug).first()
    if product is None:
        return moved("prices:prices", slug)
    context = {"product": product, "series": released(product)}
    return render(request, "prices/prices.html", context)


# --- Staff ----------------------------------------------------------------------------------


@get_or_post
def read(request: HttpRequest) -> HttpResponse:
    """One report in answer to a POST with its reason; at no address is there one to be read."""
    form = ReadingForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"title": "Private prices", "form": form}
    if request.method == "POST" and form.is_valid():
        context["report"] = _report_read(request, form)
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "admin/prices/read.html", context, status)


def _report_read(request: HttpRequest, form: ReadingForm) -> PriceReport | None:
    """None: the form says why."""
    standing = PriceReport.objects.standing().select_related("product", "member")
    report = standing.filter(public_id=form.cleaned_data["reference"]).first()
    if report is None:
        form.add_error("reference", "There is no such report, or it was withdrawn.")
        return None
    try:
        services.read_price_report(
            report=report,
            moderator=moderator_of(request),
            reason=form.cleaned_data["reason"],
        )
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return None
    return report
