"""Which addresses to ask, found in the database at hand; prints JSON."""

import json
import os
import re
import sys
from typing import NamedTuple
from urllib.parse import quote, urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

# The models need the set-up above.
from django.conf import settings  # noqa: E402
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils.html import escape  # noqa: E402

from accounts.models import User  # noqa: E402
from following.models import Follow, Shortlist, ShortlistItem  # noqa: E402
from messaging.models import Conversation, Participant  # noqa: E402
from messaging.pages import MESSAGES_PER_PAGE, inbox_page  # noqa: E402
from products.models import Category, Product  # noqa: E402

REVIEWS_ON_A_PAGE = 20
SPREAD = 30  # distinct products, so that no single row or key is unnaturally hot


class Address(NamedTuple):
    path: str
    # What this answer must hold besides what all of the page hold: the product's name.
    holds: str = ""

    def below(self, ending: str) -> "Address":
        return Address(self.path + ending, self.holds)


class PageRow(NamedTuple):
    name: str
    addresses: list[Address]
    expected: str
    times: int


def product_pages() -> list[Address]:
    return [_page_of(product) for product in busy_products(SPREAD)]


def _page_of(thing: Product | Category) -> Address:
    return Address(thing.get_absolute_url(), escape(thing.name))


def category_pages() -> list[Address]:
    largest = Category.objects.filter(product_count__gt=0).order_by(
        "-product_count", "id"
    )[:10]
    return [_page_of(category) for category in largest]


def words_found_in(lowest: float, highest: float, count: int) -> list[str]:
    """Words that this share of all products holds, from all over the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM ts_stat('SELECT search_vector FROM products_product'), (SELECT count(*) FROM products_product) p (n)
            WHERE ndoc BETWEEN p.n * %s AND p.n * %s AND word ~ '^[a-z]{4,}$' ORDER BY md5(word) LIMIT %s
            """,
            [lowest, highest, count],
        )
        return [word for (word,) in cursor.fetchall()]


def misspelt_names() -> list[str]:
    """The names of some products without the third letter of their longest word."""
    names = Product.objects.visible().order_by("id").values_list("name", flat=True)
    return [misspell(name) for name in names[:20]]


def misspell(name: str) -> str:
    word = max(re.findall(r"[^\W\d]+", name), key=len)
    return name.replace(word, word[:2] + word[3:], 1)


def searches(queries: list[str]) -> list[Address]:
    return [Address(f"/search/?{urlencode({'q': query})}") for query in queries]


def busy_products(count: int) -> list[Product]:
    busy = Product.objects.visible().filter(rating__count__gte=REVIEWS_ON_A_PAGE)
    return list(busy.order_by("slug")[:count])


def beneath_products(ending: str) -> list[Address]:
    return [page.below(ending) for page in product_pages()]


def beneath_categories(ending: str) -> list[Address]:
    """Of the largest that have none below: a filter of all 100,000 products is refused."""
    lowest = Category.objects.filter(children=None, product_count__gt=0)
    largest = lowest.order_by("-product_count", "id")[:10]
    return [_page_of(category).below(ending) for category in largest]


def comparisons() -> list[Address]:
    """Four products each, no set twice."""
    found = busy_products(SPREAD)
    return [
        Address(
            f"/compare/?{urlencode([('p', product.slug) for product in four])}",
            escape(four[-1].name),
        )
        for four in (found[start : start + 4] for start in range(0, len(found) - 3, 4))
    ]


def api_reviews() -> list[Address]:
    return [
        Address(f"/api/v1/reviews/?product={product.slug}", f'"{product.slug}"')
        for product in busy_products(SPREAD)
    ]


def feeds() -> list[Address]:
    return [*beneath_products("feed/"), *beneath_categories("feed/")]


def member() -> User:
    """Who has a shortlist and follows something; made once."""
    user = User.objects.filter(is_active=True).order_by("pk")[:1].get()
    products = busy_products(20)
    listed, _ = Shortlist.objects.get_or_create(owner=user, name="Measured")
    for product in products:
        ShortlistItem.objects.get_or_create(shortlist=listed, product=product)
        Follow.objects.get_or_create(follower=user, product=product)
    return user


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def shortlists(user: User) -> list[Address]:
    lists = Shortlist.objects.filter(owner=user, name="Measured")
    return [Address(f"/me/shortlists/{listed.public_id}/") for listed in lists]


def correspondent() -> User | None:
    """Who has the most conversations; the large set has one with ten thousand."""
    most = Participant.objects.filter(user__is_active=True).values("user")
    found = most.annotate(amount=Count("pk")).order_by("-amount")[:1]
    return User.objects.filter(pk__in=[row["user"] for row in found]).first()


def message_rows(user: User) -> list[PageRow]:
    total = Participant.objects.filter(user=user).count()
    rows = [PageRow("inbox", [Address("/messages/?tab=open")], ITEM, min(total, 20))]
    thread = Conversation.objects.for_user(user).order_by("-message_count")[0]
    messages = thread.messages.order_by("id")
    middle = messages[thread.message_count // 2]
    address = thread.get_absolute_url()
    news = f"{address}new/?after={messages.last().public_id}"
    shown = min(MESSAGES_PER_PAGE, thread.message_count)
    rows += [
        PageRow("thread", [Address(address)], MESSAGE, shown),
        PageRow("thread, around one", [Address(f"{address}?around={middle.public_id}")], MESSAGE, min(shown, 20)),
        PageRow("new messages, none", [Address(news)], "", 0),
    ]  # fmt: skip
    return [*rows, *large_inbox_rows(user)]


def large_inbox_rows(user: User) -> list[PageRow]:
    """What only somebody with many conversations has."""
    archived = inbox_page(user, "archived")
    if not archived.older:
        return []
    second = f"/messages/?tab=archived&before={quote(archived.older)}"
    words = [Address(f"/messages/?q={word}") for word in ("budget", "rollout", "zone")]
    return [
        PageRow("archived, its second page", [Address(second)], ITEM, 20),
        PageRow("search in one's messages", words, RESULT, 20),
    ]


CARD, ROW, HEADING = '<article class="review-card"', '<li class="product-row">', "<h1"
ENTRY, JSON_REVIEW = "<entry>", '"public_id"'
ITEM, MESSAGE, RESULT = (
    '<a class="inbox-item',
    '<li class="message',
    '<a class="result"',
)
LIKE_ME = "people-like-me/?company_size=201-1000&industry=finance&job_function=it"
ONE_FACET = "?company_size=201-1000"
TWO_FACETS = "?company_size=201-1000&perspective=buyer"


def visitors_rows() -> list[PageRow]:
    return [
        PageRow("product, 20 reviews", product_pages(), CARD, REVIEWS_ON_A_PAGE),
        PageRow("product list", [Address("/products/")], ROW, 20),
        PageRow("category ranking", category_pages(), HEADING, 1),
        PageRow("category, one facet", beneath_categories(ONE_FACET), HEADING, 1),
        PageRow("category, two facets", beneath_categories(TWO_FACETS), HEADING, 1),
        PageRow("category guide", beneath_categories("guide/"), HEADING, 1),
        PageRow("comparison of 4", comparisons(), HEADING, 1),
        PageRow("alternatives", beneath_products("alternatives/"), HEADING, 1),
        PageRow("people like me", beneath_products(LIKE_ME), HEADING, 1),
        PageRow("voice of a product", beneath_products("voice/"), HEADING, 1),
        PageRow("prices", beneath_products("prices/"), HEADING, 1),
        PageRow("did they stay", beneath_products("outcomes/"), HEADING, 1),
        PageRow("references", beneath_products("references/"), HEADING, 1),
        PageRow("feeds", feeds(), ENTRY, 1),
        PageRow("API, reviews of a product", api_reviews(), JSON_REVIEW, 20),
        *search_rows(),
        PageRow("home", [Address("/")], HEADING, 1),
    ]


def search_rows() -> list[PageRow]:
    rare, frequent = words_found_in(0.005, 0.05, 20), words_found_in(0.1, 1, 5)
    return [
        PageRow("search, word in 0.5 to 5 %", searches(rare), ROW, 1),
        PageRow("search, word in over 10 %", searches(frequent), ROW, 1),
        PageRow("search, misspelt", searches(misspelt_names()), ROW, 1),
    ]


def members_rows(user: User) -> list[PageRow]:
    following = [Address("/me/following/")]
    return [
        PageRow("shortlist, 20 products", shortlists(user), HEADING, 1),
        PageRow("followed, 20 products", following, HEADING, 1),
    ]


def pages() -> list[dict]:
    """Each with a piece of HTML that its answer must hold, and how often. One without addresses is left out."""
    user, writer = member(), correspondent()
    told = [(row, "") for row in visitors_rows()]
    told += [(row, session_of(user)) for row in members_rows(user)]
    if writer is not None:
        told += [(row, session_of(writer)) for row in message_rows(writer)]
    return [_described(row, session) for row, session in told if row.addresses]


def _described(row: PageRow, session: str) -> dict:
    return {
        "name": row.name,
        "paths": [address.path for address in row.addresses],
        "holds": [address.holds for address in row.addresses],
        "expected": row.expected,
        "times": row.times,
        "session": session,
        # A page that has nothing new answers so.
        "status": 200 if row.expected else 204,
    }


if __name__ == "__main__":
    json.dump(pages(), sys.stdout)
