import pytest
from django.test import Client

from following import services
from following.models import Follow
from following.permissions import MOST_FOLLOWS
from products.models import Product
from products.services import merge_products, merge_vendors
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.following.keeping import follows
from tests.products.ratings import rate

pytestmark = pytest.mark.django_db
FOLLOW, UNFOLLOW = {"do": "follow"}, {"do": "unfollow"}


@pytest.fixture
def ledger():
    vendor = VendorFactory(name="Books Inc", slug="books")
    category = CategoryFactory(name="Accounting", slug="accounting")
    return ProductFactory(
        name="Ledger", slug="ledger", vendor=vendor, category=category
    )


PATHS = ["/products/ledger/", "/categories/accounting/", "/vendors/books/"]


@pytest.mark.parametrize("path", PATHS)
def test_following_and_stopping_twice_each_is_as_once(signed_in, owner, ledger, path):
    for _ in range(2):
        answer = signed_in.post(f"{path}follow/", FOLLOW)
        assert answer["Location"] == "/me/following/"
    assert Follow.objects.filter(follower=owner).count() == 1
    assert "You follow" in signed_in.get(f"{path}follow/").text
    for _ in range(2):
        signed_in.post(f"{path}follow/", UNFOLLOW)
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_opening_the_page_changes_nothing(signed_in, ledger, path):
    response = signed_in.get(f"{path}follow/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert 'value="follow"' in response.text
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_a_visitor_is_led_to_the_sign_in_and_back(client, ledger, path):
    for response in (client.get(f"{path}follow/"), client.post(f"{path}follow/", FOLLOW)):  # fmt: skip
        assert response["Location"] == f"/accounts/login/?next={path}follow/"
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_the_page_of_each_thing_leads_there(client, ledger, path):
    assert f'href="{path}follow/"' in client.get(path).text


@pytest.mark.parametrize("form", [{}, {"do": "steal"}, {"do": ""}])
def test_another_wish_is_refused(signed_in, ledger, form):
    assert signed_in.post("/products/ledger/follow/", form).status_code == 400
    assert Follow.objects.count() == 0


def test_one_stops_only_for_oneself(signed_in, other, ledger):
    follows(other, ledger)
    signed_in.post("/products/ledger/follow/", UNFOLLOW)
    assert Follow.objects.get().follower == other


def test_nobody_is_shown_who_or_how_many_follow(client, owner, other, ledger):
    before = [client.get(path).content for path in PATHS]
    for member in (owner, other):
        for target in (ledger, ledger.vendor, ledger.categories.get()):
            follows(member, target)
    assert [client.get(path).content for path in PATHS] == before


def test_what_is_not_there_is_not_found(signed_in, ledger):
    Product.objects.update(status="hidden")
    for path in ("/products/ledger/", "/categories/x/", "/vendors/x/"):
        assert signed_in.post(f"{path}follow/", FOLLOW).status_code == 404
    assert Follow.objects.count() == 0


def test_a_product_hidden_since_can_be_left(signed_in, owner, ledger):
    follows(owner, ledger)
    Product.objects.update(status="hidden")
    page = signed_in.get("/me/following/").text
    assert "No longer in the catalogue" in page
    assert 'href="/products/ledger/"' not in page
    signed_in.post("/products/ledger/follow/", UNFOLLOW)
    assert Follow.objects.count() == 0


def test_the_limit_is_kept_and_named(signed_in, owner, ledger):
    Follow.objects.bulk_create(
        Follow(follower=owner, vendor=VendorFactory()) for _ in range(MOST_FOLLOWS)
    )
    page = signed_in.post("/products/ledger/follow/", FOLLOW, follow=True)
    assert "200 things, which is the limit" in page.text
    assert Follow.objects.filter(follower=owner).count() == MOST_FOLLOWS


def test_the_score_of_the_day_is_kept(owner, ledger):
    rate(ledger, 4.25)
    assert services.follow(follower=owner, target=ledger).seen_score == 4.25


def test_followers_go_on_with_what_it_is_merged_into(owner, other, ledger):
    kept = ProductFactory()
    follows(owner, kept), follows(owner, ledger), follows(other, ledger)
    merge_products(kept=kept, merged=ledger)
    followed = Follow.objects.order_by("follower")
    assert list(followed.values_list("follower", "product")) == [
        (owner.pk, kept.pk),
        (other.pk, kept.pk),
    ]
    follows(owner, kept.vendor), follows(other, ledger.vendor)
    merge_vendors(kept=kept.vendor, merged=ledger.vendor)
    vendors = Follow.objects.filter(vendor=kept.vendor)
    assert set(vendors.values_list("follower", flat=True)) == {owner.pk, other.pk}


def test_the_list_is_ones_own(owner, other, ledger):
    follows(owner, ledger)
    client = Client()
    client.force_login(other)
    assert "Ledger" not in client.get("/me/following/").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_six_queries(signed_in, owner, django_assert_num_queries, count):
    for _ in range(count):
        product = ProductFactory(category=CategoryFactory())
        rate(product, 4.0)
        for target in (product, product.vendor, product.categories.get()):
            follows(owner, target)
    # Session, member, the subscription, what is followed, whether it is on, unread messages.
    with django_assert_num_queries(6):
        page = signed_in.get("/me/following/").text
    assert page.count('value="unfollow"') == 3 * count
