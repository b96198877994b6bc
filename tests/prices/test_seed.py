import datetime

import pytest
from django.db.models import F

from disclosure.models import Cell
from prices.models import PriceReport
from prices.topics import PRICE
from reviews_site.seed import demo
from tests.factories import CategoryFactory, ProductFactory, VendorFactory

TODAY = datetime.date(2026, 11, 30)


@pytest.mark.django_db
def test_demo_members_tell_what_they_pay_and_figures_are_released():
    category = CategoryFactory(name="Monitoring", slug="monitoring")
    for slug in ("splunk", "datadog", "prometheus"):
        ProductFactory(
            name=slug.title(),
            slug=slug,
            vendor=VendorFactory(),
            category=category,
            is_open_source=slug == "prometheus",
        )
    demo.seed(seed=2026, today=TODAY, progress=lambda *step: None, reviews=300)
    reports = PriceReport.objects.all()
    assert set(reports.values_list("product__slug", flat=True)) == {"splunk", "datadog"}
    # Each beside a public review of theirs, for the organisation of their work e-mail.
    theirs = reports.filter(
        member__reviews__product=F("product"),
        member__reviews__status="published",
        member__reviews__relationship="customer",
        member__work_emails__domain=F("organisation"),
    )
    assert theirs.distinct().count() == reports.count() > 40
    assert not reports.filter(created_at__date__gt=TODAY).exists()
    cells = Cell.objects.filter(topic=PRICE)
    assert {cell.product.slug for cell in cells.select_related("product")} <= {"splunk", "datadog"}  # fmt: skip
    assert cells.filter(band="").exists()
    assert set(cells.values_list("released_on", flat=True)) == {datetime.date(2026, 10, 1)}  # fmt: skip
