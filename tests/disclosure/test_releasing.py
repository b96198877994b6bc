"""What happens to cohorts and cells in the course of quarters, told by the ledger, which publishes who is behind."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from disclosure import releasing
from disclosure.cells import dominated
from disclosure.models import Cell, Cohort, CohortMember, Release
from disclosure.pool import today
from disclosure.releasing import quarter_of, release, release_due
from disclosure.services import retire
from disclosure.tasks import release_figures
from tests.disclosure.ledger import FIRST, LEDGER, LONG_AGO, Ledger
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def published(series: str = "", band: str = "", field: str = "amount") -> set[str]:
    """Who is behind the cell."""
    cell = Cell.objects.filter(topic=LEDGER, series=series, band=band).first()
    if cell is None or field not in cell.figures:
        return set()
    return {value for value, _ in cell.figures[field]}


def told(names: str, version: int = 0) -> set[str]:
    return {f"{name}:{version}" for name in names}


def test_five_organisations_are_released_together(ledger):
    ledger.say_all("abcd")
    ledger.release()
    assert not Cell.objects.exists()
    ledger.say("e")
    ledger.release()
    cell = Cell.objects.get()
    assert published() == told("abcde")
    assert (cell.organisations, cell.released_on) == (5, ledger.day)


def test_a_sixth_changes_nothing_until_there_are_ten(ledger):
    ledger.say_all("abcde")
    ledger.release()
    ledger.say_all("fghi")
    ledger.release()
    assert published() == told("abcde")
    ledger.say("j")
    ledger.release()
    assert published() == told("abcdefghij")


def test_what_is_younger_than_90_days_waits(ledger):
    as_of = datetime.date(2024, 4, 1)
    ledger.say_all("abcd")
    ledger.say("e", changed_on=as_of - datetime.timedelta(days=89))
    release(ledger.product.pk, LEDGER, as_of)
    assert published() == set()
    release(ledger.product.pk, LEDGER, datetime.date(2024, 7, 1))
    assert published() == told("abcde")


def test_a_release_is_made_once(ledger):
    ledger.say_all("abcde")
    ledger.release()
    before = list(Cell.objects.values())
    ledger.say_all("fghij")
    assert release(ledger.product.pk, LEDGER, ledger.day) is False
    assert release(ledger.product.pk, LEDGER, FIRST) is False
    assert list(Cell.objects.values()) == before


def test_a_band_is_shown_where_it_has_cohorts_of_its_own(ledger):
    ledger.say_all("abcde", band="s")
    ledger.say_all("fgh", band="l")
    ledger.say_all("ij")
    ledger.release()
    assert published(band="s") == told("abcde")
    assert published(band="l") == set()
    assert published() == told("abcdefghij")


def test_series_are_never_mixed(ledger):
    ledger.say_all("abcd", series="x")
    ledger.say_all("efgh", series="y")
    ledger.release()
    assert not Cell.objects.exists()


def test_each_field_has_cohorts_of_its_own(ledger):
    for name in "abcde":
        ledger.say(name, values={"amount": f"{name}:0"})
    for name in "fgh":
        ledger.say(name, values={"discount": f"{name}:0"})
    for name in "ij":
        ledger.say(name, values={"amount": f"{name}:0", "discount": f"{name}:0"})
    ledger.release()
    assert published() == told("abcdeij")
    assert published(field="discount") == told("fghij")


def test_who_withdraws_takes_the_cohort_out_at_once(ledger):
    ledger.say_all("abcde")
    ledger.release()
    ledger.say_all("fghij")
    ledger.release()
    ledger.withdraw("b")
    assert published() == told("fghij")
    assert Cell.objects.get().released_on == ledger.day


def test_those_left_over_wait_for_five_newcomers(ledger):
    ledger.say_all("abcde")
    ledger.release()
    ledger.withdraw("e")
    ledger.say_all("fghi")
    ledger.release()
    assert published() == set()
    ledger.say("j")
    ledger.release()
    assert published() == told("abcdfghij")


def test_who_comes_back_after_a_withdrawal_is_no_newcomer(ledger):
    ledger.say_all("abcde")
    ledger.release()
    ledger.withdraw("e")
    ledger.say_all("efghi")
    ledger.release()
    assert published() == set()


def test_who_moves_to_another_series_is_no_newcomer_there(ledger):
    ledger.say_all("abcde", series="eur")
    ledger.release()
    ledger.say_all("abcd", series="usd")
    ledger.say("f", series="usd")
    ledger.release()
    assert published("eur") == published("usd") == set()


@pytest.mark.parametrize("independent", [True, False])
def test_who_stands_in_two_series_is_a_newcomer_in_each_if_they_are_independent(
    ledger, monkeypatch, independent
):
    monkeypatch.setattr(ledger, "series_are_independent", independent)
    both = Ledger(product=ledger.product)
    both.say_all("abcde", series="12")
    ledger.say_all("abcde", series="6")
    ledger.release()
    first = ledger.contributions
    ledger.contributions = lambda *args: [*first(*args), *both.contributions(*args)]
    ledger.release()
    assert published("6") == told("abcde")
    assert published("12") == (told("abcde") if independent else set())


def test_an_edit_is_published_when_five_of_the_cohort_say_something_new(ledger):
    ledger.say_all("abcdef")
    ledger.release()
    for name in "abcd":
        ledger.say(name, f"{name}:1")
    ledger.release()
    assert published() == told("abcdef")
    ledger.say("e", "e:1")
    ledger.release()
    assert published() == told("abcde", 1) | told("f")


def test_a_change_of_band_keeps_the_snapshot(ledger):
    ledger.say_all("abcde", band="s")
    ledger.release()
    ledger.say("a", "a:1", band="l")
    ledger.release()
    assert published(band="s") == told("abcde")


def test_a_field_taken_back_takes_its_cohort_out_with_the_daily_look(ledger):
    for name in "abcde":
        ledger.say(name, values={"amount": f"{name}:0", "discount": f"{name}:0"})
    ledger.release()
    ledger.say("c", values={"amount": "c:0"})
    assert releasing.check(ledger.product.pk, LEDGER) is True
    assert published(field="discount") == set()
    assert published() == told("abcde")
    assert releasing.check(ledger.product.pk, LEDGER) is False


def test_a_row_that_vanished_by_another_path_is_found_by_the_daily_look(ledger):
    ledger.say_all("abcde")
    ledger.release()
    del ledger.rows["a"]
    release_due(ledger.day)
    assert not Cell.objects.exists()
    assert not CohortMember.objects.filter(organisation="a").exists()


def test_all_rows_gone_is_found_by_the_daily_look(ledger):
    ledger.say_all("abcde")
    ledger.release()
    ledger.rows.clear()
    release_due(ledger.day)
    assert not Cell.objects.exists()


def test_nothing_is_kept_of_what_a_withdrawn_organisation_said(ledger):
    ledger.say_all(["acme.example", "b", "c", "d", "e"])
    ledger.release()
    ledger.withdraw("acme.example")
    kept = CohortMember.objects.exclude(organisation__in="bcde")
    assert [(m.organisation[:5], m.value) for m in kept] == [("code:", None)]
    assert "acme" not in str(list(CohortMember.objects.values()))


def test_retire_of_a_stranger_changes_nothing(ledger):
    ledger.say_all("abcde")
    ledger.release()
    before = list(Cell.objects.values()), list(Release.objects.values())
    retire(topic=LEDGER, product_id=ledger.product.pk, organisation="z")
    retire(topic=LEDGER, product_id=ProductFactory().pk, organisation="a")
    retire(topic=LEDGER, product_id=0, organisation="a")
    assert (list(Cell.objects.values()), list(Release.objects.values()))[0] == before[0]
    assert Release.objects.get(product=ledger.product).revision == 1


def test_weights_halve_in_two_years_from_cohort_to_cohort(ledger):
    ledger.say_all("abcde", stated_on=LONG_AGO)
    ledger.release()
    later = LONG_AGO + datetime.timedelta(days=730)
    ledger.say_all("fghij", stated_on=later)
    ledger.release()
    (cell,) = Cell.objects.all()
    assert {weight for v, weight in cell.figures["amount"] if v in told("abcde")} == {
        0.5
    }
    assert {weight for v, weight in cell.figures["amount"] if v in told("fghij")} == {
        1.0
    }


def test_members_of_a_cohort_weigh_the_same_from_the_middle_of_their_days(ledger):
    for years, name in enumerate("abcde"):
        ledger.say(name, stated_on=LONG_AGO.replace(year=2010 + years))
    ledger.release()
    assert Cohort.objects.get().stated_on == LONG_AGO.replace(year=2012)
    assert {weight for _, weight in Cell.objects.get().figures["amount"]} == {1.0}


def test_one_organisation_never_has_more_than_a_quarter():
    assert dominated([1, 1, 1, 1, 1]) is False
    assert dominated([1, 1, 1, 1]) is False
    assert dominated([2, 1, 1, 1]) is True


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2026-01-01", "2026-01-01"),
        ("2026-03-31", "2026-01-01"),
        ("2026-11-22", "2026-10-01"),
    ],
)
def test_quarters_begin_on_their_first_day(day, first):
    assert quarter_of(datetime.date.fromisoformat(day)).isoformat() == first


def test_the_daily_task_catches_up_with_the_quarter(ledger):
    ledger.say_all("abcde")
    release_figures()
    assert Cell.objects.get().released_on == quarter_of(today())
    ledger.say_all("fghij")
    release_figures()
    assert published() == told("abcde")


def test_one_broken_product_does_not_keep_the_others(ledger, monkeypatch):
    other = ProductFactory()
    ledger.say_all("abcde")
    contributions = ledger.contributions

    def break_for_other(product_id, until):
        if product_id == other.pk:
            raise ValueError
        return contributions(product_id, until)

    monkeypatch.setattr(ledger, "contributions", break_for_other)
    monkeypatch.setattr(
        ledger, "product_ids", lambda: [other.pk, ledger.product.pk], raising=True
    )
    release_due(datetime.date(2024, 1, 1))
    assert published() == told("abcde")


def test_the_command_releases_a_quarter(ledger, capsys):
    ledger.say_all("abcde")
    call_command("release_figures", "--as-of", "2024-02-29")
    assert Cell.objects.get().released_on == datetime.date(2024, 1, 1)
    assert capsys.readouterr().out.startswith("As of 2024-01-01: ")


def test_the_command_refuses_the_future():
    tomorrow = timezone.now().date() + datetime.timedelta(days=2)
    with pytest.raises(CommandError):
        call_command("release_figures", "--as-of", str(tomorrow))


def test_a_release_costs_the_same_queries_for_5_and_for_9(
    ledger, django_assert_num_queries
):
    ledger.say_all("abcde")
    with django_assert_num_queries(14):
        ledger.release()
    other = Ledger(product=ProductFactory())
    other.say_all("abcdefghi")
    ledger.product, ledger.rows = other.product, other.rows
    with django_assert_num_queries(14):
        ledger.release()
