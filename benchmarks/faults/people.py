"""Who writes: rows in the database of the settings, from which the site's own is copied."""

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.authentication import PREFIX, digest
from accounts.models import ApiToken, Profile, User, WorkEmail
from accounts.services import create_token
from reviews.models import Verification
from reviews.ratings import refresh_product_rating
from tests.factories import ProductFactory, ReviewFactory
from tests.messaging.people import ask, member, write

AT_ONCE = 2_000


def prepare_people(members: int, products: int, posters: int) -> dict[str, Any]:
    """Members in pairs, each pair in an open conversation; posters who can be verified and haven't written anything yet."""
    reviewed = ProductFactory()
    people = [one for _ in range(members // 2) for one in pair(reviewed)]
    refresh_product_rating(reviewed.pk)
    member(email="moderator@faults.example", is_staff=True)
    slugs = [ProductFactory().slug for _ in range(products)]
    return {
        "members": [one | {"unreviewed": list(slugs)} for one in people],
        "posters": prepare_posters(posters),
        "products": slugs,
        "hot": ProductFactory(slug="hot").slug,
    }


def pair(product) -> list[dict[str, Any]]:
    buyer, author = member(), member()
    review = verified_review(author, product)
    talk = ask(buyer, review)
    write(talk, author)
    return [
        {"key": create_token(user=one, name="faults")[1], "conversation": str(talk.public_id)}
        for one in (buyer, author)
    ]  # fmt: skip


def verified_review(author, product):
    review = ReviewFactory(author=author, product=product)
    Verification.objects.create(
        review=review,
        method=review.verification_method,
        status=Verification.Status.PASSED,
        checked_at=timezone.now(),
    )
    return review


def prepare_posters(count: int) -> list[str]:
    """Their keys for the API. Each works elsewhere; in bulk, for there may be ten thousand."""
    users = User.objects.bulk_create(
        (User(email=f"poster@employer-{n}.example", password="!") for n in range(count)),
        AT_ONCE,
    )  # fmt: skip
    keys = [PREFIX + secrets.token_urlsafe(32) for _ in users]
    now = timezone.now()
    facets = {
        "job_function": "it",
        "seniority": "c_minus_1",
        "company_size": "201-1000",
        "industry": "healthcare",
        "country": "DE",
    }
    for rows in (
        [Profile(user=user, **facets) for user in users],
        [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users],
        [
            WorkEmail(user=u, address=u.email, domain=u.email.partition("@")[2], verified_at=now)
            for u in users
        ],
        [
            ApiToken(user=user, name="faults", digest=digest(key))
            for user, key in zip(users, keys, strict=True)
        ],
    ):  # fmt: skip
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, AT_ONCE)
    return keys
