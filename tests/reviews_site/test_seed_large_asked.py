"""The large made-up set: what it is asked for, and how its rows reach the database. Each test begins without any."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import User
from products.models import Product
from reviews.models import Review
from reviews_site.seed import rows
from tests.reviews_site.test_seed_large import in_a_demo, load  # noqa: F401

pytestmark = pytest.mark.django_db


def test_large_set_is_the_same_for_the_same_seed():
    columns = ("product__slug", "headline", "pros", "cons", "half_stars", "submitted_at")  # fmt: skip

    def rows_of(**options) -> list:
        with transaction.atomic():
            load(**options)
            rows = sorted(Review.objects.values_list(*columns))
            transaction.set_rollback(True)
        return rows

    first = rows_of()
    assert rows_of() == first
    assert rows_of(seed=1) != first


def test_large_set_needs_both_numbers():
    with pytest.raises(CommandError, match="both"):
        call_command("seed_demo", products=5)
    assert Product.objects.count() == 0


@pytest.mark.parametrize("products", ["0", "-3", "many"])
def test_large_set_refuses_impossible_numbers(products):
    with pytest.raises(CommandError):
        call_command("seed_demo", f"--products={products}", "--reviews=10")
    assert Product.objects.count() == 0


# --- COPY -----------------------------------------------------------------------------------


def test_copied_text_keeps_what_is_special():
    texts = ["tab\there", "line\nbreak", r"back\slash", r"\N", "Zoë – “quoted”", ""]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (n int, text text)")
    rows.copy_rows("copied", ("n", "text"), [*enumerate(texts), (9, None)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM copied ORDER BY n")
        assert [text for (text,) in cursor.fetchall()] == [*texts, None]


def test_copied_lines_are_read_piece_by_piece():
    stream = rows._Stream(["abc", "", "defgh"])
    assert [stream.read(4), stream.read(4), stream.read(4)] == ["abcd", "efgh", ""]


def test_reserved_ids_are_not_given_out_again():
    ids = list(rows.reserve_ids("accounts_user", 5))
    assert ids == list(range(ids[0], ids[0] + 5))
    assert User.objects.create_user("later@example.example").pk == ids[-1] + 1
