"""Who writes and reads: members with a session each, a conversation in pairs, and products to review. Prints them as JSON.

Run by __main__.py in a process of its own, against the address in DATABASE_URL.
"""

import json
import os
import sys
import uuid

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "reviews_site.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from benchmarks.faults.people import verified_review  # noqa: E402
from messaging.services import accept_request, start_conversation  # noqa: E402
from reviews.ratings import refresh_product_rating  # noqa: E402
from tests.factories import ProductFactory, UserFactory  # noqa: E402
from tests.messaging.people import member  # noqa: E402

PRODUCTS = 30
REVIEWS_PER_PRODUCT = 5


def session_of(user) -> str:
    """As if they had signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def writer(review) -> dict:
    """One side of a conversation that the other one has accepted."""
    buyer = member()
    talk = start_conversation(
        buyer=buyer, review=review, body="How was it?", client_key=uuid.uuid4()
    )
    accept_request(conversation=talk, reviewer=review.author)
    return {"session": session_of(buyer), "conversation": str(talk.public_id)}


def main(writers: int) -> None:
    products = [ProductFactory() for _ in range(PRODUCTS)]
    for product in products:
        for _ in range(REVIEWS_PER_PRODUCT):
            verified_review(UserFactory(), product)
    people = {
        "products": [product.slug for product in products],
        "writers": [
            writer(verified_review(member(), products[0])) for _ in range(writers)
        ],
    }
    for product in products:
        refresh_product_rating(product.pk)
    print(json.dumps(people))


main(int(sys.argv[1]))
