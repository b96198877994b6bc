import datetime

import pytest
from django.utils import timezone

from outcomes.models import Delivery
from reviews.models import Review
from tests.factories import ProductFactory, VendorRepresentativeFactory
from tests.outcomes.customers import ago, customer, delivered, review_of

pytestmark = pytest.mark.django_db

DATE = datetime.date
TYPED = {
    "signed_on_month": "1",
    "signed_on_year": "2025",
    "promised_on_month": "6",
    "promised_on_year": "2025",
    "is_live": "yes",
    "live_on_month": "9",
    "live_on_year": "2025",
    "promised_cost": "40000",
    "actual_cost": "50000",
    "cost_gap_percent": "",
    "scope": "most",
}
KEPT = (DATE(2025, 1, 1), DATE(2025, 6, 1), DATE(2025, 9, 1), 25, "most")


@pytest.fixture
def review():
    return review_of(ProductFactory(name="Grafana"), customer(domain="harbour.example"))


def path(review: Review, more: str = "") -> str:
    return f"/reviews/{review.public_id}/delivery/{more}"


def stored() -> list[tuple]:
    fields = ("signed_on", "promised_on", "live_on", "cost_gap_percent", "scope")
    return list(Delivery.objects.order_by("pk").values_list(*fields))


def test_author_says_what_was_sold_and_delivered(client, review):
    client.force_login(review.author)
    assert client.get(path(review)).status_code == 200

    assert client.post(path(review), TYPED).status_code == 302

    assert stored() == [KEPT]
    assert Delivery.objects.get().organisation == "harbour.example"


def test_amounts_are_kept_nowhere(client, review):
    client.force_login(review.author)
    client.post(path(review), TYPED)

    page = client.get(path(review)).content
    assert b"40000" not in page and b"50000" not in page
    assert b'value="25"' in page


def test_a_change_takes_the_place_of_the_first(client, review):
    client.force_login(review.author)
    client.post(path(review), TYPED)
    client.post(path(review), TYPED | {"is_live": "no", "scope": "", "promised_cost": "", "actual_cost": "", "cost_gap_percent": "-10"})  # fmt: skip

    assert stored() == [(KEPT[0], KEPT[1], None, -10, "")]


def test_saved_again_as_it_was_it_keeps_its_day(client, review):
    delivery = delivered(review, days=100, organisation="harbour.example", live_on=KEPT[2], cost_gap_percent=25, scope="most")  # fmt: skip
    client.force_login(review.author)
    client.post(path(review), TYPED)

    assert stored() == [KEPT]
    assert Delivery.objects.get().changed_at == delivery.changed_at
    client.post(path(review), TYPED | {"scope": "all"})
    assert Delivery.objects.get().changed_at.date() == timezone.now().date()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_on_month": ""}, "signed_on"),
        ({"signed_on_month": "13"}, "signed_on"),
        ({"signed_on_year": "1890"}, "signed_on"),
        ({"signed_on_year": "9" * 30}, "signed_on"),
        ({"signed_on_month": "\x00"}, "signed_on"),
        ({"promised_on_year": "2024"}, "promised_on"),
        ({"live_on_month": "", "live_on_year": ""}, "live_on"),
        ({"live_on_year": "2024"}, "live_on"),
        ({"is_live": "maybe"}, "is_live"),
        ({"actual_cost": ""}, "actual_cost"),
        ({"promised_cost": ""}, "promised_cost"),
        ({"promised_cost": "0"}, "promised_cost"),
        ({"promised_cost": "1e400"}, "promised_cost"),
        ({"promised_cost": "NaN"}, "promised_cost"),
        ({"promised_cost": "0.01", "actual_cost": "999999999999"}, "actual_cost"),
        ({"cost_gap_percent": "30"}, "cost_gap_percent"),
        ({"cost_gap_percent": "1" * 40, "promised_cost": "", "actual_cost": ""}, "cost_gap_percent"),
        ({"cost_gap_percent": "-101", "promised_cost": "", "actual_cost": ""}, "cost_gap_percent"),
        ({"scope": "everything"}, "scope"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(client, review, changes, field):
    client.force_login(review.author)

    page = client.post(path(review), TYPED | changes)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert stored() == []


def test_a_month_to_come_is_refused(client, review):
    client.force_login(review.author)
    coming = timezone.now().date().replace(day=1) + datetime.timedelta(days=32)
    typed = TYPED | {
        "signed_on_month": str(coming.month),
        "signed_on_year": str(coming.year),
    }
    assert client.post(path(review), typed).status_code == 422
    assert stored() == []


@pytest.mark.parametrize("percent", ["25", "24", "26"])
def test_the_percentage_may_stand_beside_the_amounts_it_agrees_with(
    client, review, percent
):
    client.force_login(review.author)
    client.post(path(review), TYPED | {"cost_gap_percent": percent})

    assert stored() == [KEPT]


# --- Who may --------------------------------------------------------------------------------


def refused(client, review: Review) -> str:
    client.force_login(review.author)
    assert client.get(path(review)).status_code == 403
    page = client.post(path(review), TYPED)
    assert page.status_code == 403
    assert stored() == []
    return page.content.decode()


def test_not_without_a_current_work_email(client, review):
    review.author.work_emails.update(verified_at=ago(366))
    assert "Confirm your work e-mail first" in refused(client, review)


def test_not_as_a_partner(client):
    assert "customers alone" in refused(
        client, review_of(ProductFactory(), relationship="partner")
    )


@pytest.mark.parametrize("status", ["withdrawn", "removed", "rejected"])
def test_not_with_a_review_that_has_ended(client, status):
    refused(client, review_of(ProductFactory(), status=status))


def test_not_when_working_for_the_vendor(client, review):
    VendorRepresentativeFactory(vendor=review.product.vendor, user=review.author)
    assert "You work for the vendor" in refused(client, review)


def test_with_a_review_that_still_waits(client):
    review = review_of(ProductFactory(), status="pending")
    client.force_login(review.author)
    assert client.post(path(review), TYPED).status_code == 302


@pytest.mark.parametrize("more", ["", "take-back/"])
def test_for_others_it_is_not_there(client, review, more):
    delivered(review, organisation="harbour.example")
    before = stored()
    assert client.post(path(review, more), TYPED).status_code == 302
    client.force_login(customer())
    assert client.get(path(review, more)).status_code == 404
    assert client.post(path(review, more), TYPED).status_code == 404
    assert stored() == before


def test_taking_back_deletes_it(client, review):
    delivered(review)
    client.force_login(review.author)
    assert client.get(path(review, "take-back/")).status_code == 200
    assert len(stored()) == 1

    assert client.post(path(review, "take-back/")).status_code == 302
    assert stored() == []
    assert client.post(path(review, "take-back/")).status_code == 404


def test_taking_back_is_open_after_the_review_ended(client, review):
    delivered(review)
    Review.objects.filter(pk=review.pk).update(status="removed")
    client.force_login(review.author)

    assert client.post(path(review, "take-back/")).status_code == 302
    assert stored() == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, review, method):
    delivered(review)
    client.force_login(review.author)
    before = stored()
    for more in ("", "take-back/"):
        assert getattr(client, method)(path(review, more)).status_code == 200
    assert stored() == before
