"""The page on which a moderator decides: GET shows everything that is needed, POST decides."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views import View
from django.views.decorators.http import require_POST

from accounts.models import User
from moderation import desk as desks
from moderation.deciding import ANOTHER_DECIDES, Held, decide, verb_named
from moderation.desk import Desk
from moderation.errors import Conflict, NotPossible
from moderation.models import Decision, QueueItem
from moderation.panel.forms import DecisionForm
from moderation.panel.frame import kind_asked_for, moderator_of, page, query
from moderation.queue import batch_of, beside, holder_of, next_after, target_of
from moderation.services import hold_item

CONFLICT = (
    "Another moderator was faster, or its author has changed it. "
    "Nothing was decided now; this is how it is."
)
HELD = "Another moderator has this one before them. Nothing was decided."
NOT_TAKEN = (
    "It can’t be kept for you: another moderator has it before them, or decides on it."
)


class TargetView(View):
    """Anything that has a desk, whether it waits or was decided long ago."""

    http_method_names = ["get", "head", "post"]
    desk: Desk
    target: Any
    item: QueueItem | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.moderator = moderator_of(request)
        self.kind = kind_asked_for(request)

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        kind, target_id = self.find(**kwargs)
        try:
            self.desk = desks.get(kind)
        except LookupError as error:
            raise Http404 from error
        self.target = target_of(self.desk, target_id)
        if self.target is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def find(self, kind: str, target_id: UUID) -> tuple[str, UUID]:
        items = QueueItem.objects.waiting().select_related("held_by")
        self.item = items.filter(kind=kind, target_public_id=target_id).first()
        return kind, target_id

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if verb_named(self.desk, self.target, form.asked_for) is None:
            messages.error(request, CONFLICT)
            return redirect(request.get_full_path())
        if not form.is_valid():
            return self.page(form, status=422)
        if form.cleaned_data["preview"]:
            return self.page(form, preview=self.preview(form))
        return self.decide(form)

    def form(self, data: Any = None) -> DecisionForm:
        return DecisionForm(data, desk=self.desk, target=self.target)

    def preview(self, form: DecisionForm) -> Any:
        """The e-mail, or a sentence where nobody is told."""
        email = self.desk.preview(self.target, form.choice(self.moderator))
        return email or {"subject": "Nobody is told by e-mail.", "text": ""}

    def decide(self, form: DecisionForm) -> HttpResponse:
        try:
            decision = decide(
                self.desk, self.target, form.choice(self.moderator), self.item
            )
        except (Conflict, NotPossible) as problem:
            messages.error(self.request, _explained(problem))
            return redirect(self.request.get_full_path())
        messages.success(self.request, self.done(decision))
        return redirect(self.following())

    def done(self, decision: Decision) -> str:
        return format_html(
            'Done: {} “{}”. <a href="{}">See it again</a>',
            decision.get_action_display().lower(),
            self.desk.title(self.target),
            self.address,
        )

    def following(self) -> str:
        """The next one that waits, taken for this moderator; without a queue around it the same page again."""
        if self.item is None:
            return self.address
        following = next_after(self.item, self.moderator, self.kind)
        if following is None:
            return reverse("moderation_queue") + query(kind=self.kind)
        take(following, self.moderator)
        return item_url(following, self.kind)

    @property
    def address(self) -> str:
        return reverse(
            "moderation_target", args=[self.desk.kind, self.target.public_id]
        )

    # --- The page -------------------------------------------------------------------------

    def page(
        self, form: DecisionForm, *, preview: Any = None, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": "Queue",
            "desk": self.desk,
            "target": self.target,
            "queue_item": self.item,
            "name": self.desk.title(self.target),
            "subtitle_line": self.desk.subtitle(self.target),
            "kind": self.kind,
            "suffix": query(kind=self.kind),
            "form": form,
            "preview": preview,
            "now": timezone.now(),
            **self.around(),
            **self.choices(form),
            **self.content(),
        }
        return page(self.request, self.desk.template, context, status)

    def around(self) -> dict[str, Any]:
        """The part of the queue beside it."""
        if self.item is None:
            return {}
        lines = beside(self.item, self.kind)
        ids = [line.item.pk for line in lines]
        here = ids.index(self.item.pk) if self.item.pk in ids else len(ids)
        return {
            "lines": lines,
            "previous": lines[here - 1].item if here > 0 else None,
            "following": lines[here + 1].item if here + 1 < len(lines) else None,
        }

    def choices(self, form: DecisionForm) -> dict[str, Any]:
        verbs = self.desk.verbs(self.target)
        holder = self.item and holder_of(self.item, timezone.now())
        return {
            "approvals": [verb for verb in verbs if not verb.is_refusal],
            "refusals": [verb for verb in verbs if verb.is_refusal],
            "grounds": list(form.grounds.items()),
            "seen_version": self.desk.version(self.target),
            "another_decides": ""
            if self.desk.may_decide(self.target, self.moderator)
            else ANOTHER_DECIDES,
            "holder": holder,
            "is_mine": holder == self.moderator,
            "batch": self.item and batch_of(self.item),
        }

    def content(self) -> dict[str, Any]:
        """While it is private nothing of it, and its history neither asks nor tells."""
        opening = self.desk.needs_opening(self.target, self.moderator)
        history = {"history": self.desk.history(self.target)}
        if opening:
            return {"opening": opening, **history}
        return {**history, **self.desk.context(self.target, self.moderator)}


class ItemView(TargetView):
    """An item of the queue."""

    item: QueueItem

    def find(self, public_id: UUID) -> tuple[str, UUID]:  # type: ignore[override]
        items = QueueItem.objects.select_related("held_by")
        self.item = get_object_or_404(items, public_id=public_id)
        return self.item.kind, self.item.target_public_id


class OpenItem(ItemView):
    """Shows what is private, which is logged."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.desk.open(self.target, self.moderator)
        except NotPossible as problem:
            messages.error(request, _explained(problem))
        return redirect(item_url(self.item, self.kind))


@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes an item, or keeps it; the script asks while the page is open, without one there is a button."""
    item = get_object_or_404(QueueItem, public_id=public_id)
    is_held = take(item, moderator_of(request))
    if request.headers.get("Accept") == "application/json":
        item.refresh_from_db()
        until = item.held_until if is_held else None
        return JsonResponse({"until": until.strftime("%H:%M") if until else None})
    if not is_held:
        messages.error(request, NOT_TAKEN)
    return redirect(item_url(item, kind_asked_for(request)))


def take(item: QueueItem, moderator: User) -> bool:
    """Only who may decide it keeps it from the others."""
    try:
        desk = desks.get(item.kind)
    except LookupError as error:
        raise Http404 from error
    target = target_of(desk, item.target_public_id)
    if target is None or not desk.may_decide(target, moderator):
        return False
    return hold_item(item=item, moderator=moderator)


def item_url(item: QueueItem, kind: str = "") -> str:
    return reverse("moderation_item", args=[item.public_id]) + query(kind=kind)


def _explained(problem: Exception) -> str:
    if isinstance(problem, Held):
        return HELD
    if isinstance(problem, Conflict):
        return CONFLICT
    return f"Not possible. {problem}"
