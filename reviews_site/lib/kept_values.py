"""What took long to find, as it was found before: for some minutes, and never past a note that it changed.

Before its time is over one request finds it anew while the others still get the one before, so that many who ask at
once don't all wait for the same work.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from reviews_site.lib.reading import read_from_primary
from reviews_site.lib.visitor_pages import (
    EVERYTHING,
    FRESH_PART,
    REMAKING_SECONDS,
    change_key,
    is_recent,
    release,
)

Value = TypeVar("Value")


def kept_value(
    key: str,
    seconds: int,
    find: Callable[[], Value],
    part: str = EVERYTHING,
    *,
    fresh: float | None = None,
) -> Value:
    """One look into the cache. It may depend on nobody who asks; `part` is that of the site that it belongs to.

    `fresh`: seconds after which one request finds it anew; else after most of `seconds`.
    """
    # Another release may have other classes.
    key, notes = f"{key}:{release()}", (change_key(part), change_key(EVERYTHING))
    kept = cache.get_many({key, *notes})
    changes = [kept.get(note) for note in notes]
    found_after, remake_at, value = kept.get(key, (None, 0, None))
    if found_after != changes or _is_ours_to_find(key, remake_at):
        if is_recent(changes):
            # A replica that is late would give what was there before, and it would be kept as what is there now.
            read_from_primary()
        value = find()
        remake_at = time.time() + (FRESH_PART * seconds if fresh is None else fresh)
        cache.set(key, (changes, remake_at, value), seconds)
    return value


def _is_ours_to_find(key: str, remake_at: float) -> bool:
    return time.time() >= remake_at and cache.add(f"{key}:remaking", 1, REMAKING_SECONDS)  # fmt: skip
