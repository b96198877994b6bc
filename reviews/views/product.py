from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from products.pages import moved
from reviews.cards import CARDS
from reviews.models import Review
from reviews.product_page import (
    CHIPS,
    EVERYTHING,
    PANELS,
    ProductPage,
    ReviewFilters,
    product_page,
)
from reviews_site.lib.fragments import Fragments
from reviews_site.lib.frames import render_framed
from reviews_site.lib.paging import BrokenCursor
from reviews_site.lib.visitor_pages import for_visitors

CONTENT_TEMPLATE = "reviews/product_content.html"
CONTENTS: Fragments[int] = Fragments(
    "product-content",
    (
        CONTENT_TEMPLATE,
        "includes/older_newer.html",
        "includes/empty.html",
        *PANELS.templates,
        *CHIPS.templates,
        *CARDS.templates,
    ),
    (__file__, *PANELS.sources, *CARDS.sources),
    300,
)
NOT_UNDERSTOOD = "This address can't be shown as asked, so here are all reviews."
BROKEN_PAGE = "This page's address is incomplete, so here are the newest reviews."


class ReviewFilterForm(forms.Form):
    stars = forms.IntegerField(min_value=1, max_value=5, required=False)
    perspective = forms.ChoiceField(choices=Review.Perspective.choices, required=False)
    after = forms.CharField(max_length=600, required=False)

    def filters(self) -> ReviewFilters:
        return ReviewFilters(
            self.cleaned_data["stars"], self.cleaned_data["perspective"]
        )


@for_visitors("stars", "perspective")
def product(request: HttpRequest, slug: str) -> HttpResponse:
    filters, cursor, problem = _asked(request)
    try:
        page = product_page(slug, filters, cursor)
    except BrokenCursor:
        page, cursor, problem = product_page(slug, filters, ""), "", BROKEN_PAGE
    if page is None:
        return moved("product", slug, request.META["QUERY_STRING"])
    fields = {
        "name": page.name,
        "description": page.summary or page.name,
        "canonical": settings.SITE_URL + request.path,
        "feed": request.path + "feed/",
        "content": _content(page, cursor, problem, request.path),
    }
    status = 400 if problem else 200
    return render_framed(request, "reviews/product.html", fields, status)


def _content(page: ProductPage, cursor: str, problem: str, path: str) -> SafeString:
    """The newest reviews, which most readers see, lie beside their cards as one piece with all around them."""
    if cursor or problem or page.filters != EVERYTHING:
        return mark_safe(_draw(page, cursor, problem, path))
    pk = page.product_id
    kept = CONTENTS.get(
        {pk: page.whole_version}, lambda _: {pk: _draw(page, "", "", path)}
    )
    return mark_safe(kept[pk])


def _draw(page: ProductPage, cursor: str, problem: str, path: str) -> str:
    pieces, older, filters = page.pieces(), page.older, page.filters
    link = "&".join(filter(None, (filters.query(), f"after={older}")))
    context = {
        "page": pieces,
        "cards": mark_safe("".join(pieces.cards)),
        "problem": problem,
        "is_filtered": filters != EVERYTHING,
        "path": path,
        "older": f"?{link}#reviews" if older else "",
        "newest": f"?{filters.query()}#reviews" if cursor else "",
    }
    return get_template(CONTENT_TEMPLATE).render(context)


def _asked(request: HttpRequest) -> tuple[ReviewFilters, str, str]:
    """(filters, cursor, what was wrong with the address)."""
    if not request.GET:
        return EVERYTHING, "", ""
    form = ReviewFilterForm(request.GET)
    if not form.is_valid():
        return EVERYTHING, "", NOT_UNDERSTOOD
    return form.filters(), form.cleaned_data["after"], ""
