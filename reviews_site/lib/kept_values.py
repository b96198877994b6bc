"""What took long to find, as it was found before: for some minutes, and never past a note that it changed."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from reviews_site.lib.reading import read_from_primary
from reviews_site.lib.visitor_pages import (
    EVERYTHING,
    change_key,
    is_recent,
    release,
)

Value = TypeVar("Value")


def kept_value(
    key: str, seconds: int, find: Callable[[], Value], part: str = EVERYTHING
) -> Value:
    """One look into the cache. It may depend on nobody who asks; `part` is that of the site that it belongs to."""
    # Another release may have other classes.
    key, notes = f"{key}:{release()}", (change_key(part), change_key(EVERYTHING))
    kept = cache.get_many({key, *notes})
    changes = [kept.get(note) for note in notes]
    found_after, value = kept.get(key, (None, None))
    if found_after != changes:
        if is_recent(changes):
            # A replica that is late would give what was there before, and it would be kept as what is there now.
            read_from_primary()
        value = find()
        cache.set(key, (changes, value), seconds)
    return value
