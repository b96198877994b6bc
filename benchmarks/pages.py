"""Which addresses to ask, found in the database at hand; prints JSON."""

import json
import os
import re
import sys
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

from accounts.models import User  # noqa: E402
from following.models import Follow, Shortlist, ShortlistItem  # noqa: E402
from messaging.models import Conversation, Participant  # noqa: E402
from messaging.pages import inbox_page  # noqa: E402
from products.models import Category, Product  # noqa: E402

REVIEWS_ON_A_PAGE = 20
PageRow = tuple[str, list[str], str, int]
SPREAD = 50  # distinct products, so that no single row or key is unnaturally hot


def product_paths() -> list[str]:
    return [product.get_absolute_url() for product in busy_products(SPREAD)]


def category_paths() -> list[str]:
    largest = Category.objects.filter(product_count__gt=0).order_by(
        "-product_count", "id"
    )[:10]
    return [category.get_absolute_url() for category in largest]


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


def search_paths(queries: list[str]) -> list[str]:
    return [f"/search/?{urlencode({'q': query})}" for query in queries]


def busy_products(count: int) -> list[Product]:
    busy = Product.objects.visible().filter(rating__count__gte=REVIEWS_ON_A_PAGE)
    return list(busy.order_by("slug")[:count])


def beneath_products(ending: str) -> list[str]:
    return [f"{path}{ending}" for path in product_paths()]


def beneath_categories(ending: str) -> list[str]:
    """Of the largest that have none below: a filter of all 100,000 products is refused."""
    lowest = Category.objects.filter(children=None, product_count__gt=0)
    largest = lowest.order_by("-product_count", "id")[:10]
    return [f"{category.get_absolute_url()}{ending}" for category in largest]


def comparison_paths() -> list[str]:
    """Four products each, no set twice."""
    slugs = [product.slug for product in busy_products(SPREAD)]
    return [
        f"/compare/?{urlencode([('p', slug) for slug in slugs[start : start + 4]])}"
        for start in range(0, len(slugs) - 3, 4)
    ]


def feed_paths() -> list[str]:
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


def shortlist_paths(user: User) -> list[str]:
    lists = Shortlist.objects.filter(owner=user, name="Measured")
    return [f"/me/shortlists/{listed.public_id}/" for listed in lists]


def correspondent() -> User | None:
    """Who has the most conversations; the large set has one with ten thousand."""
    most = Participant.objects.filter(user__is_active=True).values("user")
    found = most.annotate(amount=Count("pk")).order_by("-amount")[:1]
    return User.objects.filter(pk__in=[row["user"] for row in found]).first()


def message_rows(user: User) -> list[PageRow]:
    archived = inbox_page(user, "archived")
    second = f"/messages/?tab=archived&before={quote(archived.older)}"
    thread = Conversation.objects.for_user(user).order_by("-message_count")[0]
    messages = thread.messages.order_by("id")
    middle = messages[thread.message_count // 2]
    address = thread.get_absolute_url()
    total = Participant.objects.filter(user=user).count()
    news = f"{address}new/?after={messages.last().public_id}"
    words = [f"/messages/?q={word}" for word in ("budget", "rollout", "zone")]
    return [
        (f"inbox, {total:,} conversations", ["/messages/?tab=open"], ITEM, 20),
        ("archived, its second page", [second], ITEM, 20),
        (f"thread, {thread.message_count:,} messages", [address], MESSAGE, 50),
        ("thread, around one", [f"{address}?around={middle.public_id}"], MESSAGE, 50),
        ("new messages, none", [news], "", 0),
        ("search in one's messages", words, RESULT, 20),
    ]


CARD, ROW, HEADING = '<article class="review-card"', '<li class="product-row">', "<h1"
ENTRY = "<entry>"
ITEM, MESSAGE, RESULT = (
    '<a class="inbox-item',
    '<li class="message',
    '<a class="result"',
)
LIKE_ME = "people-like-me/?company_size=201-1000&industry=finance&job_function=it"
OWN = frozenset({"shortlist, 20 products", "followed, 20 products"})


def pages() -> list[dict]:
    """Each with a piece of HTML that its answer must hold, and how often."""
    user = member()
    session = session_of(user)
    rows = [
        ("product, 20 reviews", product_paths(), CARD, REVIEWS_ON_A_PAGE),
        ("product list", ["/products/"], ROW, 20),
        ("category ranking", category_paths(), HEADING, 1),
        (
            "category, one facet",
            beneath_categories("?company_size=201-1000"),
            HEADING,
            1,
        ),
        (
            "category, two facets",
            beneath_categories("?company_size=201-1000&perspective=buyer"),
            HEADING,
            1,
        ),
        ("category guide", beneath_categories("guide/"), HEADING, 1),
        ("comparison of 4", comparison_paths(), HEADING, 1),
        ("alternatives", beneath_products("alternatives/"), HEADING, 1),
        ("people like me", beneath_products(LIKE_ME), HEADING, 1),
        ("voice of a product", beneath_products("voice/"), HEADING, 1),
        ("prices", beneath_products("prices/"), HEADING, 1),
        ("did they stay", beneath_products("outcomes/"), HEADING, 1),
        ("references", beneath_products("references/"), HEADING, 1),
        ("feeds", feed_paths(), ENTRY, 1),
        ("shortlist, 20 products", shortlist_paths(user), HEADING, 1),
        ("followed, 20 products", ["/me/following/"], HEADING, 1),
        (
            "search, word in 0.5 to 5 %",
            search_paths(words_found_in(0.005, 0.05, 20)),
            ROW,
            1,
        ),
        ("search, word in over 10 %", search_paths(words_found_in(0.1, 1, 5)), ROW, 1),
        ("search, misspelt", search_paths(misspelt_names()), ROW, 1),
        ("home", ["/"], HEADING, 1),
    ]
    return [
        *(_page(row, session if row[0] in OWN else "") for row in rows if row[1]),
        *_message_pages(),
    ]


def _message_pages() -> list[dict]:
    user = correspondent()
    if user is None:
        return []
    session = session_of(user)
    return [_page(row, session) for row in message_rows(user)]


def _page(row: PageRow, session: str) -> dict:
    name, paths, expected, times = row
    return {
        "name": name,
        "paths": paths,
        "expected": expected,
        "times": times,
        "session": session,
    }


if __name__ == "__main__":
    json.dump(pages(), sys.stdout)
