"""The real topics on every path to the public: pages, API, public data."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import erase_account
from disclosure.models import Cell, CohortMember
from disclosure.releasing import release_due
from outcomes.models import CheckIn
from products.models import Product
from reviews.models import Review
from reviews.public_data import export
from reviews.services import withdraw_review
from tests.factories import ProductFactory
from tests.outcomes.customers import answered, delivered
from tests.prices.customers import customer, told

PATHS = (
    "/products/{}/",
    "/products/{}/prices/",
    "/products/{}/outcomes/",
    "/api/v1/products/{}/figures/",
    "/api/v1/products/{}/prices/",
    "/api/v1/products/{}/retention/",
    "/api/v1/products/{}/delivery/",
)
NONCE = re.compile(rb'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"')


def tell(product: Product, count: int, *, start: int = 0, domain: str = "") -> None:
    """So many members say all there is to say, each for an organisation of its own or all for one."""
    for n in range(start, start + count):
        user = customer(product, domain or f"{product.slug}{n}.example")
        organisation = user.work_emails.get().domain
        told(
            product,
            user,
            yearly_amount=10_000 + 137 * n,
            discount_percent=10 + n,
            auto_renewal=n % 2 == 0,
        )
        review = Review.objects.get(product=product, author=user)
        answered(review, organisation=organisation, days=200, use="grew")
        delivered(review, organisation=organisation, days=200)


def release() -> None:
    release_due(timezone.now().date())


def public_bytes(product: Product) -> dict[str, bytes]:
    """As a stranger sees it."""
    read = {}
    for path in PATHS:
        answer = Client().get(path.format(product.slug))
        assert answer.status_code == 200, path
        read[path] = NONCE.sub(b"", answer.content)
    return read


def dumped(folder: Path) -> list[dict]:
    export(folder)
    text = (folder / "figures.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def counts_in(told: object) -> list[int]:
    """Every number of organisations, however deep."""
    if isinstance(told, list):
        return [count for each in told for count in counts_in(each)]
    if isinstance(told, dict):
        own = [value for key, value in told.items() if key == "organisations"]
        return own + [count for each in told.values() for count in counts_in(each)]
    return []


@pytest.mark.django_db(transaction=True)
def test_no_path_holds_a_figure_of_under_5(tmp_path):
    products = [ProductFactory(slug=f"of-{count}") for count in range(7)]
    for count, product in enumerate(products):
        tell(product, count)
    release()
    empty = public_bytes(products[0])
    for count, product in enumerate(products):
        read = public_bytes(product)
        counts = [c for p in PATHS[3:] for c in counts_in(json.loads(read[p]))]
        assert set(counts) == ({5} if count >= 5 else set())
        if count < 5:
            for path in PATHS[1:]:
                # Nothing but the product's own name differs from where nobody said anything.
                own = re.sub(rb"[Pp]roduct \d+|of-\d", b"", read[path])
                assert own == re.sub(rb"[Pp]roduct \d+|of-\d", b"", empty[path])
    lines = dumped(tmp_path / "data")
    assert {line["product"] for line in lines} == {"of-5", "of-6"}
    assert {line["topic"] for line in lines} == {"price", "retention", "delivery"}
    assert set(counts_in(lines)) == {5}


@pytest.mark.django_db
def test_ten_colleagues_are_one_organisation():
    product = ProductFactory()
    tell(product, 10, domain="acme.example")
    tell(product, 3)
    release()
    assert not Cell.objects.exists()


@pytest.mark.django_db
def test_two_days_of_a_quarter_show_the_same_bytes():
    product = ProductFactory()
    tell(product, 6)
    release()
    figures = [path for path in PATHS if path != "/products/{}/"]
    before = public_bytes(product)
    tell(product, 4, start=6)
    release()
    after = public_bytes(product)
    assert [after[path] for path in figures] == [before[path] for path in figures]


@pytest.mark.django_db
@pytest.mark.parametrize("keep_published", [True, False])
def test_nothing_is_left_of_an_erased_member(keep_published):
    product = ProductFactory()
    tell(product, 5)
    release()
    assert set(Cell.objects.values_list("topic", flat=True)) == {
        "price",
        "retention",
        "delivery",
    }
    leaving = Review.objects.filter(product=product).first().author
    organisation = leaving.work_emails.get().domain
    erase_account(user=leaving, keep_published=keep_published)
    assert not CohortMember.objects.filter(organisation=organisation).exists()
    assert not Cell.objects.exists()
    assert not CheckIn.objects.filter(organisation=organisation).exists()


@pytest.mark.django_db
def test_a_withdrawn_review_takes_its_figures_along_by_the_next_day():
    product = ProductFactory()
    tell(product, 5)
    release()
    review = Review.objects.filter(product=product).first()
    withdraw_review(review=review, author=review.author)
    release()
    assert not Cell.objects.exists()
