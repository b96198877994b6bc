"""Anyone reports a review, a comment or a vendor's response, and reads afterwards what came of it."""

from uuid import UUID

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from moderation.models import Decision, Report
from reviews import reporting, services
from reviews.forms import ReportForm
from reviews.participation import PartRefusal
from reviews.reporting import Reported, Subject
from reviews.views.write import UNPROCESSABLE, get_or_post

# The limit itself stands in the settings (ACCOUNT_RATE_LIMITS), by network, with the others of its kind.
TOO_MANY = "Many reports came from your network within the last hour. Please try again later, or sign in."


def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _report(request, reporting.REVIEW, public_id)


def comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _report(request, reporting.COMMENT, public_id)


def response(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _report(request, reporting.RESPONSE, public_id)


@get_or_post
def _report(request: HttpRequest, subject: Subject, public_id: UUID) -> HttpResponse:
    target = get_object_or_404(subject.public(), public_id=public_id)
    is_member = isinstance(request.user, User)
    if request.method != "POST":
        return _empty_page(request, subject, target)
    form = ReportForm(request.POST, is_member=is_member)
    if not form.is_valid():
        return _page(request, subject, target, form, UNPROCESSABLE)
    if not is_member and not ratelimit.consume(request, action="report"):
        form.add_error(None, TOO_MANY)
        return _page(request, subject, target, form, 429)
    try:
        report = _send(request, target, form)
    except services.PartRefused as error:
        form.add_error(None, error.reason.label)
        status = 429 if error.reason == PartRefusal.REPORT_LIMIT else 403
        return _page(request, subject, target, form, status)
    return redirect("reviews:report", report.public_id)


def _empty_page(
    request: HttpRequest, subject: Subject, target: Reported
) -> HttpResponse:
    if not isinstance(request.user, User):
        return _page(request, subject, target, ReportForm(is_member=False))
    sent = subject.reports_of(target).filter(reporter=request.user).first()
    if sent is not None:
        return redirect("reviews:report", sent.public_id)
    return _page(request, subject, target, ReportForm(is_member=True))


def _send(request: HttpRequest, target: Reported, form: ReportForm) -> Report:
    reporter = request.user if isinstance(request.user, User) else None
    return services.report_content(
        target=target, reporter=reporter, **form.cleaned_data
    )


def _page(
    request: HttpRequest,
    subject: Subject,
    target: Reported,
    form: ReportForm,
    status: int = 200,
) -> HttpResponse:
    review = reporting.review_of(target)
    context = {
        "subject": subject,
        "target": target,
        "review": review,
        "product": review.product,
        "form": form,
        "is_own": target.author_id is not None and target.author_id == request.user.pk,
        "back": reporting.address_of(target),
    }
    return render(request, "reviews/report.html", context, status=status)


@require_safe
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt, and later the outcome, for whoever has its address. It says nothing of who reported."""
    found = reporting.find_report(public_id)
    if found is None:
        raise Http404
    target = reporting.target_of(found)
    context = {
        "report": found,
        "subject": reporting.subject_of(target),
        "product": reporting.review_of(target).product,
        "back": reporting.address_of(target) if reporting.is_public(target) else "",
        "decision": _decision(found, target),
        "has_email": bool(found.reporter_id or found.reporter_email),
    }
    return render(request, "reviews/report_receipt.html", context)


def _decision(report: Report, target: Reported) -> Decision | None:
    """The first one about its target since it was sent."""
    if report.status == Report.Status.OPEN:
        return None
    about_it = Decision.objects.filter(
        target_kind=reporting.subject_of(target).kind,
        target_public_id=target.public_id,
        created_at__gte=report.created_at,
    )
    return about_it.select_related("record").order_by("id").first()
