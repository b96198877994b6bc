from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from products.models import Product
from products.pages import moved
from reviews import scoring
from reviews.product_page import rating_of
from reviews.score_page import product_to_explain, quarters, steps, weight_page
from reviews_site.lib.paging import BrokenCursor
from reviews_site.lib.visitor_pages import for_visitors

BROKEN_PAGE = "This page's address is incomplete, so here are the newest reviews."


@for_visitors()
def score(request: HttpRequest, slug: str) -> HttpResponse:
    """Why this score: how it is computed, step by step, with the product's own numbers."""
    product = product_to_explain(slug).first()
    if product is None:
        return moved("reviews:score", slug)
    context = {
        "product": product,
        "scoring": scoring,
        "canonical": settings.SITE_URL + request.path,
    }
    if rating := rating_of(product):
        context |= {
            "rating": rating,
            "steps": steps(rating),
            "quarters": quarters(rating),
            "unscored": rating.count - rating.scored_count,
        }
        context |= _reviews(request, product, rating)
    status = 400 if context.get("problem") else 200
    return render(request, "reviews/score.html", context, status=status)


def _reviews(request: HttpRequest, product: Product, rating) -> dict:
    cursor, problem = request.GET.get("after", ""), ""
    try:
        page = weight_page(product, rating, cursor)
    except BrokenCursor:
        page, cursor, problem = weight_page(product, rating, ""), "", BROKEN_PAGE
    return {
        "rows": page.rows,
        "older": f"?after={page.older}#weights" if page.older else "",
        "newest": f"{request.path}#weights" if cursor else "",
        "problem": problem,
    }
