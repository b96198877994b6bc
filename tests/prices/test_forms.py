import datetime
from decimal import Decimal

import pytest

from prices.forms import PriceForm
from prices.services import PriceStatement

TODAY = datetime.date(2026, 11, 22)
FILLED = {
    "yearly_amount": "12.500,00 €",
    "currency": "EUR",
    "unit": "user",
    "quantity": "100",
    "purchase_year": "2025",
}


def form(**changes: str) -> PriceForm:
    return PriceForm(FILLED | changes, today=TODAY)


def test_form_makes_a_statement_of_what_was_typed():
    filled = form(
        term_months="36",
        discount_percent="15 %",
        auto_renewal="no",
        uplift_cap_percent="5",
        exit_format="open",
        return_seen="gain",
    )
    assert filled.is_valid(), filled.errors
    assert filled.statement() == PriceStatement(
        yearly_amount=Decimal("12500.00"),
        currency="EUR",
        unit="user",
        quantity=100,
        purchase_year=2025,
        term_months=36,
        discount_percent=15,
        auto_renewal=False,
        uplift_cap_percent=5,
        exit_format="open",
        return_seen="gain",
    )


def test_form_leaves_out_what_is_not_said():
    filled = form()
    assert filled.is_valid(), filled.errors
    assert filled.statement() == PriceStatement(
        yearly_amount=Decimal(12500),
        currency="EUR",
        unit="user",
        quantity=100,
        purchase_year=2025,
    )


def test_flat_price_needs_no_quantity():
    filled = form(unit="organisation", quantity="")
    assert filled.is_valid(), filled.errors
    assert filled.statement().quantity == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("quantity", {"yearly_amount": "1", "quantity": "10,000"}),
        ("quantity", {"quantity": "10.000.001"}),
        ("quantity", {"quantity": ""}),
        ("quantity", {"quantity": "0"}),
        ("quantity", {"yearly_amount": "2,000,000,000", "quantity": "100"}),
        ("purchase_year", {"purchase_year": "2027"}),
        ("purchase_year", {"purchase_year": "1989"}),
        ("purchase_year", {"purchase_year": "99999999999"}),
        ("yearly_amount", {"yearly_amount": "0"}),
        ("yearly_amount", {"yearly_amount": "900,000,000,000"}),
        ("yearly_amount", {"yearly_amount": "9" * 41}),
        ("yearly_amount", {"yearly_amount": "9" * 40}),
        ("yearly_amount", {"yearly_amount": f"{'9' * 30}.5 M"}),
        ("quantity", {"quantity": "9" * 40}),
        ("currency", {"currency": "USD"}),
        ("currency", {"currency": "XXX"}),
        ("discount_percent", {"discount_percent": "120"}),
        ("term_months", {"term_months": "13"}),
        ("auto_renewal", {"auto_renewal": "maybe"}),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(field, changes):
    filled = form(**changes)
    assert not filled.is_valid()
    assert list(filled.errors) == [field]
    assert filled.errors[field][0].endswith((".", "?"))


def test_unit_price_that_cannot_be_right_is_shown_to_who_typed_it():
    filled = form(yearly_amount="1", quantity="10,000")
    assert filled.errors["quantity"] == [
        "1.00 EUR for 10,000 makes 0.0001 EUR each a year, which can't be right. "
        "Please look at the amount and the quantity again."
    ]
