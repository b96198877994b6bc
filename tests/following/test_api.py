import json

import pytest
from django.test import Client

from accounts.services import create_token
from following.models import Shortlist, ShortlistItem
from products.models import Product
from tests.factories import ProductFactory
from tests.following.keeping import put, shortlist

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/me/shortlists/"


class Api:
    """A client with a member's token, and JSON both ways."""

    def __init__(self, member=None) -> None:
        self.client, self.headers = Client(), {}
        if member is not None:
            _, key = create_token(user=member, name="test")
            self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, data):
        return self.client.post(path, json.dumps(data), "application/json", headers=self.headers)  # fmt: skip

    def delete(self, path):
        return self.client.delete(path, headers=self.headers)


def items_of(made: Shortlist) -> str:
    return f"{LISTS}{made.public_id}/items/"


def test_lists_and_items_are_read(owner, other):
    mine = shortlist(owner, ProductFactory(slug="b", name="B"), name="Mine")
    put(mine, "Ask them.", slug="a", name="A")
    shortlist(other, name="Theirs")
    response = Api(owner).get(LISTS)
    assert response["Cache-Control"] == "private, no-store"
    (found,) = response.json()["results"]
    assert found.pop("created_at")
    assert found == {"public_id": str(mine.public_id), "name": "Mine", "item_count": 2}
    first, second = Api(owner).get(items_of(mine)).json()["results"]
    assert first.pop("added_at")
    assert first == {"product": "a", "name": "A", "is_listed": True, "note": "Ask them."}  # fmt: skip
    assert second["product"] == "b"


def test_a_list_is_made_and_filled_and_emptied(owner):
    ProductFactory(slug="ledger")
    made = Api(owner).post(LISTS, {"name": "From afar"})
    assert made.status_code == 201
    address = made["Location"]
    asked = {"product": "ledger", "note": "By API."}
    for _ in range(2):
        assert Api(owner).post(address, asked).status_code == 201
    item = ShortlistItem.objects.get()
    assert (item.shortlist.owner, item.product.slug, item.note) == (owner, "ledger", "By API.")  # fmt: skip
    assert Api(owner).delete(f"{address}ledger/").status_code == 204
    assert Api(owner).delete(f"{address}ledger/").status_code == 404
    assert ShortlistItem.objects.count() == 0


def test_pages_are_walked_by_key(owner):
    mine = shortlist(owner, *[ProductFactory(slug=f"p{n}") for n in range(5)])
    address, found = f"{items_of(mine)}?page_size=2", []
    while address:
        page = Api(owner).get(address.removeprefix("http://testserver")).json()
        found += [row["product"] for row in page["results"]]
        address = page["next"]
    assert found == ["p0", "p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("who", ["other", "visitor"])
def test_a_list_is_its_owners_alone(owner, other, who):
    mine = shortlist(owner)
    put(mine, "Private.", slug="a")
    api, status = (Api(other), 404) if who == "other" else (Api(), 401)
    address = items_of(mine)
    ProductFactory(slug="b")
    answers = [
        api.get(address),
        api.post(address, {"product": "b"}),
        api.delete(f"{address}a/"),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3
    assert not any(b"Private." in answer.content for answer in answers)
    assert ShortlistItem.objects.get().note == "Private."


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"product": "nowhere"},
        {"product": "hidden"},
        {"product": 7},
        {"product": "ledger", "note": "x" * 2001},
        {"product": "ledger", "note": "a\x00b"},
        {"product": "ledger", "note": None},
        {"product": "ledger", "owner": "me"},
    ],
)
def test_what_cannot_be_taken_is_refused(owner, asked):
    ProductFactory(slug="ledger"), ProductFactory(slug="hidden")
    Product.objects.filter(slug="hidden").update(status="hidden")
    mine = shortlist(owner)
    response = Api(owner).post(items_of(mine), asked)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert ShortlistItem.objects.count() == 0


def test_a_name_that_is_taken_is_a_conflict(owner):
    shortlist(owner, name="Mine")
    response = Api(owner).post(LISTS, {"name": "Mine"})
    assert response.status_code == 409
    assert Shortlist.objects.count() == 1


def test_unknown_parameters_are_refused(owner):
    assert Api(owner).get(f"{LISTS}?owner=2").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_items_take_a_fixed_number_of_queries(owner, django_assert_num_queries, count):
    mine = shortlist(owner, *[ProductFactory() for _ in range(count)])
    api = Api(owner)
    api.get(LISTS)
    # The token and its last use, the list, its items.
    with django_assert_num_queries(4):
        assert len(api.get(items_of(mine)).json()["results"]) == count
