import pytest
from django.test import Client
from django.urls import reverse

from products.models import Category, Product, ProductAlias, Vendor
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def moderator(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True))
    return client


def form(product: Product, **changes: str) -> dict[str, str]:
    fields = {
        "name": product.name,
        "vendor": product.vendor_id,
        "status": product.status,
    }
    inlines = ("product_categories", "features", "features-2", "aliases", "sources")
    counts = {
        f"{name}-{kind}_FORMS": "0" for name in inlines for kind in ("TOTAL", "INITIAL")
    }
    return fields | counts | changes


LISTS = ["product", "vendor", "category"]


@pytest.mark.parametrize("model", LISTS)
def test_lists_cost_the_same_queries_for_one_and_for_three(
    operator, model, django_assert_num_queries
) -> None:
    address = reverse(f"admin:products_{model}_changelist")
    ProductFactory(category=CategoryFactory(parent=CategoryFactory()))
    operator.get(address)
    with django_assert_num_queries(QUERIES[model]):
        assert operator.get(address).status_code == 200
    for _ in range(2):
        ProductFactory(category=CategoryFactory(parent=CategoryFactory()))
    with django_assert_num_queries(QUERIES[model]):
        assert operator.get(address).status_code == 200


QUERIES = {"product": 6, "vendor": 5, "category": 5}


@pytest.mark.parametrize("model", LISTS)
def test_moderators_look_and_change_nothing(moderator, model) -> None:
    product = ProductFactory(category=CategoryFactory())
    pk = {
        "product": product.pk,
        "vendor": product.vendor_id,
        "category": Category.objects.get().pk,
    }[model]

    assert (
        moderator.get(reverse(f"admin:products_{model}_changelist")).status_code == 200
    )
    assert (
        moderator.get(reverse(f"admin:products_{model}_change", args=[pk])).status_code
        == 200
    )
    assert (
        moderator.post(
            reverse(f"admin:products_{model}_change", args=[pk]), {"name": "X"}
        ).status_code
        == 403
    )
    assert moderator.get(reverse(f"admin:products_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", LISTS)
def test_members_see_none_of_it(client, model) -> None:
    client.force_login(UserFactory())

    assert client.get(reverse(f"admin:products_{model}_changelist")).status_code in (
        302,
        403,
    )


def test_renaming_a_product_leaves_a_redirect(operator) -> None:
    product = ProductFactory(name="Old", slug="old", vendor__name="Maker")
    address = reverse("admin:products_product_change", args=[product.pk])

    answer = operator.post(
        address, form(product, name="New") | {"deployment": ["saas", "hybrid"]}
    )

    assert answer.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.slug, product.keywords) == (
        "New",
        "new",
        "Maker · Old",
    )
    assert ProductAlias.objects.get().slug == "old"


def test_hiding_a_product_takes_it_out_of_the_counts(operator) -> None:
    product = ProductFactory(category=CategoryFactory(product_count=1))
    link = product.product_categories.get()
    rows = {
        "product_categories-TOTAL_FORMS": "1",
        "product_categories-INITIAL_FORMS": "1",
        "product_categories-0-id": str(link.pk),
        "product_categories-0-product": str(product.pk),
        "product_categories-0-category": str(link.category_id),
        "product_categories-0-position": "0",
    }

    answer = operator.post(
        reverse("admin:products_product_change", args=[product.pk]),
        form(product, status="hidden") | rows,
    )

    assert answer.status_code == 302
    assert Category.objects.get().product_count == 0


def test_new_product_vendor_and_category_get_addresses(operator) -> None:
    none = {
        f"{name}-{kind}_FORMS": "0"
        for name in ("representatives", "aliases")
        for kind in ("TOTAL", "INITIAL")
    }

    operator.post(
        reverse("admin:products_vendor_add"),
        {"name": "Maker", "email_domains": ""} | none,
    )
    operator.post(reverse("admin:products_category_add"), {"name": "Kind"})
    vendor = Vendor.objects.get()
    operator.post(
        reverse("admin:products_product_add"),
        form(Product(name="Thing", vendor=vendor)),
    )

    assert (vendor.slug, Category.objects.get().slug, Product.objects.get().slug) == (
        "maker",
        "kind",
        "thing",
    )
    assert vendor.aliases.get().key == "maker"
    assert Product.objects.get().keywords == "Maker"


def test_nobody_is_made_a_representative_past_the_log(operator) -> None:
    vendor = VendorFactory()
    representative = VendorRepresentativeFactory(vendor=vendor)
    address = reverse("admin:products_vendor_change", args=[vendor.pk])
    rows = {
        "name": vendor.name,
        "email_domains": "",
        "representatives-TOTAL_FORMS": "2",
        "representatives-INITIAL_FORMS": "1",
        "representatives-0-id": representative.pk,
        "representatives-0-vendor": vendor.pk,
        "representatives-0-user": representative.user.pk,
        "representatives-0-ended_at_0": "2026-05-03",
        "representatives-0-ended_at_1": "10:00",
        "representatives-1-vendor": vendor.pk,
        "representatives-1-user": UserFactory().pk,
        "representatives-1-verified_at_0": "2026-05-03",
        "representatives-1-verified_at_1": "10:00",
        "aliases-TOTAL_FORMS": "0",
        "aliases-INITIAL_FORMS": "0",
    }

    assert operator.post(address, rows).status_code == 302
    assert operator.get(address).status_code == 200

    assert list(vendor.representatives.current()) == [representative]


def test_renamed_category_reaches_its_products_words(operator) -> None:
    top = CategoryFactory(name="Old", slug="kind")
    product = ProductFactory(
        vendor__name="Maker", category=CategoryFactory(name="Sub", parent=top)
    )

    operator.post(
        reverse("admin:products_category_change", args=[top.pk]), {"name": "New"}
    )

    product.refresh_from_db()
    top.refresh_from_db()
    assert (product.keywords, top.slug) == ("Maker · Sub · New", "kind")


def merge(client: Client, model: str, *pks: int) -> str:
    data = {"action": "merge", "_selected_action": [str(pk) for pk in pks]}
    answer = client.post(
        reverse(f"admin:products_{model}_changelist"), data, follow=True
    )
    return " ".join(str(message) for message in answer.context["messages"])


def test_merging_needs_two_and_keeps_the_older(operator) -> None:
    older, newer = ProductFactory(name="Older"), ProductFactory(name="Newer")

    assert (
        merge(operator, "product", older.pk) == "Choose exactly two products to merge."
    )
    assert (
        merge(operator, "product", newer.pk, older.pk) == "Newer is now part of Older."
    )
    assert list(Product.objects.values_list("name", flat=True)) == ["Older"]


def test_merging_away_a_reviewed_product_says_why_not(operator) -> None:
    older, reviewed = (
        ProductFactory(name="Older"),
        ReviewFactory(product__name="Reviewed").product,
    )

    assert merge(operator, "product", older.pk, reviewed.pk).startswith(
        "Reviewed has reviews"
    )
    assert Product.objects.count() == 2


def test_moderators_can_t_merge(moderator) -> None:
    one, two = VendorFactory(), VendorFactory()

    merge(moderator, "vendor", one.pk, two.pk)

    assert Vendor.objects.count() == 2


def test_new_product_takes_nothing_from_the_address(operator):
    page = operator.get("/admin/products/product/add/?vendor=word")

    assert page.status_code == 200
