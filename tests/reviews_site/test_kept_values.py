"""Values that took long to find: how long they are given again, and who finds them anew."""

import itertools

import pytest
import time_machine
from django.core.cache import cache

from reviews_site.lib.kept_values import kept_value
from reviews_site.lib.visitor_pages import everything_changed

pytestmark = pytest.mark.django_db


class Search:
    """Finds 1, then 2, ...; `meanwhile` is done while it looks."""

    def __init__(self, meanwhile=lambda: None):
        self.numbers, self.meanwhile = itertools.count(1), meanwhile

    def __call__(self) -> int:
        self.meanwhile()
        return next(self.numbers)


@pytest.fixture
def clock():
    # Redis counts its own seconds, so only what is told from the time of day can be moved on.
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def test_it_is_found_once_while_it_is_fresh(clock):
    search = Search()
    asked = [kept_value("depth", 300, search, fresh=60) for _ in range(2)]
    clock.shift(59)
    assert [*asked, kept_value("depth", 300, search, fresh=60)] == [1, 1, 1]


def test_one_finds_it_anew_while_the_others_get_the_one_before(clock):
    found_meanwhile = []
    search = Search(lambda: found_meanwhile.append(kept_value("depth", 300, search, fresh=60)))  # fmt: skip
    first = Search()
    assert kept_value("depth", 300, first, fresh=60) == 1
    clock.shift(61)
    search.numbers = itertools.count(100)
    assert kept_value("depth", 300, search, fresh=60) == 100
    assert found_meanwhile == [1]
    assert kept_value("depth", 300, search, fresh=60) == 100


def test_without_a_wish_it_is_fresh_for_most_of_its_time(clock):
    search = Search()
    kept_value("depth", 300, search)
    clock.shift(239)
    assert kept_value("depth", 300, search) == 1
    clock.shift(2)
    assert kept_value("depth", 300, search) == 2


def test_who_looks_and_fails_leaves_the_one_before(clock):
    def fails() -> int:
        raise LookupError

    kept_value("depth", 300, Search(), fresh=60)
    clock.shift(61)
    with pytest.raises(LookupError):
        kept_value("depth", 300, fails, fresh=60)
    assert kept_value("depth", 300, fails, fresh=60) == 1


def test_after_a_note_of_change_nobody_gets_the_one_before(
    clock, django_capture_on_commit_callbacks
):
    search = Search()
    kept_value("depth", 300, search)
    with django_capture_on_commit_callbacks(execute=True):
        everything_changed()
    assert kept_value("depth", 300, search) == 2


def test_it_is_gone_in_the_end():
    kept_value("depth", 300, Search())
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    [key] = list(client.scan_iter("*depth*"))
    assert 290 < client.ttl(key) <= 300
