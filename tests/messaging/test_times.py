"""Clocks that go forward, back, by half an hour, or over a whole day."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from messaging.times import (
    PASSED,
    TOO_FAR,
    NoSuchTime,
    TwiceThatNight,
    WallTime,
    both_offsets,
    can_be_proposed,
    fault_of,
    known_or_utc,
    moment_of,
)
from reviews_site.lib.time_zones import KNOWN, by_region, is_zone, place_name, zone


def at(text):
    return datetime.fromisoformat(text)


def utc(text):
    return at(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_zone", "local", "instead"),
    [
        ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T03:30"),
        ("America/New_York", "2027-03-14T02:00", "2027-03-14T03:00"),
        # The clocks of Lord Howe move by half an hour.
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-03T02:45"),
        # Samoa had no 30 December that year: it moved over the date line.
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-31T10:00"),
    ],
)
def test_a_time_that_the_clocks_skip_names_another(time_zone, local, instead):
    with pytest.raises(NoSuchTime) as error:
        moment_of(at(local), time_zone)
    assert error.value.instead.replace(tzinfo=None) == at(instead)


@pytest.mark.parametrize(
    ("time_zone", "local", "first", "second", "offsets"),
    [
        (
            "Europe/Berlin",
            "2027-10-31T02:30",
            "2027-10-31T00:30",
            "2027-10-31T01:30",
            ("UTC+2", "UTC+1"),
        ),
        (
            "America/New_York",
            "2027-11-07T01:30",
            "2027-11-07T05:30",
            "2027-11-07T06:30",
            ("UTC−4", "UTC−5"),
        ),
        (
            "Australia/Lord_Howe",
            "2027-04-04T01:45",
            "2027-04-03T14:45",
            "2027-04-03T15:15",
            ("UTC+11", "UTC+10:30"),
        ),
    ],
)
def test_a_time_that_comes_twice_is_asked_for(time_zone, local, first, second, offsets):
    with pytest.raises(TwiceThatNight):
        moment_of(at(local), time_zone)
    assert moment_of(at(local), time_zone, second=False) == utc(first)
    assert moment_of(at(local), time_zone, second=True) == utc(second)
    assert both_offsets(at(local), time_zone) == offsets


@pytest.mark.parametrize(
    ("time_zone", "local", "moment"),
    [
        ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59"),
        ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00"),
        ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2027-10-03T02:30", "2027-10-02T15:30"),
        ("Asia/Kathmandu", "2027-03-28T02:30", "2027-03-27T20:45"),
        ("Pacific/Apia", "2027-06-01T00:30", "2027-05-31T11:30"),
        ("UTC", "2027-03-28T02:30", "2027-03-28T02:30"),
    ],
)
def test_an_ordinary_time_is_one_moment(time_zone, local, moment):
    assert moment_of(at(local), time_zone) == utc(moment)
    # Nobody is asked, and an answer to what wasn't asked changes nothing.
    assert moment_of(at(local), time_zone, second=True) == utc(moment)


def test_what_any_clock_shows_leads_back_to_its_moment():
    chance = random.Random(20261122)
    zones = sorted(KNOWN)
    begin = utc("2026-01-01T00:00")
    for _ in range(5000):
        name = chance.choice(zones)
        moment = begin + timedelta(minutes=chance.randrange(3 * 365 * 24 * 60))
        seen = moment.astimezone(zone(name))
        typed = seen.replace(tzinfo=None, fold=0)
        assert moment_of(typed, name, second=bool(seen.fold)) == moment, (name, typed)


def test_every_minute_of_a_night_is_one_moment_skipped_or_asked_for():
    for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"):
        for night in ("2027-03-14", "2027-03-28", "2027-04-04", "2027-10-03"):
            _check_minutes_of(name, at(f"{night}T00:00"))


def _check_minutes_of(name, midnight):
    before = utc(f"{midnight:%Y-%m-%dT%H:%M}") - timedelta(days=1)
    real = {}
    for minute in range(3 * 24 * 60):
        moment = before + timedelta(minutes=minute)
        local = moment.astimezone(zone(name)).replace(tzinfo=None, fold=0)
        real.setdefault(local, []).append(moment)
    for minute in range(5 * 60):
        local = midnight + timedelta(minutes=minute)
        moments = real.get(local, [])
        if len(moments) == 1:
            assert moment_of(local, name) == moments[0]
        else:
            with pytest.raises(TwiceThatNight if moments else NoSuchTime):
                moment_of(local, name)


@pytest.mark.parametrize(
    ("time_zone", "shown"),
    [
        ("UTC", "Tue 24 Nov 2026, 14:00 UTC"),
        ("Europe/Berlin", "Tue 24 Nov 2026, 15:00 (Europe/Berlin, UTC+1)"),
        ("Asia/Kathmandu", "Tue 24 Nov 2026, 19:45 (Asia/Kathmandu, UTC+5:45)"),
        ("America/New_York", "Tue 24 Nov 2026, 09:00 (America/New_York, UTC−5)"),
        ("Pacific/Apia", "Wed 25 Nov 2026, 03:00 (Pacific/Apia, UTC+13)"),
    ],
)
def test_one_moment_stands_on_each_clock(time_zone, shown):
    time = WallTime(utc("2026-11-24T14:00"), time_zone)
    assert str(time) == shown
    assert time.iso == "2026-11-24T14:00:00Z"


def test_what_can_be_proposed_lies_within_a_year():
    now = utc("2026-11-24T14:00")
    year = now + timedelta(days=365)
    assert fault_of(now, now) == PASSED
    assert fault_of(now + timedelta(minutes=1), now) is None
    assert fault_of(year, now) is None
    assert fault_of(year + timedelta(minutes=1), now) == TOO_FAR


@pytest.mark.parametrize(
    ("hours", "fits"),
    [([], False), ([1], True), ([1, 1], False), ([1, 2, 3, 4, 5], True)]
    + [([1, 2, 3, 4, 5, 6], False), ([1, -1], False), ([9000], False)],
)
def test_one_to_five_different_times_can_be_proposed(hours, fits):
    now = utc("2026-11-24T14:00")
    assert can_be_proposed([now + timedelta(hours=n) for n in hours], now) is fits


def test_all_offered_zones_are_known_and_found_by_their_city():
    offered = [name for _, zones in by_region() for name, _ in zones]
    assert len(offered) == len(set(offered)) > 400
    assert all(zone(name).key == name for name in offered)
    assert place_name("America/Argentina/Buenos_Aires") == "Buenos Aires, Argentina"
    assert ("Europe/Berlin", "Berlin") in dict(by_region())["Europe"]
    for _, zones in by_region():
        assert zones == sorted(zones, key=lambda pair: pair[1])


@pytest.mark.parametrize(
    "junk", ["", "Mars/Olympus", "../etc/passwd", "Europe", "europe/berlin", "Factory"]
)
def test_junk_is_no_zone(junk):
    assert not is_zone(junk)
    assert known_or_utc(junk) == "UTC"
    with pytest.raises(LookupError):
        zone(junk)


def test_older_names_that_browsers_send_are_known():
    assert known_or_utc("Asia/Calcutta") == "Asia/Calcutta"
