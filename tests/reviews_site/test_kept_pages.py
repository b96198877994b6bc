"""What fills the frame of a page that costs much: how old it may be."""

import pytest
import time_machine

from products.models import Product
from tests.factories import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    category = CategoryFactory(slug="ledgers", product_count=1)
    ProductFactory(name="Before", category=category)
    return category


def shown(client) -> str:
    page = client.get("/categories/ledgers/").content.decode()
    [name] = [name for name in ("Before", "Meanwhile") if name in page]
    return name


def test_a_frame_is_made_anew_after_a_minute(client, category):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        seen = [shown(client)]
        # Nobody is told.
        Product.objects.update(name="Meanwhile")
        for seconds in (55, 10):
            clock.shift(seconds)
            seen.append(shown(client))
    assert seen == ["Before", "Before", "Meanwhile"]
