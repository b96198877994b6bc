"""Dates in words, as the templates' own filter writes them; each day is put into words once. Of moments in UTC."""

from datetime import date, datetime
from functools import lru_cache

from django.utils.dateformat import format as date_format


@lru_cache(maxsize=10_000)
def _words(on: date, form: str) -> str:
    return date_format(on, form)


def day(at: datetime) -> str:
    """ "3 Nov 2026" """
    return _words(at.date(), "j M Y")


def day_of_year(at: datetime) -> str:
    """ "3 Nov" """
    return _words(at.date(), "j M")


def long_day(at: datetime) -> str:
    """ "3 November 2026" """
    return _words(at.date(), "j F Y")


def weekday(on: date) -> str:
    """ "Tuesday, 3 November 2026" """
    return _words(on, "l, j F Y")


def clock(at: datetime) -> str:
    """ "14:05" """
    return f"{at.hour:02}:{at.minute:02}"


def day_and_clock(at: datetime) -> str:
    """ "3 Nov 2026, 14:05" """
    return f"{day(at)}, {clock(at)}"
