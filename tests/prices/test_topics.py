import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from disclosure.topics import Contribution, Weighted, get
from prices.topics import PRICE
from tests.factories import ProductFactory, VendorRepresentativeFactory
from tests.prices.customers import customer, told
from tests.prices.releases import cells, release_of


def contributions(product, days: int = 0) -> list[Contribution]:
    until = timezone.now().date() - datetime.timedelta(days=days)
    return list(get(PRICE).contributions(product.pk, until))


def figures(field: str, *values: object) -> dict:
    return get(PRICE).figures([Weighted({field: value}, 1.0) for value in values])


# --- Figures --------------------------------------------------------------------------------


def test_unit_price_is_quartiles_on_a_logarithmic_scale():
    # The median's shares of 5 equal weights are those of the beta distribution (3, 3) on fifths:
    # 0.05792, 0.25952, 0.36512, 0.25952, 0.05792, which gives e^4.78405 = 119.6.
    assert figures("unit_price", 100, 110, 120, 130, 140)["unit_price"] == {
        "low": 110,
        "median": 120,
        "high": 130,
        "organisations": 5,
    }


def test_one_slip_of_a_digit_does_not_carry_the_median_along():
    # With 10,000 in place of 140: e^5.03129 = 153.1; on a plain scale it would be 691.
    assert figures("unit_price", 100, 110, 120, 130, 10_000)["unit_price"]["median"] == 150  # fmt: skip


def test_discount_and_limit_of_rises_are_in_steps_of_5():
    told_by_five = figures("discount", 10, 12, 15, 18, 20) | figures(
        "uplift_cap", 3, 3, 5, 5, 7
    )
    assert told_by_five == {
        "discount": {"low": 10, "median": 15, "high": 20, "organisations": 5},
        "uplift_cap": {"low": 0, "median": 5, "high": 10, "organisations": 5},
    }


def test_shares_are_of_what_is_said():
    renewal = figures("auto_renewal", True, True, True, False, False)["auto_renewal"]
    assert (renewal["percent"], renewal["bound"]) == (60, "")
    answers = figures("exit_format", "open", "open", "open", "none", "none")
    assert {
        word: share["percent"]
        for word, share in answers["exit_format"]["words"].items()
    } == {"open": 60, "none": 40}


def test_what_fewer_than_5_say_is_left_out():
    assert figures("discount", 10, 10, 10, 10) == {}
    assert figures("term", "1", "1", "1", "1") == {}


# --- Contributions --------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory()


def test_report_becomes_one_contribution(product):
    user = customer(product, "acme.example", size="1001-5000")
    report = told(
        product,
        user,
        discount_percent=20,
        term_months=36,
        auto_renewal=False,
        uplift_cap_percent=5,
        exit_format="open",
        return_seen="gain",
    )
    assert contributions(product) == [
        Contribution(
            organisation="acme.example",
            values={
                "unit_price": 125.0,
                "discount": 20,
                "term": "3",
                "auto_renewal": False,
                "uplift_cap": 5,
                "exit_format": "open",
                "return_seen": "gain",
            },
            stated_on=report.changed_at.date(),
            series="user/EUR",
            band="large",
        )
    ]


@pytest.mark.parametrize(
    ("months", "term"), [(1, "month"), (12, "1"), (24, "2"), (36, "3"), (120, "3")]
)
def test_term_is_told_in_years(product, months, term):
    told(product, customer(product), term_months=months)
    assert contributions(product)[0].values["term"] == term


def test_organisation_counts_once_and_its_newest_word_counts(product):
    users = [customer(product, "acme.example") for _ in range(10)]
    for days, user in enumerate(users):
        told(
            product,
            user,
            days=200 + days,
            yearly_amount=Decimal(1000 * (days + 1)),
            # The newest one says nothing of the discount.
            discount_percent=10 * days or None,
        )
    (only,) = contributions(product)
    assert only.values == {"unit_price": 10.0, "discount": 10}


def test_units_and_currencies_are_not_mixed(product):
    told(product, customer(product, "acme.example"), currency="USD")
    told(product, customer(product, "acme.example"), unit="device")
    told(product, customer(product, "acme.example"))
    assert [each.series for each in contributions(product)] == [
        "device/EUR",
        "user/EUR",
        "user/USD",
    ]


def test_old_contract_weighs_as_one(product):
    told(product, customer(product), purchase_year=2019)
    assert contributions(product)[0].stated_on == datetime.date(2019, 12, 31)


def test_what_is_too_new_or_withdrawn_or_beside_no_public_review_is_left_out(product):
    told(product, customer(product, "new.example"), days=10)
    waiting = customer(product, "waiting.example")
    told(product, waiting)
    waiting.reviews.update(status="pending")
    partner = customer(product, "partner.example")
    told(product, partner)
    partner.reviews.update(relationship="partner")
    told(product, customer(product, "kept.example"))
    assert [each.organisation for each in contributions(product, days=90)] == [
        "kept.example"
    ]


def test_what_the_vendors_own_people_say_is_left_out(product):
    speaker = customer(product, "speaker.example")
    told(product, speaker)
    told(product, customer(product, "kept.example"))
    VendorRepresentativeFactory(user=speaker, vendor=product.vendor)
    assert [each.organisation for each in contributions(product)] == ["kept.example"]


def test_other_products_are_left_out(product):
    told(ProductFactory(), customer(product))
    assert contributions(product) == []
    assert product.pk not in set(get(PRICE).product_ids())


# --- Released -------------------------------------------------------------------------------


def test_four_organisations_are_not_shown_and_ten_rows_of_one_are_no_more(product):
    for _ in range(4):
        told(product, customer(product))
    for _ in range(10):
        told(product, customer(product, "acme.example"))
    product_of_four = ProductFactory()
    for _ in range(4):
        told(product_of_four, customer(product_of_four))
    for _ in range(10):
        told(product_of_four, customer(product_of_four, "vast.example"), days=30)
    release_of(product)
    release_of(product_of_four)
    assert [cell[:3] for cell in cells(product)] == [
        ("user/EUR", "", 5),
        ("user/EUR", "medium", 5),
    ]
    assert cells(product_of_four) == []


def test_size_is_shown_by_itself_from_5_on(product):
    for size, count in (("1-50", 3), ("51-200", 2), ("10001+", 4), ("201-1000", 4)):
        for _ in range(count):
            told(product, customer(product, size=size))
    release_of(product)
    assert [cell[:3] for cell in cells(product)] == [
        ("user/EUR", "", 10),
        ("user/EUR", "small", 5),
    ]
