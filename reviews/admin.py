from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin

from accounts.models import WorkEmail
from moderation.admin import ModeratorAdmin
from reviews.kinds import REVIEW, REVISION
from reviews.models import Question, Review, ReviewRevision
from reviews_site.lib.admin import SuperuserAdmin


class TargetAdmin(ModeratorAdmin):
    """Lists to search in; one of them opens where moderators decide."""

    kind: str
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
        return redirect("moderation_target", self.kind, item.public_id)


def _is_history(url: Any) -> bool:
    return str(getattr(url, "name", "")).endswith("_history")


# --- Reviews --------------------------------------------------------------------------------


class StateFilter(admin.SimpleListFilter):
    """Opens on what waits."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin
    ) -> list[tuple[str, str]]:
        assert isinstance(model_admin, TargetAdmin)
        return [*model_admin.states, ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return (
            queryset if state == "all" else queryset.filter(status=state or "pending")
        )


@admin.register(Review)
class ReviewAdmin(TargetAdmin):
    kind = REVIEW
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
        return timesince(review.submitted_at, depth=1)


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
            return queryset.filter(
                status=ReviewRevision.Status.PENDING,
                review__status=Review.Status.PUBLISHED,
            )
        return super().queryset(request, queryset)


@admin.register(ReviewRevision)
class ReviewRevisionAdmin(TargetAdmin):
    kind = REVISION
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


# --- Questions ------------------------------------------------------------------------------


@admin.register(Question)
class QuestionAdmin(SuperuserAdmin):
    """For superusers: the wording of the form. Keys stay, for answers and exports use them."""

    list_display = ["text", "key", "position", "is_active"]
    fields = ["key", "text", "hint", "position", "is_active"]
    readonly_fields = ["key"]
