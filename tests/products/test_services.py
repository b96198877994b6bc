import pytest

from products import services
from products.models import (
    Category,
    Product,
    ProductAlias,
    ProductCategory,
    ProductSource,
    Vendor,
    VendorAlias,
)
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
)
from tests.products.catalogues import counts, run, write_rows

pytestmark = pytest.mark.django_db


def test_rename_product_gives_a_new_address_and_keeps_the_old_one() -> None:
    product = ProductFactory(name="Old", slug="old", vendor__name="Maker")

    renamed = services.rename_product(product=product, name="New Name")

    assert (renamed.name, renamed.slug) == ("New Name", "new-name")
    assert ProductAlias.objects.get().slug == "old"
    product.refresh_from_db()
    assert product.keywords == "Maker · Old"


def test_rename_product_there_and_back_takes_the_first_address_again() -> None:
    product = ProductFactory(name="Old", slug="old")

    services.rename_product(product=product, name="New")
    back = services.rename_product(product=product, name="Old")

    assert back.slug == "old"
    assert list(ProductAlias.objects.values_list("slug", flat=True)) == ["new"]


def test_rename_product_avoids_addresses_of_others() -> None:
    ProductFactory(name="Thing", slug="thing")
    other = ProductFactory(name="Other", slug="other", vendor__name="Maker")

    assert services.rename_product(product=other, name="Thing").slug == "thing-maker"


def test_rename_product_to_the_same_name_changes_nothing() -> None:
    product = ProductFactory(name="Same", slug="own-slug")

    assert services.rename_product(product=product, name="Same").slug == "own-slug"
    assert not ProductAlias.objects.exists()


def test_merge_products_moves_everything_and_redirects(tmp_path) -> None:
    rows = [
        {"product": "Kept", "vendor": "A", "categories": ["X"], "source_id": "1"},
        {
            "product": "Gone",
            "vendor": "B",
            "categories": ["X", "Y"],
            "source_id": "2",
            "license": "MIT",
        },
    ]
    file = write_rows(tmp_path / "rows.jsonl", *rows)
    run(file)
    kept, gone = Product.objects.get(name="Kept"), Product.objects.get(name="Gone")
    ProductAlias.objects.create(product=gone, slug="older", name="Older")

    services.merge_products(kept=kept, merged=gone)

    kept.refresh_from_db()
    assert Product.objects.count() == 1
    assert kept.licence == "MIT"
    assert set(kept.aliases.values_list("slug", flat=True)) == {"gone", "older"}
    assert [
        link.category.name for link in kept.product_categories.order_by("position")
    ] == ["X", "Y"]
    assert kept.keywords == "A · Gone · Older · X · Y"
    assert dict(Category.objects.values_list("name", "product_count")) == {
        "X": 1,
        "Y": 1,
    }
    # The next import knows both as the one.
    assert counts(run(file)) == {"unchanged": 2}


def test_merge_products_refuses_to_lose_reviews() -> None:
    kept, reviewed = ProductFactory(), ReviewFactory().product
    ProductSource.objects.create(product=reviewed, source="x", source_id="1")

    with pytest.raises(services.CatalogueRefused, match="has reviews"):
        services.merge_products(kept=kept, merged=reviewed)

    assert Product.objects.filter(pk=reviewed.pk).exists()
    assert reviewed.sources.count() == 1
    assert not ProductAlias.objects.exists()


def test_merge_products_refuses_one_with_itself() -> None:
    product = ProductFactory()

    with pytest.raises(services.CatalogueRefused, match="itself"):
        services.merge_products(kept=product, merged=product)


def test_merge_vendors_makes_one_that_knows_both_spellings(tmp_path) -> None:
    kept, gone = (
        VendorFactory(name="Big Blue"),
        VendorFactory(name="Blue Corp", email_domains=["blue.example"]),
    )
    product = ProductFactory(vendor=gone)
    representative = VendorRepresentativeFactory(vendor=gone)

    services.merge_vendors(kept=kept, merged=gone)

    product.refresh_from_db()
    kept.refresh_from_db()
    representative.refresh_from_db()
    assert (product.vendor, product.keywords) == (kept, "Big Blue")
    assert (kept.email_domains, representative.vendor) == (["blue.example"], kept)
    run(write_rows(tmp_path / "rows.jsonl", {"product": "New", "vendor": "BLUE, Inc."}))
    assert Product.objects.get(name="New").vendor == kept
    assert set(VendorAlias.objects.values_list("key", flat=True)) == {"bigblue", "blue"}


def test_merge_vendors_refuses_when_somebody_represents_both() -> None:
    kept, gone, user = VendorFactory(), VendorFactory(), UserFactory()
    for vendor in (kept, gone):
        VendorRepresentativeFactory(vendor=vendor, user=user)
    product = ProductFactory(vendor=gone)

    with pytest.raises(services.CatalogueRefused, match="represents both"):
        services.merge_vendors(kept=kept, merged=gone)

    product.refresh_from_db()
    assert product.vendor == gone
    assert Vendor.objects.count() == 2


def test_category_counts_are_distinct_active_products_in_it_and_below() -> None:
    top = CategoryFactory(name="Top")
    middle = CategoryFactory(name="Middle", parent=top)
    low = CategoryFactory(name="Low", parent=middle)
    empty = CategoryFactory(name="Empty", product_count=5)
    twice = ProductFactory(category=low)
    ProductCategory.objects.create(product=twice, category=top, position=1)
    ProductFactory(category=middle)
    ProductFactory(category=low, status=Product.Status.HIDDEN)

    assert services.refresh_category_counts() == 4

    counted = dict(Category.objects.values_list("name", "product_count"))
    assert counted == {"Top": 2, "Middle": 2, "Low": 1, "Empty": 0}
    assert services.refresh_category_counts() == 0
    assert empty.products.count() == 0


def test_keywords_cost_the_same_queries_for_one_and_for_three(
    django_assert_num_queries,
) -> None:
    vendor = VendorFactory(name="Maker")
    products = [
        ProductFactory(vendor=vendor, category=CategoryFactory()) for _ in range(4)
    ]

    for chosen in (products[:1], products[1:]):
        with django_assert_num_queries(8):
            changed = services.refresh_keywords(
                product_ids=[product.pk for product in chosen]
            )
        assert changed == len(chosen)
