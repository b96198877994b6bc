from decimal import Decimal

import pytest

from prices.amounts import Unreadable, read_amount, read_percent, read_whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12500", "12500"),
        ("12,500", "12500"),
        ("12.500", "12500"),
        ("12 500.00", "12500"),
        ("12\u202f500,00", "12500"),
        ("12.500,00 €", "12500"),
        ("€12,500.50", "12500.50"),
        ("12'500.–", "12500"),
        ("CHF 12’500.05", "12500.05"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("12,50,000", "1250000"),
        ("99,5", "99.5"),
        ("99.95", "99.95"),
        ("0,125", "0.13"),
        (".5", "0.5"),
        ("12k", "12000"),
        ("1.25 M", "1250000"),
        ("1.250k", "1250"),
        ("US$ 9,000", "9000"),
        ("kr 90 000", "90000"),
        ("90 000 kr", "90000"),
        ("１２５００", "12500"),
        ("١٢٥٠٠", "12500"),
    ],
)
def test_amount_is_read_as_people_write_it(text, value):
    assert read_amount(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "free", "1e5", "-5", "12..5", "1,23,45", "12.500.00", "$", "1/2", "1,2,3", "'5", "5 €/month", "nan", "€5$"],
)  # fmt: skip
def test_amount_that_is_not_clear_is_refused_with_a_sentence(text):
    with pytest.raises(Unreadable) as refused:
        read_amount(text)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "currencies"),
    [("5", set()), ("5 €", {"EUR"}), ("R$ 5", {"BRL"}), ("5 CHF", {"CHF"}), ("USD 5 $", {"USD"})],
)  # fmt: skip
def test_amount_knows_which_currencies_its_sign_allows(text, currencies):
    assert read_amount(text).currencies == currencies


@pytest.mark.parametrize(
    ("text", "value"), [("1500", 1500), ("1.500", 1500), ("1,500", 1500), ("2k", 2000)]
)
def test_whole_number_is_read_as_people_write_it(text, value):
    assert read_whole(text) == value


@pytest.mark.parametrize("text", ["1,5", "12 users", "-3", "", "."])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(Unreadable):
        read_whole(text)


@pytest.mark.parametrize(
    ("text", "value"), [("15", 15), ("15 %", 15), ("12,5%", 13), ("0", 0), ("100", 100)]
)
def test_percentage_is_read_and_rounded(text, value):
    assert read_percent(text) == value


@pytest.mark.parametrize("text", ["101", "-1", "a lot", "1.2.3", ""])
def test_percentage_out_of_range_is_refused(text):
    with pytest.raises(Unreadable):
        read_percent(text)
