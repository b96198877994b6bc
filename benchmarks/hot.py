"""What the measurements of writes need of the database at hand: one hot product, many members; prints JSON.

python -m benchmarks.hot prepare 10000 3000     a product with so many reviews, and so many members with a token
python -m benchmarks.hot refresh SLUG 15        its rating so many times: milliseconds in Postgres
python -m benchmarks.hot recompute              all ratings, as at night: seconds
python -m benchmarks.hot pending SLUG           reviews of it that wait for a moderator
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from itertools import cycle
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

# The models need the set-up above.
from allauth.account.models import EmailAddress  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from accounts.authentication import PREFIX, digest  # noqa: E402
from accounts.models import ApiToken, Profile, User  # noqa: E402
from products.models import Product  # noqa: E402
from reviews.models import Review  # noqa: E402
from reviews.ratings import recompute_all_ratings, refresh_product_rating  # noqa: E402

HOT = "hot-product"


def prepare(reviews: str, posters: str) -> dict[str, Any]:
    with transaction.atomic():
        slug = add_hot_product(int(reviews))
        tokens = add_tokens(add_members(int(posters)))
    with connection.cursor() as cursor:
        # As autovacuum leaves a product whose reviews have come in over years.
        cursor.execute("VACUUM (ANALYZE) reviews_review, products_product, accounts_user")  # fmt: skip
    return {"slug": slug, "tokens": tokens}


def add_hot_product(reviews: int) -> str:
    pattern = Product.objects.defer("search_vector").order_by("pk")[0]
    hot, _ = Product.objects.get_or_create(
        slug=HOT, defaults={"name": "Hot Product", "vendor": pattern.vendor}
    )
    authors = add_members(reviews)
    published = Review.objects.published().order_by("pk")[:1000]
    Review.objects.bulk_create(
        (
            moved(review, author, hot)
            for author, review in zip(authors, cycle(list(published)), strict=False)
        ),
        batch_size=1000,
    )
    return hot.slug


def moved(review: Review, author: User, product: Product) -> Review:
    """The same, by somebody else, about something else."""
    values = {
        field.attname: getattr(review, field.attname)
        for field in Review._meta.concrete_fields
        if not field.primary_key
    }
    return Review(
        **values
        | {
            "public_id": uuid.uuid4(),
            "author_id": author.pk,
            "product_id": product.pk,
        }
    )


def add_members(count: int) -> list[User]:
    users = User.objects.bulk_create(
        [
            User(email=f"{uuid.uuid4().hex}@people.example", password="!", is_demo=True)
            for _ in range(count)
        ],
        batch_size=1000,
    )
    Profile.objects.bulk_create((Profile(user=user) for user in users), batch_size=1000)
    EmailAddress.objects.bulk_create(
        (
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in users
        ),
        batch_size=1000,
    )
    return users


def add_tokens(users: list[User]) -> list[str]:
    keys = [f"{PREFIX}{uuid.uuid4().hex}" for _ in users]
    ApiToken.objects.bulk_create(
        (
            ApiToken(user=user, name="measured", digest=digest(key))
            for user, key in zip(users, keys, strict=True)
        ),
        batch_size=1000,
    )
    return keys


def refresh(slug: str, times: str) -> list[float]:
    product_id = Product.objects.values_list("pk", flat=True).get(slug=slug)
    return [refresh_ms(product_id) for _ in range(int(times))]


def refresh_ms(product_id: int) -> float:
    """Until Postgres has answered each statement, without what Python does between them."""
    spent: list[float] = []

    def timed(execute: Callable[..., Any], *asked: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spent.append((time.perf_counter() - begun) * 1000)

    with connection.execute_wrapper(timed):
        refresh_product_rating(product_id)
    return sum(spent)


def recompute() -> dict[str, Any]:
    begun = time.perf_counter()
    report = recompute_all_ratings()
    return {
        "seconds": time.perf_counter() - begun,
        "products": report.products,
        "drifted": len(report.drifted),
    }


def pending(slug: str) -> int:
    return Review.objects.filter(product__slug=slug, status=Review.Status.PENDING).count()  # fmt: skip


VERBS: dict[str, Callable[..., Any]] = {
    verb.__name__: verb for verb in (prepare, refresh, recompute, pending)
}

if __name__ == "__main__":
    json.dump(VERBS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
