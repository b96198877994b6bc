"""The import as a whole: dry run, report, two at once, the catalogue that the project ships."""

import io
import json
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from products import services
from products.importers.catalogue import Report
from products.importers.categories import TABLES
from products.importers.items import Skip
from products.models import Category, Product, ProductSource, Vendor
from tests.products.catalogues import FILES, counts, run, write_rows

SHIPPED = Path("products/demo_catalogue/catalogue.jsonl")


@pytest.mark.django_db
def test_dry_run_reports_the_same_and_keeps_nothing() -> None:
    report = run("landscape.yml", "--dry-run")

    assert report["dry_run"] is True
    assert not (
        Product.objects.exists() or Vendor.objects.exists() or Category.objects.exists()
    )
    assert run("landscape.yml") == report | {"dry_run": False}


@pytest.mark.django_db
def test_report_in_words_names_the_commonest_reasons() -> None:
    out = io.StringIO()

    call_command(
        "import_catalog", str(FILES / "landscape.yml"), "--dry-run", stdout=out
    )

    lines = out.getvalue().splitlines()
    assert lines[0].endswith("8 created, 0 updated, 0 unchanged, 1 merged, 4 skipped.")
    assert "  skipped 1: It has no name." in lines
    assert lines[-1] == "A dry run: everything was rolled back."


@pytest.mark.django_db
def test_unchanged_file_costs_the_same_few_queries_for_one_and_for_three(
    tmp_path, django_assert_num_queries
) -> None:
    for count in (1, 3):
        rows = [{"product": f"P{n}", "source_id": str(n)} for n in range(count)]
        file = write_rows(tmp_path / "rows.jsonl", *rows)
        run(file)
        with django_assert_num_queries(4):  # savepoint, lock, sources, savepoint
            run(file)


@pytest.mark.django_db
def test_new_products_cost_the_same_queries_for_one_and_for_three(
    tmp_path, django_assert_num_queries
) -> None:
    run(write_rows(tmp_path / "first.jsonl", {"product": "P", "categories": ["A / B"]}))
    for count in (1, 3):
        rows = [
            {"product": f"P{count}{n}", "categories": ["A / B"]} for n in range(count)
        ]
        file = write_rows(tmp_path / f"{count}.jsonl", *rows)
        with django_assert_num_queries(25):
            run(file)


@pytest.mark.django_db
def test_batches_know_of_each_other(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    rows = [
        {
            "product": f"P{n % 5}",
            "vendor": f"V{n % 5}",
            "license": "MIT" if n > 4 else "",
        }
        for n in range(10)
    ]
    file = write_rows(tmp_path / "rows.jsonl", *rows)

    assert counts(run(file)) == {"created": 5, "merged": 5}
    assert counts(run(file)) == {"unchanged": 10}
    assert set(Product.objects.values_list("licence", flat=True)) == {"MIT"}
    assert (Vendor.objects.count(), ProductSource.objects.count()) == (5, 10)


def test_report_adds_up_only_when_each_item_became_something() -> None:
    skip = Skip("A", "line 1", "It has no name.")

    assert Report(
        read=5, created=1, updated=1, unchanged=1, merged=1, skips=[skip]
    ).adds_up()
    assert not Report(read=2, created=1).adds_up()
    assert not Report(read=1, created=1, skips=[skip]).adds_up()


@pytest.mark.django_db(transaction=True)
def test_second_import_at_the_same_time_is_refused() -> None:
    refused: list[str] = []

    def import_meanwhile() -> None:
        try:
            run("union.jsonl")
        except CommandError as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    with transaction.atomic():
        services.catalogue._lock_imports()
        meanwhile = threading.Thread(target=import_meanwhile)
        meanwhile.start()
        meanwhile.join()

    assert refused == ["Another import is running; try again when it has finished."]
    assert not Product.objects.exists()
    assert run("union.jsonl")["created"] == 7


@pytest.mark.django_db
def test_shipped_catalogue_is_imported_whole_and_has_commercial_products() -> None:
    report = run(SHIPPED.resolve())

    assert counts(report) == {"created": 2004}
    assert report["notes"] == []
    assert counts(run(SHIPPED.resolve())) == {"unchanged": 2004}
    names = {
        "Salesforce Government Cloud Plus",
        "Workday Government Cloud (WGC)",
        "Zoom for Government",
        "Prometheus",
    }
    assert (
        set(Product.objects.filter(name__in=names).values_list("name", flat=True))
        == names
    )
    assert not Product.objects.filter(categories=None).exists()
    assert Category.objects.filter(parent=None).count() == 12
    assert not Product.objects.filter(data_licence="").exists()


@pytest.mark.django_db
def test_shipped_catalogue_keeps_to_the_tree_of_the_importers() -> None:
    rows = [json.loads(line) for line in SHIPPED.read_text().splitlines()]

    tops = {row["categories"][0][0] for row in rows}
    assert {path[0] for table in TABLES.values() for path in table.values()} <= tops
    assert {len(path) for row in rows for path in row["categories"]} == {2}
    assert len({row["source_id"] for row in rows}) == len(rows)


@pytest.mark.django_db
def test_imported_words_are_what_the_services_would_write() -> None:
    run("union.jsonl")

    assert (
        services.refresh_keywords(
            vendor_ids=Vendor.objects.values_list("pk", flat=True)
        )
        == 0
    )
    assert services.refresh_category_counts() == 0
