import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from products import figures
from products.categories import CategoryTree, Node, category_tree
from products.models import Category
from research import maps, ranking
from research import selection as choices
from research.ranking import RANKED, Ranked, Ranking, TooWide, node_of, ranking_of
from research.selection import (
    EVERYTHING,
    FACETS,
    BadSelection,
    Selection,
    facet_options,
    selection_from,
)
from reviews_site.lib.fragments import Fragments, prepare
from reviews_site.lib.kept_pages import KEPT_FOR, KeptPages
from reviews_site.lib.visitor_pages import for_visitors

ROW, FORM = "research/category_row.html", "research/category_filters.html"
CONTENT = "research/category_content.html"
TEMPLATES = (
    CONTENT,
    "research/category_problems.html",
    "research/category_chosen.html",
    "products/compare_bar.html",
    "includes/empty.html",
    ROW,
    FORM,
)
# Ten minutes: the name of a vendor can change without the product.
ROWS: Fragments[str] = Fragments(
    "ranking-row", (ROW,), (__file__, figures.__file__), timeout=600
)
FORMS: Fragments[str] = Fragments(
    "ranking-filters", (FORM,), (__file__, choices.__file__), timeout=600
)
MAPS: Fragments[str] = Fragments("ranking-map", (), (maps.__file__,), timeout=600)
PAGES = KeptPages(
    "research/category.html",
    ("name", "description", "feed_title", "feed", "content"),
    Fragments(
        "category",
        TEMPLATES,
        (__file__, ranking.__file__, choices.__file__, figures.__file__, maps.__file__),
        KEPT_FOR,
    ),
)
SHARED = mark_safe(
    '<span class="rank-shared" aria-hidden="true">=</span><span class="vh"> shared</span>'
)


@for_visitors(*FACETS)
def category(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        selection = selection_from(request.GET)
        if "" in request.GET.values():
            # A form sends its empty fields too; the address that people share names what was chosen only.
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
    """400; but htmx shows the reader nothing of a 400, so there the page with the sentence is a 200."""
    status = 200 if request.headers.get("HX-Request") else 400
    return PAGES.show(request, _fields(slug, EVERYTHING, problems), status)


def _fields(slug: str, selection: Selection, problems: list[str]) -> dict[str, str]:
    category, tree, node = find_category(slug)
    asked = Asked(selection, ranking_of(node, selection), problems)
    context = {
        "category": category,
        "path": tree.path(node),
        "children": [child for child in node.children if child.product_count],
        "product_count": category.product_count,
        "asked": asked,
        "ranking": asked.ranking,
        "capped_at": RANKED,
        **_pieces(node, asked),
    }
    return {
        "name": category.name,
        "description": f"{category.name} ranked by reviews of verified users, each score with its interval; "
        "filter by company size, industry, role and country.",
        "feed_title": f"Newest reviews in {category.name}",
        "feed": reverse("following:category_feed", args=[slug]),
        "content": get_template(CONTENT).render(context),
    }


def find_category(slug: str) -> tuple[Category, CategoryTree, Node]:
    category = get_object_or_404(Category, slug=slug)
    tree = category_tree()
    return category, tree, node_of(category, tree)


@dataclass(frozen=True)
class Asked:
    """What the address selects, and the ranking of that; of everything where the address makes no sense."""

    selection: Selection
    ranking: Ranking
    problems: list[str]


def _pieces(node: Node, asked: Asked) -> dict[str, SafeString]:
    """Rows, map and filters, prepared; one look into the cache."""
    places = {_row_key(place, asked.selection): place for place in asked.ranking.places}
    whole = f"{node.id}:{_digest(asked)}"
    rows, map_, form = prepare(
        ROWS.batch(
            dict.fromkeys(places, ""),
            lambda keys: {key: row_cells(places[key], asked.selection) for key in keys},
        ),
        MAPS.batch({whole: ""}, lambda _: {whole: _map(asked.ranking)}),
        FORMS.batch({whole: ""}, lambda _: {whole: _form(node, asked)}),
    )
    return {
        "rows": ranking_rows(places.values(), rows.values()),
        "map": mark_safe(map_[whole]),
        "filters": mark_safe(form[whole]),
    }


def _row_key(place: Ranked, selection: Selection) -> str:
    """A selection has figures of its own, which change by the day as stored ones do with their version."""
    version = f"{place.key.id}:{place.key.version}"
    if not selection:
        return version
    return f"{version}:{place.count}:{place.score:.9f}:{place.interval_low:.9f}"


def _digest(asked: Asked) -> str:
    shown = repr((asked.selection, asked.ranking.places, asked.ranking.remaining))
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _map(ranking: Ranking) -> str:
    return maps.category_map(ranking.places)


def _form(node: Node, asked: Asked) -> str:
    """Nothing where the category is too wide to filter."""
    if asked.ranking.remaining is None:
        return ""
    context = {
        "node": node,
        "selection": asked.selection,
        "facets": facet_options(asked.selection, asked.ranking.remaining),
    }
    return get_template(FORM).render(context)


def row_cells(place: Ranked, selection: Selection) -> str:
    return get_template(ROW).render({"place": place, "selection": selection})


def ranking_rows(places, cells) -> SafeString:
    """Written by hand: a hundred rows through a template cost more than all else on the page."""
    return mark_safe(
        "".join(
            f'<tr><td class="rank num">{place.rank}{SHARED if place.is_shared else ""}</td>{prepared}</tr>'
            for place, prepared in zip(places, cells, strict=True)
        )
    )
