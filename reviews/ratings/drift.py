"""How many ratings were not what their reviews say, when all were last compared; for whoever watches the site."""

from django.core.cache import cache

_KEY = "ratings-drifted"
# One night may be missed. After that no figure is better than an old one.
_KEPT_FOR = 50 * 3600


def note_drift(products: int) -> None:
    cache.set(_KEY, products, _KEPT_FOR)


def last_drift() -> int | None:
    """None where nothing was compared for two days, or the cache was emptied since."""
    found: int | None = cache.get(_KEY)
    return found
