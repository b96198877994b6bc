from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moderation.models import DecisionBatch, QueueItem
from moderation.panel.forms import BatchForm
from moderation.panel.frame import kind_asked_for, moderator_of, page, query
from moderation.panel.queue import queue_page
from moderation.queue import known_kinds, lines_of
from moderation.services import start_batch, undo_batch


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = BatchForm(request.POST)
    if not form.is_valid():
        return queue_page(request, form=form)
    start_batch(moderator=moderator_of(request), **form.cleaned_data)
    return redirect(reverse("moderation_queue") + query(kind=kind_asked_for(request)))


@require_safe
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What came of each; every moderator may look at it."""
    found = get_object_or_404(
        DecisionBatch.objects.select_related("moderator"), public_id=public_id
    )
    items = QueueItem.objects.filter(
        public_id__in=list(found.items), kind__in=known_kinds()
    )
    lines = lines_of(list(items.select_related("held_by").in_order()))
    context = {
        "title": "Several at once",
        "batch": found,
        "results": [
            (line, found.results.get(str(line.item.public_id))) for line in lines
        ],
        "can_undo": _can_undo(request, found),
        "now": timezone.now(),
    }
    return page(request, "admin/moderation/batch.html", context)


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    moderator = moderator_of(request)
    found = get_object_or_404(moderator.decision_batches, public_id=public_id)
    if undo_batch(batch=found, moderator=moderator):
        messages.success(request, "Undone: nothing was decided, nobody was told.")
        return redirect("moderation_queue")
    messages.error(request, "Too late: it was carried out.")
    return redirect("moderation_batch", public_id)


def _can_undo(request: HttpRequest, found: DecisionBatch) -> bool:
    return (
        found.status == DecisionBatch.Status.WAITING
        and not found.results
        and found.moderator == request.user
    )
