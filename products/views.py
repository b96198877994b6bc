from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from products import filters as narrowing
from products import services
from products.categories import CategoryTree, Node
from products.filters import ProductFilters, licences
from products.forms import ClaimForm
from products.listing import SORTS, Page, first_page, page_by_name
from products.models import Product, Vendor, VendorClaim
from products.permissions import (
    claimable_domains,
    is_renewable,
    represented_vendors,
    represents,
)
from products.rows import TEMPLATE as ROW
from products.rows import RowKey, prepared_rows, rows
from products.search import LONGEST_QUERY, MOST_RANKED, PAGE_SIZE, Found, search
from reviews_site.lib.fragments import Fragments, prepare
from reviews_site.lib.frames import render_framed
from reviews_site.lib.paging import BrokenCursor
from reviews_site.lib.visitor_pages import for_visitors

BROKEN_PAGE = "This page's address is incomplete. Start again from the first page."
FILTERS, LIST = "products/filter_form.html", "products/list_content.html"
# A minute, as long as the tree of categories with its counts is kept.
FORMS: Fragments[str] = Fragments("product-filters", (FILTERS,), (__file__,), 60)
CONTENTS: Fragments[str] = Fragments(
    "product-list",
    (
        LIST,
        FILTERS,
        ROW,
        "products/compare_bar.html",
        "includes/older_newer.html",
        "includes/empty.html",
    ),
    (__file__, narrowing.__file__),
    60,
)


@for_visitors(*(set(ProductFilters.base_fields) - {"after"}))
def product_list(request: HttpRequest) -> HttpResponse:
    if not request.GET:
        return _first_page(request)
    filters = ProductFilters(request.GET)
    if not filters.is_valid():
        return _product_list(request, filters, None, status=_refused(request))
    if any(value == "" for value in request.GET.values()):
        return _clean_address(request, filters.query())
    products = filters.narrow(Product.objects.visible())
    try:
        page = SORTS[filters.chosen_sort](products, filters.cleaned_data["after"])
    except BrokenCursor:
        filters.add_error("after", BROKEN_PAGE)
        return _product_list(request, filters, None, status=_refused(request))
    return _product_list(request, filters, page)


def _first_page(request: HttpRequest) -> HttpResponse:
    """What most ask for lies beside its rows as one piece."""
    page = first_page()

    def draw(_: list[str]) -> dict[str, str]:
        filters = ProductFilters(request.GET)
        filters.is_valid()
        return {"": _content(filters, page)}

    content = CONTENTS.get({"": page.version}, draw)[""]
    return _framed(request, "Products", content)


def _refused(request: HttpRequest) -> int:
    """400; but htmx shows the reader nothing of a 400, so there the page with the sentence is a 200."""
    return 200 if request.headers.get("HX-Request") else 400


def _clean_address(request: HttpRequest, query: str) -> HttpResponse:
    """A form sends its empty fields too; the address that people share names what was chosen only."""
    return redirect(f"{request.path}?{query}" if query else request.path)


def _product_list(
    request: HttpRequest, filters: ProductFilters, page: Page | None, status: int = 200
) -> HttpResponse:
    content = _content(filters, page)
    return _framed(request, _list_title(filters), content, status)


def _framed(
    request: HttpRequest, title: str, content: str, status: int = 200
) -> HttpResponse:
    fields = {"title": title, "content": mark_safe(content)}
    return render_framed(request, "products/list.html", fields, status)


def _content(filters: ProductFilters, page: Page | None) -> str:
    chosen = filters.shown()
    form, found = prepare(
        FORMS.batch({"": repr(chosen)}, lambda _: {"": _filter_form(filters, chosen)}),
        rows(page.keys if page else []),
    )
    context = {
        "filters": filters,
        "form": mark_safe(form[""]),
        "ignored": filters.unknown_parameters(),
        "rows": mark_safe("".join(found.values())) if page else None,
        "next": f"?{filters.query(after=page.after)}" if page and page.after else "",
        "first": f"?{filters.query()}" if filters.data.get("after") else "",
    }
    return get_template(LIST).render(context)


def _list_title(filters: ProductFilters) -> str:
    category = filters.chosen_category
    return f"{category.name}: products" if category else "Products"


def _filter_form(filters: ProductFilters, chosen: Mapping[str, str]) -> str:
    context = {
        "chosen": chosen,
        "sorts": filters.sort_choices,
        "selects": filters.selects(),
        "category_options": _category_options(filters.tree, chosen["category"]),
        "licences": licences(),
    }
    return get_template(FILTERS).render(context)


def _category_options(tree: CategoryTree, chosen: str) -> SafeString:
    """Written by hand: Django's widget renders a template for each of some hundred options."""

    def options(nodes: list[Node], depth: int) -> str:
        return "".join(
            f'<option value="{node.slug}"{" selected" if node.slug == chosen else ""}>'
            f"{'&nbsp;' * 3 * depth}{escape(node.name)} ({node.product_count})</option>"
            + options(node.children, depth + 1)
            for node in nodes
            if node.product_count or node.slug == chosen
        )

    return mark_safe(options(tree.roots, 0))


def _rows(page: Page) -> list[str]:
    return list(prepared_rows(page.keys).values())


@for_visitors()
def vendor(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(Vendor, slug=slug)
    after = request.GET.get("after", "")
    products = Product.objects.visible().filter(vendor=vendor)
    try:
        page = page_by_name(products, after)
    except BrokenCursor:
        context = {"vendor": vendor, "problem": BROKEN_PAGE}
        return render(request, "products/vendor.html", context, status=400)
    context = {
        "vendor": vendor,
        "rows": _rows(page),
        "next": f"?after={page.after}" if page.after else "",
        "first": vendor.get_absolute_url() if after else "",
        "represents": represents(request.user, vendor),
    }
    return render(request, "products/vendor.html", context)


# --- Speaking for a vendor ------------------------------------------------------------------


get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class MemberRequest(HttpRequest):
    """Behind login_required."""

    user: User


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@login_required
@get_or_post
def claim(request: MemberRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(Vendor, slug=slug)
    form = ClaimForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.claim_vendor(
                user=request.user, vendor=vendor, **form.cleaned_data
            )
        except services.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"We wrote to {made.address}. Open the link in that e-mail within three days.",
            )
            return redirect("products:manage")
    context = {
        "form": form,
        "vendor": vendor,
        "domains": claimable_domains(vendor),
        "represents": represents(request.user, vendor),
        "is_renewable": is_renewable(request.user, vendor),
        "waiting": request.user.vendor_claims.filter(
            vendor=vendor, status=VendorClaim.Status.PENDING
        ).first(),
    }
    return render(
        request, "products/claim.html", context, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def manage(request: MemberRequest) -> HttpResponse:
    claims = request.user.vendor_claims.select_related("vendor").order_by("-id")
    context = {
        "vendors": represented_vendors(request.user).order_by("name"),
        "claims": claims[:50],
    }
    return render(request, "products/manage.html", context)


@login_required
@get_or_post
def confirm_claim(request: MemberRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: whoever scans mail for danger opens it too."""
    found = services.find_claim(user=request.user, token=token)
    if found is None:
        return render(request, "products/claim_gone.html", status=404)
    if request.method != "POST":
        return render(request, "products/claim_confirm.html", {"claim": found})
    try:
        services.confirm_claim(user=request.user, token=token)
    except services.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "Your address is confirmed. A moderator decides next."
        )
    return redirect("products:manage")


@login_required
@require_POST
def withdraw_claim(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(request.user.vendor_claims, public_id=public_id)
    if services.withdraw_claim(claim=found):
        messages.success(request, "Your claim is withdrawn.")
    else:
        messages.info(request, "Your claim was decided already.")
    return redirect("products:manage")


@login_required
@get_or_post
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(represented_vendors(request.user), slug=slug)
    if request.method != "POST":
        return render(request, "products/claim_leave.html", {"vendor": vendor})
    services.leave_vendor(user=request.user, vendor=vendor)
    messages.success(request, f"You no longer speak for {vendor.name}.")
    return redirect("products:manage")


class SearchForm(forms.Form):
    q = forms.CharField(max_length=LONGEST_QUERY, required=False)
    page = forms.IntegerField(
        min_value=1, max_value=MOST_RANKED // PAGE_SIZE, required=False
    )


@for_visitors("q", "page")
def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        query = request.GET.get("q", "")[:LONGEST_QUERY]
        context = {"form": form, "query": query}
        return _search_page(request, query, context, _refused(request))
    query, page = form.cleaned_data["q"], form.cleaned_data["page"] or 1
    found = search(query, page) if query else None
    context = {"query": query, "page": page, "found": found}
    if found is not None:
        context |= _results(found, page)
    return _search_page(request, query, context)


def _search_page(
    request: HttpRequest, query: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    content = get_template("products/search_content.html").render(context)
    title = f"{query}: search" if query else "Search"
    fields = {"title": title, "content": mark_safe(content)}
    return render_framed(request, "products/search.html", fields, status)


def _results(found: Found, page: int) -> dict[str, Any]:
    """All rows in one batch, matches and similar names alike."""
    html = prepared_rows([*found.keys, *found.similar])
    last = min(found.total, MOST_RANKED)
    return {
        "rows": _joined(html, found.keys),
        "similar": _joined(html, found.similar),
        "counted_all": found.total <= MOST_RANKED,
        "more": MOST_RANKED,
        "next_page": page + 1 if page * PAGE_SIZE < last else None,
        "previous_page": page - 1 if page > 1 else None,
    }


def _joined(html: Mapping[int, str], keys: Iterable[RowKey]) -> SafeString:
    return mark_safe("".join(html[key.id] for key in keys if key.id in html))
