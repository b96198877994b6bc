"""What somebody pays is on no page, in no answer of the API, in no file, feed, search or list of the staff."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import privacy
from prices.models import PriceReport
from reviews.public_data import rows
from tests.factories import UserFactory, confirm_email
from tests.trust.crawl import addresses, whole
from tests.trust.randomness import same_chance
from tests.trust.world import World, build, frozen, kept_numbers

pytestmark = pytest.mark.django_db
PLANTED = (b"98765", b"98,765", b"planted-organisation", b"22.86")


@pytest.fixture
def world():
    with kept_numbers(), same_chance() as chance, frozen() as clock:
        yield build("petronella", clock, chance), chance


def plant(world: World) -> PriceReport:
    return PriceReport.objects.create(
        product=world.things["product"],
        member=world.people["author"],
        organisation="planted-organisation.example",
        company_size="201-1000",
        yearly_amount=Decimal("98765.43"),
        quantity=4321,
        currency="EUR",
        unit="user",
        purchase_year=2025,
    )


def leaks(answer: bytes) -> list[bytes]:
    return [planted for planted in PLANTED if planted in answer.lower()]


def test_nobody_else_gets_to_see_it(world):
    built, _ = world
    public_id = str(plant(built).public_id).encode()
    queries = ["/search/?q=planted-organisation", "/search/?q=98765", "/api/v1/products/?q=98765"]  # fmt: skip
    found = {}
    for reader in ("visitor", "buyer", "representative"):
        client = Client()
        if reader != "visitor":
            client.force_login(built.people[reader])
        for address in (*addresses(built.known()), *queries):
            answer = whole(client.get(address))
            # What was looked for stands on the page of what was found.
            if "?q=" not in address and (leaks(answer) or public_id in answer):
                found[reader, address] = leaks(answer)
    assert found == {}


def test_it_is_in_no_public_file_and_no_export_of_another(world):
    built, _ = world
    plant(built)
    made = (rows.product_rows, rows.review_rows, rows.response_rows, rows.tombstone_rows)  # fmt: skip
    files = "\n".join(repr(row) for make in made for row in make())
    others = repr(privacy.export(built.people["representative"]))
    assert leaks(files.encode()) == leaks(others.encode()) == []
    assert "planted-organisation" in repr(privacy.export(built.people["author"]))


def test_staff_find_it_in_no_list_and_on_no_desk(world):
    built, _ = world
    report = plant(built)
    staff = Client()
    staff.force_login(
        confirm_email(
            UserFactory(is_staff=True, is_superuser=True, email="root@site.example")
        )  # fmt: skip
    )
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answer = staff.get(reverse(f"{name}_changelist"), {"q": "planted"})
        assert leaks(answer.content.replace(b"q=planted", b"")) == []
    assert staff.get(reverse("admin:index")).status_code == 200
    desk = reverse("moderation_target", args=["price_report", report.public_id])
    assert staff.get(desk).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("admin:prices_pricereport_changelist")
