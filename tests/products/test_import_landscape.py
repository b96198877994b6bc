import pytest

from products.models import Category, Product, Vendor
from tests.products.catalogues import counts, paths, product, run

pytestmark = pytest.mark.django_db


def test_landscape_counts_every_item_and_names_each_skip() -> None:
    report = run("landscape.yml")

    assert counts(report) == {"created": 8, "merged": 1, "skipped": 4}
    assert report["skips"] == [
        {
            "item": "Google LLC (member)",
            "where": "Our Members / Gold",
            "reason": "It is an organisation: its name ends in “(member)”.",
        },
        {
            "item": "Helpers (KCSP)",
            "where": "Special / Consultants",
            "reason": "It is an organisation: its name ends in “(KCSP)”.",
        },
        {
            "item": "nothing but a text",
            "where": "Special / Consultants",
            "reason": "It is not a mapping of an item's fields.",
        },
        {"item": "", "where": "Special / Consultants", "reason": "It has no name."},
    ]


def test_landscape_a_second_time_changes_nothing() -> None:
    run("landscape.yml")
    before = list(Product.objects.order_by("pk").values())

    report = run("landscape.yml")

    assert counts(report) == {"unchanged": 9, "skipped": 4}
    assert list(Product.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "options",
    [
        ["--members-category", "FRIENDS", "Others"],
        ["--landscape-settings", "settings-v1.yml"],
        ["--landscape-settings", "settings-v2.yml"],
    ],
)
def test_landscape_keeps_named_members_categories_out(options, monkeypatch) -> None:
    monkeypatch.chdir("tests/data/catalogues")

    report = run("landscape.yml", *options)

    assert {"item": "Friendly Company", "where": "Friends / Gold"}.items() <= report[
        "skips"
    ][1].items()
    assert (
        report["skips"][1]["reason"]
        == "It is an organisation: it is listed under “Friends”."
    )
    assert not Product.objects.filter(name="Friendly Company").exists()


def test_landscape_same_name_and_homepage_is_one_product_in_both_categories() -> None:
    report = run("landscape.yml")

    assert report["merged"] == 1
    lookout = product("Lookout")
    assert paths(lookout) == [
        "Observability and Analysis / Observability",
        "AI Native Infra / Governance, Policy & Security",
        "Platform / PaaS/Container Service",
    ]
    assert lookout.facts == {
        "maturity": "graduated",
        "accepted": "2019-03-04",
        "tags": ["metrics", "alerts"],
    }
    assert (lookout.is_open_source, lookout.deployment) == (True, ["self_hosted"])
    assert lookout.summary == "Lookout watches services."


def test_landscape_notes_a_second_path_that_does_not_exist() -> None:
    report = run("landscape.yml")

    assert report["notes"][0] == {
        "item": "Lookout",
        "where": "Observability and Analysis / Observability",
        "reason": "Its second path “Serverless / Embedded Functions” is no category of this landscape "
        "and was left out.",
    }
    assert not Category.objects.filter(name="Embedded Functions").exists()


def test_landscape_same_subcategory_name_under_two_categories_gets_two_addresses() -> (
    None
):
    run("landscape.yml")

    slugs = Category.objects.filter(name="Observability").values_list(
        "parent__name", "slug"
    )
    assert dict(slugs) == {
        "Observability and Analysis": "observability",
        "AI Native Infra": "ai-native-infra-observability",
    }


def test_landscape_counts_products_in_a_category_and_below_once() -> None:
    run("landscape.yml")

    counted = dict(
        Category.objects.filter(parent=None).values_list("name", "product_count")
    )
    # The archived product is not active.
    assert counted == {
        "Observability and Analysis": 3,
        "AI Native Infra": 1,
        "Platform": 3,
        "Friends": 1,
        "Special": 1,
    }


def test_landscape_names_vendors_from_members_then_from_slugs_then_from_the_product() -> (
    None
):
    run("landscape.yml")

    vendors = {
        name: product(name).vendor.name
        for name in ("Hostly", "Clusterly", "Tailpipe", "Double Space")
    }
    assert vendors == {
        "Hostly": "Google",
        "Clusterly": "CircleCI",
        "Tailpipe": "Tailpipe",
        "Double Space": "Space",
    }
    derived = Vendor.objects.filter(name_is_derived=True).values_list("name", flat=True)
    assert {"CircleCI", "Tailpipe"} <= set(derived)


def test_landscape_keeps_nothing_of_an_organisation_s_address() -> None:
    run("landscape.yml")

    everything = str(list(Product.objects.values())) + str(
        list(Vendor.objects.values())
    )
    everything += str(
        [p.sources.get().record for p in Product.objects.exclude(name="Lookout")]
    )
    assert "crunchbase" not in everything


def test_landscape_cleans_names_and_addresses() -> None:
    report = run("landscape.yml")

    assert product("Tailpipe").website == "https://tailpipe.example/"
    assert product("Double Space").website == ""
    assert report["notes"][1] == {
        "item": "Double Space",
        "where": "Observability and Analysis / Observability",
        "reason": "Its homepage is not an http or https address and was left out.",
    }


def test_landscape_states_only_what_is_stated() -> None:
    run("landscape.yml")

    seven, clusterly, router = (
        product("7"),
        product("Clusterly"),
        product("Certified Router"),
    )
    assert (seven.is_open_source, seven.deployment, seven.status) == (
        False,
        [],
        "discontinued",
    )
    assert (clusterly.is_open_source, clusterly.deployment) == (None, ["saas"])
    assert (router.is_open_source, router.deployment, router.pricing_model) == (
        None,
        [],
        "",
    )


def test_landscape_of_version_2_has_categories_on_top(tmp_path) -> None:
    file = tmp_path / "data.yml"
    file.write_text(
        "categories:\n- name: Mine\n  subcategories:\n  - name: Sub\n    items:\n"
        "    - {name: Thing, homepage_url: 'https://thing.example', logo: x.svg}\n"
    )

    assert counts(run(file)) == {"created": 1}
    assert paths(product("Thing")) == ["Mine / Sub"]
