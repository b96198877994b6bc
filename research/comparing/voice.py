"""What reviewers praise and criticise most, with links to where they say so."""

from collections.abc import Sequence

from products.models import Product
from research.comparing.ratings import NO_REVIEWS, counted
from research.comparing.tables import Entry, Group, Line, Row, missing
from reviews.product_page import rating_of
from reviews.voice import CRITICISM, PRAISE, Phrase, top

METHOD = "/about/figures/#voice"
MOST = 3
TOO_FEW = "Nothing is said in three reviews yet"


def group(products: Sequence[Product]) -> Group:
    return Group(
        "voice",
        "What reviewers say most",
        (
            _row("praise", "Praised", PRAISE, products),
            _row("criticism", "Criticised", CRITICISM, products),
        ),
        method=METHOD,
    )


def _row(name: str, label: str, side: str, products: Sequence[Product]) -> Row:
    """In their own words: what differs is for the reader to see."""
    return Row(name, label, tuple(_entry(product, side) for product in products))


def _entry(product: Product, side: str) -> Entry:
    voice = getattr(product, "voice", None)
    phrases = top(voice.figures, side, MOST) if voice else []
    if phrases:
        return Entry(lines=tuple(map(_line, phrases)))
    rating = rating_of(product)
    return missing(TOO_FEW if rating and rating.count else NO_REVIEWS)


def _line(phrase: Phrase) -> Line:
    """Leads to the first of its examples."""
    return Line(
        text=phrase.text,
        note=counted(phrase.count, "review"),
        url=phrase.examples[0].url if phrase.examples else "",
        values={
            "phrase": phrase.text,
            "count": phrase.count,
            "share": phrase.share,
            "reviews": [example.review for example in phrase.examples],
        },
    )
