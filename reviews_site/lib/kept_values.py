"""What took Postgres long, as it was found before: for some minutes, and never past a note that everything changed."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from reviews_site.lib.visitor_pages import EVERYTHING, change_key, release

Value = TypeVar("Value")


def kept_value(key: str, seconds: int, find: Callable[[], Value]) -> Value:
    """One look into the cache. The value may depend on nobody who asks."""
    # Another release may have other classes.
    key, note = f"{key}:{release()}", change_key(EVERYTHING)
    kept = cache.get_many([key, note])
    changed = kept.get(note)
    found_after, value = kept.get(key, (None, None))
    if key not in kept or found_after != changed:
        value = find()
        cache.set(key, (changed, value), seconds)
    return value
