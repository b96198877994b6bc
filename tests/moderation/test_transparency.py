"""Every figure is compared with a plain count in Python over the same rows."""

import datetime
import json
import math
import uuid
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from moderation import tasks
from moderation.models import (
    Decision,
    DecisionRecord,
    ReasonCode,
    TransparencyDay,
)
from moderation.services import FIRST_PREVIOUS_HASH, record_decision
from moderation.transparency import (
    PERIODS,
    RootChanged,
    figures_of,
    root_of,
    store_day,
)
from reviews.models import Review
from reviews.transparency import t_90, welch
from tests.factories import PendingReviewFactory, UserFactory
from tests.moderation.plain_figures import DAY, END, Action, Plain, World, sample

pytestmark = pytest.mark.django_db


def nearly(one, other) -> bool:
    """Equal but for the last of the four digits, where Postgres and Python may round apart."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(nearly(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(nearly, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, abs_tol=1.01e-4)
    return one == other


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_what_a_plain_count_gives(seed):
    world = World(seed)
    figures = json.loads(json.dumps(figures_of(DAY)))
    assert list(figures) == list(PERIODS)
    for name, days in PERIODS.items():
        plain = json.loads(json.dumps(Plain(world, days).figures()))
        assert figures[name].keys() == plain.keys()
        for section, counted in plain.items():
            assert nearly(figures[name][section], counted), (name, section)


def test_nothing_at_all_counts_to_nothing():
    figures = figures_of(DAY)["all"]
    assert figures["reviews"]["submitted"] == 0
    assert figures["speed"]["median_hours"] is None
    assert figures["rewards"]["gap"] is None
    assert figures["decisions"] == {}


# --- The gap ------------------------------------------------------------------------------------


def test_welch_gives_the_textbook_interval():
    # Two samples of Student's sleep data; R: t.test(x, y, conf.level = 0.9).
    x = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    y = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    low, gap, high = welch(sample(x), sample(y))
    assert gap == pytest.approx(-1.58)
    assert (low, high) == (
        pytest.approx(-3.0534, abs=2e-4),
        pytest.approx(-0.1066, abs=2e-4),
    )


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(4, 2.1318), (5, 2.0150), (10, 1.8125), (30, 1.6973), (1000, 1.6464)],
)
def test_quantiles_of_t_are_those_of_the_tables(freedom, quantile):
    assert t_90(freedom) == pytest.approx(quantile, abs=2e-3)


samples = st.lists(st.integers(2, 10).map(lambda n: n / 2), min_size=5, max_size=40)


@given(one=samples, other=samples)
def test_the_interval_holds_its_gap_and_turns_round_with_it(one, other):
    low, gap, high = welch(sample(one), sample(other))
    assert low <= gap <= high
    turned = welch(sample(other), sample(one))
    assert turned == pytest.approx((-high, -gap, -low))


# --- A day --------------------------------------------------------------------------------------


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def line_at(moment: str, moderator) -> Decision:
    with time_machine.travel(datetime.datetime.fromisoformat(moment), tick=False):
        return record_decision(
            moderator=moderator,
            action=Action.REJECT,
            target_kind="review",
            target_public_id=uuid.uuid4(),
            reason_code=ReasonCode.COPIED,
            statement="",
        )


def test_the_root_of_a_day_is_its_last_line(moderator):
    line_at("2026-11-19T10:00+00:00", moderator)
    last = line_at("2026-11-20T23:59:59.999999+00:00", moderator)
    line_at("2026-11-21T00:00+00:00", moderator)
    assert root_of(datetime.date(2026, 11, 18)) == (0, FIRST_PREVIOUS_HASH)
    assert root_of(DAY) == (2, last.hash)


def test_a_day_is_stored_once_and_counted_anew(moderator):
    store_day(DAY)
    PendingReviewFactory(submitted_at=END - datetime.timedelta(hours=1))
    stored = store_day(DAY)
    assert TransparencyDay.objects.get() == stored
    assert stored.figures["30"]["reviews"]["submitted"] == 1


def test_another_root_is_never_published_for_the_same_day(moderator):
    stored = store_day(DAY)
    line_at("2026-11-20T12:00+00:00", moderator)
    with pytest.raises(RootChanged, match=FIRST_PREVIOUS_HASH):
        store_day(DAY)
    stored.refresh_from_db()
    assert stored.log_lines == 0
    with pytest.raises(CommandError, match="was published as"):
        call_command("transparency", "--day", str(DAY), stdout=StringIO())


def test_the_command_prints_what_the_page_offers(client, moderator):
    line_at("2026-11-20T12:00+00:00", moderator)
    out = StringIO()
    call_command("transparency", "--day", str(DAY), "--json", stdout=out)
    printed = json.loads(out.getvalue())
    offered = client.get("/transparency.json").json()
    assert offered.pop("roots") == [
        {"day": "2026-11-20", "lines": 1, "root": printed["log"]["root"]}
    ]
    assert offered == printed
    words = StringIO()
    call_command("transparency", "--day", str(DAY), stdout=words)
    assert "reviews.refused.count 1" in words.getvalue()
    assert "decisions.review.reject.copied 1" in words.getvalue()


def test_the_command_refuses_a_day_that_goes_on():
    with (
        time_machine.travel(END - datetime.timedelta(hours=1), tick=False),
        pytest.raises(CommandError, match="not over"),
    ):
        call_command("transparency", "--day", str(DAY), stdout=StringIO())
    assert not TransparencyDay.objects.exists()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31"])
def test_the_command_refuses_what_is_no_day_of_the_past(day):
    with pytest.raises(CommandError):
        call_command("transparency", "--day", day, stdout=StringIO())


def test_the_nightly_task_counts_yesterday_once():
    with time_machine.travel(END + datetime.timedelta(minutes=30), tick=False):
        tasks.store_transparency_day()
        made_at = TransparencyDay.objects.get(day=DAY).made_at
    with time_machine.travel(END + datetime.timedelta(minutes=90), tick=False):
        tasks.store_transparency_day()
    assert TransparencyDay.objects.get().made_at == made_at


def test_nights_that_the_worker_was_away_are_counted_later(moderator):
    store_day(DAY)
    line_at("2026-11-21T12:00+00:00", moderator)
    with time_machine.travel(END + datetime.timedelta(days=3), tick=False):
        tasks.store_transparency_day()
        tasks.store_transparency_day()
    assert [(str(one.day), one.log_lines) for one in TransparencyDay.objects.all()] == [
        ("2026-11-23", 1),
        ("2026-11-22", 1),
        ("2026-11-21", 1),
        ("2026-11-20", 0),
    ]


# --- The pages ----------------------------------------------------------------------------------


def days_until(last: datetime.date, count: int) -> None:
    TransparencyDay.objects.bulk_create(
        TransparencyDay(
            day=last - datetime.timedelta(days=n),
            log_lines=n,
            log_root=f"{n:064x}",
            figures={},
        )
        for n in range(1, count)
    )


def test_the_page_before_the_first_night(client):
    page = client.get("/transparency/")
    assert page.status_code == 200
    assert "Nothing is counted yet" in page.text
    assert client.get("/transparency.json").status_code == 404


def test_the_page_shows_the_stored_day_and_counts_nothing(
    client, django_assert_num_queries
):
    World(4)
    day = store_day(DAY)
    DecisionRecord.objects.update(statement="", salt="", erased_at=timezone.now())
    Review.objects.all().delete()
    with django_assert_num_queries(1):
        page = client.get("/transparency/").text
    assert day.log_root in page
    submitted = day.figures["365"]["reviews"]["submitted"]
    assert f"<dd>{submitted}</dd>" in page
    assert "manage.py transparency" in page and "verify_log" in page


def test_the_page_shows_thirty_roots_and_the_way_to_the_older_ones(client):
    store_day(DAY)
    days_until(DAY, 30)
    page = client.get("/transparency/").text
    assert page.count("<code>0000") == 30
    assert "/transparency/roots/" not in page
    TransparencyDay.objects.create(
        day="2020-01-01", log_lines=0, log_root="f" * 64, figures={}
    )
    page = client.get("/transparency/").text
    assert "/transparency/roots/" in page and "f" * 64 not in page
    assert "f" * 64 in client.get("/transparency/roots/").text


def test_the_roots_are_paged_by_day(client, django_assert_num_queries):
    days_until(DAY, 251)
    with django_assert_num_queries(1):
        first = client.get("/transparency/roots/").text
    assert first.count("<code>") == 100
    with django_assert_num_queries(1):
        second = client.get("/transparency/roots/?before=2026-08-12").text
    assert second.count("<code>") == 100
    assert f"{101:064x}" in second and f"{100:064x}" not in second
    for broken in ("x", "2026-02-30", "%F0%9F%98%80", "99999-01-01"):
        assert (
            client.get(f"/transparency/roots/?before={broken}").text.count("<code>")
            == 100
        )


def test_every_page_leads_to_the_transparency_page(client):
    assert 'href="/transparency/"' in client.get("/about/guidelines/").text
