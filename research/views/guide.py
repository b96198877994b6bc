from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from products.categories import CategoryTree, Node
from products.models import Category
from research import guide as guides
from research import maps, ranking
from research import selection as choices
from research.guide import Guide, guide_of
from research.ranking import TooWide
from research.selection import (
    EVERYTHING,
    FACETS,
    BadSelection,
    Selection,
    selection_from,
)
from research.views.category import SHARED, find_category
from research.views.pdf import pdf_or_page
from reviews_site.lib.fragments import Fragments
from reviews_site.lib.kept_pages import KEPT_FOR, KeptPages
from reviews_site.lib.visitor_pages import for_visitors

PDF_TEMPLATE = "research/guide_pdf.html"
CONTENT = "research/guide_content.html"
TEMPLATES = (
    CONTENT,
    "research/guide_body.html",
    "research/category_row.html",
)
PAGES = KeptPages(
    "research/guide.html",
    ("title", "description", "content"),
    Fragments(
        "guide",
        TEMPLATES,
        (__file__, guides.__file__, ranking.__file__, choices.__file__, maps.__file__),
        KEPT_FOR,
    ),
)


@for_visitors(*FACETS)
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        selection = selection_from(request.GET)
        if "" in request.GET.values():
            return redirect(f"{request.path}{selection.suffix}")
        return _kept(request, slug, selection)
    except BadSelection as error:
        return _with_problems(request, slug, error.sentences)
    except TooWide as error:
        return _with_problems(request, slug, [str(error)])


def _kept(request: HttpRequest, slug: str, selection: Selection) -> HttpResponse:
    def make() -> dict[str, str]:
        return _fields(slug, selection, [])

    return PAGES.respond(request, slug, selection.query, make)


def _with_problems(
    request: HttpRequest, slug: str, problems: list[str]
) -> HttpResponse:
    return PAGES.show(request, _fields(slug, EVERYTHING, problems), 400)


def _fields(slug: str, selection: Selection, problems: list[str]) -> dict[str, str]:
    category, tree, node = find_category(slug)
    found = guide_of(node, tree, selection)
    context = _context(category, tree, node, found)
    context |= {"problems": problems, "map": maps.category_map(found.ranking.places)}
    return {
        "title": f"Buyer’s guide: {category.name}",
        "description": f"How to choose in {category.name}: the ranking with intervals, who rates how, "
        "what to ask reviewers and vendors. Free, without registration.",
        "content": get_template(CONTENT).render(context),
    }


def guide_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    category, tree, node = find_category(slug)
    page = reverse("research:guide", args=[slug])
    found, problems = _guide(request, tree, node)
    if problems:
        return guide(request, slug)
    context = _context(category, tree, node, found) | {"map": _wide_map(found)}
    return pdf_or_page(
        request,
        PDF_TEMPLATE,
        context,
        name=f"guide-{slug}",
        page=f"{page}{found.selection.suffix}",
    )


def _guide(
    request: HttpRequest, tree: CategoryTree, node: Node
) -> tuple[Guide, list[str]]:
    """With the sentences about an address that makes no sense; then it is the guide from all reviews."""
    try:
        return guide_of(node, tree, selection_from(request.GET)), []
    except BadSelection as error:
        problems = error.sentences
    except TooWide as error:
        problems = [str(error)]
    return guide_of(node, tree, EVERYTHING), problems


def _context(
    category: Category, tree: CategoryTree, node: Node, found: Guide
) -> dict[str, object]:
    return {
        "category": category,
        "node": node,
        "path": [*tree.path(node), node],
        "children": [child for child in node.children if child.product_count],
        "guide": found,
        "ranking": found.ranking,
        "selection": found.selection,
        "shared": SHARED,
        "sections": sections(found),
    }


def sections(found: Guide) -> list[tuple[str, str]]:
    """(id, heading) of what the guide contains: parts without a figure are left out."""
    shown = (
        ("in-short", "In short", bool(found.listed)),
        ("what-for", "What the category is for", True),
        ("how-to-read", "How to read the figures", True),
        ("map", "The map", len(found.ranking.places) > 1),
        ("ranking", "The ranking", True),
        ("perspectives", "Buyers, users, administrators", found.has_perspectives),
        ("voice", "Praised and criticised", bool(found.voices)),
        ("features", "Features to ask for", bool(found.features)),
        ("money", "Prices, renewal, delivery", bool(found.listed)),
        ("questions", "Questions to ask", True),
        ("checklist", "Before you sign", True),
        ("method", "Date and method", True),
    )
    return [(name, heading) for name, heading, is_shown in shown if is_shown]


def _wide_map(found: Guide) -> SafeString:
    places = found.ranking.places
    return maps.draw(places, maps.WIDE) if len(places) > 1 else SafeString("")
