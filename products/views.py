from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from products.categories import CategoryTree, Node, category_tree
from products.filters import ProductFilters, licences
from products.listing import SORTS, Page, Products, page_by_name
from products.models import Category, Product, Vendor
from products.rankings import ranking
from products.rows import prepared_rows
from products.search import LONGEST_QUERY, MOST_RANKED, PAGE_SIZE, Found, search
from reviews_site.lib.paging import BrokenCursor

RANKED = 100
UNRANKED = 30
BROKEN_PAGE = "This page's address is incomplete. Start again from the first page."


def product_list(request: HttpRequest) -> HttpResponse:
    filters = ProductFilters(request.GET, category_tree())
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


def _refused(request: HttpRequest) -> int:
    """400; but htmx shows the reader nothing of a 400, so there the page with the sentence is a 200."""
    return 200 if request.headers.get("HX-Request") else 400


def _clean_address(request: HttpRequest, query: str) -> HttpResponse:
    """A form sends its empty fields too; the address that people share names what was chosen only."""
    return redirect(f"{request.path}?{query}" if query else request.path)


def _product_list(
    request: HttpRequest, filters: ProductFilters, page: Page | None, status: int = 200
) -> HttpResponse:
    context = {
        "filters": filters,
        "category_options": _category_options(
            filters.tree, filters.data.get("category")
        ),
        "licences": licences(),
        "ignored": filters.unknown_parameters(),
        "rows": _rows(page) if page else None,
        "next": f"?{filters.query(after=page.after)}" if page and page.after else "",
        "first": f"?{filters.query()}" if filters.data.get("after") else "",
    }
    return render(request, "products/list.html", context, status=status)


def _rows(page: Page) -> list[str]:
    return list(prepared_rows(page.keys).values())


def _category_options(tree: CategoryTree, chosen: str | None) -> SafeString:
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


def category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    tree = category_tree()
    node = tree.nodes.get(category.pk) or Node(
        category.pk, slug, category.name, None, 0
    )
    products = _within(node)
    waiting = products.filter(rating__score__isnull=True).order_by("name", "id")
    context = {
        "category": category,
        "path": tree.path(node),
        "children": [child for child in node.children if child.product_count],
        "places": ranking(products, RANKED),
        "waiting": list(waiting.select_related("rating")[:UNRANKED]),
        "capped_at": RANKED,
        "product_count": category.product_count,
    }
    return render(request, "products/category.html", context)


def _within(node: Node) -> Products:
    inside = Product.objects.filter(product_categories__category__in=list(node.ids()))
    return Product.objects.visible().filter(pk__in=inside.values("pk"))


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
    }
    return render(request, "products/vendor.html", context)


class SearchForm(forms.Form):
    q = forms.CharField(max_length=LONGEST_QUERY, required=False)
    page = forms.IntegerField(
        min_value=1, max_value=MOST_RANKED // PAGE_SIZE, required=False
    )


def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "query": request.GET.get("q", "")[:LONGEST_QUERY]}
        status = _refused(request)
        return render(request, "products/search.html", context, status=status)
    query, page = form.cleaned_data["q"], form.cleaned_data["page"] or 1
    found = search(query, page) if query else None
    context = {"query": query, "page": page, "found": found}
    if found is not None:
        context |= _results(found, page)
    return render(request, "products/search.html", context)


def _results(found: Found, page: int) -> dict:
    """All rows in one batch, matches and similar names alike."""
    html = prepared_rows([*found.keys, *found.similar])
    last = min(found.total, MOST_RANKED)
    return {
        "rows": [html[key.id] for key in found.keys if key.id in html],
        "similar": [html[key.id] for key in found.similar if key.id in html],
        "counted_all": found.total <= MOST_RANKED,
        "more": MOST_RANKED,
        "next_page": page + 1 if page * PAGE_SIZE < last else None,
        "previous_page": page - 1 if page > 1 else None,
    }
