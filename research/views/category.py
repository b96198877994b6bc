from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from products.categories import Node, category_tree
from products.listing import Products
from products.models import Category, Product
from products.rankings import ranking

RANKED = 100
UNRANKED = 30


def category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    tree = category_tree()
    node = tree.nodes.get(category.pk) or Node(
        category.pk, slug, category.name, None, 0
    )
    products = _within(node)
    places, waiting = ranking(products, RANKED), _waiting(products)
    context = {
        "category": category,
        "path": tree.path(node),
        "children": [child for child in node.children if child.product_count],
        "places": places,
        "ranking": mark_safe("".join(place.html for place in places)),
        "waiting": format_html_join("", WAITING_ITEM, waiting),
        "more_waiting": len(waiting) == UNRANKED,
        "capped_at": RANKED,
        "product_count": category.product_count,
    }
    return render(request, "research/category.html", context)


WAITING_ITEM = (
    '<li><a href="/products/{}/">{}</a> '
    '<span class="num">{}<span class="vh"> {}</span></span></li>'
)


def _waiting(products: Products) -> list[tuple[str, str, int, str]]:
    """(slug, name, number, "reviews") of those that have no score yet, by name."""
    unscored = products.filter(rating__score__isnull=True).order_by("name", "id")
    rows = unscored.values_list("slug", "name", "rating__count")[:UNRANKED]
    return [
        (slug, name, count or 0, "review" if count == 1 else "reviews")
        for slug, name, count in rows
    ]


def _within(node: Node) -> Products:
    inside = Product.objects.filter(product_categories__category__in=list(node.ids()))
    return Product.objects.visible().filter(pk__in=inside.values("pk"))
