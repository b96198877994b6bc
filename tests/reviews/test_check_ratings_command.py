import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reviews.models import ProductRating
from reviews.ratings import refresh_product_rating
from tests.factories import ProductFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("check_ratings", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def rated():
    product = ProductFactory()
    ReviewFactory.create_batch(3, product=product)
    refresh_product_rating(product.pk)
    return product


def test_check_ratings_is_content_with_what_the_rows_say(rated):
    assert run() == "1 ratings checked.\n"
    assert json.loads(run("--json", "--sample", "5")) == {
        "ok": True,
        "checked": 1,
        "waiting": 0,
        "differences": [],
    }


def test_check_ratings_fails_with_the_list(rated):
    ProductRating.objects.update(count=4)
    out = StringIO()
    with pytest.raises(CommandError, match="1 figures differ") as error:
        call_command("check_ratings", "--json", stdout=out)
    assert error.value.returncode == 1
    assert json.loads(out.getvalue())["differences"] == [
        {"product_id": rated.pk, "field": "count", "stored": 4, "expected": 3}
    ]


def test_check_ratings_refuses_an_empty_sample():
    with pytest.raises(CommandError, match="at least 1"):
        run("--sample", "0")
