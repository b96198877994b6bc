"""manage.py seed_demo, without a large set."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from moderation.models import Decision
from reviews.models import Review
from reviews_site.management.commands import seed_demo
from reviews_site.seed import demo

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


def snapshot() -> list:
    columns = ("public_id", "headline", "pros", "cons", "half_stars", "submitted_at", "display_name", "product__slug")  # fmt: skip
    return list(Review.objects.order_by("public_id").values_list(*columns))


@pytest.fixture
def small_catalogue(tmp_path, monkeypatch, settings):
    settings.DEMO = True
    rows = [
        {
            "source": "demo", "source_id": f"p{n}", "product": f"Shipped {n}", "vendor": f"Vendor {n}",
            "categories": [["Data and analytics", "Databases"]], "open_source": True, "deployment": ["self_hosted"],
        }
        for n in range(30)
    ]  # fmt: skip
    path = tmp_path / "catalogue.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setattr(seed_demo, "CATALOGUE", path)
    monkeypatch.setattr(demo, "REVIEWS", 60)


def run(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", stdout=out, **options)
    return out.getvalue()


def test_command_imports_the_catalogue_and_seeds_and_run_again_changes_nothing(
    small_catalogue,
):
    assert "made-up reviews of 30 products" in run(today=TODAY)
    assert Review.objects.published().count() == 64
    before, decisions = snapshot(), Decision.objects.count()
    assert "already there" in run(today=TODAY)
    assert snapshot() == before
    assert Decision.objects.count() == decisions


def test_command_refuses_where_this_is_no_demo(settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="not a demo"):
        run()
    assert User.objects.count() == 0


def test_command_says_when_there_are_no_products(settings, tmp_path, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(seed_demo, "CATALOGUE", tmp_path / "missing.jsonl")
    with pytest.raises(CommandError, match="no products"):
        run()
    assert User.objects.count() == 0


def test_command_stores_the_same_for_the_same_seed(small_catalogue):
    def seeded(**options) -> list:
        with transaction.atomic():
            run(today=TODAY, **options)
            rows = snapshot()
            transaction.set_rollback(True)
        return rows

    first = seeded()
    assert seeded() == first
    assert seeded(seed=1) != first
