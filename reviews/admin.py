from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin

from accounts.models import User, WorkEmail
from accounts.personas import persona_of
from moderation.admin import ModeratorAdmin
from moderation.models import Decision, ReasonCode
from moderation.reasons import GROUNDS_FOR_REFUSAL, STATEMENTS
from reviews import services
from reviews.differences import differences
from reviews.emails import preview_refusal
from reviews.models import Question, Review, ReviewRevision
from reviews.queue import (
    author_file,
    decision_history,
    late_before,
    pending_reviews,
    pending_revisions,
)
from reviews_site.lib.admin import SuperuserAdmin

REFUSING = {"reject", "remove", "reject_edit"}


class DecisionForm(forms.Form):
    """One form for all decisions; a refusal needs its ground, a publication needs no words."""

    action = forms.ChoiceField(
        choices=[(a, a) for a in ("publish", "reject", "remove", "restore")]
        + [("approve_edit", "approve_edit"), ("reject_edit", "reject_edit")]
    )
    preview = forms.BooleanField(required=False)
    seen_version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    reason_code = forms.ChoiceField(
        required=False,
        choices=[("", "Choose the rule…")]
        + [(code.value, code.label) for code in GROUNDS_FOR_REFUSAL],
    )
    statement = forms.CharField(required=False, max_length=4000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # Only a refusal has an e-mail to look at before.
        refuses = data.get("action") in REFUSING or data.get("preview")
        if refuses and not data.get("reason_code"):
            self.add_error("reason_code", "Choose the rule that it breaks.")
        return data

    @property
    def refusal(self) -> tuple[ReasonCode, str]:
        """The ground and the words; without words those of the ground."""
        code = ReasonCode(self.cleaned_data["reason_code"])
        return code, self.cleaned_data["statement"].strip() or STATEMENTS[code]


class DecidingAdmin(ModeratorAdmin):
    """GET shows everything that is needed to decide, POST decides; a conflict changes nothing and says so."""

    decision_template = ""
    list_before_template = "admin/moderation/states.html"
    # What an item can be besides waiting: value and label.
    states: list[tuple[str, str]] = []

    def get_urls(self) -> list[Any]:
        # No history page of Django's: the decision log is the history.
        return [url for url in super().get_urls() if not _is_history(url)]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": self.opts.verbose_name_plural.capitalize(),
            "subtitle": None,
            "states": [("", "Waiting"), *self.states, ("all", "All")],
            "state": request.GET.get("state", ""),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        item = self.get_object(request, object_id)
        if item is None or not self.has_view_permission(request, item):
            raise Http404
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if not form.cleaned_data["preview"]:
                return self._decide(request, item, form)
            return self._page(request, item, form, self.preview(item, form))
        return self._page(request, item, form, None)

    def _page(
        self, request: HttpRequest, item: Any, form: DecisionForm, preview: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.details(item),
            "opts": self.opts,
            "title": self.title_of(item),
            "form": form,
            "preview": preview,
            "grounds": [(code, STATEMENTS[code]) for code in GROUNDS_FOR_REFUSAL],
            "queue_url": self._list_url(),
        }
        return TemplateResponse(request, self.decision_template, context)

    def _decide(
        self, request: HttpRequest, item: Any, form: DecisionForm
    ) -> HttpResponse:
        verb = self.verbs(item, request.user, form).get(form.cleaned_data["action"])
        if verb is None:
            raise Http404
        try:
            decision = verb()
        except (services.Conflict, services.NotVerified, services.Refused) as problem:
            messages.error(request, _explain(problem))
            return HttpResponseRedirect(request.path)
        messages.success(
            request,
            format_html(
                'Done: {} “{}”. Its author is told. <a href="{}">See it again</a>',
                decision.get_action_display().lower(),
                self.title_of(item),
                request.path,
            ),
        )
        return HttpResponseRedirect(self._next_url())

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _next_url(self) -> str:
        """The next one that waits, else the list."""
        following = self.waiting().values_list("pk", flat=True).first()
        if following is None:
            return self._list_url()
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[following])

    def waiting(self) -> QuerySet[Any]:
        raise NotImplementedError

    def details(self, item: Any) -> dict[str, Any]:
        raise NotImplementedError

    def title_of(self, item: Any) -> str:
        raise NotImplementedError

    def preview(self, item: Any, form: DecisionForm) -> Any:
        raise NotImplementedError

    def verbs(
        self, item: Any, moderator: Any, form: DecisionForm
    ) -> dict[str, Callable[[], Decision]]:
        raise NotImplementedError


def _is_history(url: Any) -> bool:
    return str(getattr(url, "name", "")).endswith("_history")


def _explain(problem: Exception) -> str:
    if isinstance(problem, services.Conflict):
        return "Another moderator was faster, or the author has changed it. Nothing was decided now; this is how it is."
    if isinstance(problem, services.NotVerified):
        return "Not published: its author has no current work e-mail, and nothing else shows that they use the product."
    if isinstance(problem, services.AlreadyReviewed):
        return (
            "Not restored: its author has written another review of this product since."
        )
    return f"Not possible. {problem}"


# --- Reviews --------------------------------------------------------------------------------


class StateFilter(admin.SimpleListFilter):
    """Opens on what waits."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin
    ) -> list[tuple[str, str]]:
        assert isinstance(model_admin, DecidingAdmin)
        return [*model_admin.states, ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return (
            queryset if state == "all" else queryset.filter(status=state or "pending")
        )


@admin.register(Review)
class ReviewAdmin(DecidingAdmin):
    decision_template = "admin/reviews/review/decide.html"
    states = [(s.value, s.label) for s in Review.Status if s != Review.Status.PENDING]
    list_display = [
        "review_line",
        "product_line",
        "star_count",
        "verification",
        "history",
        "age",
    ]
    list_filter = [StateFilter, "source", "relationship"]
    search_fields = ["headline", "product__name"]
    search_help_text = "Words of the headline or the name of the product"
    ordering = ["submitted_at", "id"]
    sortable_by: list[str] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        reviews = super().get_queryset(request).select_related("product__vendor")
        current = WorkEmail.objects.current().filter(user=OuterRef("author"))
        return reviews.select_related("author__profile").annotate(
            work_email_is_current=Exists(current)
        )

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        _add_counts(changelist.result_list)
        return changelist

    @admin.display(description="Review")
    def review_line(self, review: Review) -> str:
        return review.headline

    @admin.display(description="Product")
    def product_line(self, review: Review) -> str:
        return format_html(
            '{}<br><small class="m-muted">{}</small>',
            review.product.name,
            review.product.vendor.name,
        )

    @admin.display(description="Stars")
    def star_count(self, review: Review) -> str:
        return f"{review.stars:.1f}"

    @admin.display(description="Verified by")
    def verification(self, review: Review) -> str:
        if review.verification_method:
            return format_html(
                '<span class="m-badge m-ok">{}</span>',
                review.get_verification_method_display(),
            )
        if review.work_email_is_current:  # type: ignore[attr-defined]  # annotated
            return format_html('<span class="m-badge m-ok">{}</span>', "Work e-mail")
        return format_html('<span class="m-badge m-warn">{}</span>', "Not yet")

    @admin.display(description="Author before")
    def history(self, review: Review) -> str:
        counts = getattr(review, "author_counts", {})
        if not counts:
            return "First review" if review.author_id else "Erased"
        return ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))

    @admin.display(description="Waits for")
    def age(self, review: Review) -> str:
        if review.status != Review.Status.PENDING:
            return review.get_status_display()
        is_late = review.submitted_at < late_before(timezone.now())
        return format_html(
            '<span class="{}">{}</span>',
            "m-badge m-warn" if is_late else "",
            timesince(review.submitted_at, depth=1),
        )

    def waiting(self) -> QuerySet[Review]:
        return pending_reviews()

    def title_of(self, item: Review) -> str:
        return item.headline

    def details(self, item: Review) -> dict[str, Any]:
        return {
            "review": item,
            "persona": persona_of(item),
            "answers": item.answers.select_related("question").order_by(
                "question__position"
            ),
            "author": author_file(item),
            "history": decision_history(item),
            "waiting_count": self.waiting().count(),
            "pending_edit": pending_revisions().filter(review=item).first(),
        }

    def preview(self, item: Review, form: DecisionForm) -> Any:
        kind = "review_" + (
            "removed" if form.cleaned_data["action"] == "remove" else "rejected"
        )
        return preview_refusal(kind, item, *form.refusal)

    def verbs(
        self, item: Review, moderator: User, form: DecisionForm
    ) -> dict[str, Callable[[], Decision]]:
        target: dict[str, Any] = {"review": item, "moderator": moderator}
        seen = {"seen_version": form.cleaned_data["seen_version"]}
        return {
            "publish": lambda: services.publish_review(**target, **seen),
            "reject": lambda: services.reject_review(**target, **seen, **_ground(form)),
            "remove": lambda: services.remove_review(**target, **_ground(form)),
            "restore": lambda: services.restore_review(**target),
        }


def _ground(form: DecisionForm) -> dict[str, Any]:
    code, statement = form.refusal
    return {"reason_code": code, "statement": statement}


def _add_counts(reviews: Any) -> None:
    """`author_counts` of each: what its author wrote before, by state; one query for the whole page."""
    rows = (
        Review.objects.filter(author__in={r.author_id for r in reviews if r.author_id})
        .values_list("author_id", "status")
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts: dict[int, dict[str, int]] = {}
    for author_id, status, n in rows:
        counts.setdefault(author_id, {})[status] = n
    for review in reviews:
        others = dict(counts.get(review.author_id, {}))
        others[review.status] = others.get(review.status, 1) - 1
        review.author_counts = {status: n for status, n in others.items() if n}


# --- Edits ----------------------------------------------------------------------------------


class RevisionStateFilter(StateFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset.filter(pk__in=pending_revisions())
        return super().queryset(request, queryset)


@admin.register(ReviewRevision)
class ReviewRevisionAdmin(DecidingAdmin):
    decision_template = "admin/reviews/reviewrevision/decide.html"
    states = [
        (s.value, s.label)
        for s in ReviewRevision.Status
        if s != ReviewRevision.Status.PENDING
    ]
    list_display = ["review_line", "product_line", "age"]
    list_filter = [RevisionStateFilter]
    search_fields = ["review__headline", "review__product__name"]
    search_help_text = "Words of the headline or the name of the product"
    ordering = ["created_at", "id"]
    sortable_by: list[str] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewRevision]:
        revisions = super().get_queryset(request)
        return revisions.select_related(
            "review__product__vendor", "review__author__profile"
        )

    @admin.display(description="Review")
    def review_line(self, revision: ReviewRevision) -> str:
        return revision.review.headline

    @admin.display(description="Product")
    def product_line(self, revision: ReviewRevision) -> str:
        return revision.review.product.name

    @admin.display(description="Waits for")
    def age(self, revision: ReviewRevision) -> str:
        if revision.status == ReviewRevision.Status.PENDING:
            return timesince(revision.created_at, depth=1)
        return revision.get_status_display()

    def waiting(self) -> QuerySet[ReviewRevision]:
        return pending_revisions().order_by("created_at", "id")

    def title_of(self, item: ReviewRevision) -> str:
        return f"Edit of “{item.review.headline}”"

    def details(self, item: ReviewRevision) -> dict[str, Any]:
        return {
            "revision": item,
            "review": item.review,
            "persona": persona_of(item.review),
            "differences": differences(item),
            "author": author_file(item.review),
            "history": decision_history(item.review),
            "waiting_count": self.waiting().count(),
        }

    def preview(self, item: ReviewRevision, form: DecisionForm) -> Any:
        return preview_refusal("review_edit_rejected", item.review, *form.refusal)

    def verbs(
        self, item: ReviewRevision, moderator: User, form: DecisionForm
    ) -> dict[str, Callable[[], Decision]]:
        target: dict[str, Any] = {"revision": item, "moderator": moderator}
        return {
            "approve_edit": lambda: services.approve_edit(**target),
            "reject_edit": lambda: services.reject_edit(**target, **_ground(form)),
        }


# --- Questions ------------------------------------------------------------------------------


@admin.register(Question)
class QuestionAdmin(SuperuserAdmin):
    """For superusers: the wording of the form. Keys stay, for answers and exports use them."""

    list_display = ["text", "key", "position", "is_active"]
    fields = ["key", "text", "hint", "position", "is_active"]
    readonly_fields = ["key"]
