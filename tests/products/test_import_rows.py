import pytest

from products.models import Product, ProductAlias, Vendor, VendorAlias
from tests.factories import ProductFactory, VendorFactory
from tests.products.catalogues import counts, paths, product, run, write_rows

pytestmark = pytest.mark.django_db


def test_union_merges_across_sources_and_a_second_time_changes_nothing() -> None:
    assert counts(run("union.jsonl")) == {"created": 7, "merged": 2, "skipped": 1}
    assert counts(run("union.jsonl")) == {"unchanged": 9, "skipped": 1}


def test_union_row_without_vendor_or_address_is_the_one_product_of_that_name() -> None:
    run("union.jsonl")

    grafana = product("Grafana")
    assert [source.source for source in grafana.sources.order_by("pk")] == [
        "union: cncf-landscape",
        "union: endoflife.date",
    ]
    assert grafana.vendor.name == "Grafana Labs"
    assert grafana.description == "Grafana is a dashboard."
    assert grafana.facts == {"latest": "12.1", "n_releases": 9}
    assert grafana.data_licence == "(Apache-2.0 OR CC-BY-4.0) AND MIT"
    assert paths(grafana) == [
        "Observability and Analysis / Observability",
        "Cloud and infrastructure / Server applications",
    ]


def test_union_same_vendor_with_its_name_before_the_product_is_the_same() -> None:
    run("union.jsonl")

    sql_server = product("Microsoft SQL Server")
    assert [source.record["name"] for source in sql_server.sources.order_by("pk")] == [
        "Microsoft SQL Server",
        "SQL Server",
    ]
    assert (
        sql_server.keywords
        == "Microsoft · SQL Server · Databases · Data and analytics · Relational DB · Data"
    )


def test_union_reads_vendors_made_from_slugs() -> None:
    run("union.jsonl")

    assert product("CircleCI").vendor.name == "CircleCI"
    assert product("iSulad").vendor.name == "开放"
    assert product("iSulad").vendor.slug.startswith("x-")


def test_union_category_names_may_have_slashes() -> None:
    run("union.jsonl")

    assert paths(product("Grid")) == ["Platforms & Runtimes / Compute / HPC"]
    assert paths(product("Airlift")) == [
        "Data and analytics / Data integration and pipelines"
    ]


def test_union_licences_are_spdx() -> None:
    run("union.jsonl")

    assert product("Grid").licence == "Apache-2.0"


def test_union_most_telling_tag_is_the_category_and_the_discontinued_are_hidden() -> (
    None
):
    run("union.jsonl")

    gone = product("Gone")
    assert paths(gone) == ["Cloud and infrastructure / Hosted Kubernetes"]
    assert (gone.status, gone.deployment) == ("discontinued", ["saas"])


def test_alternatives_know_their_rivals_and_read_broken_links() -> None:
    run("alternatives.jsonl")

    assert product("Airlift").facts == {"alternative_to": ["Fivetran"]}
    assert product("Airlift").source == "oss-alternatives"
    bracket = product("Bracket")
    assert (bracket.website, bracket.repository) == ("", "https://github.com/b/b")
    assert paths(bracket) == ["Security / Identity and access"]


def test_another_file_about_the_same_products_is_merged_into_them() -> None:
    run("union.jsonl")

    assert counts(run("alternatives.jsonl")) == {"created": 1, "merged": 1}
    assert counts(run("union.jsonl")) == {"unchanged": 9, "skipped": 1}


def test_table_is_read_with_its_headings() -> None:
    assert counts(run("table.csv")) == {"created": 2}

    table, bad = product('Table, the "Product"'), product("Bad Choices")
    assert paths(table) == [
        "Data and analytics / Databases",
        "Security / Identity and access",
    ]
    assert (table.vendor.name, table.licence, table.is_open_source) == (
        "Tabular",
        "MIT",
        True,
    )
    assert (table.deployment, table.pricing_model) == (
        ["saas", "self_hosted"],
        "subscription",
    )
    assert (bad.vendor.name, bad.is_open_source, bad.deployment, bad.pricing_model) == (
        "Bad Choices",
        None,
        [],
        "",
    )


def test_fedramp_maps_functions_and_service_models() -> None:
    assert counts(run("fedramp.json")) == {"created": 2, "merged": 1, "skipped": 2}
    assert counts(run("fedramp.json")) == {"unchanged": 3, "skipped": 2}

    zephyr = product("Zephyr & Co – ‘Cloud’ ™")
    assert paths(zephyr) == [
        "Sales, marketing and service / Customer relationship management",
        "Data and analytics / Business intelligence",
    ]
    assert (zephyr.slug, zephyr.deployment, zephyr.is_open_source) == (
        "zephyr-co-cloud-tm",
        ["saas"],
        None,
    )
    assert zephyr.description == "First line.\nSecond line with a bell.\n\nThird."
    assert zephyr.facts["fedramp_impact_level"] == "Moderate"
    assert zephyr.data_licence == "US-Government-work (public domain in US)"


def test_fedramp_unknown_function_becomes_a_category_and_a_bad_address_a_note() -> None:
    report = run("fedramp.json")

    assert paths(product("N" * 160)) == ["Something New"]
    assert [(note["where"], note["reason"]) for note in report["notes"]] == [
        ("product 3", "Its homepage is not an http or https address and was left out.")
    ]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Google", "Google LLC", "GOOGLE, Inc.", "google"),
        ("Zscaler, Inc.", "Zscaler", "ZScaler Ltd."),
        ("IBM", "International Business Machines Corporation"),
        ("Cisco Systems Inc.", "Cisco"),
        ("Café Müller GmbH", "Cafe Muller"),
    ],
)
def test_vendor_spellings_are_one_vendor(tmp_path, spellings) -> None:
    rows = [
        {"product": f"Product {n}", "vendor": spelling}
        for n, spelling in enumerate(spellings)
    ]

    run(write_rows(tmp_path / "rows.jsonl", *rows))

    assert Vendor.objects.count() == VendorAlias.objects.count() == 1
    assert Vendor.objects.get().products.count() == len(spellings)


def test_vendor_s_stated_name_replaces_the_derived_one_and_reaches_its_products_words(
    tmp_path,
) -> None:
    run(
        write_rows(
            tmp_path / "a.jsonl",
            {"product": "Thing", "vendor": "Acme Tools", "vendor_source": "slug"},
        )
    )

    run(
        write_rows(
            tmp_path / "b.jsonl", {"product": "Other", "vendor": "ACMEtools Ltd"}
        )
    )

    assert product("Thing").vendor.name == "ACMEtools"
    assert product("Thing").keywords == "ACMEtools"
    assert product("Thing").vendor.slug == "acme-tools"


def test_vendor_made_from_its_product_s_name_goes_when_a_source_names_the_real_one(
    tmp_path,
) -> None:
    row = {"product": "Thing", "homepage": "https://thing.example"}
    run(write_rows(tmp_path / "a.jsonl", row))
    assert product("Thing").vendor.name == "Thing"

    run(write_rows(tmp_path / "b.jsonl", row | {"vendor": "Maker"}))

    assert list(Vendor.objects.values_list("name", flat=True)) == ["Maker"]
    assert product("Thing").vendor.name == "Maker"


def test_vendor_learns_its_own_domain_and_no_other(tmp_path) -> None:
    rows = [
        {
            "product": "Cloud",
            "vendor": "Salesforce, Inc.",
            "homepage": "https://www.salesforce.com/cloud",
        },
        {
            "product": "Hosted",
            "vendor": "Somebody",
            "homepage": "https://github.com/somebody/hosted",
        },
    ]

    run(write_rows(tmp_path / "rows.jsonl", *rows))

    domains = dict(Vendor.objects.values_list("name", "email_domains"))
    assert domains == {"Salesforce": ["salesforce.com"], "Somebody": []}
    assert (
        Vendor.objects.get(name="Salesforce").website == "https://www.salesforce.com/"
    )


def test_products_of_one_name_and_different_owners_stay_apart(tmp_path) -> None:
    rows = [
        {
            "product": "Horizon",
            "vendor": "Omnissa",
            "homepage": "https://omnissa.example",
        },
        {
            "product": "Horizon",
            "vendor": "OpenStack",
            "homepage": "https://openstack.example",
        },
        {"product": "Horizon"},
    ]

    report = run(write_rows(tmp_path / "rows.jsonl", *rows))

    # The third could be either: it is neither.
    assert counts(report) == {"created": 3}
    slugs = Product.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["horizon", "horizon-openstack", "horizon-horizon"]


def test_products_with_ratings_in_brackets_stay_apart_and_acronyms_do_not(
    tmp_path,
) -> None:
    rows = [
        {"product": "Data Cloud (High)", "vendor": "Snow"},
        {"product": "Data Cloud (Moderate)", "vendor": "Snow"},
        {"product": "Open Policy Agent (OPA)", "vendor": "Snow"},
        {"product": "Open Policy Agent", "vendor": "Snow"},
    ]

    assert counts(run(write_rows(tmp_path / "rows.jsonl", *rows))) == {
        "created": 3,
        "merged": 1,
    }


def test_the_same_id_twice_in_a_file_is_counted_twice_and_stays_unchanged(
    tmp_path,
) -> None:
    row = {"product": "Thing", "vendor": "Maker", "source_id": "1"}
    file = write_rows(tmp_path / "rows.jsonl", row, row | {"description": "More."})

    assert counts(run(file)) == {"created": 1, "merged": 1}
    assert counts(run(file)) == {"unchanged": 2}


def test_changed_row_updates_what_it_states(tmp_path) -> None:
    file = tmp_path / "rows.jsonl"
    row = {
        "source_id": "1",
        "product": "Thing",
        "vendor": "Maker",
        "categories": ["A / B"],
        "description": "Old.",
    }
    run(write_rows(file, row))

    report = run(
        write_rows(
            file,
            row | {"description": "New.", "categories": ["C / D"], "vendor": "Builder"},
        )
    )

    assert counts(report) == {"updated": 1}
    thing = product("Thing")
    assert (thing.description, thing.summary, thing.vendor.name) == (
        "New.",
        "New.",
        "Builder",
    )
    assert (paths(thing), thing.keywords) == (["C / D"], "Builder · D · C")
    assert Vendor.objects.filter(name="Maker").exists()


def test_renamed_row_moves_and_leaves_a_redirect(tmp_path) -> None:
    file = tmp_path / "rows.jsonl"
    run(write_rows(file, {"source_id": "1", "product": "Old Name", "vendor": "Maker"}))

    run(write_rows(file, {"source_id": "1", "product": "New Name", "vendor": "Maker"}))

    renamed = Product.objects.get()
    assert (renamed.name, renamed.slug) == ("New Name", "new-name")
    assert list(ProductAlias.objects.values_list("slug", "product", "name")) == [
        ("old-name", renamed.pk, "Old Name")
    ]
    assert "Old Name" in renamed.keywords


def test_import_leaves_what_staff_wrote(tmp_path) -> None:
    file = tmp_path / "rows.jsonl"
    row = {
        "source_id": "1",
        "product": "Thing",
        "vendor": "Maker",
        "description": "Old.",
    }
    run(write_rows(file, row))
    Product.objects.update(description="By hand.", status="hidden")

    run(
        write_rows(
            file, row | {"description": "New.", "homepage": "https://thing.example"}
        )
    )

    thing = Product.objects.get()
    assert (thing.description, thing.status) == ("By hand.", "hidden")
    assert thing.website == "https://thing.example"


def test_import_finds_products_and_vendors_that_staff_made(tmp_path) -> None:
    made = ProductFactory(
        name="Thing", description="By hand.", vendor=VendorFactory(name="Maker, Inc.")
    )

    row = {
        "product": "thing",
        "vendor": "MAKER",
        "description": "From a file.",
        "license": "MIT",
    }
    report = run(write_rows(tmp_path / "rows.jsonl", row))

    assert counts(report) == {"merged": 1}
    made.refresh_from_db()
    assert (made.name, made.description, made.licence) == ("Thing", "By hand.", "MIT")
    assert Vendor.objects.count() == 1


def test_import_cleans_hostile_text(tmp_path) -> None:
    row = {
        "product": "\x00A\u202eB\ud800 \u00a0 C\r\n",
        "vendor": "\ud83d",
        "homepage": "javascript:alert(1)",
        "repo": "https://user:secret@github.com/x/y",
        "description": "word " * 2000,
        "extra": {
            "deep": {"x": 1},
            "a\x00": "b\x00",
            "inf": 1e999,
            "list": ["x", {"y": 1}],
        },
        "categories": [["Top", "Below"], "Top / Below", 5, None],
    }

    report = run(write_rows(tmp_path / "rows.jsonl", row))

    made = Product.objects.get()
    assert (made.name, made.vendor.name, made.website, made.repository) == (
        "AB C",
        "AB C",
        "",
        "",
    )
    assert len(made.description) == 4000
    assert made.description.endswith("word word…")
    assert (len(made.summary) <= 200, made.summary.endswith("word…")) == (True, True)
    assert made.facts == {"a": "b", "list": ["x"]}
    assert paths(made) == ["Top / Below", "5"]
    assert len(report["notes"]) == 2


@pytest.mark.parametrize("name", [None, "", "   ", {"a": 1}, ["x"], True, "\u200b\x07"])
def test_row_without_a_name_is_skipped_with_the_reason(tmp_path, name) -> None:
    report = run(
        write_rows(tmp_path / "rows.jsonl", {"product": name, "vendor": "Maker"})
    )

    assert counts(report) == {"skipped": 1}
    assert report["skips"][0]["reason"] == "It has no name."


def test_row_may_ask_for_wrong_types_everywhere(tmp_path) -> None:
    wrong = {
        "vendor": [1],
        "categories": 5,
        "homepage": {},
        "repo": 3,
        "description": 3,
        "license": [],
        "extra": [1],
    }
    wrong |= {
        "open_source": {},
        "deployment": {"x": 1},
        "pricing_model": [],
        "source": {},
        "source_id": [],
    }

    assert counts(run(write_rows(tmp_path / "rows.jsonl", {"product": 7} | wrong))) == {
        "created": 1
    }
    assert product("7").licence == ""
