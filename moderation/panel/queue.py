from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.panel.forms import BatchForm
from moderation.panel.frame import kind_asked_for, moderator_of, page, query
from moderation.queue import (
    Page,
    counts_by_kind,
    in_waiting_batches,
    page_of_queue,
)
from moderation.reasons import GROUNDS_FOR_REFUSAL, STATEMENTS
from reviews_site.lib.paging import BrokenCursor


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    return queue_page(request, request.GET.get("after", ""))


def queue_page(
    request: HttpRequest, cursor: str = "", form: BatchForm | None = None
) -> HttpResponse:
    """Also where a batch that can't be started leads back to."""
    kind = kind_asked_for(request)
    shown = _page_at(kind, cursor)
    counts = counts_by_kind()
    context = {
        "title": "Queue",
        "lines": shown.lines,
        "next_page": query(kind=kind, after=shown.following) if shown.following else "",
        "is_first_page": not cursor,
        "kind": kind,
        "suffix": query(kind=kind),
        "counts": counts,
        "total": sum(each.waiting for each in counts),
        "in_batches": in_waiting_batches(),
        "grounds": [(code, STATEMENTS[code]) for code in GROUNDS_FOR_REFUSAL],
        "last_batch": moderator_of(request).decision_batches.order_by("-pk").first(),
        "form": form,
        "errors": _errors(form),
        "now": timezone.now(),
        "mine": moderator_of(request),
    }
    status = 422 if form else 200
    return page(request, "admin/moderation/queue.html", context, status)


def _errors(form: BatchForm | None) -> list[str]:
    return (
        [str(error) for errors in form.errors.values() for error in errors]
        if form
        else []
    )


def _page_at(kind: str, cursor: str) -> Page:
    try:
        return page_of_queue(kind, cursor)
    except BrokenCursor as error:
        raise Http404 from error
